using Gatehouse.Audit.Log;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.MoneyDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Refunds;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Money that does not fit, settled by staff: once, on the books, and as the preview said.</summary>
public sealed class MoneyDeskTests
{
    private const string Tenant = Caller.DefaultTenant;

    [Theory, BothEngines]
    public async Task Too_little_is_taken_for_the_order_and_the_rest_is_a_discount(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var order = await till.Order();
        Assert.Equal(Taken.Kept, await till.Pay(await till.Attempt(order), 1000));
        var payment = await Waiting(till);
        var preview = await till.Db.Read(s => till.Shop.Get<MoneyPreviews>().Of(s, Tenant, payment, order, MoneyAction.Deliver, ""));
        Assert.Equal(["preview.order", "preview.keys", "ledger.account.suspense", "ledger.account.revenue", "ledger.account.discounts"], preview.Select(r => r.What.Key));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Decide(till, payment, new(MoneyAction.Deliver, ""))));
        await Decide(till, payment, new(MoneyAction.Deliver, "agreed by phone"));
        var sold = await till.Of(order);
        Assert.Equal((OrderState.Delivered, 250L, 1000L), (sold.State, sold.Discount, sold.Amount));
        Assert.Single(await till.Keys(order));
        Assert.Equal((0L, -1250L, 250L, 1000L), (await till.Sum(LedgerAccount.Suspense), await till.Sum(LedgerAccount.Revenue), await till.Sum(LedgerAccount.Discounts), await till.Sum(LedgerAccount.Clearing(till.Channel.Id))));
        Assert.Equal("PAYMENT_SETTLED", await Bench.Code(() => Decide(till, payment, new(MoneyAction.WriteOff, "again"))));
        Assert.Empty(await till.Waiting());
        Assert.Equal(1, await till.Shop.Count("SELECT COUNT(*) FROM audit_entries WHERE action = 'payment.taken'"));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Of_eight_who_settle_it_at_once_one_does(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await till.Customer();
        for (var round = 0; round < 3; round++)
        {
            var order = await till.Order(who: who);
            await till.Pay(await till.Attempt(order), 1000);
            var payment = await Waiting(till);
            string[] actions = [MoneyAction.Deliver, MoneyAction.Credit, MoneyAction.Refund, MoneyAction.WriteOff];
            var told = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Bench.Code(() => Decide(till, payment, new(actions[i % 4], $"staff {i}"))))));
            Assert.Equal((1, 7), (told.Count(c => c is null), told.Count(c => c == "PAYMENT_SETTLED")));
            Assert.Equal(0, await till.Sum(LedgerAccount.Suspense));
            await till.AddsUp();
        }
    }

    [Theory, BothEngines]
    public async Task What_no_order_is_for_is_credited_or_finds_its_order_and_what_is_more_is_the_buyers(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await till.Customer();
        await till.Pay("GHNOBODY01", 700);
        var first = await Waiting(till);
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Decide(till, first, new(MoneyAction.Credit, "letter"))));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Decide(till, first, new(MoneyAction.Credit, "letter", User: "nobody@example.com"))));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Decide(till, first, new(MoneyAction.Deliver, "letter"))));
        await Decide(till, first, new(MoneyAction.Credit, "letter", User: "wei@example.com"));
        Assert.Equal(700, await till.Balance(who));

        // Meant for a guest's order that was given up: it is delivered, and what is more waits on.
        var order = await till.Order();
        await till.Db.Write(s => till.Orders.Cancel(s, Tenant, order.Id, "", ""));
        await till.Pay("GHNOBODY02", 1300);
        var second = await Waiting(till);
        await Decide(till, second, new(MoneyAction.Deliver, "letter", OrderNumber.Shown(order.Number)));
        Assert.Equal(OrderState.Delivered, (await till.Of(order)).State);
        var rest = await Waiting(till);
        Assert.Equal((PaymentProblem.Overpaid, 50L), (rest.Problem, rest.OpenAmount));
        Assert.Equal("ORDER_STATE", await Bench.Code(() => Decide(till, rest, new(MoneyAction.Deliver, "again"))));
        await Decide(till, rest, new(MoneyAction.WriteOff, "too small to send"));
        Assert.Equal((0L, -50L), (await till.Sum(LedgerAccount.Suspense), await till.Sum(LedgerAccount.WrittenOff)));

        // A customer's own rest is theirs.
        var own = await till.Order(who: who);
        await till.Pay("GHNOBODY03", 1350);
        await Decide(till, await Waiting(till), new(MoneyAction.Deliver, "letter", own.Number));
        Assert.Equal(800, await till.Balance(who));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Another_currency_is_no_payment_of_the_order_and_goes_back_by_hand(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var order = await till.Order();
        await till.Pay(await till.Attempt(order), 900, currency: "USD");
        var payment = await Waiting(till);
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Decide(till, payment, new(MoneyAction.Deliver, "x"))));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Decide(till, payment, new(MoneyAction.Refund, "x", Way: "balance"))));
        await Decide(till, payment, new(MoneyAction.Refund, "wire 5", Way: "hand"));
        Assert.Equal((OrderState.Pending, 1L), ((await till.Of(order)).State, await till.Shop.Count("SELECT COUNT(*) FROM refunds WHERE state = 'done' AND origin = 'payment'")));
        Assert.Equal("refund", Assert.Single((await till.Db.Read(s => till.Shop.Get<MoneyDeskService>().List(s, Tenant, true, null, null, 10))).Items).Resolution);
        await till.AddsUp();
        // What was tampered with is found.
        await till.Db.Write(s => s.Execute("UPDATE payments SET open_amount = 5, resolved_at = NULL WHERE id = @id", ("id", payment.Id)));
        Assert.Contains((await till.Db.Read(LedgerCheck.Check)).Errors, e => e.Contains("waits for a decision", StringComparison.Ordinal));
    }

    [Theory, BothEngines]
    public async Task Any_number_finds_what_does_not_fit_and_a_stray_is_told_of_once(Engine engine)
    {
        await using var till = await Till.Open(engine);
        await till.Listen();
        var who = await till.Customer();
        var (own, other) = (await till.Order(who: who), await till.Order());
        var attempt = await till.Attempt(own);
        await till.Db.Write(s => till.Taker.Take(s, Tenant, till.Channel, new(attempt, "T-1", _ => 1000, "CNY", "0xhash")));
        var short_ = await Waiting(till);
        // What names nothing of ours, and what names an order that another channel began.
        await till.Pay("GHNOBODY01", 700, "T-2");
        var elsewhere = till.Channel with { Id = Ids.New(), Name = "Other" };
        await till.Db.Write(s => PaymentChannelStore.Insert(s, Tenant, elsewhere));
        await till.Pay(await till.Attempt(other), 1250, "T-3", elsewhere);
        var strays = (await Found(null)).Where(p => p.OrderId is null).Reverse().ToList();
        Assert.Equal(["GHNOBODY01", (await till.Db.Read(s => AttemptStore.OfOrder(s, Tenant, other.Id))).Single().TradeNumber], strays.Select(p => p.Named));
        foreach (var known in new[] { "T-1", "0xhash", attempt, own.Number, OrderNumber.Shown(own.Number).ToLowerInvariant(), "WEI@example.com" })
            Assert.Equal([short_.Id], (await Found(known)).Select(p => p.Id));
        foreach (var (known, stray) in new[] { ("T-2", 0), ("GHNOBODY01", 0), ("T-3", 1), (strays[1].Named, 1), (OrderNumber.Shown(other.Number), 1) })
        {
            Assert.Equal([strays[stray].Id], (await Found(known)).Select(p => p.Id));
            Assert.Equal([strays[stray].Id], (await till.Db.Read(s => PaymentSearch.Strays(s, Tenant, known))).Select(p => p.Id));
        }
        Assert.Empty(await Found("nothing"));
        Assert.Empty(await till.Db.Read(s => PaymentSearch.Strays(s, Tenant, attempt)));
        Assert.Empty(await till.Db.Read(s => MoneyDeskStore.List(s, "another", false, null, "T-2", null, 10)));
        // What is settled is found among the settled, and what went back by its own numbers too.
        await Decide(till, strays[0], new(MoneyAction.Refund, "wire 5", Way: "hand"));
        Assert.Empty(await Found("T-2"));
        Assert.Equal([strays[0].Id], (await Found("GHNOBODY01", settled: true)).Select(p => p.Id));
        var refund = Assert.Single(await till.Db.Read(s => RefundStore.List(s, Tenant, null, false, null, 10, "T-2")));
        Assert.Equal([refund.Id], (await till.Db.Read(s => RefundStore.List(s, Tenant, "done", false, null, 10, refund.Number))).Select(r => r.Id));
        Assert.Empty(await till.Db.Read(s => RefundStore.List(s, Tenant, null, false, null, 10, "T-1")));
        // Each stray is a security event, and staff are told of the money: once.
        Assert.Equal(2, await till.Shop.Count("SELECT COUNT(*) FROM security_events WHERE kind = 'payments.unknown'"));
        Assert.Equal(0, await till.Shop.Count("SELECT COUNT(*) FROM outbox WHERE dedupe_key LIKE 'security.warn:%'"));
        Assert.Equal(3, await till.Shop.Count("SELECT COUNT(*) FROM outbox WHERE dedupe_key LIKE 'payments.waiting:%'"));

        async Task<IReadOnlyList<Payment>> Found(string? search, bool settled = false) => (await till.Db.Read(s => till.Shop.Get<MoneyDeskService>().List(s, Tenant, settled, null, null, 10, search))).Items;
    }

    [Fact]
    public async Task Staff_search_the_desk_and_are_led_from_the_orders_to_money_that_no_order_is_for()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "epay_v1", name = "Alipay", settings = new { url = "https://pay.example.com/", pid = "1001", key = "s3cret" } }))["channel"]!["id"]!;
        await server.Db.Write(async s => await server.Service<PaymentTaker>().Take(s, Tenant, (await PaymentChannelStore.Find(s, Tenant, channel))!, new("GHNOBODY01", "T-77", _ => 990, null)));
        var staff = await server.SignedIn(Role.Owner);
        var page = await staff.Get("/admin/orders?q=T-77");
        Assert.Contains("¥9.90", page.One("#strays").TextContent, StringComparison.Ordinal);
        page = await staff.Get(page.One("#strays a").GetAttribute("href")!);
        Assert.Contains("GHNOBODY01", page.One("#payment").TextContent, StringComparison.Ordinal);
        Assert.Null((await staff.Get("/admin/orders?q=T-78")).Document.QuerySelector("#strays a"));
        page = await staff.Get("/admin/money?q=GHNOBODY01");
        Assert.Contains("GHNOBODY01", page.One("tbody").TextContent, StringComparison.Ordinal);
        // Found in another tab, that tab is named.
        page = await staff.Get("/admin/money?tab=settled&q=GHNOBODY01");
        Assert.Equal("/admin/money?tab=open&q=GHNOBODY01", page.One("#list .btn").GetAttribute("href"));
        Assert.Equal("/admin/orders?q=nothing", (await staff.Get("/admin/money?q=nothing")).One("#list .btn").GetAttribute("href"));
        Assert.Equal("GHNOBODY01", (string)Assert.Single((await owner.GetApi("/api/finance/payments?q=GHNOBODY01"))["items"]!.AsArray())!["named"]!);
        Assert.Empty((await owner.GetApi("/api/finance/payments?q=GHNOBODY02"))["items"]!.AsArray());
        Assert.Empty((await owner.GetApi("/api/finance/refunds?q=GHNOBODY01"))["items"]!.AsArray());
    }

    private static async Task<Payment> Waiting(Till till) => Assert.Single((await till.Db.Read(s => till.Shop.Get<MoneyDeskService>().List(s, Tenant, false, null, null, 10))).Items);

    private static Task Decide(Till till, Payment payment, MoneyDecision wanted) => till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<MoneyDeskService>().Decide(s, Licensing.Shop.Staff, payment.Id, wanted));
}
