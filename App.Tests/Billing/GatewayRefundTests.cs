using System.Text.Json.Nodes;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Refunds;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Billing.Support;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Giving money back by each gateway that can, over HTTP: done, refused, not clear, failed days later, and given back without us.</summary>
public sealed class GatewayRefundTests
{
    [Theory, InlineData("epay_v1", Engine.Sqlite), InlineData("epay_v2", Engine.Postgres), InlineData("stripe", Engine.Sqlite), InlineData("stripe", Engine.Postgres), InlineData("alipay", Engine.Sqlite)]
    public async Task A_part_and_then_the_rest_go_back_by_the_gateway(string kind, Engine engine)
    {
        await using var sale = await Sale.Paid(kind, engine);
        var part = await sale.Refund(new { amount = 250, reason = "late" });
        Assert.Equal(("done", "gateway", 250L), ((string)part["status"]!, (string)part["way"]!, (long)part["amount"]!));
        Assert.Equal("partly_refunded", await sale.State());
        Assert.Equal("done", (string)(await sale.Refund(new { reason = "all of it", keys = "keep" }))["status"]!);
        Assert.Equal("refunded", await sale.State());
        Assert.Equal(2, sale.Gateway.Orders[sale.Trade].Refunds.Count);
        // The gateway's own notice of it is no news.
        await sale.Gateway.Tell(sale.Trade, kind == "stripe" ? new Notice { Event = "charge.refunded" } : null);
        Assert.Equal(0, await sale.Count("SELECT COUNT(*) FROM refunds WHERE state NOT IN ('done')"));
        await sale.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Epay_is_asked_once_whatever_it_says(Engine engine)
    {
        await using var sale = await Sale.Paid("epay_v1", engine);
        var epay = (TestEpay)sale.Gateway;
        (epay.RefundCode, epay.RefundWords) = (1, "处理");
        var refund = await sale.Refund(new { amount = 250, reason = "late" });
        Assert.Equal(("asked", false), ((string)refund["status"]!, (bool)refund["waits"]!));
        for (var hour = 0; hour < 16; hour++)
        {
            sale.Server.Clock.Advance(TimeSpan.FromHours(1));
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => sale.Server.Service<RefundCaller>().Run(default)));
        }
        Assert.Single(epay.Asked, a => a.Query == "act=refund");
        var open = await sale.One(refund);
        Assert.Equal(("asked", true), ((string)open["status"]!, (bool)open["waits"]!));
        // Who looked there says that it is done.
        Assert.Equal("done", (string)(await sale.Owner.PostApi($"/api/finance/refunds/{(string)refund["id"]!}/settle", new { way = "gateway", reference = "seen there" }))["refund"]!["status"]!);
        Assert.Equal("partly_refunded", await sale.State());
        await sale.AddsUp();
    }

    [Theory, BothEngines]
    public async Task What_the_gateway_refuses_stays_open_with_its_words(Engine engine)
    {
        await using var sale = await Sale.Paid("epay_v1", engine);
        ((TestEpay)sale.Gateway).NoRefunds = true;
        var refund = await sale.Refund(new { reason = "late" });
        Assert.Equal(("failed", true), ((string)refund["status"]!, (bool)refund["waits"]!));
        Assert.Contains("商户未开启", (string)refund["answer"]!, StringComparison.Ordinal);
        Assert.Equal("delivered", await sale.State());
        Assert.Contains("商户未开启", (await (await sale.Server.SignedIn(Role.Owner)).Get("/admin/refunds/" + (string)refund["id"]!)).One("#answer").TextContent, StringComparison.Ordinal);
        await sale.AddsUp();
        Assert.Equal("REFUND_STATE", (string?)(await sale.Owner.PostApi($"/api/finance/refunds/{(string)refund["id"]!}/again", new { }))["code"]);
        await sale.Owner.PostApi($"/api/finance/refunds/{(string)refund["id"]!}/settle", new { way = "hand", reference = "wire 5" });
        Assert.Equal("refunded", await sale.State());
        Assert.Single(sale.Gateway.Asked, a => a.Query == "act=refund");
        await sale.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_refund_that_fails_later_opens_again_and_one_that_nobody_here_asked_for_waits_for_staff(Engine engine)
    {
        await using var sale = await Sale.Paid("stripe", engine);
        var stripe = (TestStripe)sale.Gateway;
        stripe.RefundStatus = "pending";
        var refund = await sale.Refund(new { amount = 250, reason = "late" });
        Assert.Equal("asked", (string)refund["status"]!);
        sale.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        stripe.Settle("succeeded");
        await sale.Server.Service<RefundCaller>().Run(default);
        Assert.Equal("done", (string)(await sale.One(refund))["status"]!);
        Assert.Single(stripe.Asked, a => a is { Method: "POST", Path: "/v1/refunds" });

        stripe.Settle("failed");
        await stripe.Tell(sale.Trade, new Notice { Event = "charge.refunded" });
        await sale.Server.Service<RefundCaller>().Run(default);
        Assert.Equal("failed", (string)(await sale.One(refund))["status"]!);
        Assert.Equal("delivered", await sale.State());
        await sale.AddsUp();
        await sale.Owner.PostApi($"/api/finance/refunds/{(string)refund["id"]!}/drop", new { reason = "He changed his mind" });

        // A dispute names the payment alone.
        await stripe.Tell(sale.Trade, new Notice { Event = "charge.dispute.created", Times = 3 });
        var told = Assert.Single((await sale.Owner.GetApi("/api/finance/refunds?status=told"))["items"]!.AsArray())!;
        Assert.Equal((string)refund["order"]!, (string)told["order"]!);
        // Nobody uses its key until staff have decided.
        Assert.Equal("SUSPENDED", await sale.Verdict());
        await sale.Owner.PostApi($"/api/finance/refunds/{(string)told["id"]!}/drop", new { reason = "won" });
        Assert.Equal("VALID", await sale.Verdict());
        await stripe.Tell(sale.Trade, new Notice { Event = "charge.dispute.created" });
        told = Assert.Single((await sale.Owner.GetApi("/api/finance/refunds?status=told"))["items"]!.AsArray())!;
        // Lost, it waits for staff, who see that; once it is on the books, another word of it is no news.
        var lost = new Notice { Event = "charge.dispute.closed", Signing = fields => fields["status"] = "\"lost\"" };
        await stripe.Tell(sale.Trade, lost);
        Assert.Contains("lost", (string)(await sale.One(told))["answer"]!, StringComparison.Ordinal);
        await sale.Owner.PostApi($"/api/finance/refunds/{(string)told["id"]!}/settle", new { way = "gateway", reference = "lost", amount = 1250 });
        await stripe.Tell(sale.Trade, lost);
        Assert.Equal(0, await sale.Count("SELECT COUNT(*) FROM refunds WHERE state = 'told'"));
        Assert.Equal("refunded", await sale.State());
        Assert.Equal("SUSPENDED", await sale.Verdict());
        await sale.AddsUp();
    }

    /// <summary>A shop whose one order is paid by a gateway.</summary>
    private sealed class Sale(TestServer server, TestGateway gateway, HttpClient owner, string number, string trade) : IAsyncDisposable
    {
        public TestServer Server => server;

        public TestGateway Gateway => gateway;

        public HttpClient Owner => owner;

        public string Trade => trade;

        public static async Task<Sale> Paid(string kind, Engine engine)
        {
            var server = await TestServer.Start(engine, new() { ["Outbound:AllowedHosts"] = "127.0.0.1" });
            TestGateway gateway = kind switch
            {
                "epay_v1" or "epay_v2" => await TestEpay.Start(server.Clock, kind == "epay_v2"),
                "stripe" => await TestStripe.Start(server.Clock),
                _ => await TestAlipay.Start(server.Clock),
            };
            gateway.Merchant = server.Address;
            var owner = await server.As(Role.Owner);
            var channel = (await owner.PostApi("/api/payment-channels", new { kind, name = "Till", settings = gateway.Settings }))["channel"]!;
            if (gateway is TestStripe stripe)
                stripe.Webhook = (string)channel["notify_url"]!;
            var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true }))["plan"]!["id"]!;
            var placed = await server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com", channel = (string)channel["id"]! });
            var number = (string)placed["order"]!["number"]!;
            var trade = (string)(await owner.GetApi("/api/orders/" + number))["story"]!["attempts"]![0]!["trade_number"]!;
            if (!gateway.Orders.ContainsKey(trade))
                await gateway.Visit((string)placed["payment"]!["url"]!);
            Assert.All(await gateway.Pay(trade), heard => Assert.True(heard.Accepted, heard.Body));
            var sale = new Sale(server, gateway, owner, number, trade);
            Assert.Equal("delivered", await sale.State());
            return sale;
        }

        public async Task<JsonNode> Refund(object wanted) => (await owner.PostApi($"/api/orders/{number}/refund", wanted))["refund"]!;

        public async Task<JsonNode> One(JsonNode refund) => (await owner.GetApi("/api/finance/refunds/" + (string)refund["id"]!))["refund"]!;

        public async Task<string> State() => (string)(await owner.GetApi("/api/orders/" + number))["story"]!["order"]!["status"]!;

        /// <summary>What a program hears of the key.</summary>
        public async Task<string> Verdict() => (string)(await server.Http.Validate((string)(await owner.GetApi("/api/orders/" + number))["story"]!["keys"]![0]!, "machine-1"))["code"]!;

        public Task<long> Count(string sql) => server.Db.Read(s => s.Number(sql));

        public async Task AddsUp() => Assert.Empty((await server.Db.Read(LedgerCheck.Check)).Errors);

        public async ValueTask DisposeAsync()
        {
            await gateway.DisposeAsync();
            await server.DisposeAsync();
        }
    }
}
