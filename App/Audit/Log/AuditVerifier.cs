using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Log;

/// <summary>
/// Reads the whole audit log again and says where it was altered. What it cannot see is a log of which the end was cut off and
/// <c>audit_head</c> set back to match: keep exports elsewhere against that.
/// </summary>
public static class AuditVerifier
{
    private const int PageSize = 1000;
    private const int MaxFindings = 100;

    /// <summary>What is wrong, a sentence each, at most a hundred; empty when nothing is. Runs beside writers.</summary>
    public static async Task<IReadOnlyList<string>> Verify(Database db, CancellationToken ct = default)
    {
        // One statement, so that no entry comes between the head and the greatest number. The chain runs through all tenants.
        var (head, headHash, last) = await db.Read(s => s.One(
            "SELECT h.seq, h.hash, (SELECT COALESCE(MAX(seq), 0) FROM audit_entries) FROM audit_head h WHERE h.id = 1",
            r => (r.GetInt64(0), r.GetString(1), r.GetInt64(2))), ct);
        if (headHash is null)
            return ["The row of audit_head is missing."];
        var findings = new List<string>();
        var (seq, hash) = (0L, "");
        while (seq < last && findings.Count < MaxFindings)
        {
            var after = seq;
            var page = await db.Read(s => Page(s, after, last), ct);
            if (page.Count == 0)
                break;
            foreach (var entry in page)
            {
                if (entry.Seq != seq + 1)
                    findings.Add(Missing(seq + 1, entry.Seq - 1));
                // Behind a gap there is nothing to compare with: what follows is held to the hash that the entry itself claims.
                else if (AuditEntry.Chain(hash, entry) != entry.Hash)
                    findings.Add($"Audit entry {entry.Seq} was altered, or the one before it: its hash does not fit.");
                (seq, hash) = (entry.Seq, entry.Hash);
            }
        }
        if (findings.Count >= MaxFindings)
            return [.. findings.Take(MaxFindings - 1), "There is more; the check stopped here."];
        if (seq < head)
            findings.Add(Missing(seq + 1, head));
        else if (seq > head)
            findings.Add($"Audit entries up to {seq} are there, but audit_head knows of {head} only.");
        else if (hash != headHash)
            findings.Add($"Audit entry {seq} is not the one that audit_head remembers.");
        return findings;
    }

    private static ValueTask<List<AuditEntry>> Page(ReadTx s, long after, long last) => s.All(
        """
        SELECT seq, tenant_id, at, actor_kind, actor_id, actor_name, ip, action, target_kind, target_id, target_name, before_json, after_json, reason, hash
        FROM audit_entries WHERE seq > @after AND seq <= @last ORDER BY seq LIMIT @limit
        """,
        Read, ("after", after), ("last", last), ("limit", (long)PageSize));

    private static AuditEntry Read(Row r) => new(
        r.GetInt64(0), r.GetString(1), r.GetInt64(2), r.GetString(3), r.TextOrNull(4), r.GetString(5), r.TextOrNull(6), r.GetString(7),
        new AuditTarget(r.GetString(8), r.GetString(9), r.GetString(10)), r.TextOrNull(11), r.TextOrNull(12), r.TextOrNull(13), r.GetString(14));

    private static string Missing(long from, long to) =>
        from == to ? $"Audit entry {from} is missing." : $"Audit entries {from} to {to} are missing.";
}
