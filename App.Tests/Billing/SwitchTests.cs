using Gatehouse.Audit.Log;
using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Refunds;
using Gatehouse.Billing.Shop;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Keys that change to another plan: what is left of them is worth what was paid for it, once.</summary>
public sealed class SwitchTests
{
    private const long Day = 86_400_000, Month = 30 * Day;

    [Theory, BothEngines]
    public async Task Switched_now_what_is_left_is_credited_by_the_day(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var pro = await Target(till, 3000, machines: 3);
        var key = await Bought(till);
        till.Shop.Clock.Advance(TimeSpan.FromDays(10) + TimeSpan.FromHours(5));
        // 19 whole days of 30 are left of 12.50.
        var order = await Switch(till, key, pro);
        Assert.Equal((Order.Switch, OrderState.Pending, 3000 - 1250 * 19 / 30), (order.Kind, order.State, order.Amount));
        Assert.Equal(till.Plan.Id, (await till.Shop.Key(key)).PlanId);
        await till.Pay(await till.Attempt(order), order.Amount);
        var now = await till.Shop.Key(key);
        Assert.Equal((OrderState.Delivered, pro.Id, till.Shop.Now + Month), ((await till.Of(order)).State, now.PlanId, now.ExpireAt));
        Assert.True((await till.Shop.Validate(key, "machine-2")).Valid);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Switched_at_its_end_it_keeps_its_plan_until_then_and_nothing_else_is_sold_meanwhile(Engine engine)
    {
        await using var till = await Till.Open(engine, as_: p => p with { AddOns = AddOnTests.Sold });
        var pro = await Target(till, 3000);
        var key = await Bought(till);
        var start = till.Shop.Now;
        var late = await Renewal(till, key);
        var order = await Switched(till, key, pro, atEnd: true);
        Assert.Equal((3000L, till.Plan.Id, start + 2 * Month), (order.Amount, (await till.Shop.Key(key)).PlanId, (await till.Shop.Key(key)).ExpireAt!.Value));
        Assert.Equal("KEY_SWITCHES", await Bench.Code(() => RenewalTests.Paid(till, key)));
        Assert.Equal("KEY_SWITCHES", await Bench.Code(() => AddOnTests.Add(till, key, "machines-1")));
        Assert.Equal("KEY_SWITCHES", await Bench.Code(() => Switch(till, key, pro)));
        // Ordered before, paid after: its time would be the new plan's at the old one's price.
        await till.Pay(await till.Attempt(late), 1250);
        Assert.Equal(OrderState.Paid, (await till.Of(late)).State);
        Assert.Equal(0, await Run(till));
        till.Shop.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(1, await Run(till));
        Assert.Equal(0, await Run(till));
        Assert.Equal((pro.Id, start + 2 * Month), ((await till.Shop.Key(key)).PlanId, (await till.Shop.Key(key)).ExpireAt!.Value));
        Assert.Equal(LicenseState.Active, await till.Shop.State(key));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task What_is_left_over_is_time_or_goes_to_the_balance_of_who_paid(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var (small, never) = (await Target(till, 250), await Target(till, 1000, seconds: null));
        var (wei, other) = (await till.Customer(), await till.Customer(email: "lin@example.com"));
        // 12.50 for a plan of 2.50 a month: five months.
        var key = await Bought(till, wei);
        var order = await Switch(till, key, small, who: wei);
        Assert.Equal((0L, OrderState.Delivered), (order.Amount, order.State));
        Assert.Equal(till.Shop.Now + 5 * Month, (await till.Shop.Key(key)).ExpireAt);
        // A plan without an end costs 10: what is over goes to the balance of who paid, and of nobody else.
        var second = await Bought(till, wei);
        Assert.Equal("SWITCH_NOT_YOURS", await Bench.Code(() => Switch(till, second, never)));
        Assert.Equal("SWITCH_NOT_YOURS", await Bench.Code(() => Switch(till, second, never, who: other)));
        await Switch(till, second, never, who: wei);
        Assert.Equal((250L, 0L), (await till.Balance(wei), await till.Balance(other)));
        Assert.Null((await till.Shop.Key(second)).ExpireAt);
        Assert.Equal(250, await till.Sum(LedgerAccount.Credits));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Money_that_was_credited_is_not_given_back_and_what_was_given_back_is_not_credited(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var pro = await Target(till, 3000);
        var first = await till.Order();
        await till.Pay(await till.Attempt(first), 1250);
        var key = (await till.Keys(first))[0];
        await till.Shop.Validate(key);
        till.Shop.Clock.Advance(TimeSpan.FromDays(15));
        var order = await Switched(till, key, pro);
        Assert.Equal(3000 - 625, order.Amount);
        // Half of it was used: that may go back.
        var sold = await till.Of(first);
        Assert.Equal(625, await till.Db.Read(s => till.Shop.Get<RefundService>().Left(s, Caller.DefaultTenant, sold)));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Back(till, first, 626, RefundWanted.Keep)));
        // Undone, the key is what it was, and its money is its own again.
        await RenewalTests.Refund(till, order, RefundWanted.Revoke);
        var was = await till.Shop.Key(key);
        Assert.Equal((till.Plan.Id, till.Shop.Now + 15 * Day, OrderState.Refunded), (was.PlanId, was.ExpireAt!.Value, (await till.Of(order)).State));
        await Back(till, first, 1000, RefundWanted.Keep);
        Assert.Equal(3000 - 125, (await Switch(till, key, pro)).Amount);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_switch_that_others_stand_on_is_not_undone(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var pro = await Target(till, 3000);
        var key = await Bought(till);
        var start = till.Shop.Now;
        var order = await Switched(till, key, pro);
        var renewal = await RenewalTests.Paid(till, key);
        Assert.Equal(start + 2 * Month, (await till.Shop.Key(key)).ExpireAt);
        Assert.Equal("KEY_CHANGED_SINCE", await Bench.Code(() => RenewalTests.Refund(till, order, RefundWanted.Revoke)));
        Assert.Equal(OrderState.Delivered, (await till.Of(order)).State);
        await RenewalTests.Refund(till, renewal, RefundWanted.Revoke);
        await RenewalTests.Refund(till, order, RefundWanted.Revoke);
        Assert.Equal((till.Plan.Id, start + Month), ((await till.Shop.Key(key)).PlanId, (await till.Shop.Key(key)).ExpireAt!.Value));
        // One that waits for the end is undone as if it had never been.
        var later = await Switched(till, key, pro, atEnd: true);
        await RenewalTests.Refund(till, later, RefundWanted.Revoke);
        Assert.Equal(start + Month, (await till.Shop.Key(key)).ExpireAt);
        till.Shop.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal(0, await Run(till));
        Assert.Equal(till.Plan.Id, (await till.Shop.Key(key)).PlanId);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task What_cannot_be_switched_says_why(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var pro = await Target(till, 3000);
        async Task<string?> Why(string key, Plan? to = null, bool atEnd = false) => await Bench.Code(() => Switch(till, key, to ?? pro, atEnd));
        Assert.Equal("NOT_ACTIVATED", await Why((await till.Shop.Keys(till.Plan, 1))[0]));
        var key = await RenewalTests.Active(till);
        Assert.Equal("NO_SUCH_SWITCH", await Why(key, till.Plan));
        Assert.Equal("SWITCH_HAS_NO_END", await Why(key, await Target(till, 100, seconds: null), atEnd: true));
        await Change(till, pro, p => p with { Enabled = false });
        Assert.Equal("NO_SUCH_SWITCH", await Why(key));
        await Change(till, pro, p => p with { Enabled = true });
        // What staff gave away is worth nothing.
        Assert.Equal(3000, (await Switch(till, key, pro)).Amount);
        await Change(till, till.Plan, p => p with { MachineLimit = 2 });
        await till.Shop.Validate(key, "machine-2");
        Assert.Equal("SWITCH_MACHINES", await Why(key));
        till.Shop.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal("SWITCH_HAS_NO_END", await Why(key, atEnd: true));
        foreach (var other in new[] { """["gone"]""", $"""["{till.Plan.Id}"]""", "7", """["a","a"]""" })
            Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Change(till, till.Plan, p => p with { SwitchTo = other })));
        await till.AddsUp();
    }

    // A plan that the till's may be switched to.
    internal static async Task<Plan> Target(Till till, long price, long? seconds = 30 * 86400, long machines = 1)
    {
        var to = await till.Db.Write(s => till.Shop.Get<PlanService>().Create(s, Shop.Staff, new Plan { Name = $"Pro {price} {seconds}", Price = price, DurationSeconds = seconds, MachineLimit = machines, OnSale = true }));
        await Change(till, till.Plan, p => p with { SwitchTo = System.Text.Json.JsonSerializer.Serialize(SwitchTargets.Of(p.SwitchTo).Append(to.Id)) });
        return to;
    }

    internal static Task<Plan> Change(Till till, Plan plan, Func<Plan, Plan> change) => till.Db.Write(s => till.Shop.Get<PlanService>().Update(s, Shop.Staff, plan.Id, change));

    internal static async Task<string> Bought(Till till, Caller? who = null)
    {
        var order = await till.Order(1, who);
        await till.Pay(await till.Attempt(order), order.Amount);
        var key = (await till.Keys(order))[0];
        Assert.True((await till.Shop.Validate(key)).Valid);
        return key;
    }

    internal static Task<Order> Switch(Till till, string key, Plan to, bool atEnd = false, Caller? who = null, string? channel = null) => Place(till, key, who, (id, by) => new(to.Id, 1, channel ?? by) { Switch = id, AtEnd = atEnd });

    internal static Task<Order> Renewal(Till till, string key) => Place(till, key, null, (id, by) => new(null, 1, by) { Renew = id });

    private static Task<Order> Place(Till till, string key, Caller? who, Func<string, string, NewOrder> wanted) => till.Db.Write(async s =>
        (await OrderStore.Find(s, Caller.DefaultTenant, (await till.Shop.Get<ShopDoor>().Place(s, who ?? Till.Visitor, Till.Guest, wanted((await LicenseStore.Find(s, Caller.DefaultTenant, LicenseKey.Parse(key)!.Value))!.Id, till.Channel.Id), null)).Id))!);

    internal static async Task<Order> Switched(Till till, string key, Plan to, bool atEnd = false)
    {
        var order = await Switch(till, key, to, atEnd);
        await till.Pay(await till.Attempt(order), order.Amount);
        return order;
    }

    internal static async Task<long> Run(Till till) => (long)Convert.ToInt64((await till.Shop.Get<KeySwitcher>().Run(default)).Args[0], System.Globalization.CultureInfo.InvariantCulture);

    internal static Task<Refund> Back(Till till, Order order, long? amount, string keys) =>
        till.Db.Command(Shop.Staff, s => till.Shop.Get<RefundService>().Ask(s, Shop.Staff, order.Number, new(amount, "not needed", RefundWay.Hand, "cash", keys)));
}
