using Gatehouse.Audit.Chain;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Log;

/// <summary>Where each tenant's audit log ends: puts that under the chain's secret, and keeps <see cref="HeadFile"/> in step with it.</summary>
public sealed partial class AuditHeads(Database db, ChainSecrets secrets, HeadFile file, AuditWriter audit, ILogger<AuditHeads> log) : IHostedService
{
    /// <summary>A log that was written before there were secrets is put under one as it is now, once, when a server starts with this version first.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await db.Write(async s => await secrets.Current(s) ?? await Begin(s, secrets), cancellationToken);
        if (!await CatchUp())
            Apart(log, file.Path);
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
        foreach (var head in (await AuditHead.AllLocked(s)).Where(h => h.Mark is null && h.Seq > 0))
            await AuditHead.Put(s, head with { Mark = head.MarkUnder(secret) });
        return secret;
    }

    /// <summary>After <see cref="Platform.Keys.SealedTexts.GiveUp"/>: a secret that knows which ones were lost with the key, and all heads under it.</summary>
    public async ValueTask Renew(WriteTx s)
    {
        var secret = await secrets.Make(s, afterLoss: true);
        foreach (var head in (await AuditHead.AllLocked(s)).Where(h => h.Seq > 0))
            await AuditHead.Put(s, head with { Mark = head.MarkUnder(secret) });
    }

    /// <summary>Remembers how far the logs have come, also by other nodes. False when one does not hold what is remembered of it: that stays as it is.</summary>
    public async Task<bool> CatchUp()
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
            var all = await AuditHead.All(s);
            foreach (var head in all)
                if (known?.GetValueOrDefault(head.Tenant) is not { } remembered || await head.Holds(s, remembered))
                    good.Add(head);
            return (good, good.Count < all.Count || known?.Keys.Except(all.Select(h => h.Tenant)).Any() == true);
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
            var findings = new List<string>();
            foreach (var remembered in known.Values)
                if (await Difference(s, heads.GetValueOrDefault(remembered.Tenant), remembered) is { } difference)
                    findings.Add(difference);
            return findings;
        });
    }

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
    private static partial void Apart(ILogger log, string path);
}
