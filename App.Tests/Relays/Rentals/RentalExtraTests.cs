using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Extras;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Traffic;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>What is sold for rentals that are there: add-ons, and one more of their plan.</summary>
public sealed class RentalExtraTests
{
    private const long Gb = 1L << 30;

    [Theory, BothEngines]
    public async Task Add_ons_are_bought_for_one_rental_and_a_refund_takes_back_what_is_not_used(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await RelayRows.AddApart(server, Caller.DefaultTenant, v => v with { Name = "host" });
        var (owner, (account, http)) = (await server.As(Role.Owner), await Helpdesk.Customer(server));
        var plan = (string)(await owner.PostApi("/api/plans", new
        {
            name = "Relay", kind = "relay", servers_per_rental = 1, device_limit = 2, duration_seconds = 30 * 86400, price = 1000, on_sale = true, traffic_quota = 10 * Gb, traffic_reset = "none",
            add_ons = new object[] { new { kind = "traffic", amount = 5, price = 300, most = 2, days = 10 }, new { kind = "reset", amount = 1, price = 200 }, new { kind = "devices", amount = 1, price = 100, most = 3 }, new { kind = "servers", amount = 1, price = 500 } },
        }))["plan"]!["id"]!;
        Assert.Equal(422, (int)(await owner.PostApi("/api/plans", new { name = "Keys", price = 100, add_ons = new object[] { new { kind = "traffic", amount = 5, price = 300 } } })).Status);
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "balance", name = "Balance", enabled = true }))["channel"]!["id"]!;
        await owner.PostApi("/api/finance/topup", new { user = account, amount = 20_000, currency = "CNY", reference = "Cash" });
        // Two of one plan: what is bought says for which.
        var (home, other) = (await Given(), await Given());
        async Task<string> Given() => (string)(await owner.PostApi("/api/rentals", new { account, plan }))["rental"]!["id"]!;
        Task<ApiAnswer> Order(string? addOn, long quantity = 1, string? rental = null) => http.PostApi("/api/shop/orders", new { plan, quantity, channel, rental = rental ?? home, add_on = addOn });
        async Task<string> Buy(string? addOn, long quantity = 1) => (string)(await Order(addOn, quantity))["order"]!["number"]!;
        async Task<(long Devices, long Servers, long? Left, long Packs)> Has() => await server.Db.Read(async s => (await RentalStore.Find(s, Caller.DefaultTenant, home))! is var r ? (r.Terms.DeviceLimit, r.Terms.Servers, r.TrafficLeft, await RentalExtras.Packs(s, home, server.Clock.Now)) : default);

        var (traffic, devices, servers) = (await Buy("traffic-5", 2), await Buy("devices-1", 2), await Buy("servers-1"));
        Assert.Equal((4, 2, 10 * Gb, 10 * Gb), await Has());
        // As many at a time as the plan says; a reset of nothing is none; what is not the buyer's is nobody's.
        Assert.Equal(422, (int)(await Order("traffic-5")).Status);
        Assert.Equal(422, (int)(await Order("devices-1", 2)).Status);
        Assert.Equal(422, (int)(await Order("reset-1")).Status);
        Assert.Equal(422, (int)(await Order("no-1")).Status);
        Assert.Equal(422, (int)(await Order("devices-1", rental: "nobodys")).Status);

        await server.Db.Write(s => s.Execute("UPDATE rentals SET traffic_used = @used, traffic_over = 7, spent_at = 1 WHERE id = @id", ("used", 10 * Gb), ("id", home)));
        await server.Db.Write(s => s.Execute("UPDATE rental_packs SET used = 3"));
        var reset = await Buy("reset-1");
        Assert.Equal((4, 2, 10 * Gb, 10 * Gb - 3), await Has());
        var now = DateTimeOffset.FromUnixTimeMilliseconds(server.Clock.Now);
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        var renewed = await Buy(null);
        Assert.Equal((4, 2, 20 * Gb, 10 * Gb - 3), await Has());
        Assert.Equal([now.AddDays(60), now.AddDays(30)], await server.Db.Read(async s => new[] { Time((await RentalStore.Find(s, Caller.DefaultTenant, home))!.EndAt), Time((await RentalStore.Find(s, Caller.DefaultTenant, other))!.EndAt) }));

        foreach (var number in new[] { traffic, devices, servers, renewed })
            Assert.Equal(200, (int)(await owner.PostApi($"/api/orders/{number}/refund", new { reason = "Too much", way = "balance" })).Status);
        Assert.Equal((2, 1, 10 * Gb, 0), await Has());
        // A renewal began another period since: what the reset freed is in it.
        Assert.Equal(200, (int)(await owner.PostApi($"/api/orders/{reset}/refund", new { reason = "Too much", way = "balance" })).Status);
        Assert.Equal((2, 1, 10 * Gb, 0), await Has());
        var told = await server.Db.Read(s => s.All("SELECT kind FROM rental_events WHERE rental_id = @id AND kind <> 'granted' ORDER BY kind, id", r => r.GetString(0), ("id", home)));
        Assert.Equal("extended extra extra extra extra extra_back extra_back extra_back extra_back taken_back", string.Join(' ', told));
    }

    /// <summary>Whoever gives, counts and takes at once: nothing is lost, and what is beyond the quota comes out of the pack.</summary>
    [Theory, BothEngines]
    public async Task Packs_and_readings_at_once_add_up(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { TrafficQuota = Gb, TrafficReset = "none" });
        var who = await bench.Person();
        var rental = await bench.Redeem(who, await bench.Serial());
        var slot = (await bench.Slots(rental))[0];
        RelayReading Reading(long bytes) => new(slot.Id, slot.ServerId, "1", FakeClock.Start.ToUnixTimeMilliseconds(), new(bytes, 0, 1, 1), new Dictionary<string, Volume>());
        var extras = bench.Shop.Get<RentalExtras>();
        RentalExtra Extra(string kind, long amount) => new("", rental.Id, null, kind, amount, null, 1);
        await Task.WhenAll(
        [
            .. Enumerable.Range(1, 6).Select(i => Task.Run(() => bench.Shop.Get<TrafficBook>().Count([Reading(i * Gb / 8)], default))),
            .. Enumerable.Range(0, 2).Select(_ => Task.Run(() => bench.Db.Write(s => extras.Give(s, Caller.DefaultTenant, Extra(AddOns.Traffic, 1), "boss")))),
            .. Enumerable.Range(0, 3).Select(_ => Task.Run(() => bench.Db.Write(s => extras.Give(s, Caller.DefaultTenant, Extra(AddOns.Devices, 1), "boss")))),
        ]);
        await bench.Shop.Get<TrafficBook>().Count([Reading(5 * Gb / 2)], default);
        var now = await bench.Now(rental);
        Assert.Equal((Gb, 0, null, rental.Terms.DeviceLimit + 3), (now.TrafficUsed, now.TrafficOver, now.SpentAt, now.Terms.DeviceLimit));
        Assert.Equal(Gb / 2, await bench.Db.Read(s => RentalExtras.Packs(s, rental.Id, bench.Shop.Clock.Now)));
        await bench.Shop.Get<TrafficBook>().Count([Reading(3 * Gb)], default);
        Assert.NotNull((await bench.Now(rental)).SpentAt);
        // One that is used up goes on with another, and tells its relays.
        var version = (await bench.Now(rental)).Version;
        await bench.Db.Write(s => extras.Give(s, Caller.DefaultTenant, Extra(AddOns.Reset, 1), "boss"));
        now = await bench.Now(rental);
        Assert.Equal((0, null, version + 1), (now.TrafficUsed, now.SpentAt, now.Version));
        // Another plan keeps the devices that came beside the first.
        var plans = bench.Shop.Get<PlanService>();
        var more = await bench.Db.Write(s => plans.Create(s, Licensing.Shop.Staff, bench.Plan with { Name = "Other", DeviceLimit = 7, Id = "" }));
        await bench.Redeem(who, await bench.Serial(more), rental.Id, when: Rental.AtOnce);
        Assert.Equal(10, (await bench.Now(rental)).Terms.DeviceLimit);
    }

    private static DateTimeOffset Time(long? at) => DateTimeOffset.FromUnixTimeMilliseconds(at!.Value);
}
