using Gatehouse.Audit.Security;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Anomalies;

/// <summary>Looks for traffic that is not right, tells staff of it, and slows or stops a rental for a day where the settings say so.</summary>
public sealed class AnomalyKeeper(Database db, TenantSettings settings, SecurityEvents events, INotices notices, RelaySignal signal, TimeProvider clock)
{
    public const string JobName = "anomalies.look";
    private const long Hour = 3_600_000, Day = 24 * Hour, Habit = 14 * Day, KeptFor = 366 * Day;
    private const int Bite = 500;

    /// <summary>A customer's rental is slowed or stopped for its traffic.</summary>
    public static readonly NoticeKind Held = new("rentals.held", NoticeKind.Warn, 155) { ForCustomers = true };

    public async Task<Message> Run(CancellationToken ct)
    {
        var (now, told) = (Now(), 0);
        foreach (var (tenant, rental) in await db.Read(s => AnomalyStore.Over(s, now, Bite), ct))
            await db.Write(s => Over(s, tenant, rental), ct);
        foreach (var tenant in await db.Read(s => AnomalyStore.Busy(s, now - 2 * Hour), ct))
        {
            await settings.Refresh(tenant);
            foreach (var seen in await db.Read(s => Look(s, tenant), ct))
                told += await db.Write(s => Tell(s, tenant, seen), ct) ? 1 : 0;
        }
        for (var gone = Bite; gone >= Bite && !ct.IsCancellationRequested;)
            gone = await db.Write(s => AnomalyStore.Tidy(s, now - KeptFor, Bite), ct);
        return new("job.anomalies.look.done", told);
    }

    private async ValueTask<List<Suspicion>> Look(ReadTx s, string tenant)
    {
        var (now, found) = (Now(), new List<Suspicion>());
        long Of(SettingDefinition setting) => AnomalySettings.Of(settings, tenant, setting);
        if (Of(AnomalySettings.Times) is > 0 and var times)
            foreach (var (account, at, bytes) in await AnomalyStore.Hours(s, tenant, now / Hour * Hour - Hour, AnomalyRules.Least))
                if (await AnomalyStore.Habit(s, account, at - Habit, at) is var (hours, all) && AnomalyRules.FarAbove(bytes, hours, all, times) is { } usual && await AnomalyStore.Most(s, account, at) is { } rental)
                    found.Add(new(account, rental, Anomaly.Habit, bytes, usual));
        if (Of(AnomalySettings.DayGb) is > 0 and var gigabytes)
            foreach (var (account, rental, bytes) in await AnomalyStore.Above(s, tenant, TrafficStore.Day, Today(tenant), gigabytes * 1_000_000_000))
                found.Add(new(account, rental, Anomaly.Limit, bytes, gigabytes * 1_000_000_000));
        if (Of(AnomalySettings.QuotaHours) is > 0 and var late)
            foreach (var (account, rental, bytes, quota, period) in await AnomalyStore.Quotas(s, tenant, now - late * Hour))
                if (AnomalyRules.IsBurnt(quota, bytes, late * Hour, period))
                    found.Add(new(account, rental, Anomaly.Quota, bytes, quota));
        if (Of(AnomalySettings.Denied) is > 0 and var many)
            foreach (var (account, rental, machines) in await AnomalyStore.Refused(s, tenant, now - Day, many))
                found.Add(new(account, rental, Anomaly.Denied, machines, many));
        return found;
    }

    // Once a day for a rental and a kind, whoever looks.
    private async ValueTask<bool> Tell(WriteTx s, string tenant, Suspicion seen)
    {
        var (now, act) = (Now(), settings.Get(tenant, AnomalySettings.Act));
        if (await RentalStore.FindLocked(s, tenant, seen.RentalId) is not { ReleasedAt: null } rental)
            return false;
        var (id, does, until) = (Ids.New(), act == Anomaly.Nothing ? "" : act, act == Anomaly.Nothing ? (long?)null : now + Day);
        if (!await AnomalyStore.Add(s, tenant, id, seen, Today(tenant), now, does, until))
            return false;
        await events.Record(s, Caller.System with { TenantId = tenant }, Event(seen.Kind), "warn", rental.Name, seen.Kind == Anomaly.Denied ? $"{seen.Seen}" : $"{Format.Bytes(seen.Seen)} / {Format.Bytes(seen.Usual)}");
        if (until is null)
            return true;
        await Hold(s, rental.Id, now);
        await RentalStore.Tell(s, tenant, rental, act == Anomaly.Stop ? "traffic_stopped" : "traffic_slowed", "", now);
        await notices.TellCustomer(s, tenant, rental.AccountId, Held, new Message("anomalies.told." + act, rental.Name), id);
        return true;
    }

    /// <summary>Ends what is done about a rental's traffic. The caller has its lock.</summary>
    internal async ValueTask Lift(WriteTx s, Rental rental, Caller who)
    {
        await AnomalyStore.Lift(s, rental.Id, Now(), who.Name);
        await Hold(s, rental.Id, Now());
        await RentalStore.Tell(s, who.TenantId, rental, "traffic_lifted", who.Name, Now());
    }

    private async ValueTask<bool> Over(WriteTx s, string tenant, string id)
    {
        if (await RentalStore.FindLocked(s, tenant, id) is null)
            return false;
        await Hold(s, id, Now());
        return true;
    }

    // What all that is done comes to: the hardest, and as long as the last of it.
    private async ValueTask Hold(WriteTx s, string rental, long now)
    {
        var holding = await AnomalyStore.Holding(s, rental, now);
        var act = holding.Exists(a => a.Act == Anomaly.Stop) ? Anomaly.Stop : holding.Count > 0 ? Anomaly.Slow : "";
        await AnomalyStore.Hold(s, rental, act, holding.Where(a => a.Act == act).Max(a => a.Until));
        s.AfterCommit(signal.Wake);
    }

    private static string Event(string kind) => kind switch
    {
        Anomaly.Habit => "relays.habit",
        Anomaly.Limit => "relays.limit",
        Anomaly.Denied => "relays.denied",
        _ => "relays.quota",
    };

    private long Today(string tenant) => Calendar.Days(clock.GetUtcNow(), settings.Zone(tenant), 1)[0];

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
