using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Licensing.Settings;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Statistics;

/// <summary>The figures of GET /api/statistics/keys.</summary>
public sealed class LicenseStatistics(Database db, LicenseQueries queries, TenantSettings preferences)
{
    private const long MaxPlans = 10_000;

    public async Task<LicenseStatisticsResponse> Of(string tenant, CancellationToken ct)
    {
        var counts = await queries.Counts(tenant, ct);
        // One moment for all that is not counted beforehand: a plan may be retired, or a key used, between two.
        var (plans, hours, days, soon) = await db.Read(async s => (
            await s.All("SELECT id, name FROM plans WHERE tenant_id = @tenant LIMIT @limit", r => KeyValuePair.Create(r.GetString(0), r.GetString(1)), ("tenant", tenant), ("limit", MaxPlans)),
            await queries.Activations(s, tenant, TimeSpan.FromHours(1), 24),
            await queries.Activations(s, tenant, TimeSpan.FromDays(1), 30),
            await s.Number(
                "SELECT COUNT(*) FROM (SELECT 1 FROM licenses WHERE tenant_id = @tenant AND state IN ('active', 'expired') AND expire_at > @now AND expire_at <= @until LIMIT 10000) x",
                ("tenant", tenant), ("now", counts.At), ("until", counts.At + SoonSpan(tenant)))), ct);
        var names = plans.ToDictionary();
        var byPlan = counts.Rows.Where(r => names.ContainsKey(r.PlanId)).GroupBy(r => r.PlanId)
            .Select(g => new PlanStatistics(g.Key, names[g.Key], ByState(s => counts.Of(g.Key, s)))).ToList();
        return new LicenseStatisticsResponse(true, counts.Total, ByState(counts.Of), byPlan, hours.Sum(), days.Sum(), hours, days, soon, Format.Iso(counts.At));
    }

    // How far ahead "expiring soon" looks, in milliseconds.
    private long SoonSpan(string tenant) => int.Parse(preferences.Get(tenant, LicenseSettings.ExpiringSoonDays)) * 86_400_000L;

    private static Dictionary<string, long> ByState(Func<string, long> count) => LicenseState.All.ToDictionary(s => s, count);
}
