using Gatehouse.Accounts.Customers;
using Gatehouse.Billing.News;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Traffic;

namespace Gatehouse.Relays.Metering;

/// <summary>
/// Counts what relays carried. What is new in a reading, what is kept of it and what it takes of a rental's quota are one transaction under the
/// rental's lock: a reading that comes twice, late or from two nodes counts each byte once.
/// </summary>
public sealed class TrafficBook(Database db, TenantSettings settings, CustomerNews news, RelaySignal signal, TimeProvider clock)
{
    // A start whose counters nobody has read for so long is forgotten. One that began earlier and has nothing kept cannot be told from one that was counted.
    internal const long KeptFor = 60 * TrafficStore.Day * 1000;
    private const int AtOnce = 50, Bite = 1000;
    public const string TidyJob = "traffic.tidy";

    /// <summary>A customer's quota is nearly used up, or all of it.</summary>
    public static readonly NoticeKind Near = new("rentals.traffic", NoticeKind.Warn, 150) { ForCustomers = true };

    public static readonly MailTemplate NearMail = new("rental_traffic", "mail.rental_traffic.subject", MailPart.Text("mail.rental_traffic.what", 0), MailPart.Link("mail.rental_traffic.open", 1)) { Title = "mail.rental_traffic.title", Names = ["what", "link"] };

    /// <summary>Counts readings. Of relays that nobody has any more nothing is counted.</summary>
    public async Task Count(IReadOnlyList<RelayReading> readings, CancellationToken ct)
    {
        foreach (var some in readings.Chunk(AtOnce))
            await db.Write(async s =>
            {
                var owned = new List<(RelayReading Reading, SlotOwner Owner)>();
                foreach (var reading in some)
                    if (await TrafficStore.Owner(s, reading) is { } owner)
                        owned.Add((reading, owner));
                // Rentals are locked in one order everywhere.
                var carried = new Dictionary<(string Server, string Tenant), Volume>();
                foreach (var (reading, owner) in owned.OrderBy(o => o.Owner.RentalId, StringComparer.Ordinal))
                    if (await Count(s, reading, owner) is var all && all != default)
                        carried[(reading.ServerId, owner.Tenant)] = carried.GetValueOrDefault((reading.ServerId, owner.Tenant)) + all;
                await TrafficStore.AddToServers(s, carried.Select(c => (c.Key.Server, c.Key.Tenant, Today(c.Key.Tenant), c.Value)));
                return owned.Count;
            }, ct);
    }

    /// <summary>Begins the periods that are due, also where nothing flows: a rental that was stopped goes on.</summary>
    public async Task BeginPeriods(CancellationToken ct)
    {
        foreach (var (tenant, id) in await db.Read(s => TrafficStore.PeriodsOver(s, Now(), Bite), ct))
            await db.Write(async s => await RentalStore.FindLocked(s, tenant, id) is { } rental && await Use(s, tenant, rental, 0), ct);
    }

    public async Task<Message> Tidy(CancellationToken ct)
    {
        var total = 0;
        for (var gone = Bite; gone >= Bite && !ct.IsCancellationRequested; total += gone)
            gone = await db.Write(s => TrafficStore.Tidy(s, Now(), Bite), ct);
        return new("job.traffic.tidy.done", total);
    }

    // What is new of it.
    private async ValueTask<Volume> Count(WriteTx s, RelayReading reading, SlotOwner owner)
    {
        if (await RentalStore.FindLocked(s, owner.Tenant, owner.RentalId) is not { } rental)
            return default;
        var (now, before) = (Now(), (await TrafficStore.Baselines(s, reading)).ToDictionary(b => b.Device));
        if (before.Count == 0 && reading.StartedAt < now - KeptFor)
            return default;
        var (carried, keep, ofDevices) = (new List<(string Device, Volume New)>(), new List<(string, Volume, Volume)>(), default(Volume));
        foreach (var (device, said) in reading.Devices)
        {
            var kept = before.GetValueOrDefault(device);
            var (fresh, held) = Meter.Since(kept?.Kept, said);
            ofDevices += fresh;
            if (fresh != default)
                carried.Add((device, fresh));
            if (fresh != default || kept is { Moving: true })
                keep.Add((device, held, Rate(fresh, kept?.ReadAt ?? reading.StartedAt, now)));
        }
        var whole = before.GetValueOrDefault("");
        var (all, last) = Meter.Since(whole?.Kept, reading.Total);
        keep.Add(("", last, Rate(all, whole?.ReadAt ?? reading.StartedAt, now)));
        // All together it is what the relay as a whole carried. Its devices' counters are read a moment before: the difference may be less than nothing, and evens out in the next reading.
        if (all - ofDevices is var rest && rest != default)
            carried.Add(("", rest));
        await TrafficStore.Keep(s, reading, owner, now, keep);
        await TrafficStore.Seen(s, owner, now, [.. carried.Select(c => c.Device).Where(d => d.Length > 0)]);
        if (carried.Count > 0)
            await TrafficStore.Add(s, reading, owner, carried, Spans(owner.Tenant));
        await Use(s, owner.Tenant, rental, all.Counted(owner.Multiplier * 10));
        return all;
    }

    // Takes bytes of the period's quota, and of a new one's first if that has begun. Has anything changed?
    private async ValueTask<bool> Use(WriteTx s, string tenant, Rental rental, long bytes)
    {
        if (rental.StartAt is not { } start)
            return false;
        var (now, at) = (clock.GetUtcNow(), Now());
        var period = TrafficPeriod.Of(rental.Terms.TrafficReset, DateTimeOffset.FromUnixTimeMilliseconds(start), now, settings.Zone(tenant));
        var (from, until) = (period.From.ToUnixTimeMilliseconds(), period.Until?.ToUnixTimeMilliseconds());
        var before = new TrafficQuota(rental.Terms.TrafficQuota, rental.TrafficUsed, rental.TrafficOver, await TrafficStore.Packs(s, rental.Id, at));
        // A clock that goes back, or a business that moves to another zone, gives no quota twice.
        var begins = rental.PeriodAt is { } began && from > began;
        if (begins)
            before = before.Reset();
        var after = before.Use(bytes, now);
        var spent = after.Out(now) ? rental.SpentAt ?? at : (long?)null;
        if (!begins && bytes == 0 && until == rental.PeriodUntil && spent == rental.SpentAt && rental.PeriodAt is not null)
            return false;
        foreach (var pack in after.Packs.Where(p => before.Packs.Single(b => b.Id == p.Id) != p))
            await TrafficStore.Used(s, pack);
        var learns = spent is null != rental.SpentAt is null;
        await s.Execute("UPDATE rentals SET traffic_used = @used, traffic_over = @over, period_at = @from, period_until = @until, spent_at = @spent, version = version + @learns WHERE id = @id",
            ("used", after.Used), ("over", after.Over), ("from", begins ? from : rental.PeriodAt ?? from), ("until", until), ("spent", spent), ("learns", learns ? 1L : 0L), ("id", rental.Id));
        if (after.Passed(before, now) is [.., var mark] && await CustomerStore.Find(s, tenant, rental.AccountId, at) is { } owner)
            await news.Tell(s, tenant, Addressee.Of(owner), Near, NearMail, $"/account/rentals/{rental.Id}", $"{rental.Id}-{(begins ? from : rental.PeriodAt ?? from)}-{mark}",
                new Message(mark == 100 ? "rentals.traffic.told_all" : "rentals.traffic.told", rental.Name, mark));
        if (learns)
            s.AfterCommit(signal.Wake);
        return true;
    }

    private List<(long Span, long At)> Spans(string tenant) => [(TrafficStore.Minute, Now() / 60_000 * 60_000), (TrafficStore.Hour, Now() / 3_600_000 * 3_600_000), (TrafficStore.Day, Today(tenant))];

    private long Today(string tenant) => Calendar.Days(clock.GetUtcNow(), settings.Zone(tenant), 1)[0];

    private static Volume Rate(Volume fresh, long since, long now) => now > since ? new(fresh.BytesIn * 1000 / (now - since), fresh.BytesOut * 1000 / (now - since), 0, 0) : default;

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
