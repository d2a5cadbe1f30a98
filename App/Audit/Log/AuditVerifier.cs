using System.Runtime.CompilerServices;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Log;

/// <summary>
/// Reads the whole audit log again, a chain for each tenant, and says where it was altered. What it cannot see is a log of which
/// the end was cut off and <c>audit_heads</c> set back to match: keep exports elsewhere against that.
/// </summary>
public static class AuditVerifier
{
    private const int PageSize = 1000;
    private const int MaxFindings = 100;

    /// <param name="Hash">Null: the row is missing.</param>
    /// <param name="BeginsAfter">The number up to which the tenant's entries stand in the chain that all shared.</param>
    /// <param name="Last">The greatest number there is.</param>
    private sealed record Head(string Tenant, long Seq, string? Hash, long BeginsAfter, long Last);

    /// <summary>What is wrong, a sentence each, at most a hundred; empty when nothing is. Runs beside writers.</summary>
    public static async Task<IReadOnlyList<string>> Verify(Database db, CancellationToken ct = default)
    {
        // One moment, so that no entry comes between a head and the greatest number.
        var (shared, heads) = await db.Read(async s => (
            await s.One("SELECT seq, hash FROM audit_head WHERE id = 1", r => (Seq: r.GetInt64(0), Hash: r.GetString(1))),
            await s.All(
                """
                SELECT t.id, h.seq, h.hash, h.begins_after, (SELECT COALESCE(MAX(e.seq), 0) FROM audit_entries e WHERE e.tenant_id = t.id)
                FROM tenants t LEFT JOIN audit_heads h ON h.tenant_id = t.id ORDER BY t.id
                """,
                r => new Head(r.GetString(0), r.LongOrNull(1) ?? 0, r.TextOrNull(2), r.LongOrNull(3) ?? 0, r.GetInt64(4)))), ct);
        if (shared.Hash is null)
            return ["The row of audit_head is missing."];
        var findings = new List<string>();
        var before = heads.Where(h => h.BeginsAfter > 0).ToList();
        if (shared.Seq > 0)
            await Check(Shared(db, before, ct), (0, ""), (shared.Seq, shared.Hash), "audit_head", "", findings);
        foreach (var head in heads.TakeWhile(_ => findings.Count < MaxFindings))
            await Check(db, head, shared, findings, ct);
        return findings.Count < MaxFindings ? findings : [.. findings.Take(MaxFindings - 1), "There is more; the check stopped here."];
    }

    private static async Task Check(Database db, Head head, (long Seq, string Hash) shared, List<string> findings, CancellationToken ct)
    {
        // Whoever runs one tenant only never reads its name.
        var whose = head.Tenant == Caller.DefaultTenant ? "" : $" of tenant {head.Tenant}";
        if (head.Hash is null)
        {
            if (head.Last > 0)
                findings.Add($"The row of audit_heads{whose} is missing.");
        }
        else if (head.BeginsAfter != 0 && head.BeginsAfter != shared.Seq)
            findings.Add($"The audit log{whose} begins after entry {head.BeginsAfter}, where nothing ended.");
        else
            await Check(Of(db, head.Tenant, head.BeginsAfter, head.Last, ct), (head.BeginsAfter, head.BeginsAfter == 0 ? "" : shared.Hash),
                (head.Seq, head.Hash), "audit_heads", whose, findings);
    }

    /// <param name="from">What comes before the first entry.</param>
    /// <param name="to">What the last one must be.</param>
    /// <param name="table">Where that is remembered.</param>
    private static async Task Check(
        IAsyncEnumerable<AuditEntry> entries, (long Seq, string Hash) from, (long Seq, string Hash) to, string table, string whose, List<string> findings)
    {
        var (seq, hash) = from;
        await foreach (var entry in entries)
        {
            if (entry.Seq != seq + 1)
                findings.Add(Missing(seq + 1, entry.Seq - 1, whose));
            // Behind a gap there is nothing to compare with: what follows is held to the hash that the entry itself claims.
            else if (AuditEntry.Chain(hash, entry) != entry.Hash)
                findings.Add($"Audit entry {entry.Seq}{whose} was altered, or the one before it: its hash does not fit.");
            (seq, hash) = (entry.Seq, entry.Hash);
            if (findings.Count >= MaxFindings)
                return;
        }
        if (seq < to.Seq)
            findings.Add(Missing(seq + 1, to.Seq, whose));
        else if (seq > to.Seq)
            findings.Add($"Audit entries{whose} up to {seq} are there, but {table} knows of {to.Seq} only.");
        else if (hash != to.Hash)
            findings.Add($"Audit entry {seq}{whose} is not the one that {table} remembers.");
    }

    // The chain that all tenants shared: the entries of each, merged by their numbers.
    private static async IAsyncEnumerable<AuditEntry> Shared(Database db, List<Head> tenants, [EnumeratorCancellation] CancellationToken ct)
    {
        var next = new PriorityQueue<IAsyncEnumerator<AuditEntry>, long>();
        try
        {
            foreach (var head in tenants)
                await Advance(Of(db, head.Tenant, 0, Math.Min(head.BeginsAfter, head.Last), ct).GetAsyncEnumerator(ct));
            while (next.TryDequeue(out var entries, out _))
            {
                yield return entries.Current;
                await Advance(entries);
            }
        }
        finally
        {
            while (next.TryDequeue(out var entries, out _))
                await entries.DisposeAsync();
        }

        async ValueTask Advance(IAsyncEnumerator<AuditEntry> entries)
        {
            if (await entries.MoveNextAsync())
                next.Enqueue(entries, entries.Current.Seq);
            else
                await entries.DisposeAsync();
        }
    }

    private static async IAsyncEnumerable<AuditEntry> Of(Database db, string tenant, long after, long last, [EnumeratorCancellation] CancellationToken ct)
    {
        while (after < last)
        {
            var page = await db.Read(s => Page(s, tenant, after, last), ct);
            foreach (var entry in page)
                yield return entry;
            if (page.Count == 0)
                yield break;
            after = page[^1].Seq;
        }
    }

    private static ValueTask<List<AuditEntry>> Page(ReadTx s, string tenant, long after, long last) => s.All(
        """
        SELECT seq, tenant_id, at, actor_kind, actor_id, actor_name, ip, action, target_kind, target_id, target_name, before_json, after_json, reason, hash
        FROM audit_entries WHERE tenant_id = @tenant AND seq > @after AND seq <= @last ORDER BY seq LIMIT @limit
        """,
        Read, ("tenant", tenant), ("after", after), ("last", last), ("limit", (long)PageSize));

    private static AuditEntry Read(Row r) => new(
        r.GetInt64(0), r.GetString(1), r.GetInt64(2), r.GetString(3), r.TextOrNull(4), r.GetString(5), r.TextOrNull(6), r.GetString(7),
        new AuditTarget(r.GetString(8), r.GetString(9), r.GetString(10)), r.TextOrNull(11), r.TextOrNull(12), r.TextOrNull(13), r.GetString(14));

    private static string Missing(long from, long to, string whose) =>
        from == to ? $"Audit entry {from}{whose} is missing." : $"Audit entries {from} to {to}{whose} are missing.";
}
