using Gatehouse.Audit.Log;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Refunds;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Extras;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Traffic;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Billing;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>A payer's bank takes the money of a rental's add-on back: what is not used of it is held until that is decided, and the database check sees whatever does not fit.</summary>
public sealed class RentalDisputeTests
{
    private const long Gb = 1L << 30, Day = 86_400_000;

    [Theory, BothEngines]
    public async Task Traffic_is_taken_back_as_far_as_it_is_not_used_and_comes_again_with_the_days_that_it_had(Engine engine)
    {
        await using var desk = await Desk.Open(engine);
        var order = await desk.Buy("traffic-5");
        await desk.Carry(12 * Gb);
        Assert.Equal(3 * Gb, await desk.Packs());
        desk.Clock.Advance(TimeSpan.FromDays(4));
        for (var i = 0; i < 3; i++)
            await desk.Dispute(order);
        // The quota is used up as well: the relays stop now.
        Assert.Equal((0L, true), (await desk.Packs(), (await desk.Now()).SpentAt is not null));
        Assert.Single(await desk.Till.Story(order), e => e == "held");
        await desk.AddsUp();
        desk.Clock.Advance(TimeSpan.FromDays(60));
        await desk.Dispute(order, won: true);
        Assert.Equal((3 * Gb, null), (await desk.Packs(), (await desk.Now()).SpentAt));
        Assert.Equal(desk.Clock.Now + 6 * Day, await desk.Till.Shop.Count("SELECT until FROM rental_packs"));
        Assert.Equal(["redeemed", "extra", "extra_held", "extra_again"], await desk.Relays.Story(desk.Rental));
        await desk.AddsUp();
        // All of it used, or its days over, nothing is left to take.
        var used = await desk.Buy("traffic-5");
        await desk.Carry(20 * Gb);
        await desk.Dispute(used);
        var late = await desk.Buy("traffic-5");
        desk.Clock.Advance(TimeSpan.FromDays(11));
        await desk.Dispute(late);
        Assert.DoesNotContain("extra_held", (await desk.Relays.Story(desk.Rental)).Skip(4));
        Assert.DoesNotContain("held", await desk.Till.Story(used));
        await desk.AddsUp();
    }

    [Theory, BothEngines]
    public async Task What_a_reset_freed_and_nobody_used_is_used_again_until_it_is_won(Engine engine)
    {
        await using var desk = await Desk.Open(engine);
        await desk.Carry(8 * Gb);
        var order = await desk.Buy("reset-1");
        await desk.Carry(11 * Gb);
        Assert.Equal(3 * Gb, (await desk.Now()).TrafficUsed);
        // Of the eight that it freed there is room for seven.
        await desk.Dispute(order);
        Assert.Equal((10 * Gb, true), ((await desk.Now()).TrafficUsed, (await desk.Now()).SpentAt is not null));
        await desk.AddsUp();
        await desk.Dispute(order, won: true);
        Assert.Equal((3 * Gb, null), ((await desk.Now()).TrafficUsed, (await desk.Now()).SpentAt));
        // Lost, it stays as if it had not been.
        var lost = await desk.Buy("reset-1");
        Assert.Equal(0, (await desk.Now()).TrafficUsed);
        await desk.Dispute(lost);
        await desk.Decide(isOurs: false);
        Assert.Equal((3 * Gb, OrderState.Refunded), ((await desk.Now()).TrafficUsed, (await desk.Till.Of(lost)).State));
        await desk.Dispute(lost, won: true);
        Assert.Equal(3 * Gb, (await desk.Now()).TrafficUsed);
        await desk.AddsUp();
    }

    [Theory, BothEngines]
    public async Task The_last_devices_and_relays_go_and_come_again(Engine engine)
    {
        await using var desk = await Desk.Open(engine);
        var (devices, servers) = (await desk.Buy("devices-1", 2), await desk.Buy("servers-1"));
        string[] keys = [RelayBench.NodeKey(), RelayBench.NodeKey(), RelayBench.NodeKey()];
        foreach (var key in keys)
            await desk.Add(key);
        await desk.AddsUp();
        await desk.Dispute(devices);
        await desk.Dispute(servers);
        var now = await desk.Now();
        Assert.Equal((1L, 1L, 1), (now.Terms.DeviceLimit, now.Terms.Servers, (await desk.Relays.Slots(desk.Rental)).Count));
        Assert.Equal([keys[0]], await desk.Keys());
        await desk.AddsUp();
        // What waits for a decision is not sold once more.
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => desk.Order("servers-1", 1)));
        await desk.Dispute(devices, won: true);
        await desk.Dispute(servers, won: true);
        now = await desk.Now();
        Assert.Equal((3L, 2L, 2), (now.Terms.DeviceLimit, now.Terms.Servers, (await desk.Relays.Slots(desk.Rental)).Count));
        Assert.Equal(keys.Order(), (await desk.Keys()).Order());
        await desk.AddsUp();
        // A refund while it is disputed, and a dispute that is lost, take it for good.
        foreach (var order in new[] { devices, servers })
            await RenewalTests.Refund(desk.Till, order, RefundWanted.Revoke);
        (devices, servers) = (await desk.Buy("devices-1", 2), await desk.Buy("servers-1"));
        foreach (var key in keys[1..])
            await desk.Add(key);
        await desk.Dispute(devices);
        await RenewalTests.Refund(desk.Till, devices, RefundWanted.Revoke);
        await desk.Decide(isOurs: true);
        await desk.Dispute(servers);
        await desk.Decide(isOurs: false);
        Assert.Equal((1L, 1L, 0L), ((await desk.Now()).Terms.DeviceLimit, (await desk.Now()).Terms.Servers, await desk.Till.Shop.Count("SELECT COUNT(*) FROM rental_held_devices")));
        await desk.AddsUp();
    }

    /// <summary>Where there is no room on any server any more, a relay comes as soon as there is; and nothing comes to a rental that is history.</summary>
    [Theory, BothEngines]
    public async Task Without_room_the_relay_comes_later_and_never_to_what_is_over(Engine engine)
    {
        await using var desk = await Desk.Open(engine);
        var order = await desk.Buy("servers-1");
        await desk.Dispute(order);
        await desk.Till.Db.Write(s => s.Execute("UPDATE relay_servers SET draining = 1"));
        await desk.Dispute(order, won: true);
        Assert.Equal((2L, 1), ((await desk.Now()).Terms.Servers, (await desk.Relays.Slots(desk.Rental)).Count));
        await desk.AddsUp();
        await desk.Till.Db.Write(s => s.Execute("UPDATE relay_servers SET draining = 0"));
        desk.Clock.Advance(TimeSpan.FromMinutes(2));
        await desk.Relays.Keeper.Run(default);
        Assert.Equal((2, null), ((await desk.Relays.Slots(desk.Rental)).Count, (await desk.Now()).ShortAt));
        await RenewalTests.Refund(desk.Till, order, RefundWanted.Revoke);
        var late = await desk.Buy("servers-1");
        await desk.Dispute(late);
        desk.Clock.Advance(TimeSpan.FromDays(400));
        await desk.Relays.Keeper.Run(default);
        await desk.Dispute(late, won: true);
        Assert.Contains("not_given_again", await desk.Till.Story(late));
        await desk.AddsUp();
    }

    /// <summary>Told of by many at once, while devices come, bytes flow and others buy: every byte is counted once, and each has what was paid for.</summary>
    [Theory, BothEngines]
    public async Task Disputed_while_it_is_used_nothing_is_lost_or_there_twice(Engine engine)
    {
        await using var desk = await Desk.Open(engine);
        var (traffic, devices) = (await desk.Buy("traffic-5"), await desk.Buy("devices-1", 2));
        await desk.Add(RelayBench.NodeKey());
        await Task.WhenAll(
        [
            .. Enumerable.Range(1, 8).Select(i => Task.Run(() => desk.Carry(10 * Gb + i * Gb / 4))),
            .. Enumerable.Range(0, 3).Select(_ => Task.Run(() => desk.Dispute(traffic))),
            .. Enumerable.Range(0, 3).Select(_ => Task.Run(() => desk.Dispute(devices))),
            .. Enumerable.Range(0, 4).Select(_ => Task.Run(() => Bench.Code(() => desk.Add(RelayBench.NodeKey())))),
            Task.Run(() => desk.Buy("traffic-5")),
        ]);
        await desk.Carry(12 * Gb);
        Assert.Single(await desk.Keys());
        await desk.AddsUp();
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, 3).Select(_ => Task.Run(() => desk.Dispute(traffic, won: true))),
            .. Enumerable.Range(0, 3).Select(_ => Task.Run(() => desk.Dispute(devices, won: true))),
            .. Enumerable.Range(1, 4).Select(i => Task.Run(() => desk.Carry(12 * Gb + i * Gb / 4))),
        ]);
        await desk.Carry(13 * Gb);
        var now = await desk.Now();
        // Ten of the quota and ten of two packs, less the thirteen that were carried; what came while nothing was left is over.
        Assert.Equal((10 * Gb, 3L, 7 * Gb), (now.TrafficUsed, now.Terms.DeviceLimit, await desk.Packs() - now.TrafficOver));
        await desk.AddsUp();
    }

    [Theory, BothEngines]
    public async Task The_check_finds_an_add_on_without_its_effect_and_an_effect_without_its_add_on(Engine engine)
    {
        await using var desk = await Desk.Open(engine);
        foreach (var addOn in new[] { "traffic-5", "devices-1", "servers-1" })
            await desk.Buy(addOn);
        await desk.AddsUp();
        foreach (var (broken, mended, finding) in new[]
        {
            ("UPDATE rentals SET extra_devices = 0, device_limit = 1", "UPDATE rentals SET extra_devices = 1, device_limit = 2", "other devices or relays beside their plan"),
            ("UPDATE rentals SET extra_devices = 7", "UPDATE rentals SET extra_devices = 1", "other devices or relays beside their plan"),
            ("UPDATE rentals SET device_limit = 1", "UPDATE rentals SET device_limit = 2", "no more devices or relays than came"),
            ("UPDATE rentals SET servers = 3", "UPDATE rentals SET servers = 2", "another number of relays"),
            ("UPDATE rental_packs SET bytes = bytes * 2", "UPDATE rental_packs SET bytes = bytes / 2", "packs that are not what an add-on gave"),
            ("UPDATE rental_packs SET extra_id = 'x'", "UPDATE rental_packs SET extra_id = (SELECT id FROM rental_extras WHERE kind = 'traffic')", "traffic without their pack"),
            ("UPDATE rental_extras SET done_at = NULL WHERE kind = 'traffic'", "UPDATE rental_extras SET done_at = 1 WHERE kind = 'traffic'", "did nothing though they are delivered"),
            ("UPDATE orders SET delivered_at = NULL", "UPDATE orders SET delivered_at = 1", "did something without an order"),
            ("UPDATE rental_events SET kind = 'x' WHERE kind = 'extra' AND detail LIKE 'dev%'", "UPDATE rental_events SET kind = 'extra' WHERE kind = 'x'", "history tells of other add-ons"),
            ("UPDATE rental_extras SET held_at = 1", "UPDATE rental_extras SET held_at = NULL", "dispute which nobody has to decide"),
            ("UPDATE rental_extras SET kind = 'renew' WHERE kind = 'reset' OR kind = 'devices'", "UPDATE rental_extras SET kind = 'devices' WHERE kind = 'renew'", "gave no time"),
        })
        {
            await desk.Till.Db.Write(s => s.Execute(broken));
            Assert.Contains((await desk.Till.Db.Read(RentalCheck.Check)).Errors, e => e.Contains(finding, StringComparison.Ordinal));
            await desk.Till.Db.Write(s => s.Execute(mended));
            await desk.AddsUp();
        }
        await desk.Till.Db.Write(s => s.Execute("UPDATE orders SET delivery = 'rental', kind = 'add_on'"));
        await desk.Till.Db.Write(s => s.Execute("DELETE FROM rental_packs"));
        await desk.Till.Db.Write(s => s.Execute("DELETE FROM rental_extras"));
        Assert.Contains((await desk.Till.Db.Read(RentalCheck.Check)).Errors, e => e.Contains("nobody knows what they were to do", StringComparison.Ordinal));
    }

    /// <summary>A shop that sells add-ons by a gateway to a person with one rental of ten gigabytes, one device and one relay.</summary>
    private sealed class Desk(Till till, RelayBench bench, Plan plan, Caller who, Rental rental) : IAsyncDisposable
    {
        public Till Till => till;
        public RelayBench Relays => bench;
        public Rental Rental => rental;
        public FakeClock Clock => till.Shop.Clock;

        public static async Task<Desk> Open(Engine engine)
        {
            var till = await Till.Open(engine);
            var bench = new RelayBench(till.Shop);
            for (var i = 1; i <= 3; i++)
                await bench.Server($"host-{i}", $"r{i}", $"203.0.113.{i}");
            var plan = await till.Db.Write(s => till.Shop.Get<PlanService>().Create(s, Shop.Staff, new Plan
            {
                Name = "Relay", Kind = Plan.Relay, DurationSeconds = 360 * 86400, Price = 1000, OnSale = true, ServersPerRental = 1, DeviceLimit = 1, TrafficQuota = 10 * Gb, TrafficReset = "none",
                AddOns = """[{"kind":"traffic","amount":5,"price":300,"most":2,"days":10},{"kind":"reset","amount":1,"price":200},{"kind":"devices","amount":1,"price":100,"most":3},{"kind":"servers","amount":1,"price":500}]""",
            }));
            var who = await till.Customer();
            return new(till, bench, plan, who, await bench.Redeem(who, await bench.Serial(plan)));
        }

        public Task<Order> Order(string addOn, long quantity) => till.Db.Write(async s =>
            (await till.Shop.Get<RentalPurchases>().Place(s, who, Till.Guest, new(plan.Id, quantity, till.Channel.Id) { Rental = rental.Id, AddOn = addOn }))!);

        public async Task<Order> Buy(string addOn, long quantity = 1)
        {
            var order = await Order(addOn, quantity);
            await till.Pay(await till.Attempt(order), order.Amount);
            return await till.Of(order);
        }

        public Task<RentalDevice> Add(string key) => till.Db.Write(s => bench.Devices.Add(s, Caller.DefaultTenant, who.Id!, key, null, rental.Id));

        public Task<List<string>> Keys() => till.Db.Read(s => s.All("SELECT node_key FROM rental_devices ORDER BY id", r => r.GetString(0)));

        public Task<Rental> Now() => bench.Now(rental);

        public Task<long> Packs() => till.Db.Read(s => RentalExtras.Packs(s, rental.Id, Clock.Now));

        /// <summary>Its first relay has carried so many bytes since it began.</summary>
        public async Task Carry(long bytes)
        {
            var slot = (await bench.Slots(rental))[0];
            await till.Shop.Get<TrafficBook>().Count([new(slot.Id, slot.ServerId, "1", FakeClock.Start.ToUnixTimeMilliseconds(), new(bytes, 0, 1, 1), new Dictionary<string, Volume>())], default);
        }

        public async Task Dispute(Order order, bool? won = null)
        {
            var attempt = (await till.Db.Read(s => AttemptStore.OfOrder(s, Caller.DefaultTenant, order.Id))).Single(a => a.State == PaymentAttempt.Paid);
            await till.Db.Write(s => till.Taker.Returned(s, Caller.DefaultTenant, till.Channel, new(attempt.TradeNumber, "", "", won is null ? "charge.dispute.created" : "charge.dispute.closed", _ => order.Amount) { Won = won }));
        }

        /// <summary>Staff decide about the only one.</summary>
        public async Task Decide(bool isOurs)
        {
            var told = Assert.Single(await till.Db.Read(s => RefundStore.List(s, Caller.DefaultTenant, RefundState.Told, false, null, 10)));
            var refunds = till.Shop.Get<RefundService>();
            await till.Db.Command(Shop.Staff, s => isOurs ? refunds.Drop(s, Shop.Staff, told.Id, "won") : refunds.Settle(s, Shop.Staff, told.Id, RefundWay.Gateway, "lost", null));
        }

        public async Task AddsUp()
        {
            await till.AddsUp();
            Assert.Empty((await till.Db.Read(RentalCheck.Check)).Errors);
        }

        public ValueTask DisposeAsync() => till.DisposeAsync();
    }
}
