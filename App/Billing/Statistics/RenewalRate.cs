using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Statistics;

/// <summary>How many keys of a plan were renewed in a month, of those whose time was over in it, or would have been.</summary>
/// <param name="Due">Trials and recharge keys are left out, and keys that staff extended, suspended for the time or revoked.</param>
/// <param name="Renewed">By an order whose time was not taken back whole; before their end or after it.</param>
public sealed record RenewalRate(string Plan, long Due, long Renewed)
{
    private const string Renewals = "c.tenant_id = @tenant AND c.was_end >= @from AND c.was_end < @to AND c.taken_back < c.seconds * 1000 AND c.kind = 'renew'";

    /// <summary>By plan, those with the most first.</summary>
    /// <param name="now">What ends later has not ended.</param>
    public static async ValueTask<List<RenewalRate>> Of(ReadTx s, string tenant, long from, long to, long now)
    {
        (string, object?)[] of = [("tenant", tenant), ("from", from), ("to", to)];
        var renewed = await s.All($"SELECT l.plan_id, COUNT(DISTINCT c.license_id) FROM order_key_changes c JOIN licenses l ON l.id = c.license_id WHERE {Renewals} GROUP BY l.plan_id", r => (Plan: r.GetString(0), Count: r.GetInt64(1)), of);
        var ended = await s.All(
            $"""
            SELECT l.plan_id, COUNT(*) FROM licenses l JOIN plans p ON p.id = l.plan_id
            WHERE l.tenant_id = @tenant AND l.state IN ('active', 'expired') AND l.expire_at >= @from AND l.expire_at < @until AND p.recharge = 0 AND p.trial = 0
              AND NOT EXISTS (SELECT 1 FROM order_key_changes c WHERE c.license_id = l.id AND {Renewals}) GROUP BY l.plan_id
            """, r => (Plan: r.GetString(0), Count: r.GetInt64(1)), [("until", Math.Min(to, now)), .. of]);
        return [.. renewed.Select(r => (r.Plan, Renewed: r.Count, Ended: 0L)).Concat(ended.Select(e => (e.Plan, Renewed: 0L, Ended: e.Count))).GroupBy(x => x.Plan)
            .Select(g => new RenewalRate(g.Key, g.Sum(x => x.Renewed + x.Ended), g.Sum(x => x.Renewed))).OrderByDescending(r => r.Due).ThenBy(r => r.Plan, StringComparer.Ordinal)];
    }
}
