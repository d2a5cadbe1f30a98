using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Log;

/// <summary>What a change was done to.</summary>
/// <param name="Name">For people; stays readable when the target is gone.</param>
public sealed record AuditTarget(string Kind, string Id, string Name);

/// <summary>One row of the audit log. Times in unix milliseconds; before and after are JSON with secrets masked.</summary>
public sealed record AuditEntry(
    long Seq, string TenantId, long At, string ActorKind, string? ActorId, string ActorName, string? Ip, string Action,
    AuditTarget Target, string? Before, string? After, string? Reason, string Hash)
{
    /// <summary>SHA-256 over the previous row's hash and every column of this one, length-prefixed so that no two rows read alike.</summary>
    public static string Chain(string previous, AuditEntry e)
    {
        var text = new StringBuilder();
        foreach (var part in new[] { previous, e.Seq.ToString(), e.TenantId, e.At.ToString(), e.ActorKind, e.ActorId, e.ActorName, e.Ip, e.Action,
                     e.Target.Kind, e.Target.Id, e.Target.Name, e.Before, e.After, e.Reason })
            text.Append(part is null ? "-" : $"{part.Length}:{part}").Append('|');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}

/// <summary>Writes the audit log, inside the transaction of the change it tells of. There is no way to alter or remove a row.</summary>
public sealed class AuditWriter(TimeProvider clock)
{
    /// <summary>Waits until no other change of the tenant is under way, and keeps others waiting until this one has ended.</summary>
    internal static ValueTask<long> TakeTurn(WriteTx tx, string tenant) => tx.Locked("SELECT seq FROM audit_head WHERE id = 1", r => r.GetInt64(0));

    /// <summary>Appends an entry. <paramref name="before"/> and <paramref name="after"/> are JSON objects, secrets masked by the caller.</summary>
    public async ValueTask Write(WriteTx s, Caller who, string action, AuditTarget target, string? before = null, string? after = null, string? reason = null)
    {
        var (seq, previous) = await s.Locked("SELECT seq, hash FROM audit_head WHERE id = 1", r => (r.GetInt64(0), r.GetString(1)));
        var entry = new AuditEntry(seq + 1, who.TenantId, clock.GetUtcNow().ToUnixTimeMilliseconds(), who.Kind, who.Id, who.Name, who.Ip,
            action, target, before, after, reason, "");
        var hash = AuditEntry.Chain(previous, entry);
        await s.Execute(
            """
            INSERT INTO audit_entries (seq, tenant_id, at, actor_kind, actor_id, actor_name, ip, action, target_kind, target_id, target_name, before_json, after_json, reason, hash)
            VALUES (@seq, @tenant, @at, @actor_kind, @actor_id, @actor_name, @ip, @action, @target_kind, @target_id, @target_name, @before, @after, @reason, @hash)
            """,
            ("seq", entry.Seq), ("tenant", entry.TenantId), ("at", entry.At), ("actor_kind", entry.ActorKind), ("actor_id", entry.ActorId),
            ("actor_name", entry.ActorName), ("ip", entry.Ip), ("action", action), ("target_kind", target.Kind), ("target_id", target.Id),
            ("target_name", target.Name), ("before", before), ("after", after), ("reason", reason), ("hash", hash));
        await s.Execute("UPDATE audit_head SET seq = @seq, hash = @hash WHERE id = 1", ("seq", entry.Seq), ("hash", hash));
    }
}
