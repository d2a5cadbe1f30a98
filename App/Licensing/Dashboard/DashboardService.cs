using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Licensing.Settings;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Dashboard;

/// <summary>A plan whose unused keys will not last.</summary>
/// <param name="Days">How many days they last at the pace of the last seven; 0 when none is left.</param>
public sealed record LowStock(string PlanId, string Plan, long Left, long Days);

/// <summary>What the dashboard shows. All of it is counted, nothing guessed.</summary>
/// <param name="Chart">When each step began, and its activations, oldest first.</param>
/// <param name="Hours">Activations of each of the last 24 hours of the clock.</param>
/// <param name="Days">Activations of each of the last 14 days.</param>
/// <param name="DayBefore">Activations in the 24 hours before the last 24.</param>
/// <param name="EndingByDay">Keys that run out on each day to come.</param>
/// <param name="StockDays">How long the unused keys last at the pace of the last 14 days; null when nothing was activated.</param>
public sealed record DashboardFigures(
    LicenseCounts Counts, int Plans, bool Activated, IReadOnlyList<(long At, long Count)> Chart, long[] Hours, long[] Days, long SinceMidnight, long Last24Hours, long DayBefore,
    long Ending, long[] EndingByDay, IReadOnlyList<License> EndingNext, long? StockDays, IReadOnlyList<LowStock> Low);

/// <summary>Counts what the dashboard shows.</summary>
public sealed class DashboardService(Database db, LicenseQueries queries, PlanService plans, TenantSettings preferences, TimeProvider clock)
{
    /// <summary>The spans of the chart, as the address names them.</summary>
    public static readonly IReadOnlyList<string> Ranges = ["24h", "30d", "1y"];

    private const int PaceDays = 14;
    private const int LowDays = 7;
    private const int Listed = 6;
    private const long Quarter = 900_000;
    private readonly TimedCache<(string Tenant, string Range), DashboardFigures> _known = new(clock);

    /// <summary>How far ahead "soon" looks.</summary>
    public int SoonDays(string tenant) => int.Parse(preferences.Get(tenant, LicenseSettings.ExpiringSoonDays));

    /// <summary>The figures now; where counting took long, those of a moment ago: for twenty times as long as it took.</summary>
    public Task<DashboardFigures> Load(string tenant, string range, CancellationToken ct) => _known.Get((tenant, range), () => Count(tenant, range), ct).AsTask();

    private async Task<DashboardFigures> Count(string tenant, string range)
    {
        var now = clock.GetUtcNow();
        var at = now.ToUnixTimeMilliseconds();
        var day = (long)TimeSpan.FromDays(1).TotalMilliseconds;
        var zone = preferences.Zone(tenant);
        var chart = range switch { "24h" => Calendar.Hours(now, zone, 24), "1y" => Calendar.Months(now, zone, 12), _ => Calendar.Days(now, zone, 30) };
        var days = Calendar.Days(now, zone, PaceDays);
        var ahead = Calendar.DaysAhead(now, zone, SoonDays(tenant) + 1);
        var soon = TimeSpan.FromDays(SoonDays(tenant));
        var counts = await queries.Counts(tenant, CancellationToken.None);
        return await db.Read(async s =>
        {
            var offered = (await plans.List(s, tenant, false, null, Cursor.MaxLimit)).Items;
            var byDay = await Activations(s, tenant, days, at);
            var fortnight = byDay.Sum();
            return new DashboardFigures(counts, offered.Count, await s.Number("SELECT COUNT(*) FROM (SELECT 1 FROM licenses WHERE tenant_id = @tenant AND used_at IS NOT NULL LIMIT 1) x", ("tenant", tenant)) > 0,
                [.. chart.Zip(await Activations(s, tenant, chart, at))], await Activations(s, tenant, Calendar.Hours(now, zone, 24), at), byDay, byDay[^1],
                await Activated(s, tenant, at - day, at + 1), await Activated(s, tenant, at - 2 * day, at - day),
                await Ending(s, tenant, at, at + (long)soon.TotalMilliseconds), await EndingByDay(s, tenant, at, ahead),
                await queries.ExpiringSoon(s, tenant, soon, Listed),
                fortnight == 0 ? null : counts.Of(LicenseState.Unused) * PaceDays / fortnight,
                await Low(s, tenant, offered, counts, at - LowDays * day));
        });
    }

    // How many activations fall into each step, the last of which is still going on.
    private static async ValueTask<long[]> Activations(ReadTx s, string tenant, long[] steps, long now) => Spread(await s.All(
        "SELECT used_at / @quarter, COUNT(*) FROM licenses WHERE tenant_id = @tenant AND used_at >= @from AND used_at <= @now GROUP BY 1",
        r => (r.GetInt64(0) * Quarter, r.GetInt64(1)), ("quarter", Quarter), ("tenant", tenant), ("from", steps[0]), ("now", now)), steps);

    private static async ValueTask<long[]> EndingByDay(ReadTx s, string tenant, long now, long[] days) => Spread(await s.All(
        "SELECT expire_at / @quarter, COUNT(*) FROM licenses WHERE tenant_id = @tenant AND state IN ('active', 'expired') AND expire_at > @now AND expire_at < @until GROUP BY 1",
        r => (r.GetInt64(0) * Quarter, r.GetInt64(1)), ("quarter", Quarter), ("tenant", tenant), ("now", now), ("until", days[^1])), days[..^1]);

    // Every zone's hours and days begin on a quarter of an hour, so counting by quarters is exact and needs few rows.
    private static long[] Spread(List<(long At, long Count)> quarters, long[] steps)
    {
        var counts = new long[steps.Length];
        foreach (var (at, count) in quarters)
        {
            var step = Array.BinarySearch(steps, at);
            counts[Math.Max(0, step >= 0 ? step : ~step - 1)] += count;
        }
        return counts;
    }

    private static ValueTask<long> Activated(ReadTx s, string tenant, long from, long to) => s.Number(
        "SELECT COUNT(*) FROM licenses WHERE tenant_id = @tenant AND used_at >= @from AND used_at < @to", ("tenant", tenant), ("from", from), ("to", to));

    private static ValueTask<long> Ending(ReadTx s, string tenant, long from, long to) => s.Number(
        "SELECT COUNT(*) FROM licenses WHERE tenant_id = @tenant AND state IN ('active', 'expired') AND expire_at > @from AND expire_at <= @to", ("tenant", tenant), ("from", from), ("to", to));

    private static async ValueTask<IReadOnlyList<LowStock>> Low(ReadTx s, string tenant, IReadOnlyList<Plan> offered, LicenseCounts counts, long since)
    {
        var pace = (await s.All("SELECT plan_id, COUNT(*) FROM licenses WHERE tenant_id = @tenant AND used_at >= @since GROUP BY plan_id",
            r => (Plan: r.GetString(0), Count: r.GetInt64(1)), ("tenant", tenant), ("since", since))).ToDictionary(p => p.Plan, p => p.Count);
        return [.. offered.Where(p => p.Enabled && pace.ContainsKey(p.Id))
            .Select(p => (Plan: p, Left: counts.Of(p.Id, LicenseState.Unused)))
            .Select(p => new LowStock(p.Plan.Id, p.Plan.Name, p.Left, p.Left * LowDays / pace[p.Plan.Id]))
            .Where(l => l.Days < LowDays).OrderBy(l => l.Days).ThenBy(l => l.Plan, StringComparer.Ordinal).Take(Listed)];
    }
}
