using Gatehouse.Audit.Log;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.OrderDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Refunds;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Giving back what was sold: never more than was paid, whoever does it at once.</summary>
public sealed class RefundTests
{
    [Theory, BothEngines]
    public async Task Ten_refunds_at_once_give_back_no_more_than_was_paid(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var order = await Paid(till);
        var told = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(() => Bench.Code(() => Ask(till, order, new(300, "gift", RefundWay.Hand, $"wire {i}", RefundWanted.Keep))))));
        Assert.Equal((4, 6), (told.Count(c => c is null), told.Count(c => c == "VALIDATION_FAILED")));
        Assert.Equal((1200L, OrderState.PartlyRefunded), (await till.Sum(LedgerAccount.Refunds), (await till.Of(order)).State));
        // The rest, all at once: one has it.
        told = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Bench.Code(() => Ask(till, order, new(null, "rest", RefundWay.Hand, $"rest {i}", RefundWanted.Keep))))));
        Assert.Equal((1, 7), (told.Count(c => c is null), told.Count(c => c == "ORDER_STATE")));
        Assert.Equal((1250L, OrderState.Refunded), (await till.Sum(LedgerAccount.Refunds), (await till.Of(order)).State));
        Assert.Equal("unused", await till.Shop.State(Assert.Single(await till.Keys(order))));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Whole_it_takes_the_keys_back_and_to_the_balance_it_is_there_at_once(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await till.Customer();
        var order = await Paid(till, who);
        foreach (var wrong in new RefundWanted[] { new(null, "", null, null, null), new(1251, "x", null, null, null), new(0, "x", null, null, null), new(-5, "x", null, null, null), new(null, "x", "cash", null, null), new(null, "x", RefundWay.Hand, "", null), new(null, "x", null, null, "burn") })
            Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Ask(till, order, wrong)));
        await Ask(till, order, new(null, "unhappy", RefundWay.Balance, null, null));
        Assert.Equal((1250L, OrderState.Refunded), (await till.Balance(who), (await till.Of(order)).State));
        Assert.Equal("revoked", await till.Shop.State(Assert.Single(await till.Keys(order))));
        Assert.Equal("ORDER_STATE", await Bench.Code(() => Ask(till, order, new(null, "again", null, null, null))));
        Assert.Equal("ORDER_STATE", await Bench.Code(async () => await Ask(till, await till.Order(), new(null, "not paid", null, null, null))));
        await till.AddsUp();
        await till.Db.Write(s => s.Execute("UPDATE refunds SET amount = amount - 1"));
        Assert.Contains((await till.Db.Read(LedgerCheck.Check)).Errors, e => e.Contains("no refund says", StringComparison.Ordinal));
    }

    [Theory, BothEngines]
    public async Task What_goes_back_whole_is_not_delivered_any_more(Engine engine)
    {
        await using var till = await Till.Open(engine, as_: p => p with { Delivery = "hand" });
        var order = await Paid(till);
        // By its gateway, which has not said yet that it is done.
        var refund = await Ask(till, order, new(null, "out of stock", RefundWay.Gateway, null, null));
        Assert.Equal((RefundState.Asked, OrderState.Paid), (refund.State, (await till.Of(order)).State));
        var desk = till.Shop.Get<OrderDeskService>();
        Assert.Equal("ORDER_STATE", await Bench.Code(() => till.Db.Command(Licensing.Shop.Staff, s => desk.Deliver(s, Licensing.Shop.Staff, order.Number, "", "code 42"))));
        await till.AddsUp();
        // It is being asked: staff wait, and then decide once.
        Assert.Equal("REFUND_STATE", await Bench.Code(() => Drop(till, refund)));
        await till.Db.Write(s => till.Shop.Get<RefundBooks>().Failed(s, Caller.DefaultTenant, refund));
        await till.AddsUp();
        var told = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Bench.Code(() => i % 2 == 0 ? Drop(till, refund) : Settle(till, refund, i)))));
        Assert.Equal((1, 7), (told.Count(c => c is null), told.Count(c => c == "REFUND_STATE")));
        await till.AddsUp();
    }

    private static Task Drop(Till till, Refund refund) => till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<RefundService>().Drop(s, Licensing.Shop.Staff, refund.Id, "no"));

    private static Task Settle(Till till, Refund refund, int i) => till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<RefundService>().Settle(s, Licensing.Shop.Staff, refund.Id, RefundWay.Hand, $"wire {i}", null));

    private static async Task<Order> Paid(Till till, Caller? who = null)
    {
        var order = await till.Order(who: who);
        await till.Pay(await till.Attempt(order), 1250);
        return order;
    }

    private static Task<Refund> Ask(Till till, Order order, RefundWanted wanted) => till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<RefundService>().Ask(s, Licensing.Shop.Staff, order.Number, wanted));
}
