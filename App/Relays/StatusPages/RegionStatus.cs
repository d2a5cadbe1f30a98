using System.Collections.Concurrent;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Health;

namespace Gatehouse.Relays.StatusPages;

/// <summary>How a region answered on a day.</summary>
/// <param name="At">When the day began, in unix milliseconds.</param>
public readonly record struct RegionDay(long At, long Probes, long Failures)
{
    /// <summary><c>ok</c>: all but one of 200 probes; <c>warn</c>: nineteen of twenty; <c>bad</c>; <c>none</c>: nobody asked.</summary>
    public string Level => Probes == 0 ? "none" : Failures * 200 <= Probes ? "ok" : Failures * 20 <= Probes ? "warn" : "bad";

    /// <summary>Hundredths of a percent that answered, not rounded up: 100 % is when all did.</summary>
    public long Share => Probes == 0 ? 0 : (Probes - Failures) * 10_000 / Probes;
}

/// <summary>A region as everybody may see it: no server is named, and no address.</summary>
/// <param name="Now">What it is called now, as a server is: <c>down</c> when all of its servers are.</param>
/// <param name="Days">The last 90, today last.</param>
public sealed record RegionStatus(string Name, string Now, IReadOnlyList<RegionDay> Days)
{
    public RegionDay All => new(Days[0].At, Days.Sum(d => d.Probes), Days.Sum(d => d.Failures));

    /// <summary>Of some servers.</summary>
    public static string Of(IReadOnlyCollection<string> healths) =>
        healths.All(h => h == ServerHealth.Down) ? ServerHealth.Down : healths.Any(h => h is ServerHealth.Down or ServerHealth.Degraded) ? ServerHealth.Degraded : healths.Contains(ServerHealth.Healthy) ? ServerHealth.Healthy : ServerHealth.Unknown;
}

/// <summary>How the regions of a business did in the last 90 days. Everybody may ask: what is known is kept for a minute.</summary>
public sealed class RegionBoard(Database db, TenantSettings settings, TimeProvider clock)
{
    public const int Days = 90;
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, (long ReadAt, IReadOnlyList<RegionStatus> Regions)> _known = new();

    public async Task<IReadOnlyList<RegionStatus>> Of(string tenant, CancellationToken ct)
    {
        if (_known.TryGetValue(tenant, out var known) && clock.GetElapsedTime(known.ReadAt) < Freshness)
            return known.Regions;
        var read = (clock.GetTimestamp(), await db.Read(s => Load(s, tenant), ct));
        _known[tenant] = read;
        return read.Item2;
    }

    internal async ValueTask<IReadOnlyList<RegionStatus>> Load(ReadTx s, string tenant)
    {
        var days = Calendar.Days(clock.GetUtcNow(), settings.Zone(tenant), Days);
        // Those that somebody has asked: one that was just added has nothing to say.
        var servers = await s.All("SELECT region_code, region_name, health FROM relay_servers WHERE tenant_id = @tenant AND probed_at IS NOT NULL ORDER BY region_code, id LIMIT 10000", r => (Code: r.GetString(0), Name: r.GetString(1), Health: r.GetString(2)), ("tenant", tenant));
        var hours = (await s.All(
            """
            SELECT v.region_code, p.at, CAST(SUM(p.probes) AS BIGINT), CAST(SUM(p.failures) AS BIGINT) FROM relay_probes p JOIN relay_servers v ON v.id = p.server_id
            WHERE p.tenant_id = @tenant AND p.span = 3600 AND p.at >= @since GROUP BY v.region_code, p.at ORDER BY p.at
            """,
            r => (Code: r.GetString(0), At: r.GetInt64(1), Probes: r.GetInt64(2), Failures: r.GetInt64(3)), ("tenant", tenant), ("since", days[0]))).ToLookup(h => h.Code);
        return [.. servers.GroupBy(v => v.Code).Select(region => new RegionStatus(region.First().Name, RegionStatus.Of([.. region.Select(v => v.Health)]), [.. days.Select((at, i) =>
        {
            var of = hours[region.Key].Where(h => h.At >= at && (i + 1 == days.Length || h.At < days[i + 1])).ToList();
            return new RegionDay(at, of.Sum(h => h.Probes), of.Sum(h => h.Failures));
        })]))];
    }
}
