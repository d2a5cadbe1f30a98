using System.Security.Cryptography;
using System.Text;
using Gatehouse.Audit.Chain;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Log;

/// <summary>What a change was done to.</summary>
/// <param name="Name">For people; stays readable when the target is gone.</param>
public sealed record AuditTarget(string Kind, string Id, string Name)
{
    private const string ManyId = "bulk";

    /// <summary>Several at once, told as a message that is stored: each reader sees it in their own language.</summary>
    public static AuditTarget Many(string kind, Message told) => new(kind, ManyId, told.ToStored());

    /// <summary>The name in the reader's language.</summary>
    public string Said(Localizer text) => Id == ManyId && Message.TryParse(Name, out var told) ? text[told] : Name;
}

/// <summary>One row of the audit log. Times in unix milliseconds; before and after are JSON with secrets masked.</summary>
public sealed record AuditEntry(
    long Seq, string TenantId, long At, string ActorKind, string? ActorId, string ActorName, string? Ip, string Action,
    AuditTarget Target, string? Before, string? After, string? Reason, string Hash)
{
    /// <summary>
    /// The mark under the chain's secret (<see cref="ChainSecret.Mark"/>) over the previous row's hash and every column of this one,
    /// length-prefixed so that no two rows read alike. Without a secret the SHA-256 in hex, as entries had before there were secrets.
    /// </summary>
    public static string Chain(string previous, AuditEntry e, ChainSecret? secret = null)
    {
        var text = new StringBuilder();
        foreach (var part in new[] { previous, e.Seq.ToString(), e.TenantId, e.At.ToString(), e.ActorKind, e.ActorId, e.ActorName, e.Ip, e.Action,
                     e.Target.Kind, e.Target.Id, e.Target.Name, e.Before, e.After, e.Reason })
            text.Append(part is null ? "-" : $"{part.Length}:{part}").Append('|');
        return secret?.Mark(text.ToString()) ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}

/// <summary>Writes the audit log, inside the transaction of the change it tells of. There is no way to alter a row, and none to remove one but all that a tenant has.</summary>
public sealed class AuditWriter(ChainSecrets secrets, HeadFile file, TimeProvider clock)
{
    /// <summary>Waits until no other change of the tenant is under way, and keeps others waiting until this one has ended.</summary>
    /// <returns>Where the tenant's log ends.</returns>
    internal static async ValueTask<AuditHead> TakeTurn(WriteTx tx, string tenant)
    {
        if (await AuditHead.Locked(tx, tenant) is { } head)
            return head;
        // A tenant's first entry. Of two that begin at once, one finds the other's row.
        await tx.Execute("INSERT INTO audit_heads (tenant_id, seq, hash, begins_after) VALUES (@tenant, 0, '', 0) ON CONFLICT DO NOTHING", ("tenant", tenant));
        return (await AuditHead.Locked(tx, tenant))!;
    }

    /// <summary>Appends an entry. <paramref name="before"/> and <paramref name="after"/> are JSON objects, secrets masked by the caller.</summary>
    public async ValueTask Write(WriteTx s, Caller who, string action, AuditTarget target, string? before = null, string? after = null, string? reason = null)
    {
        var head = await TakeTurn(s, who.TenantId);
        if (await secrets.Current(s) is not { } secret)
            (secret, head) = (await AuditHeads.Begin(s, secrets), await TakeTurn(s, who.TenantId));
        var entry = new AuditEntry(head.Seq + 1, who.TenantId, clock.GetUtcNow().ToUnixTimeMilliseconds(), who.Kind, who.Id, who.Name, who.Ip,
            action, target, before, after, reason, "");
        var hash = AuditEntry.Chain(head.Hash, entry, secret);
        await s.Execute(
            """
            INSERT INTO audit_entries (seq, tenant_id, at, actor_kind, actor_id, actor_name, ip, action, target_kind, target_id, target_name, before_json, after_json, reason, hash,
              actor_folded, target_folded, folded)
            VALUES (@seq, @tenant, @at, @actor_kind, @actor_id, @actor_name, @ip, @action, @target_kind, @target_id, @target_name, @before, @after, @reason, @hash,
              @actor_folded, @target_folded, @folded)
            """,
            ("seq", entry.Seq), ("tenant", entry.TenantId), ("at", entry.At), ("actor_kind", entry.ActorKind), ("actor_id", entry.ActorId),
            ("actor_name", entry.ActorName), ("ip", entry.Ip), ("action", action), ("target_kind", target.Kind), ("target_id", target.Id),
            ("target_name", target.Name), ("before", before), ("after", after), ("reason", reason), ("hash", hash),
            ("actor_folded", SearchText.Of(entry.ActorName)), ("target_folded", SearchText.Of(target.Name)),
            ("folded", SearchText.Of(entry.ActorName, entry.Ip, action, target.Id, target.Name, before, after, reason)));
        var next = head with { Seq = entry.Seq, Hash = hash };
        // A head that somebody else has written keeps its mark: a good one would cover up what was done.
        await AuditHead.Put(s, head.Fits(secret) ? next with { Mark = next.MarkUnder(secret) } : next);
        if (await Follows(s, head))
            s.AfterCommit(() => file.Remember(next.Remembered));
    }

    // What is remembered of another log than this stays, and tells of it.
    private async ValueTask<bool> Follows(ReadTx s, AuditHead head)
    {
        try
        {
            return file.Read()?.GetValueOrDefault(head.Tenant) is not { } known || await head.Holds(s, known);
        }
        catch (Exception e) when (e is HeadFileException or KeyFileException or IOException or UnauthorizedAccessException)
        {
            // Whoever checks the log is told of it; the change that this entry is of must not fail for it.
            return false;
        }
    }
}
