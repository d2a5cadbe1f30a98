using Gatehouse.Audit.Chain;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Log;

/// <summary>The end of a tenant's chain as the database has it.</summary>
/// <param name="Hash">Of the last entry; empty before the first.</param>
/// <param name="BeginsAfter">Entries up to this number belong to the chain that all tenants shared.</param>
/// <param name="Mark">Of all that under the chain's secret; null before the first entry, and before there were secrets.</param>
internal sealed record AuditHead(string Tenant, long Seq, string Hash, long BeginsAfter, string? Mark)
{
    private const string Columns = "SELECT tenant_id, seq, hash, begins_after, mark FROM audit_heads";

    public RememberedHead Remembered => new(Tenant, Seq, Hash);

    public string MarkUnder(ChainSecret secret) => secret.Mark($"head|{Tenant.Length}:{Tenant}|{Seq}|{Hash}|{BeginsAfter}");

    /// <summary>Was it written by whoever has the secret?</summary>
    public bool Fits(ChainSecret secret) => Mark is null ? (Seq, Hash, BeginsAfter) is (0, "", 0) : Mark == MarkUnder(secret);

    /// <summary>Does the log still hold what is remembered of it?</summary>
    public async ValueTask<bool> Holds(ReadTx s, RememberedHead known)
    {
        if (known.Seq >= Seq)
            return known.Seq == Seq && known.Hash == Hash;
        var there = known.Seq == BeginsAfter
            ? await s.One("SELECT hash FROM audit_head WHERE id = 1", r => r.GetString(0))
            : await s.One("SELECT hash FROM audit_entries WHERE tenant_id = @tenant AND seq = @seq", r => r.GetString(0), ("tenant", Tenant), ("seq", known.Seq));
        return there == known.Hash;
    }

    public static ValueTask<AuditHead?> Locked(WriteTx s, string tenant) => s.Locked(Columns + " WHERE tenant_id = @tenant", Read, ("tenant", tenant));

    public static ValueTask<List<AuditHead>> All(ReadTx s) => s.All(Columns + " ORDER BY tenant_id", Read);

    /// <summary>Those of logs with an entry.</summary>
    /// <param name="unmarked">Only those that no secret has marked yet.</param>
    public static ValueTask<List<AuditHead>> AllLocked(WriteTx s, bool unmarked) =>
        s.LockedAll($"{Columns} WHERE seq > 0{(unmarked ? " AND mark IS NULL" : "")} ORDER BY tenant_id", null, Read);

    public static ValueTask<int> Put(WriteTx s, AuditHead head) => s.Execute("UPDATE audit_heads SET seq = @seq, hash = @hash, mark = @mark WHERE tenant_id = @tenant",
        ("seq", head.Seq), ("hash", head.Hash), ("mark", head.Mark), ("tenant", head.Tenant));

    private static AuditHead Read(Row r) => new(r.GetString(0), r.GetInt64(1), r.GetString(2), r.GetInt64(3), r.TextOrNull(4));
}

/// <summary>Where each tenant's audit log ends: puts that under the chain's secret, and keeps <see cref="HeadFile"/> in step with it.</summary>
public sealed partial class AuditHeads(Database db, ChainSecrets secrets, HeadFile file, AuditWriter audit, ILogger<AuditHeads> log) : IHostedService
{
    /// <summary>Written into the main tenant's log when all that another has begins to be erased, its log among it: what is remembered of that one holds no more.</summary>
    public const string RemovalAction = "tenant.removal";

    private volatile bool _apart;

    /// <summary>Did a log not hold what is remembered of it, when that was last looked at?</summary>
    public bool Apart => _apart;

    /// <summary>A log that was written before there were secrets is put under one as it is now, once, when a server starts with this version first.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await db.Write(async s => await secrets.Current(s) ?? await Begin(s, secrets), cancellationToken);
        await CatchUp();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The secret of a database that has none: made once, and with it the heads of before are marked.</summary>
    internal static async ValueTask<ChainSecret> Begin(WriteTx s, ChainSecrets secrets)
    {
        // Of two nodes that begin at once, the second finds the first one's.
        await s.Locked("SELECT seq FROM audit_head WHERE id = 1", r => r.GetInt64(0));
        if (await secrets.Current(s) is { } there)
            return there;
        var secret = await secrets.Make(s, afterLoss: false);
        // One that has a mark keeps it: the secret it was made with is gone, and that must show.
        foreach (var head in await AuditHead.AllLocked(s, unmarked: true))
            await AuditHead.Put(s, head with { Mark = head.MarkUnder(secret) });
        return secret;
    }

    /// <summary>After <see cref="Platform.Keys.SealedTexts.GiveUp"/>: a secret that knows which ones were lost with the key, and all heads under it.</summary>
    public async ValueTask Renew(WriteTx s)
    {
        var secret = await secrets.Make(s, afterLoss: true);
        foreach (var head in await AuditHead.AllLocked(s, unmarked: false))
            await AuditHead.Put(s, head with { Mark = head.MarkUnder(secret) });
    }

    /// <summary>Remembers how far the logs have come, also by other nodes. False when one does not hold what is remembered of it: that stays as it is.</summary>
    public async Task<bool> CatchUp()
    {
        var agrees = await Follow();
        if (!agrees && !_apart)
            IsApart(log, file.Path);
        _apart = !agrees;
        return agrees;
    }

    private async Task<bool> Follow()
    {
        IReadOnlyDictionary<string, RememberedHead>? known;
        try
        {
            known = file.Read();
        }
        catch (HeadFileException)
        {
            return false;
        }
        var (heads, apart) = await db.Read(async s =>
        {
            var good = new List<AuditHead>();
            var gone = await Gone(s);
            var all = (await AuditHead.All(s)).Where(h => !gone.Contains(h.Tenant)).ToList();
            foreach (var head in all)
                if (known?.GetValueOrDefault(head.Tenant) is not { } remembered || await head.Holds(s, remembered))
                    good.Add(head);
            return (good, good.Count < all.Count || known?.Keys.Except(all.Select(h => h.Tenant)).Except(gone).Any() == true);
        });
        foreach (var head in heads.Where(h => h.Seq > 0))
            file.Remember(head.Remembered);
        return !apart;
    }

    /// <summary>
    /// Takes the logs as they are now for right, after a backup was put back: what was remembered of them is replaced, and that stands in
    /// the log. Returns a sentence for each tenant of which something else was remembered.
    /// </summary>
    public async Task<IReadOnlyList<string>> Accept(Caller who)
    {
        var findings = await Differences();
        if (findings.Count == 0)
            return findings;
        await db.Command(who, s => audit.Write(s, who, "audit.accepted", new AuditTarget("audit", HeadFile.FileName, HeadFile.FileName), reason: string.Join(' ', findings)));
        file.Replace((await db.Read(AuditHead.All)).Where(h => h.Seq > 0).Select(h => h.Remembered));
        return findings;
    }

    private async Task<IReadOnlyList<string>> Differences()
    {
        IReadOnlyDictionary<string, RememberedHead>? known;
        try
        {
            known = file.Read();
        }
        catch (HeadFileException e)
        {
            return [e.Message];
        }
        return known is null ? [] : await db.Read(async s =>
        {
            var heads = (await AuditHead.All(s)).ToDictionary(h => h.Tenant);
            var (gone, findings) = (await Gone(s), new List<string>());
            foreach (var remembered in known.Values.Where(k => !gone.Contains(k.Tenant)))
                if (await Difference(s, heads.GetValueOrDefault(remembered.Tenant), remembered) is { } difference)
                    findings.Add(difference);
            return findings;
        });
    }

    /// <summary>The tenants whose logs are erased, or are being erased. That this is so stands in the main one's log, which nobody can write into unseen.</summary>
    internal static async ValueTask<HashSet<string>> Gone(ReadTx s) =>
        [.. await s.All("SELECT target_id FROM audit_entries WHERE tenant_id = @main AND action = @action", r => r.GetString(0), ("main", Caller.DefaultTenant), ("action", RemovalAction))];

    /// <summary>What is remembered and not so; null when it is.</summary>
    internal static async ValueTask<string?> Difference(ReadTx s, AuditHead? head, RememberedHead known)
    {
        if (head is not null && await head.Holds(s, known))
            return null;
        var whose = AuditVerifier.Whose(known.Tenant);
        return head is null || head.Seq < known.Seq
            ? $"The audit log{whose} ends at entry {head?.Seq ?? 0}, and {HeadFile.FileName} beside the key file remembers entry {known.Seq}: the end was cut off, or the database is an older copy."
            : $"Audit entry {known.Seq}{whose} is another than the one that {HeadFile.FileName} beside the key file remembers: the log was written anew, or the database is an older copy that went on.";
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit log is not the one that {Path} remembers. If an older database was put back on purpose: gatehouse audit accept. Otherwise gatehouse db check tells what is missing.")]
    private static partial void IsApart(ILogger log, string path);
}
