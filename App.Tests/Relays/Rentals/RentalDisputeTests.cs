using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Refunds;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Billing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>A payer's bank takes the money of a rental's add-on back: what is not used of it is held until that is decided, and the database check sees whatever does not fit.</summary>
public sealed class RentalDisputeTests
{
    private const long Gb = 1L << 30, Day = 86_400_000;

    [Theory, BothEngines]
    public async Task Traffic_is_taken_back_as_far_as_it_is_not_used_and_comes_again_with_the_days_that_it_had(Engine engine)
    {
        await using var desk = await AddOnDesk.Open(engine);
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
        await using var desk = await AddOnDesk.Open(engine);
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
        await using var desk = await AddOnDesk.Open(engine);
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
        await using var desk = await AddOnDesk.Open(engine);
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
        await using var desk = await AddOnDesk.Open(engine);
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
}
