using System.Net;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Shop;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>What buyers do with their orders: another way to pay, giving up, finding again, hearing that it is paid.</summary>
public sealed class BuyerTests
{
    [Theory, BothEngines]
    public async Task Who_chooses_another_channel_pays_its_price_and_what_was_begun_keeps_its_own(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var dear = new PaymentChannel { Id = Ids.New(), Kind = "epay_v1", Name = "Dear", FeeRate = 1000 };
        await till.Db.Write(s => PaymentChannelStore.Insert(s, Caller.DefaultTenant, dear));
        var order = await till.Order();
        var first = await till.Attempt(order);
        var changed = await till.Db.Write(s => till.Orders.Choose(s, Till.Visitor, order.Id, dear.Id));
        Assert.Equal((125, 1375, dear.Id), (changed.Fee, changed.Amount, changed.ChannelId));
        // The page of the first channel was still open, and is paid.
        Assert.Equal(Taken.Settled, await till.Pay(first, 1250));
        var paid = await till.Of(order);
        Assert.Equal((0L, 1250L, till.Channel.Id, OrderState.Delivered), (paid.Fee, paid.Amount, paid.ChannelId, paid.State));
        Assert.Empty(await till.Waiting());
        await till.AddsUp();
        Assert.Equal("ORDER_STATE", await Bench.Code(() => till.Db.Write(s => till.Orders.Choose(s, Till.Visitor, order.Id, dear.Id))));
    }

    [Theory, BothEngines]
    public async Task A_customer_pays_a_waiting_order_from_the_balance_once(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await till.Customer(1250);
        var balance = new PaymentChannel { Id = Ids.New(), Kind = "balance", Name = "Balance" };
        await till.Db.Write(s => PaymentChannelStore.Insert(s, Caller.DefaultTenant, balance));
        var order = await till.Order(who: who);
        // A stranger with the link does not.
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => till.Db.Write(s => till.Orders.Choose(s, Till.Visitor, order.Id, balance.Id))));
        var told = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Bench.Code(() => till.Db.Write(s => till.Orders.Choose(s, who, order.Id, balance.Id))))));
        Assert.Equal((1, 7), (told.Count(c => c is null), told.Count(c => c == "ORDER_STATE")));
        Assert.Equal((0L, -1250L), (await till.Balance(who), await till.Sum(LedgerAccount.Revenue)));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task All_who_wait_for_an_order_hear_of_it_by_one_look_and_nobody_looks_for_nobody(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var (order, other) = (await till.Order(), await till.Order());
        var watch = till.Shop.Get<OrderWatch>();
        var heard = Enumerable.Range(0, 50).Select(_ => watch.Next(order.Id, OrderState.Pending, TimeSpan.FromSeconds(30), default)).ToList();
        Assert.Null(await watch.Next(other.Id, OrderState.Pending, TimeSpan.FromMilliseconds(1500), default));
        await till.Pay(await till.Attempt(order), 1250);
        Assert.All(await Task.WhenAll(heard), state => Assert.Equal(OrderState.Delivered, state));
        Assert.Equal(0, watch.Waiting);
        // What moved before is told at once.
        Assert.Equal(OrderState.Delivered, await watch.Next(order.Id, OrderState.Pending, TimeSpan.FromSeconds(30), default));
    }

    [Theory]
    [InlineData(Engine.Sqlite, "en")]
    [InlineData(Engine.Postgres, "zh")]
    public async Task A_guest_finds_the_order_again_and_gives_it_up(Engine engine, string language)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1990, on_sale = true }))["plan"]!["id"]!;
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank", settings = new { words = "Bank 1234" } }))["channel"]!["id"]!;
        var order = (await server.Http.PostApi("/api/shop/orders", new { plan, email = "guest@example.com", lookup = "apple", channel }))["order"]!;
        var browser = server.Browser(language);
        var page = await browser.Get("/orders");
        // An order that is not there and a word that does not fit read the same.
        var wrong = await browser.Submit(page, "#find", new() { ["number"] = (string)order["number"]!, ["lookup"] = "pear" });
        var none = await browser.Submit(page, "#find", new() { ["number"] = "3333-3333", ["lookup"] = "apple" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, HttpStatusCode.UnprocessableEntity), (wrong.Status, none.Status));
        Assert.Equal(wrong.One("[role=alert]").TextContent, none.One("[role=alert]").TextContent);
        page = await browser.Submit(wrong, "#find", new() { ["lookup"] = "apple" });
        Assert.Contains("Bank 1234", page.Text, StringComparison.Ordinal);
        page = await browser.Submit(page, "#cancel form");
        Assert.Equal("cancelled", (string)(await owner.GetApi($"/api/orders/{(string)order["number"]!}"))["story"]!["order"]!["status"]!);
        Assert.Null(page.Document.QuerySelector("#cancel"));
        Assert.Empty(server.Errors.Lines);
    }

    [Fact]
    public async Task Whoever_guesses_words_of_orders_waits_and_works()
    {
        await using var server = await TestServer.Start(settings: new() { ["RateLimits:Enabled"] = "true", ["RateLimits:Api:Burst"] = "1000", ["Keys:GuessLimit"] = "3" });
        for (var i = 0; i < 3; i++)
            (await server.Http.GetApi($"/api/shop/orders/3333-3333?lookup=word{i}")).IsProblem(HttpStatusCode.NotFound, "ORDER_NOT_FOUND");
        (await server.Http.GetApi("/api/shop/orders/3333-3333?lookup=word4")).IsProblem(HttpStatusCode.TooManyRequests, "TOO_MANY_WRONG_KEYS");
        server.Clock.Advance(TimeSpan.FromSeconds(5));
        (await server.Http.GetApi("/api/shop/orders/3333-3333?lookup=word4")).IsProblem(HttpStatusCode.Forbidden, "CHALLENGE_REQUIRED");
    }
}
