using System.Net;
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
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Billing;

/// <summary>Money that customers put on their balance themselves.</summary>
public sealed class TopUpTests
{
    private static readonly Caller Staff = Licensing.Shop.Staff;

    [Theory, BothEngines]
    public async Task What_is_paid_is_on_the_balance_once_however_often_it_is_told(Engine engine)
    {
        await using var till = await Till.Open(engine);
        await till.Set(c => c with { FeeRate = 100 });
        var who = await till.Customer();
        var order = await till.Db.Write(s => till.Orders.TopUp(s, who, "CNY", 5000, till.Channel.Id, "en"));
        Assert.Equal((Order.TopUp, 5050L, 50L), (order.Kind, order.Amount, order.Fee));
        var attempt = await till.Attempt(order);
        var told = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => till.Pay(attempt, 5050))));
        Assert.Equal((1, 19), (told.Count(t => t == Taken.Settled), told.Count(t => t == Taken.Known)));
        // Owed, not earned; the fee is earned.
        Assert.Equal((5000L, 0L, -50L, 5050L), (await till.Balance(who), await till.Sum(LedgerAccount.Revenue), await till.Sum(LedgerAccount.Fees), await till.Sum(LedgerAccount.Clearing(till.Channel.Id))));
        Assert.Equal(OrderState.Delivered, (await till.Of(order)).State);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Too_much_is_theirs_too_too_little_waits_and_late_money_comes_all_the_same(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await till.Customer();
        async Task<Order> TopUp() => await till.Db.Write(s => till.Orders.TopUp(s, who, "CNY", 5000, till.Channel.Id, "en"));
        await till.Pay(await till.Attempt(await TopUp()), 6000);
        Assert.Equal(6000, await till.Balance(who));
        await till.Pay(await till.Attempt(await TopUp()), 10);
        Assert.Equal(6000, await till.Balance(who));
        Assert.Equal([PaymentProblem.Underpaid], await till.Waiting());
        // What came of it may be put on the balance, but it is no price that one could come down with.
        var part = (await till.Db.Read(s => s.One("SELECT id FROM payments WHERE problem = 'underpaid'", r => r.GetString(0))))!;
        var desk = till.Shop.Get<MoneyDeskService>();
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => till.Db.Command(Staff, s => desk.Decide(s, Staff, part, new(MoneyAction.Deliver, "x")))));
        await till.Db.Command(Staff, s => desk.Decide(s, Staff, part, new(MoneyAction.Credit, "x")));
        Assert.Equal(6010, await till.Balance(who));
        var late = await TopUp();
        var attempt = await till.Attempt(late);
        await till.Db.Write(s => till.Orders.Cancel(s, Caller.DefaultTenant, late.Id, "", ""));
        Assert.Equal(Taken.Settled, await till.Pay(attempt, 5000));
        Assert.Equal(11_010, await till.Balance(who));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_balance_is_not_paid_from_itself_nor_by_a_channel_of_some_plans(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await till.Customer(9000);
        var balance = new PaymentChannel { Id = Ids.New(), Kind = "balance", Name = "Balance" };
        await till.Db.Write(s => PaymentChannelStore.Insert(s, Caller.DefaultTenant, balance));
        var order = await till.Db.Write(s => till.Orders.TopUp(s, who, "CNY", 5000, till.Channel.Id, "en"));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => till.Db.Write(s => till.Orders.TopUp(s, who, "CNY", 5000, balance.Id, "en"))));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => till.Db.Write(s => till.Orders.Choose(s, who, order.Id, balance.Id))));
        await till.Set(c => c with { Plans = $"[\"{till.Plan.Id}\"]" });
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => till.Db.Write(s => till.Orders.TopUp(s, who, "CNY", 5000, till.Channel.Id, "en"))));
    }

    [Theory, BothEngines]
    public async Task What_goes_back_of_it_is_taken_from_the_balance_and_never_what_was_spent(Engine engine)
    {
        await using var till = await Till.Open(engine);
        await till.Set(c => c with { FeeRate = 100 });
        var (who, attempt) = (await till.Customer(), "");
        var order = await TopUp();
        Assert.Equal(5000, await till.Balance(who));
        // It is on the balance already.
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Refund(new(null, "x", RefundWay.Balance, null, null))));
        await Refund(new(2000, "x", RefundWay.Hand, "wire 1", null));
        Assert.Equal((3000L, 0L, OrderState.PartlyRefunded), (await till.Balance(who), await till.Sum(LedgerAccount.Refunds), (await till.Of(order)).State));
        await Spend(2500);
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Refund(new(501, "x", RefundWay.Hand, "wire 2", null))));
        // The gateway does not do it: the money is on the balance again.
        var asked = await Refund(new(400, "x", RefundWay.Gateway, null, null));
        Assert.Equal((100L, RefundState.Asked), (await till.Balance(who), asked.State));
        await till.AddsUp();
        await till.Db.Write(s => till.Shop.Get<RefundBooks>().Failed(s, Caller.DefaultTenant, asked));
        var desk = till.Shop.Get<RefundService>();
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => till.Db.Command(Staff, s => desk.Settle(s, Staff, asked.Id, RefundWay.Balance, "x", null))));
        await till.Db.Command(Staff, s => desk.Drop(s, Staff, asked.Id, "no"));
        Assert.Equal(500, await till.Balance(who));
        // Spent or given back, but not both.
        var both = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Bench.Code(async () =>
        {
            if (i % 2 == 0)
                await Refund(new(500, "x", RefundWay.Hand, $"wire 3{i}", null));
            else
                await Spend(500);
        }))));
        Assert.Equal((1, 0L), (both.Count(c => c is null), await till.Balance(who)));
        await till.AddsUp();
        // All of it, and what the buyer paid for the payment.
        order = await TopUp();
        await Refund(new(null, "x", RefundWay.Hand, "wire 4", null));
        Assert.Equal((0L, 50L, OrderState.Refunded), (await till.Balance(who), await till.Sum(LedgerAccount.Refunds), (await till.Of(order)).State));
        // Taken back by the payer's bank, when some of it was spent.
        order = await TopUp();
        await Spend(1500);
        await till.Db.Write(s => till.Taker.Returned(s, Caller.DefaultTenant, till.Channel, new(attempt, "", "", "dispute", _ => 5050)));
        var told = (await till.Db.Read(s => RefundStore.OfOrder(s, Caller.DefaultTenant, order.Id))).Single();
        await till.Db.Command(Staff, s => desk.Settle(s, Staff, told.Id, RefundWay.Gateway, "bank", null));
        Assert.Equal((0L, 50L + 1550), (await till.Balance(who), await till.Sum(LedgerAccount.Refunds)));
        await till.AddsUp();

        async Task<Order> TopUp()
        {
            var made = await till.Db.Write(s => till.Orders.TopUp(s, who, "CNY", 5000, till.Channel.Id, "en"));
            attempt = await till.Attempt(made);
            await till.Pay(attempt, 5050);
            return made;
        }

        Task<Refund> Refund(RefundWanted wanted) => till.Db.Command(Staff, s => till.Shop.Get<RefundService>().Ask(s, Staff, order.Number, wanted));
        Task Spend(long amount) => till.Db.Write(s => till.Shop.Get<LedgerService>().Post(s, Caller.DefaultTenant, new Posting(Posting.Moved, "CNY", (LedgerAccount.Balance(who.Id!), amount), (LedgerAccount.WrittenOff, -amount))));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_customer_tops_up_and_sees_it_on_the_account(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank", settings = new { words = "Bank 1234" } }))["channel"]!["id"]!;
        var (_, http) = await Helpdesk.Customer(server);
        (await http.PostApi("/api/user/balance/topup", new { amount = 1, currency = "CNY", channel })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "amount");
        (await http.PostApi("/api/user/balance/topup", new { amount = 2000, currency = "CNY", channel = "nothing" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "channel");
        var order = (await http.PostApi("/api/user/balance/topup", new { amount = 2000, currency = "CNY", channel }))["order"]!;
        await owner.PostApi($"/api/orders/{(string)order["number"]!}/confirm", new { reference = "bank 1" });
        var balance = await http.GetApi("/api/user/balance");
        Assert.Equal(2000, (long)balance.Items().Single()!["amount"]!);
        Assert.Equal(("top_up", 2000L), ((string)balance["entries"]![0]!["kind"]!, (long)balance["entries"]![0]!["amount"]!));
        Assert.Equal("delivered", (string)(await http.GetApi("/api/user/orders")).Items().Single()!["status"]!);
        Assert.Empty((await server.Db.Read(LedgerCheck.Check)).Errors);
    }
}
