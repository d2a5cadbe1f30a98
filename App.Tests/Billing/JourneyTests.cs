using System.Net;
using Gatehouse.Billing.Gateways;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Billing.Gateways;
using Gatehouse.Tests.Billing.Support;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>From the order to the key by each gateway, over HTTP both ways: paid, told fifty times at once, told wrongly, and not told at all.</summary>
public sealed class JourneyTests
{
    public static TheoryData<string, Engine> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, Engine>();
            foreach (var row in AtGateway.Kinds)
                kinds.Add(row, Engine.Sqlite);
            kinds.Add("epay_v1", Engine.Postgres);
            return kinds;
        }
    }

    [Fact]
    public async Task Who_floods_the_address_of_a_channel_fills_no_log_and_keeps_no_payment_out()
    {
        await using var server = await TestServer.Start();
        await using var gateway = await TestEpay.Start(server.Clock);
        gateway.Merchant = server.Address;
        var owner = await server.As(Role.Owner);
        var channel = (await owner.PostApi("/api/payment-channels", new { kind = "epay_v1", name = "Till", settings = gateway.Settings }))["channel"]!;
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true }))["plan"]!["id"]!;
        var address = new Uri((string)channel["notify_url"]!).AbsolutePath;
        for (var i = 0; i < 60; i++)
            Assert.Equal(HttpStatusCode.BadRequest, (await server.Http.GetAsync($"{address}?money={i}&sign=x")).StatusCode);
        Assert.Equal(20, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM payment_calls")));
        var placed = await server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com", lookup = "apple", channel = (string)channel["id"]! });
        await gateway.Visit((string)placed["payment"]!["url"]!);
        Assert.True(Assert.Single(await gateway.Pay(gateway.Orders.Keys.Single())).Accepted);
        Assert.Equal("delivered", (string)(await server.Http.GetApi($"/api/shop/orders/{(string)placed["order"]!["number"]!}?lookup=apple"))["order"]!["status"]!);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task What_was_paid_in_the_last_minute_and_never_told_is_found_after_the_order_was_given_up(Engine engine)
    {
        await using var server = await TestServer.Start(engine, new() { ["Outbound:AllowedHosts"] = "127.0.0.1" });
        await using var gateway = await TestEpay.Start(server.Clock);
        gateway.Merchant = server.Address;
        var owner = await server.As(Role.Owner);
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "epay_v1", name = "Till", settings = gateway.Settings }))["channel"]!["id"]!;
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true }))["plan"]!["id"]!;
        var placed = await server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com", lookup = "apple", channel });
        await gateway.Visit((string)placed["payment"]!["url"]!);
        var trade = gateway.Orders.Keys.Single();
        // However often the payer presses "I have paid" before it is so.
        for (var i = 0; i < 8; i++)
        {
            await server.Browser().Post(new Uri((string)placed["order"]!["url"]!).AbsolutePath + "/ask", []);
            server.Clock.Advance(TimeSpan.FromSeconds(16));
        }
        await Minutes(29);
        await gateway.Pay(trade, new Notice { Tampering = fields => fields["sign"] = "lost" });
        await Minutes(2);
        await server.Service<PaymentJobs>().Expire(default);
        Assert.Equal("cancelled", await State());
        await Minutes(1);
        Assert.Equal("delivered", await State());
        Assert.Empty((await server.Db.Read(Gatehouse.Billing.Ledger.LedgerCheck.Check)).Errors);

        // One that nobody pays is not asked about for ever.
        var other = await server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com", lookup = "apple", channel });
        await gateway.Visit((string)other["payment"]!["url"]!);
        await Minutes(40);
        await server.Service<PaymentJobs>().Expire(default);
        await Minutes(300);
        var asked = gateway.Asked.Count;
        await Minutes(300);
        Assert.Equal(asked, gateway.Asked.Count);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM payment_attempts WHERE ask_at IS NOT NULL")));

        async Task Minutes(int count)
        {
            for (var i = 0; i < count; i++)
            {
                server.Clock.Advance(TimeSpan.FromMinutes(1));
                await server.Service<PaymentJobs>().Ask(default);
            }
        }

        async Task<string> State() => (string)(await owner.GetApi("/api/orders/" + (string)placed["order"]!["number"]!))["story"]!["order"]!["status"]!;
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: cross-site", "")]
    [InlineData(null, "?trade_status=TRADE_SUCCESS&sign=none")]
    public async Task Who_comes_back_before_the_gateway_has_told_has_it_asked(string? header, string query)
    {
        await using var server = await TestServer.Start(settings: new() { ["Outbound:AllowedHosts"] = "127.0.0.1" });
        await using var gateway = await TestEpay.Start(server.Clock);
        var owner = await server.As(Role.Owner);
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "epay_v1", name = "Till", settings = gateway.Settings }))["channel"]!["id"]!;
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true }))["plan"]!["id"]!;
        var placed = await server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com", lookup = "apple", channel });
        var page = new Uri((string)placed["order"]!["url"]!).AbsolutePath;
        await gateway.Visit((string)placed["payment"]!["url"]!);

        // What the address says is not believed: the gateway knows of no payment, and is asked once.
        Assert.NotNull((await Back()).Document.QuerySelector("#pay"));
        Assert.Null((await Back()).Document.QuerySelector(".gh-bigkey"));
        Assert.Single(gateway.Asked, a => a.Path == "/api.php");
        gateway.Mark(gateway.Orders.Keys.Single());
        server.Clock.Advance(TimeSpan.FromSeconds(16));
        Assert.NotNull((await Back()).Document.QuerySelector(".gh-bigkey"));
        // Nothing is asked about what is paid.
        server.Clock.Advance(TimeSpan.FromSeconds(16));
        await Back();
        Assert.Equal(2, gateway.Asked.Count(a => a.Path == "/api.php"));

        Task<TestPage> Back() => server.Browser().Send(() =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, page + query);
            if (header?.Split(": ") is [var name, var value])
                request.Headers.Add(name, value);
            return request;
        });
    }

    [Fact]
    public async Task A_gateway_that_owes_answers_is_left_alone_for_a_while_and_keeps_no_other_waiting()
    {
        await using var server = await TestServer.Start(settings: new() { ["Outbound:AllowedHosts"] = "127.0.0.1" });
        var dead = await TestEpay.Start(server.Clock);
        await using var live = await TestEpay.Start(server.Clock);
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true }))["plan"]!["id"]!;
        var channels = new Dictionary<TestEpay, string>();
        foreach (var gateway in new[] { dead, live })
        {
            gateway.Merchant = server.Address;
            channels[gateway] = (string)(await owner.PostApi("/api/payment-channels", new { kind = "epay_v1", name = "Till", settings = gateway.Settings }))["channel"]!["id"]!;
        }
        for (var i = 0; i < 5; i++)
            await Order(dead);
        await Order(live);
        var paid = live.Orders.Keys.Single();
        await live.Pay(paid, new Notice { Tampering = fields => fields["sign"] = "lost" });
        await dead.DisposeAsync();
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        await server.Service<PaymentJobs>().Ask(default);
        Assert.Equal(3 + 1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM payment_attempts WHERE asked = 1")));
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM orders WHERE state = 'delivered'")));
        // The two that were not asked about are due still.
        await server.Service<PaymentJobs>().Ask(default);
        Assert.Equal(5 + 1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM payment_attempts WHERE asked = 1")));

        async Task Order(TestEpay at)
        {
            var placed = await server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com", lookup = "apple", channel = channels[at] });
            if (at == live)
                await at.Visit((string)placed["payment"]!["url"]!);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task From_the_order_to_the_key(string name, Engine engine)
    {
        var (kind, api) = (name.Split(' ')[0], name.EndsWith(" api", StringComparison.Ordinal));
        await using var server = await TestServer.Start(engine, new() { ["Outbound:AllowedHosts"] = "127.0.0.1" });
        await using TestGateway gateway = kind switch
        {
            "epay_v1" or "epay_v2" => await TestEpay.Start(server.Clock, kind == "epay_v2", api),
            "stripe" => await TestStripe.Start(server.Clock),
            "alipay" => await TestAlipay.Start(server.Clock),
            _ => await TestUsdt.Start(Enum.Parse<Dialect>(kind, ignoreCase: true), server.Clock),
        };
        gateway.Merchant = server.Address;
        var owner = await server.As(Role.Owner);
        var channel = (await owner.PostApi("/api/payment-channels", new { kind, name = "Till", settings = gateway.Settings }))["channel"]!;
        if (gateway is TestStripe stripe)
            stripe.Webhook = (string)channel["notify_url"]!;
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true }))["plan"]!["id"]!;

        // Told fifty times at once, it is one payment.
        var (number, trade) = await Order();
        Assert.Equal("pending", await State(number));
        Assert.All(await gateway.Pay(trade, new Notice { Times = 50, AtOnce = true }), heard => Assert.True(heard.Accepted, heard.Body));
        Assert.Equal("delivered", await State(number));
        var bought = (await server.Http.GetApi($"/api/shop/orders/{number}?lookup=apple"))["order"]!;
        var page = await server.Browser().Get(new Uri((string)bought["url"]!).AbsolutePath);
        Assert.Contains((string)Assert.Single(bought["keys"]!.AsArray())!, page.One("main").TextContent, StringComparison.Ordinal);

        // Changed on its way it pays nothing, and it is seen.
        var (wrong, other) = await Order();
        Assert.All(await gateway.Pay(other, new Notice { Tampering = fields => fields[fields.Keys.First()] = fields.Values.First() + "1" }), heard => Assert.False(heard.Accepted, heard.Body));
        Assert.Equal("pending", await State(wrong));
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM security_events WHERE kind = 'payments.refused'")));

        // It was paid all the same: nobody told rightly, so the gateway is asked.
        server.Clock.Advance(TimeSpan.FromSeconds(61));
        await server.Service<PaymentJobs>().Ask(default);
        Assert.Equal("delivered", await State(wrong));
        Assert.Equal(2, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM order_keys WHERE delivered_at IS NOT NULL")));
        Assert.Empty((await server.Db.Read(Gatehouse.Billing.Ledger.LedgerCheck.Check)).Errors);

        // What is well signed and for no order of ours: the money waits for staff, and the gateway hears that it was not accepted until they have decided.
        var (_, told) = await Order();
        gateway.Mark(told);
        var stray = new Notice
        {
            Times = 3, AtOnce = true,
            Signing = fields =>
            {
                foreach (var (field, value) in fields.ToList())
                    fields[field] = value.Replace(told, "GHNOBODY01", StringComparison.Ordinal);
            },
        };
        Assert.All(await gateway.Tell(told, stray), heard => Assert.Equal((HttpStatusCode.BadRequest, "fail", false), ((HttpStatusCode)heard.Status, heard.Body, heard.Accepted)));
        var waiting = Assert.Single((await owner.GetApi("/api/finance/payments"))["items"]!.AsArray())!;
        Assert.Equal(("unknown", 1250L), ((string)waiting["problem"]!, (long)waiting["open"]!));
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM security_events WHERE kind = 'payments.unknown' AND detail LIKE '%GHNOBODY01%'")));
        Assert.Contains("GHNOBODY01", (await (await server.SignedIn(Role.Admin)).Get($"/admin/money/{(string)waiting["id"]!}")).One("#calls").TextContent, StringComparison.Ordinal);
        await owner.PostApi($"/api/finance/payments/{(string)waiting["id"]!}/write-off", new { reason = "of another shop" });
        Assert.All(await gateway.Tell(told, stray), heard => Assert.True(heard.Accepted, heard.Body));

        // No secret of the channel stands in what is kept of the calls.
        foreach (var secret in GatewayKinds.Find(kind)!.Fields.Where(f => f.Secret && gateway.Settings.ContainsKey(f.Name)).Select(f => gateway.Settings[f.Name]))
            Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM payment_calls WHERE content LIKE @secret", ("secret", $"%{secret}%"))));

        async Task<(string Number, string Trade)> Order()
        {
            var placed = await server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com", lookup = "apple", channel = (string)channel["id"]! });
            var payment = placed["payment"]!;
            Assert.Equal(kind switch { "alipay" => "qr", "epusdt" or "bepusdt" or "tokenpay" => "address", _ => "redirect" }, (string)payment["kind"]!);
            var ordered = (string)placed["order"]!["number"]!;
            var attempt = (string)(await owner.GetApi("/api/orders/" + ordered))["story"]!["attempts"]![0]!["trade_number"]!;
            // By page, the payer's browser is what brings it to the gateway.
            if (!gateway.Orders.ContainsKey(attempt))
                await gateway.Visit((string)payment["url"]!);
            return (ordered, attempt);
        }

        async Task<string> State(string of) => (string)(await owner.GetApi("/api/orders/" + of))["story"]!["order"]!["status"]!;
    }
}
