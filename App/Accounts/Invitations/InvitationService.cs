using System.Text;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Invitations;

/// <summary>Invitations: made by staff, used up by who signs up. The link's secret is looked up by its hash, and sealed where it is kept to be shown again.</summary>
public sealed class InvitationService(SecretBox box, AuditWriter audit, IConfiguration config, TimeProvider clock)
{
    internal static readonly SealedColumn Sealed = new("invitations", "id", "sealed_token", "invitation", "UPDATE invitations SET sealed_token = '', revoked_at = COALESCE(revoked_at, @now)");

    private const long Day = 86_400_000;
    private static readonly string Select = $"SELECT {Invitation.Fields.Columns} FROM invitations i WHERE i.tenant_id = @tenant";
    private static readonly string InsertSql = Invitation.Fields.Insert
        .Replace("(tenant_id,", "(token_hash, sealed_token, tenant_id,", StringComparison.Ordinal).Replace("(@tenant,", "(@hash, @sealed, @tenant,", StringComparison.Ordinal);

    /// <summary>Newest first.</summary>
    /// <exception cref="Refusal">422 on <c>after</c>.</exception>
    public async ValueTask<Slice<Invitation>> List(ReadTx s, string tenant, string? after, int limit = Cursor.DefaultLimit)
    {
        var where = new SqlFilter("i.tenant_id = @tenant", ("tenant", tenant)).After("i.id", Cursor.Decode(after));
        return Slice<Invitation>.Of(await s.All($"SELECT {Invitation.Fields.Columns} FROM invitations i WHERE {where.Sql} ORDER BY i.id DESC LIMIT @limit",
            Invitation.Fields.FromRow, where.Args(("limit", limit + 1L), ("now", Now()))), limit, i => i.Id);
    }

    /// <summary>Makes a link.</summary>
    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public async ValueTask<(Invitation Invitation, string Link)> Create(WriteTx s, Caller who, Invitation wanted)
    {
        var (now, checks) = (Now(), new FieldChecks());
        var end = wanted.ExpiresAt ?? now + 7 * Day;
        if (end <= now || end > now + Invitation.MaxDays * Day)
            checks.Wrong("expires_at", "invitations.field.expires_at", Invitation.MaxDays);
        checks.ThrowIfAny();
        var token = OpaqueToken.Create();
        var invitation = Invitation.Fields.Checked(wanted) with { Id = Ids.New(), ExpiresAt = end, CreatedBy = who.Name, CreatedAt = now };
        await s.Execute(InsertSql, [.. Invitation.Fields.Arguments(FieldUse.Inserted, who.TenantId, invitation), ("hash", OpaqueToken.Hash(token)), ("sealed", box.Seal(Encoding.ASCII.GetBytes(token), Sealed.Purpose))]);
        await audit.Write(s, who, "invitation.created", Target(invitation), after: Invitation.Fields.Json(invitation));
        return (invitation, Link(token));
    }

    /// <summary>The link, to be shown again; null where its key is lost.</summary>
    public async ValueTask<string?> Shown(ReadTx s, string tenant, string id) =>
        await s.One("SELECT sealed_token FROM invitations WHERE tenant_id = @tenant AND id = @id AND sealed_token <> ''", r => r.GetString(0), ("tenant", tenant), ("id", id)) is { } text
            ? Link(Encoding.ASCII.GetString(box.Open(text, Sealed.Purpose))) : null;

    /// <summary>From now on nobody signs up by it. One that is revoked stays so.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_INVITATION.</exception>
    public async ValueTask<Invitation> Revoke(WriteTx s, Caller who, string id)
    {
        var before = await Find(s, who.TenantId, id) ?? throw new Refusal(InvitationErrors.NotFound);
        if (await s.Execute("UPDATE invitations SET revoked_at = @now WHERE tenant_id = @tenant AND id = @id AND revoked_at IS NULL", ("now", Now()), ("tenant", who.TenantId), ("id", id)) == 0)
            return before;
        await audit.Write(s, who, "invitation.revoked", Target(before));
        return (await Find(s, who.TenantId, id))!;
    }

    /// <summary>The invitation whose secret that is, where it is open; null for any other.</summary>
    public async ValueTask<Invitation?> Open(ReadTx s, string tenant, string? token) => string.IsNullOrWhiteSpace(token) ? null
        : await s.One(Select + " AND i.token_hash = @hash", Invitation.Fields.FromRow, ("tenant", tenant), ("hash", OpaqueToken.Hash(token.Trim())), ("now", Now())) is { State: "open" } found ? found : null;

    /// <summary>Uses it up by one: it was open when the person began, and only whether there is one left is asked now.</summary>
    /// <exception cref="Refusal">403 INVITATION_INVALID: others were faster, or it was revoked.</exception>
    internal static async ValueTask Use(WriteTx s, string tenant, string id)
    {
        if (await s.Execute("UPDATE invitations SET uses = uses + 1 WHERE tenant_id = @tenant AND id = @id AND uses < max_uses AND revoked_at IS NULL", ("tenant", tenant), ("id", id)) == 0)
            throw new Refusal(InvitationErrors.Invalid);
    }

    private ValueTask<Invitation?> Find(ReadTx s, string tenant, string id) => s.One(Select + " AND i.id = @id", Invitation.Fields.FromRow, ("tenant", tenant), ("id", id), ("now", Now()));

    private string Link(string token) => $"{PublicAddress.Base(config)}/sign-up?invite={token}";

    private static AuditTarget Target(Invitation invitation) => new("invitation", invitation.Id, invitation.Id);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
