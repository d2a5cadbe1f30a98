using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Batches;

/// <summary>A set of keys made or imported together.</summary>
public sealed record Batch(string Id, string PlanId, string PlanName, string Name, string Source, string Prefix, long Count, string CreatedBy, long CreatedAt);

/// <summary>What to generate. <paramref name="Plan"/> is an id or a name; a null prefix is the plan's own.</summary>
public sealed record NewKeys(string? Plan, string? Prefix, long Count, long Length = LicenseKey.DefaultCode, string? Note = null);

/// <summary>A batch as it was made.</summary>
public sealed record GeneratedKeys(Batch Batch, IReadOnlyList<string> Keys);

/// <summary>What the lists and pages of batches read.</summary>
public sealed class BatchQueries(Database db, TimeProvider clock)
{
    /// <summary>Beyond this a batch's keys are not counted by state while a page waits.</summary>
    private const int MaxCounted = 100_000;

    private const string Select =
        "SELECT b.id, b.plan_id, p.name, b.name, b.source, b.prefix, b.key_count, b.created_by, b.created_at FROM batches b JOIN plans p ON p.id = b.plan_id";

    private static Batch Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4),
        r.GetString(5), r.GetInt64(6), r.GetString(7), r.GetInt64(8));

    /// <summary>Newest first; with a search, those that have it somewhere in their name.</summary>
    public Task<Slice<Batch>> List(string tenant, string? after, int limit, CancellationToken ct, string? search = null) => db.Read(async s =>
    {
        var filter = new SqlFilter("b.tenant_id = @tenant", ("tenant", tenant)).Contains("q", search, "b.name_folded").After("b.id", Cursor.Decode(after));
        return Slice<Batch>.Of(await s.All($"{Select} WHERE {filter.Sql} ORDER BY b.id DESC LIMIT @limit", Map, filter.Args(("limit", limit + 1L))), limit, b => b.Id);
    }, ct);

    public Task<Batch?> Find(string tenant, string id, CancellationToken ct) =>
        db.Read(s => s.One(Select + " WHERE b.tenant_id = @tenant AND b.id = @id", Map, ("tenant", tenant), ("id", id)), ct);

    /// <summary>The newest batches of a plan that were not made by selling.</summary>
    public Task<List<Batch>> OfPlan(string tenant, string plan, CancellationToken ct) => db.Read(s => s.All(
        $"{Select} WHERE b.tenant_id = @tenant AND b.plan_id = @plan AND b.source <> '{BatchService.Sold}' ORDER BY b.id DESC LIMIT 100", Map, ("tenant", tenant), ("plan", plan)), ct);

    /// <summary>How many keys of a batch there are in each state now; null when it is too large to count.</summary>
    public async Task<Dictionary<string, long>?> States(string tenant, Batch batch, CancellationToken ct)
    {
        if (batch.Count > MaxCounted)
            return null;
        var rows = await db.Read(s => s.All(
            """
            SELECT CASE WHEN state = 'active' AND expire_at <= @now THEN 'expired' WHEN state = 'expired' AND expire_at > @now THEN 'active' ELSE state END, COUNT(*)
            FROM licenses WHERE tenant_id = @tenant AND batch_id = @batch GROUP BY 1
            """,
            r => KeyValuePair.Create(r.GetString(0), r.GetInt64(1)), ("now", Now()), ("tenant", tenant), ("batch", batch.Id)), ct);
        return rows.ToDictionary();
    }

    /// <summary>The keys of a batch in the order they were made.</summary>
    public Task<List<string>> Keys(string tenant, string batch, int limit, CancellationToken ct) => db.Read(
        s => s.All("SELECT key FROM licenses WHERE tenant_id = @tenant AND batch_id = @batch ORDER BY id LIMIT @limit",
            r => r.GetString(0), ("tenant", tenant), ("batch", batch), ("limit", (long)limit)), ct);

    /// <summary>The unused keys of a batch in the order they were made, a page at a time.</summary>
    public Task<Slice<License>> Unused(string tenant, string batch, string? after, int limit, CancellationToken ct) => db.Read(async s =>
    {
        var where = await LicenseWhere.Build(s, tenant, new LicenseFilter(LicenseState.Unused, Batch: batch), Now());
        return Slice<License>.Of(await LicenseStore.Walk(s, where, Cursor.Decode(after) ?? "", limit + 1), limit, l => l.Id);
    }, ct);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What requests about batches are refused with.</summary>
public static class BatchErrors
{
    public static readonly ErrorCode NotFound = new(404, "BATCH_NOT_FOUND");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound];
}
