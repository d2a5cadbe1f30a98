using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Relays.Anomalies;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Running;
using Gatehouse.Relays.Traffic;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Anomalies;

/// <summary>Traffic that is not right is seen, told once a day, and slows or stops its rental where the settings say so.</summary>
public sealed class AnomalyTests
{
    private const long Gb = 1_000_000_000, Hour = 3_600_000;

    [Theory]
    [InlineData(20, 24, 24, null)]      // Twenty times a gigabyte an hour: far.
    [InlineData(9, 24, 24, "ok")]
    [InlineData(20, 23, 23, "ok")]      // Too few hours to call it a habit.
    [InlineData(30, 240, 1, null)]
    public void Far_above_is_many_times_the_usual_hour(long hourGb, long hours, long allGb, string? well) =>
        Assert.Equal(well is null, AnomalyRules.FarAbove(hourGb * Gb, hours, allGb * Gb, 10) is not null);

    [Fact]
    public void Less_than_a_gigabyte_is_never_far_and_a_short_quota_is_not_burnt()
    {
        Assert.Null(AnomalyRules.FarAbove(Gb - 1, 100, 100, 10));
        Assert.True(AnomalyRules.IsBurnt(100, 80, 6 * Hour, 60 * Hour));
        Assert.False(AnomalyRules.IsBurnt(100, 79, 6 * Hour, 60 * Hour));
        Assert.False(AnomalyRules.IsBurnt(100, 100, 6 * Hour, 59 * Hour));
        Assert.True(AnomalyRules.IsBurnt(100, 100, 6 * Hour, null));
    }

    [Theory, BothEngines]
    public async Task What_is_far_above_the_habit_is_told_once_a_day_whoever_looks(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 1 });
        var rental = await bench.Redeem(await bench.Person(), await bench.Serial());
        var total = 0L;
        for (var hour = 0; hour < 30; hour++)
            await Carry(bench, rental, total += Gb / 10, TimeSpan.FromHours(1));
        await Look(bench);
        Assert.Empty(await Told(bench));
        await Carry(bench, rental, total += 5 * Gb, TimeSpan.Zero);
        await Look(bench);
        var seen = Assert.Single(await Told(bench));
        Assert.Equal((Anomaly.Habit, rental.Id, 5 * Gb, ""), (seen.Kind, seen.RentalId, seen.Seen / Gb * Gb, seen.Act));
        Assert.Equal(1, await Count(bench, "SELECT COUNT(*) FROM security_events WHERE kind = 'relays.habit'"));
        Assert.Equal("", (await bench.Now(rental)).Held);
        // More of it on the same day is the same; on the next day it is told again.
        await Carry(bench, rental, total += 5 * Gb, TimeSpan.FromMinutes(20));
        await Look(bench);
        Assert.Single(await Told(bench));
    }

    [Theory, BothEngines]
    public async Task A_limit_of_the_day_stops_a_rental_until_it_is_lifted_or_the_day_is_over(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 1 });
        await Set(bench, (AnomalySettings.DayGb, "2"), (AnomalySettings.Act, Anomaly.Stop));
        var (first, second) = (await bench.Redeem(await bench.Person(), await bench.Serial()), await bench.Redeem(await bench.Person(), await bench.Serial()));
        await bench.Db.Write(s => s.Execute("INSERT INTO channels (id, tenant_id, account_id, kind, name, enabled, settings, secrets, sealed_secrets, events, created_at, updated_at) VALUES ('own', 'default', @who, 'mail', 'Mine', 1, '{}', '[]', '', '{}', 0, 0)", ("who", first.AccountId)));
        await Carry(bench, first, 3 * Gb, TimeSpan.Zero);
        await Carry(bench, second, 3 * Gb, TimeSpan.Zero);
        var before = await bench.Now(first);
        await Look(bench);
        Assert.Equal((Anomaly.Stop, before.Version + 1), ((await bench.Now(first)).Held, (await bench.Now(first)).Version));
        Assert.Equal((false, 2), (await Lets(bench, first), (await Told(bench)).Count));
        Assert.Equal(1, await Count(bench, "SELECT COUNT(*) FROM outbox WHERE topic = 'notice' AND what LIKE '%rentals.held%'"));

        // Staff lift one, twice at once; it is not stopped again for the same day.
        var anomaly = (await Told(bench)).First(a => a.RentalId == first.Id);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => bench.Db.Command(Shop.Staff, s => bench.Shop.Get<AnomalyService>().Lift(s, Shop.Staff, anomaly.Id))));
        await Look(bench);
        Assert.Equal(("", true), ((await bench.Now(first)).Held, await Lets(bench, first)));
        Assert.Single(await bench.Story(first), "traffic_lifted");
        // The other runs again by itself.
        bench.Shop.Clock.Advance(TimeSpan.FromHours(25));
        await Look(bench);
        Assert.Equal(("", true), ((await bench.Now(second)).Held, await Lets(bench, second)));
    }

    [Theory, BothEngines]
    public async Task A_quota_that_is_used_up_within_hours_slows_its_rental(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 1, TrafficQuota = 10 * Gb, TrafficReset = "monthly" });
        await Set(bench, (AnomalySettings.Act, Anomaly.Slow));
        var rental = await bench.Redeem(await bench.Person(), await bench.Serial());
        await Carry(bench, rental, 7 * Gb, TimeSpan.Zero);
        await Look(bench);
        Assert.Empty(await Told(bench));
        await Carry(bench, rental, 9 * Gb, TimeSpan.Zero);
        await Look(bench);
        Assert.Equal(Anomaly.Quota, Assert.Single(await Told(bench)).Kind);
        Assert.Equal((Anomaly.Slow, true, rental.Terms.SlowRate), ((await bench.Now(rental)).Held, await Lets(bench, rental), (await Wanted(bench, rental)).Rate));
    }

    [Theory, BothEngines]
    public async Task Many_machines_that_are_not_let_in_are_told_once(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 1 });
        await Set(bench, (AnomalySettings.Denied, "5"), (AnomalySettings.Act, Anomaly.Slow));
        var rental = await bench.Redeem(await bench.Person(), await bench.Serial());
        var slot = (await bench.Slots(rental))[0];
        Task Try(int machines) => bench.Shop.Get<RefusedBook>().Take([.. Enumerable.Range(0, machines).Select(_ => new RefusedReading(slot.Id, RelayBench.NodeKey(), "203.0.113.7", 10))], default);
        await Try(4);
        await Look(bench);
        Assert.Empty(await Told(bench));
        await Try(2);
        await Look(bench);
        var seen = Assert.Single(await Told(bench));
        Assert.Equal((Anomaly.Denied, rental.Id, 6L, 5L, Anomaly.Slow), (seen.Kind, seen.RentalId, seen.Seen, seen.Usual, seen.Act));
        Assert.Equal(1, await Count(bench, "SELECT COUNT(*) FROM security_events WHERE kind = 'relays.denied'"));
        // Who has not tried since yesterday is not counted.
        bench.Shop.Clock.Advance(TimeSpan.FromHours(25));
        await Try(3);
        await Look(bench);
        Assert.Single(await Told(bench));
    }

    // Two nodes look at once.
    private static Task Look(RelayBench bench) => Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => bench.Shop.Get<AnomalyKeeper>().Run(default))));

    private static Task<List<Anomaly>> Told(RelayBench bench) => bench.Db.Read(s => AnomalyStore.List(s, Caller.DefaultTenant, null, null, 100));

    private static Task<long> Count(RelayBench bench, string sql) => bench.Db.Read(s => s.Number(sql));

    private static async Task<bool> Lets(RelayBench bench, Rental rental) => (await Wanted(bench, rental)).Lets(bench.Shop.Clock.Now);

    private static async Task<WantedRelay> Wanted(RelayBench bench, Rental rental)
    {
        await bench.Db.Write(s => s.Execute("UPDATE relay_servers SET held_by = 'me'"));
        return (await bench.Db.Read(s => ContainerStore.Wanted(s, "embedded", "me"))).Single(w => w.Rental.Id == rental.Id);
    }

    private static Task Set(RelayBench bench, params (SettingDefinition Setting, string Value)[] values) => bench.Db.Write(async s =>
    {
        foreach (var (setting, value) in values)
            await bench.Shop.Get<TenantSettings>().Set(s, Caller.DefaultTenant, setting, value);
        return values.Length;
    });

    // All that its relay has carried since its start.
    private static async Task Carry(RelayBench bench, Rental rental, long total, TimeSpan then)
    {
        var slot = (await bench.Slots(rental))[0];
        await bench.Shop.Get<TrafficBook>().Count([new RelayReading(slot.Id, slot.ServerId, "1", bench.Shop.Clock.Now - 1000, new(total / 2, total / 2, 1, 1), new Dictionary<string, Volume>())], default);
        bench.Shop.Clock.Advance(then);
    }
}
