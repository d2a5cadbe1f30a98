using Gatehouse.Audit.Log;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Refunds;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>A payer's bank takes money back that bought something for a key which was there already: what it gave is held until that is decided, and what others paid for stays.</summary>
public sealed class DisputeTests
{
    private const string Tenant = Caller.DefaultTenant;
    private const long Day = 86_400_000, Month = 30 * Day;

    [Theory, BothEngines]
    public async Task A_renewal_is_taken_back_and_what_others_paid_for_moves_up(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var key = await RenewalTests.Active(till);
        var start = till.Shop.Now;
        var (first, second) = (await RenewalTests.Paid(till, key), await RenewalTests.Paid(till, key));
        till.Shop.Clock.Advance(TimeSpan.FromDays(45));
        // Told however often: fifteen of its days are left.
        for (var i = 0; i < 3; i++)
            await Dispute(till, first);
        Assert.Equal((start + 75 * Day, "VALID"), (await End(till, key), (await till.Shop.Validate(key)).Code));
        Assert.Single(await till.Story(first), e => e == "held");
        await till.AddsUp();
        // Won: each has what it had, and a refund of the other takes its own.
        till.Shop.Clock.Advance(TimeSpan.FromDays(10));
        await Dispute(till, first, won: true);
        Assert.Equal((start + 90 * Day, 0L), (await End(till, key), await till.Shop.Count("SELECT COUNT(*) FROM refunds WHERE state = 'told'")));
        Assert.Contains("given_again", await till.Story(first));
        await RenewalTests.Refund(till, second, RefundWanted.Revoke);
        Assert.Equal(start + 60 * Day, await End(till, key));
        await till.AddsUp();
        // A call that comes late says nothing new.
        await Dispute(till, first);
        Assert.Equal(start + 60 * Day, await End(till, key));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Of_a_key_that_ran_out_for_it_the_rest_goes_on_when_it_is_won_and_stays_away_when_it_is_lost(Engine engine)
    {
        await using var till = await Till.Open(engine);
        foreach (var isWon in new[] { true, false })
        {
            var key = await RenewalTests.Active(till);
            var order = await RenewalTests.Paid(till, key);
            till.Shop.Clock.Advance(TimeSpan.FromDays(40));
            await Dispute(till, order);
            Assert.Equal("EXPIRED", (await till.Shop.Validate(key)).Code);
            till.Shop.Clock.Advance(TimeSpan.FromDays(60));
            await Decide(till, isOurs: isWon);
            Assert.Equal(isWon ? (till.Shop.Now + 20 * Day, "VALID", OrderState.Renewed) : (till.Shop.Now - 60 * Day, "EXPIRED", OrderState.Refunded),
                (await End(till, key), (await till.Shop.Validate(key)).Code, (await till.Of(order)).State));
            await till.AddsUp();
        }
        // Given back with the key's time while it is disputed, nothing comes again.
        var other = await RenewalTests.Active(till);
        var renewal = await RenewalTests.Paid(till, other);
        await Dispute(till, renewal);
        await RenewalTests.Refund(till, renewal, RefundWanted.Revoke);
        await Decide(till, isOurs: true);
        Assert.Equal(till.Shop.Now + Month, await End(till, other));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Machines_are_taken_back_until_it_is_decided(Engine engine)
    {
        await using var till = await Till.Open(engine, as_: p => p with { AddOns = AddOnTests.Sold });
        var key = await RenewalTests.Active(till);
        var (more, kept) = (await AddOnTests.Paid(till, key, "machines-5"), await AddOnTests.Paid(till, key, "machines-1"));
        await Dispute(till, more);
        Assert.Equal(2, await AddOnTests.Limit(till, key));
        await till.AddsUp();
        await Dispute(till, more, won: true);
        Assert.Equal(7, await AddOnTests.Limit(till, key));
        await Dispute(till, kept);
        await Decide(till, isOurs: false);
        Assert.Equal((6L, OrderState.Refunded), (await AddOnTests.Limit(till, key), (await till.Of(kept)).State));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_switch_is_undone_and_done_again_and_where_others_stand_on_it_the_key_is_suspended(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var pro = await SwitchTests.Target(till, 3000);
        var key = await SwitchTests.Bought(till);
        var start = till.Shop.Now;
        till.Shop.Clock.Advance(TimeSpan.FromDays(10));
        var order = await SwitchTests.Switched(till, key, pro);
        till.Shop.Clock.Advance(TimeSpan.FromDays(5));
        await Dispute(till, order);
        // What the key was bought with is its own again, and it runs.
        var was = await till.Shop.Key(key);
        Assert.Equal((till.Plan.Id, start + Month, "VALID"), (was.PlanId, was.ExpireAt!.Value, (await till.Shop.Validate(key)).Code));
        await till.AddsUp();
        till.Shop.Clock.Advance(TimeSpan.FromDays(3));
        await Dispute(till, order, won: true);
        var now = await till.Shop.Key(key);
        Assert.Equal((pro.Id, start + 40 * Day), (now.PlanId, now.ExpireAt!.Value));
        await till.AddsUp();

        // A renewal at the new plan's price stands on it.
        var second = await SwitchTests.Bought(till);
        var switched = await SwitchTests.Switched(till, second, pro);
        var renewal = await RenewalTests.Paid(till, second);
        await Dispute(till, switched);
        Assert.Equal("SUSPENDED", (await till.Shop.Validate(second)).Code);
        await Dispute(till, switched, won: true);
        Assert.Equal((pro.Id, "VALID"), ((await till.Shop.Key(second)).PlanId, (await till.Shop.Validate(second)).Code));
        Assert.Contains("keys_reinstated", await till.Story(switched));
        await till.AddsUp();

        // Lost, the key stays what it is without it; and one that waits for its end waits no more.
        await RenewalTests.Refund(till, renewal, RefundWanted.Revoke);
        var third = await SwitchTests.Bought(till);
        var begun = till.Shop.Now;
        var late = await SwitchTests.Switched(till, third, pro, atEnd: true);
        Assert.Equal(begun + 2 * Month, await End(till, third));
        await Dispute(till, late);
        Assert.Equal(begun + Month, await End(till, third));
        await Decide(till, isOurs: false);
        till.Shop.Clock.Advance(TimeSpan.FromDays(31));
        await SwitchTests.Run(till);
        Assert.Equal((till.Plan.Id, "EXPIRED"), ((await till.Shop.Key(third)).PlanId, (await till.Shop.Validate(third)).Code));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_switch_whose_credit_was_given_back_is_not_done_again(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var pro = await SwitchTests.Target(till, 3000);
        var wei = await till.Customer();
        var first = await till.Order(1, wei);
        await till.Pay(await till.Attempt(first), first.Amount);
        var key = (await till.Keys(first))[0];
        await till.Shop.Validate(key);
        var order = await SwitchTests.Switched(till, key, pro);
        await Dispute(till, order);
        await SwitchTests.Back(till, first, 1000, RefundWanted.Keep);
        await Dispute(till, order, won: true);
        Assert.Equal(till.Plan.Id, (await till.Shop.Key(key)).PlanId);
        Assert.Contains("not_given_again", await till.Story(order));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Told_while_others_buy_for_the_key_it_takes_its_own(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var key = await RenewalTests.Active(till);
        var start = till.Shop.Now;
        var order = await RenewalTests.Paid(till, key);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => i % 3 == 0 ? Dispute(till, order) : (Task)RenewalTests.Paid(till, key))));
        Assert.Equal(start + 9 * Month, await End(till, key));
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => i % 3 == 0 ? Dispute(till, order, won: true) : (Task)RenewalTests.Paid(till, key))));
        Assert.Equal(start + 18 * Month, await End(till, key));
        await till.AddsUp();
    }

    /// <summary>The gateway tells that it is disputed, or how that ended.</summary>
    private static async Task Dispute(Till till, Order order, bool? won = null)
    {
        var attempt = (await till.Db.Read(s => AttemptStore.OfOrder(s, Tenant, order.Id))).Single(a => a.State == PaymentAttempt.Paid);
        await till.Db.Write(s => till.Taker.Returned(s, Tenant, till.Channel, new(attempt.TradeNumber, "", "", won is null ? "charge.dispute.created" : "charge.dispute.closed", _ => order.Amount) { Won = won }));
    }

    /// <summary>Staff decide about the only one: no money went, or it did.</summary>
    private static async Task Decide(Till till, bool isOurs)
    {
        var told = Assert.Single(await till.Db.Read(s => RefundStore.List(s, Tenant, RefundState.Told, false, null, 10)));
        var refunds = till.Shop.Get<RefundService>();
        await till.Db.Command(Shop.Staff, s => isOurs ? refunds.Drop(s, Shop.Staff, told.Id, "won") : refunds.Settle(s, Shop.Staff, told.Id, RefundWay.Gateway, "lost", null));
    }

    private static async Task<long> End(Till till, string key) => (await till.Shop.Key(key)).ExpireAt!.Value;
}
