using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Money that comes in, whatever the order is by then: nothing is lost, nothing is delivered twice, and the ledger adds up.</summary>
public sealed class PaymentTests
{
    [Theory, BothEngines]
    public async Task A_guest_pays_and_has_the_key(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var order = await till.Order(2);
        Assert.Equal((OrderState.Pending, 2500L, "CNY"), (order.State, order.Amount, order.Currency));
        Assert.Empty(await till.Keys(order));
        Assert.Equal(Taken.Settled, await till.Pay(await till.Attempt(order), 2500));
        Assert.Equal(OrderState.Delivered, (await till.Of(order)).State);
        Assert.Equal(2, (await till.Keys(order)).Count);
        Assert.Equal(["created", "paid", "delivered"], await till.Story(order));
        Assert.Equal((2500L, -2500L), (await till.Sum(LedgerAccount.Clearing(till.Channel.Id)), await till.Sum(LedgerAccount.Revenue)));
        foreach (var key in await till.Keys(order))
            Assert.Equal("unused", await till.Shop.State(key));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task The_same_payment_told_fifty_times_at_once_is_one(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var order = await till.Order();
        var attempt = await till.Attempt(order);
        var told = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => till.Pay(attempt, 1250))));
        Assert.Equal((1, 49), (told.Count(t => t == Taken.Settled), told.Count(t => t == Taken.Known)));
        Assert.Single(await till.Keys(order));
        Assert.Equal(1250, await till.Sum(LedgerAccount.Clearing(till.Channel.Id)));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Paid_while_it_is_given_up_it_has_one_outcome_and_the_money_is_kept(Engine engine)
    {
        const int rounds = 200;
        await using var till = await Till.Open(engine, stock: rounds + 20);
        for (var round = 0; round < rounds; round++)
        {
            var order = await till.Order();
            var attempt = await till.Attempt(order);
            var paid = Task.Run(() => till.Pay(attempt, 1250));
            var given = Task.Run(() => Accounts.Bench.Code(() => till.Db.Write(s => till.Orders.Cancel(s, Caller.DefaultTenant, order.Id, "", ""))));
            // Late, it is taken up again: the stock is there.
            Assert.Equal(Taken.Settled, await paid);
            Assert.Contains(await given, new[] { null, "ORDER_STATE" });
            Assert.Equal(OrderState.Delivered, (await till.Of(order)).State);
            Assert.Single(await till.Keys(order));
        }
        Assert.Equal(rounds * 1250, await till.Sum(LedgerAccount.Clearing(till.Channel.Id)));
        Assert.Equal(rounds, await till.Shop.Count("SELECT COUNT(*) FROM order_keys"));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task What_does_not_fit_waits_for_staff_and_delivers_nothing(Engine engine)
    {
        await using var till = await Till.Open(engine, stock: 1);
        var first = await till.Order();
        var under = await till.Attempt(first);
        Assert.Equal(Taken.Kept, await till.Pay(under, 1249));
        Assert.Equal(OrderState.Pending, (await till.Of(first)).State);
        Assert.Equal(Taken.Kept, await till.Pay(await till.Attempt(first), 1250, currency: "USD"));
        Assert.Equal(Taken.Stray, await till.Pay("GHNOBODY01", 1250));
        await till.Db.Write(s => till.Orders.Cancel(s, Caller.DefaultTenant, first.Id, "", ""));
        // The last key is somebody else's by now.
        var second = await till.Order();
        Assert.Equal(Taken.Settled, await till.Pay(await till.Attempt(second), 1250));
        Assert.Equal(Taken.Kept, await till.Pay(await till.Attempt(first), 1250));
        Assert.Equal(Taken.Kept, await till.Pay(await till.Attempt(second), 1250));
        Assert.Empty(await till.Keys(first));
        Assert.Equal([PaymentProblem.Underpaid, PaymentProblem.Currency, PaymentProblem.Unknown, PaymentProblem.Late, PaymentProblem.Twice], await till.Waiting());
        Assert.Equal(-1249 - 1250 * 3, await till.Sum(LedgerAccount.Suspense));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task What_is_too_much_is_given_to_the_customer_once_and_a_guests_waits(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await till.Customer();
        var own = await till.Order(who: who);
        var attempt = await till.Attempt(own);
        for (var again = 0; again < 3; again++)
            await till.Pay(attempt, 1300);
        Assert.Equal(50, await till.Balance(who));
        // Paid once more by another attempt, all of it is theirs.
        Assert.Equal(Taken.Kept, await till.Pay(await till.Attempt(own), 1250));
        Assert.Equal(1300, await till.Balance(who));
        Assert.Empty(await till.Waiting());
        var guest = await till.Order();
        Assert.Equal(Taken.Settled, await till.Pay(await till.Attempt(guest), 1300));
        Assert.Equal([PaymentProblem.Overpaid], await till.Waiting());
        Assert.Single(await till.Keys(guest));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_payment_pays_nothing_but_the_attempt_of_its_own_channel(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var other = till.Channel with { Id = Ids.New(), Name = "Other" };
        await till.Db.Write(s => PaymentChannelStore.Insert(s, Caller.DefaultTenant, other));
        var (first, second) = (await till.Order(), await till.Order());
        var (one, two) = (await till.Attempt(first), await till.Attempt(second));
        Assert.Equal(Taken.Stray, await till.Pay(one, 1250, channel: other));
        Assert.Equal(OrderState.Pending, (await till.Of(first)).State);
        Assert.Equal(Taken.Settled, await till.Pay(one, 1250, "T1"));
        // The same payment, told of another order of the same price.
        Assert.Equal(Taken.Replayed, await till.Pay(two, 1250, "T1"));
        Assert.Equal(OrderState.Pending, (await till.Of(second)).State);
        Assert.Equal(1, await till.Shop.Count("SELECT COUNT(*) FROM security_events WHERE kind = 'payments.replayed'"));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Staff_confirm_once_by_a_reference_that_is_good_for_one_order(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var (first, second) = (await till.Order(), await till.Order());
        Task Confirm(Order order, string reference, long? amount = null) => till.Db.Write(async s =>
        {
            await till.Taker.Confirm(s, Licensing.Shop.Staff, (await OrderStore.Locked(s, Caller.DefaultTenant, order.Id))!, reference, amount);
            return true;
        });
        Assert.Equal("VALIDATION_FAILED", await Accounts.Bench.Code(() => Confirm(first, "bank 17", 1)));
        var told = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Accounts.Bench.Code(() => Confirm(first, "bank 17")))));
        Assert.Equal((1, 7), (told.Count(c => c is null), told.Count(c => c == "ORDER_STATE")));
        Assert.Equal("VALIDATION_FAILED", await Accounts.Bench.Code(() => Confirm(second, "bank 17")));
        Assert.Single(await till.Keys(first));
        Assert.Equal(1250, await till.Sum(LedgerAccount.ByHand));
        await till.AddsUp();
    }
}
