using Gatehouse.Platform.Http;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Slots;
using Gatehouse.Relays.Traffic;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Metering;

/// <summary>Readings of relays' counters come into the books once, and take of the quota what they say.</summary>
public sealed class TrafficBookTests
{
    private const long Gb = 1_000_000_000;
    private const string Laptop = "nodekey:1111111111111111111111111111111111111111111111111111111111111111", Phone = "nodekey:2222222222222222222222222222222222222222222222222222222222222222";

    [Theory, BothEngines]
    public async Task Whatever_comes_twice_or_late_or_after_a_restart_counts_each_byte_once(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine);
        var (rental, slot) = await Rented(bench);
        var first = Reading(slot, "1", 700, (Laptop, 400), (Phone, 250));
        await Count(bench, first, first);
        await Count(bench, Reading(slot, "1", 900, (Laptop, 600), (Phone, 250)));
        await Count(bench, first);
        await Count(bench, Reading(slot, "2", 100, (Laptop, 100)));
        await Count(bench, Reading(slot, "1", 950, (Laptop, 600), (Phone, 290)));
        Assert.Equal(2 * (950 + 100), (await bench.Now(rental)).TrafficUsed);
        foreach (var span in new[] { 60, 3600, 86_400 })
        {
            var parts = (await bench.Db.Read(s => TrafficReports.History(s, Caller.DefaultTenant, new(null, rental.Id, null, null, null), span, TrafficReports.ByDevice))).ToDictionary(t => t.Of ?? "", t => t.Volume.Bytes);
            Assert.Equal((2 * 700, 2 * 290, 2 * 60), (parts[Laptop], parts[Phone], parts[""]));
        }
    }

    [Theory, BothEngines]
    public async Task A_reading_that_many_count_at_once_counts_once(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine);
        var (rental, slot) = await Rented(bench);
        var readings = Enumerable.Range(1, 8).Select(i => Reading(slot, "1", 100 * i, (Laptop, 90 * i))).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 4).SelectMany(_ => readings).Select(r => Task.Run(() => Count(bench, r))));
        Assert.Equal(2 * 800, (await bench.Now(rental)).TrafficUsed);
        Assert.Equal(2 * 800, await bench.Db.Read(s => s.Number("SELECT CAST(SUM(bytes_in + bytes_out) AS BIGINT) FROM relay_traffic WHERE span = 60")));
    }

    [Theory, BothEngines]
    public async Task A_quota_is_told_of_once_at_each_mark_spent_at_its_end_and_whole_again_in_the_next_period(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { TrafficQuota = 10 * Gb, TrafficReset = "monthly", DurationSeconds = 90 * 86400 });
        var (rental, slot) = await Rented(bench);
        await bench.Db.Write(s => s.Execute("INSERT INTO channels (id, tenant_id, account_id, kind, name, enabled, settings, secrets, sealed_secrets, events, created_at, updated_at) VALUES ('own', 'default', @who, 'mail', 'Mine', 1, '{}', '[]', '', '{}', 0, 0)", ("who", rental.AccountId)));
        async Task<(long Used, bool Spent, long Told)> After(long gb)
        {
            await Count(bench, Reading(slot, "1", gb * Gb / 2));
            var now = await bench.Now(rental);
            return (now.TrafficUsed / Gb, now.SpentAt is not null, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'notice' AND what LIKE '%rentals.traffic%'")));
        }
        Assert.Equal((7, false, 0), await After(7));
        Assert.Equal((8, false, 1), await After(8));
        Assert.Equal((8, false, 1), await After(8));
        var version = (await bench.Now(rental)).Version;
        Assert.Equal((10, true, 2), await After(12));
        Assert.Equal((version + 1, 2 * Gb), ((await bench.Now(rental)).Version, (await bench.Now(rental)).TrafficOver));
        Assert.Equal((10, true, 2), await After(13));

        bench.Shop.Clock.Advance(TimeSpan.FromDays(31));
        await bench.Shop.Get<TrafficBook>().BeginPeriods(default);
        Assert.Equal((0, null, 0L, version + 2), ((await bench.Now(rental)).TrafficUsed, (await bench.Now(rental)).SpentAt, (await bench.Now(rental)).TrafficOver, (await bench.Now(rental)).Version));
        // A clock that goes back gives nothing a second time.
        await After(15);
        bench.Shop.Clock.Advance(TimeSpan.FromDays(-20));
        Assert.Equal(4, (await After(17)).Used);
    }

    [Theory, BothEngines]
    public async Task Packs_are_used_when_the_quota_is(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { TrafficQuota = Gb });
        var (rental, slot) = await Rented(bench);
        await bench.Db.Write(s => s.Execute("INSERT INTO rental_packs (id, tenant_id, rental_id, bytes, created_at) VALUES ('p', 'default', @id, @bytes, 0)", ("id", rental.Id), ("bytes", Gb)));
        await Count(bench, Reading(slot, "1", 3 * Gb / 4));
        Assert.Equal((Gb, null, Gb / 2), ((await bench.Now(rental)).TrafficUsed, (await bench.Now(rental)).SpentAt, await bench.Db.Read(s => s.Number("SELECT used FROM rental_packs"))));
        await Count(bench, Reading(slot, "1", Gb));
        Assert.NotNull((await bench.Now(rental)).SpentAt);
    }

    /// <summary>Where the quota is given once, a renewal gives it again on top of what is left, whoever counts at the same time; a refund takes back what is not used of it.</summary>
    [Theory, BothEngines]
    public async Task A_renewal_gives_a_quota_that_never_comes_back_by_itself_again(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { TrafficQuota = 10 * Gb, TrafficReset = "none" });
        var who = await bench.Person();
        var rental = await bench.Redeem(who, await bench.Serial());
        var slot = (await bench.Slots(rental))[0];
        await bench.Db.Write(s => s.Execute("INSERT INTO channels (id, tenant_id, account_id, kind, name, enabled, settings, secrets, sealed_secrets, events, created_at, updated_at) VALUES ('own', 'default', @who, 'mail', 'Mine', 1, '{}', '[]', '', '{}', 0, 0)", ("who", rental.AccountId)));
        async Task<(long Left, long Used, bool Spent, long Told)> Now() => await bench.Now(rental) is var now ? (now.TrafficLeft!.Value / Gb, now.TrafficUsed / Gb, now.SpentAt is not null, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'notice' AND what LIKE '%rentals.traffic%'"))) : default;

        await Count(bench, Reading(slot, "1", 6 * Gb));
        Assert.Equal((0, 10, true, 1), await Now());
        bench.Shop.Clock.Advance(TimeSpan.FromDays(1));
        var version = (await bench.Now(rental)).Version;
        await bench.Redeem(who, await bench.Serial(), rental.Id);
        Assert.Equal((10, 0, false, 1), await Now());
        Assert.True((await bench.Now(rental)).Version > version);
        Assert.Equal(0, (await bench.Now(rental)).TrafficOver);
        // Each mark is told again.
        await Count(bench, Reading(slot, "1", 6 * Gb + 9 * Gb / 2));
        Assert.Equal((1, 9, false, 2), await Now());
        // Before it is used up: what is left and one more, and no byte is lost or given twice while somebody counts.
        var (last, counted) = (await bench.Serial(), Reading(slot, "1", 6 * Gb + 11 * Gb / 2));
        bench.Shop.Clock.Advance(TimeSpan.FromDays(1));
        await Task.WhenAll(Task.Run(() => bench.Redeem(who, last, rental.Id)), Task.Run(() => Count(bench, counted)), Task.Run(() => Count(bench, counted)));
        // Counted first, one of the two gigabytes was beyond all that there was.
        var (left, _, spent, _) = await Now();
        Assert.Contains((left, spent), new[] { (9L, false), (10L, false) });
        await bench.Db.Write(s => bench.Shop.Get<RentalReturns>().TakeBack(s, Caller.DefaultTenant, last.Id, null, "boss"));
        await Count(bench, counted);
        Assert.Equal((0L, true), await Now() is var after ? (after.Left, after.Spent) : default);
    }

    [Theory, BothEngines]
    public async Task A_server_may_count_more_and_rates_are_of_the_time_between_two_readings(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine);
        var (rental, slot) = await Rented(bench);
        await bench.Db.Write(s => s.Execute("UPDATE relay_servers SET multiplier = 150"));
        await Count(bench, Reading(slot, "1", 1000));
        bench.Shop.Clock.Advance(TimeSpan.FromSeconds(10));
        await Count(bench, Reading(slot, "1", 21_000, (Laptop, 15_000)));
        Assert.Equal(3 * 21_000, (await bench.Now(rental)).TrafficUsed);
        var rates = await bench.Db.Read(s => TrafficReports.Now(s, Caller.DefaultTenant, new(rental.AccountId, null, null, null, null), 0));
        Assert.Equal(("", 2000L), (rates[0].Device, rates[0].In));
        Assert.Equal(Laptop, Assert.Single(rates.Skip(1)).Device);
        bench.Shop.Clock.Advance(TimeSpan.FromSeconds(10));
        await Count(bench, Reading(slot, "1", 21_000, (Laptop, 15_000)));
        Assert.All(await bench.Db.Read(s => TrafficReports.Now(s, Caller.DefaultTenant, new(null, null, null, null, null), 0)), r => Assert.Equal(0, r.In + r.Out));
    }

    [Theory, BothEngines]
    public async Task What_is_older_than_it_is_kept_for_goes_and_is_not_counted_again(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine);
        var (rental, slot) = await Rented(bench);
        var old = Reading(slot, "1", 500, (Laptop, 500));
        await Count(bench, old);
        bench.Shop.Clock.Advance(TimeSpan.FromDays(91));
        await bench.Shop.Get<TrafficBook>().Tidy(default);
        Assert.Equal("86400", string.Join(' ', await bench.Db.Read(s => s.All("SELECT DISTINCT span FROM relay_traffic", r => r.GetInt64(0)))));
        Assert.Equal(0, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_baselines")));
        await Count(bench, old);
        Assert.Equal(1000, (await bench.Now(rental)).TrafficUsed);
    }

    private static Task Count(RelayBench bench, params RelayReading[] readings) => bench.Shop.Get<TrafficBook>().Count(readings, default);

    private static async Task<(Rental Rental, Slot Slot)> Rented(RelayBench bench)
    {
        var rental = await bench.Redeem(await bench.Person(), await bench.Serial());
        return (rental, (await bench.Slots(rental))[0]);
    }

    // As many bytes in as out.
    private static RelayReading Reading(Slot slot, string epoch, long bytes, params (string Key, long Bytes)[] devices) => new(
        slot.Id, slot.ServerId, epoch, FakeClock.Start.ToUnixTimeMilliseconds(), Of(bytes), devices.ToDictionary(d => d.Key, d => Of(d.Bytes)));

    private static Volume Of(long bytes) => new(bytes, bytes, bytes / 100, bytes / 100);
}
