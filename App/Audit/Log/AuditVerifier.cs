using System.Runtime.CompilerServices;
using Gatehouse.Audit.Chain;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Log;

/// <summary>
/// Reads the whole audit log again, a chain for each tenant, and says where it was altered. Whoever has the database alone can make no
/// entry and no head that fits (<see cref="ChainSecrets"/>), and cannot put both back to an earlier state unseen (<see cref="HeadFile"/>).
/// </summary>
public sealed class AuditVerifier(Database db, ChainSecrets secrets, HeadFile file)
{
    private const int PageSize = 1000;
    private const int MaxFindings = 100;

    /// <param name="Head">Null: the row is missing.</param>
    /// <param name="Last">The greatest number there is.</param>
    /// <param name="Own">How many entries there are after the shared chain.</param>
    /// <param name="Below">How many are numbered below 1.</param>
    private sealed record Log(string Tenant, AuditHead? Head, long Last, long Own, long Below);

    /// <summary>What there is at one moment, so that no entry comes between a head and the greatest number.</summary>
    private sealed record Moment(
        IReadOnlyList<(long Id, long Seq, string Hash)> Shared, IReadOnlyList<Log> Logs, IReadOnlyList<string> Strangers, IReadOnlyList<ChainSecret> Secrets,
        IReadOnlyDictionary<string, string> Apart);

    /// <summary>What is wrong, a sentence each, at most a hundred; empty when nothing is. Runs beside writers.</summary>
    public async Task<IReadOnlyList<string>> Verify(CancellationToken ct = default)
    {
        var findings = new List<string>();
        // Read before the database: it may be behind that, and never before it.
        var remembered = Remembered(findings);
        var now = await db.Read(s => Look(s, remembered ?? new Dictionary<string, RememberedHead>()), ct);
        if (now.Shared is not [(1, _, _) and var shared])
            return [.. findings, now.Shared.Count == 0 ? "The row of audit_head is missing." : $"audit_head has {now.Shared.Count} rows, and may have one only: Gatehouse wrote no other."];
        findings.AddRange(now.Strangers);
        // One that says otherwise is told of below.
        var before = now.Logs.Where(l => l.Head?.BeginsAfter == shared.Seq).ToList();
        if (shared.Seq > 0)
            await Check(Merged(before, ct), (0, ""), (shared.Seq, shared.Hash), null, "audit_head", "", [], findings);
        foreach (var log in now.Logs.TakeWhile(_ => findings.Count < MaxFindings))
            await Check(log, (shared.Seq, shared.Hash), now, findings, ct);
        return findings.Count < MaxFindings ? findings : [.. findings.Take(MaxFindings - 1), "There is more; the check stopped here."];
    }

    /// <summary>What is only worth a look.</summary>
    public IReadOnlyList<string> Notes() => File.Exists(file.Path) ? [] : [$"{file.Path} is not there: whether an end was cut off before now cannot be told. It is written with the next start of the server."];

    /// <summary>Whoever runs one tenant only never reads its name.</summary>
    internal static string Whose(string tenant) => tenant == Caller.DefaultTenant ? "" : $" of tenant {tenant}";

    private IReadOnlyDictionary<string, RememberedHead>? Remembered(List<string> findings)
    {
        try
        {
            return file.Read();
        }
        catch (HeadFileException e)
        {
            findings.Add(e.Message);
            return null;
        }
    }

    private async ValueTask<Moment> Look(ReadTx s, IReadOnlyDictionary<string, RememberedHead> remembered)
    {
        var heads = (await AuditHead.All(s)).ToDictionary(h => h.Tenant);
        var counts = (await s.All(
            """
            SELECT e.tenant_id, MAX(e.seq), SUM(CASE WHEN e.seq > COALESCE(h.begins_after, 0) THEN 1 ELSE 0 END), SUM(CASE WHEN e.seq < 1 THEN 1 ELSE 0 END)
            FROM audit_entries e LEFT JOIN audit_heads h ON h.tenant_id = e.tenant_id GROUP BY e.tenant_id
            """,
            r => new Log(r.GetString(0), heads.GetValueOrDefault(r.GetString(0)), r.GetInt64(1), Convert.ToInt64(r.GetValue(2)), Convert.ToInt64(r.GetValue(3))))).ToDictionary(l => l.Tenant);
        var tenants = await s.All("SELECT id FROM tenants ORDER BY id", r => r.GetString(0));
        var (gone, apart) = (await AuditHeads.Gone(s), new Dictionary<string, string>());
        foreach (var known in remembered.Values.Where(k => !gone.Contains(k.Tenant)))
            if (await AuditHeads.Difference(s, heads.GetValueOrDefault(known.Tenant), known) is { } difference)
                apart[known.Tenant] = difference;
        return new Moment(
            await s.All("SELECT id, seq, hash FROM audit_head ORDER BY id LIMIT 1000", r => (r.GetInt64(0), r.GetInt64(1), r.GetString(2))),
            [.. tenants.Union(remembered.Keys).Except(gone).Select(t => counts.GetValueOrDefault(t) ?? new Log(t, heads.GetValueOrDefault(t), 0, 0, 0))],
            [.. counts.Keys.Union(heads.Keys).Except(tenants).Select(t => $"The audit log has rows of a tenant {t}, which is not there.")],
            await secrets.All(s), apart);
    }

    private async Task Check(Log log, (long Seq, string Hash) shared, Moment now, List<string> findings, CancellationToken ct)
    {
        var (whose, before, head) = (Whose(log.Tenant), findings.Count, log.Head);
        if (log.Below > 0)
            findings.Add($"Audit entries{whose} are numbered below 1, where Gatehouse writes none: {log.Below}.");
        if (head is null)
        {
            if (log.Last > 0)
                findings.Add($"The row of audit_heads{whose} is missing.");
        }
        else if (head.BeginsAfter != 0 && head.BeginsAfter != shared.Seq)
            findings.Add($"The audit log{whose} begins after entry {head.BeginsAfter}, where nothing ended.");
        else
        {
            await Check(Of(log.Tenant, head.BeginsAfter, log.Last, ct), (head.BeginsAfter, head.BeginsAfter == 0 ? "" : shared.Hash),
                (head.Seq, head.Hash), log.Own, "audit_heads", whose, now.Secrets, findings);
            if (findings.Count == before && now.Secrets is [var secret, ..] && !head.Fits(secret))
                findings.Add($"The row of audit_heads{whose} was not written by Gatehouse, or the key of its mark is gone: the log may have been written anew.");
        }
        // What is wrong within says more than that the end is another.
        if (findings.Count == before && now.Apart.TryGetValue(log.Tenant, out var difference))
            findings.Add(difference + " If it is an older database that you put back on purpose: gatehouse audit accept.");
    }

    /// <param name="from">What comes before the first entry.</param>
    /// <param name="to">What the last one must be.</param>
    /// <param name="count">How many there are; null where that is not known.</param>
    /// <param name="table">Where the end is remembered.</param>
    /// <param name="keys">What entries may be marked under; none: entries of before there were secrets.</param>
    private static async Task Check(
        IAsyncEnumerable<AuditEntry> entries, (long Seq, string Hash) from, (long Seq, string Hash) to, long? count, string table, string whose,
        IReadOnlyList<ChainSecret> keys, List<string> findings)
    {
        var (seq, hash) = from;
        var (walked, before, keyed) = (0L, findings.Count, false);
        await foreach (var entry in entries)
        {
            if (findings.Count >= MaxFindings)
                return;
            walked++;
            var id = ChainSecret.IdOf(entry.Hash);
            if (entry.Seq <= seq)
            {
                findings.Add($"Audit entry {entry.Seq}{whose} is there twice.");
                continue;
            }
            if (entry.Seq != seq + 1)
                findings.Add(Missing(seq + 1, entry.Seq - 1, whose));
            // Behind a gap there is nothing to compare with: what follows is held to the hash that the entry itself claims.
            else if (!Fits(hash, entry, id, keyed, keys))
                findings.Add($"Audit entry {entry.Seq}{whose} was altered, or the one before it: its hash does not fit.");
            (seq, hash, keyed) = (entry.Seq, entry.Hash, keyed || (id is not null && keys.Count > 0));
        }
        if (seq < to.Seq)
            findings.Add(Missing(seq + 1, to.Seq, whose));
        else if (seq > to.Seq)
            findings.Add($"Audit entries{whose} up to {seq} are there, but {table} knows of {to.Seq} only.");
        else if (hash != to.Hash)
            findings.Add($"Audit entry {seq}{whose} is not the one that {table} remembers.");
        else if (findings.Count == before && count is { } all && all != walked)
            findings.Add($"The audit log{whose} has {all} entries where there may be {walked}.");
    }

    // A plain hash can be reckoned by anybody, so none may follow a mark. What was marked under a secret that is lost cannot be checked by
    // itself; the entry after it, which covers its mark, can.
    private static bool Fits(string previous, AuditEntry entry, string? id, bool keyed, IReadOnlyList<ChainSecret> keys) =>
        id is null
            ? !keyed && AuditEntry.Chain(previous, entry) == entry.Hash
            : keys.FirstOrDefault(k => k.Id == id) is { } secret
                ? AuditEntry.Chain(previous, entry, secret) == entry.Hash
                : keys.Any(k => k.Lost.Contains(id));

    // The chain that all tenants shared: the entries of each, merged by their numbers.
    private async IAsyncEnumerable<AuditEntry> Merged(List<Log> tenants, [EnumeratorCancellation] CancellationToken ct)
    {
        var next = new PriorityQueue<IAsyncEnumerator<AuditEntry>, long>();
        try
        {
            foreach (var log in tenants)
                await Advance(Of(log.Tenant, 0, Math.Min(log.Head!.BeginsAfter, log.Last), ct).GetAsyncEnumerator(ct));
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

    private async IAsyncEnumerable<AuditEntry> Of(string tenant, long after, long last, [EnumeratorCancellation] CancellationToken ct)
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
