using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Statistics;

/// <summary>The figures of the dashboard and of GET /api/statistics/keys.</summary>
public sealed class LicenseStatistics(Database db, LicenseQueries queries, PlanService plans, TenantSettings preferences)
{
    public async Task<LicenseStatisticsResponse> Of(string tenant, CancellationToken ct)
    {
        var counts = await queries.Counts(tenant, ct);
        var names = (await db.Read(s => plans.List(s, tenant, false, null, Cursor.MaxLimit), ct)).Items
            .Concat((await db.Read(s => plans.List(s, tenant, true, null, Cursor.MaxLimit), ct)).Items).ToDictionary(p => p.Id, p => p.Name);
        var byPlan = counts.Rows.Where(r => names.ContainsKey(r.PlanId)).GroupBy(r => r.PlanId)
            .Select(g => new PlanStatistics(g.Key, names[g.Key], ByState(s => counts.Of(g.Key, s)))).ToList();
        var hours = await queries.Activations(tenant, TimeSpan.FromHours(1), 24, ct);
        var days = await queries.Activations(tenant, TimeSpan.FromDays(1), 30, ct);
        var soon = await db.Read(s => s.Number(
            "SELECT COUNT(*) FROM (SELECT 1 FROM licenses WHERE tenant_id = @tenant AND state = 'active' AND expire_at > @now AND expire_at <= @until LIMIT 10000) x",
            ("tenant", tenant), ("now", counts.At), ("until", counts.At + SoonSpan(tenant))), ct);
        return new LicenseStatisticsResponse(true, counts.Total, ByState(counts.Of), byPlan, hours.Sum(), days.Sum(), hours, days, soon, Format.Iso(counts.At));
    }

    /// <summary>How far ahead "expiring soon" looks, in milliseconds.</summary>
    public long SoonSpan(string tenant) => int.Parse(preferences.Get(tenant, TenantSettings.ExpiringSoonDays)) * 86_400_000L;

    private static Dictionary<string, long> ByState(Func<string, long> count) => LicenseState.All.ToDictionary(s => s, count);
}
