using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Licenses;

/// <summary>A plan as a choice in a form or filter.</summary>
/// <param name="Sellable">Is it on, and not retired? Only then are keys made under it.</param>
public sealed record PlanChoice(string Id, string Name, long? DurationSeconds, long MachineLimit, string Prefix, bool Sellable)
{
    /// <summary><c>VIP · 30 days</c>.</summary>
    public string Label(Localizer text) => $"{Name} · {Format.Duration(text, DurationSeconds)}";
}

/// <summary>What the pages of keys read beside <see cref="LicenseQueries"/>.</summary>
public sealed class LicenseLists(Database db, TimeProvider clock)
{
    private const int MaxPlans = 500;
    private const int MaxBatches = 100;

    private static readonly Func<Row, PlanChoice> MapPlan =
        r => new PlanChoice(r.GetString(0), r.GetString(1), r.LongOrNull(2), r.GetInt64(3), r.GetString(4), r.GetInt64(5) != 0 && r.IsDBNull(6));

    /// <summary>All plans, retired ones too, by name; and the most recent batches, with the one that is named even if it is older.</summary>
    public Task<(List<PlanChoice> Plans, List<(string Id, string Name)> Batches)> Filters(string tenant, string? batch, CancellationToken ct) => db.Read(async s =>
    {
        var plans = await Plans(s, tenant);
        var batches = await s.All("SELECT id, name FROM batches WHERE tenant_id = @tenant ORDER BY id DESC LIMIT @limit",
            r => (Id: r.GetString(0), Name: r.GetString(1)), ("tenant", tenant), ("limit", (long)MaxBatches));
        if (!string.IsNullOrEmpty(batch) && batches.All(b => b.Id != batch))
            batches.AddRange(await s.All("SELECT id, name FROM batches WHERE tenant_id = @tenant AND id = @id", r => (r.GetString(0), r.GetString(1)), ("tenant", tenant), ("id", batch)));
        return (plans, batches);
    }, ct);

    /// <summary>A key with all that its page shows, and all plans, as they were at one moment.</summary>
    /// <exception cref="Refusal">404 KEY_NOT_FOUND.</exception>
    public Task<(LicenseDetail Detail, List<PlanChoice> Plans)> One(string tenant, string key, CancellationToken ct) =>
        db.Read(async s =>
        {
            var detail = await LicenseQueries.Whole(s, tenant, key);
            return (detail with { MachineLimit = await LicenseStore.MachineLimit(s, tenant, detail.Key.Id, Now()) }, await Plans(s, tenant));
        }, ct);

    /// <summary>The plans that keys can be made under, by name.</summary>
    public Task<List<PlanChoice>> Sellable(string tenant, CancellationToken ct) => db.Read(
        s => s.All(PlanSelect + " AND enabled = 1 AND retired_at IS NULL ORDER BY name LIMIT @limit", MapPlan, ("tenant", tenant), ("limit", (long)MaxPlans)), ct);

    /// <summary>How many match, counted up to <paramref name="cap"/>, and the newest of them.</summary>
    public Task<(long Count, List<License> First)> Matching(string tenant, LicenseFilter filter, int cap, int first, CancellationToken ct) => db.Read(async s =>
    {
        var where = await LicenseWhere.Build(s, tenant, filter.Checked(), Now());
        var count = await s.Number($"SELECT COUNT(*) FROM (SELECT 1 FROM licenses l WHERE {where.All} LIMIT @cap) x", where.Args(("cap", (long)cap)));
        return (count, await LicenseStore.List(s, where, null, first));
    }, ct);

    /// <summary>The keys of these names that exist, in their order.</summary>
    public Task<List<License>> Named(string tenant, IReadOnlyList<string> keys, CancellationToken ct) => db.Read(async s =>
    {
        var (found, seen) = (new List<License>(keys.Count), new HashSet<string>());
        foreach (var key in keys.Select(LicenseKey.Parse).OfType<LicenseKey>())
            if (await LicenseStore.Find(s, tenant, key) is { } license && seen.Add(license.Id))
                found.Add(license);
        return found;
    }, ct);

    private static ValueTask<List<PlanChoice>> Plans(ReadTx s, string tenant) =>
        s.All(PlanSelect + " ORDER BY name LIMIT @limit", MapPlan, ("tenant", tenant), ("limit", (long)MaxPlans));

    private const string PlanSelect = "SELECT id, name, duration_seconds, machine_limit, prefix, enabled, retired_at FROM plans WHERE tenant_id = @tenant";

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
