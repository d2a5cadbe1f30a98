using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Setup;

/// <summary>The one-time link that makes the first owner. A tenant has at most one, of which only the hash is stored.</summary>
public sealed class SetupLinks(AccountService accounts, SessionStore sessions, AuditWriter audit, TimeProvider clock)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    private static readonly AuditTarget Target = new("setup", "link", "setup link");

    /// <summary>Has the tenant no owner yet?</summary>
    public async ValueTask<bool> Needed(ReadTx s, string tenant) => !await AccountStore.HasOwner(s, tenant);

    /// <summary>Makes a link's token, good for 30 minutes and one use; an older one is void from now on.</summary>
    /// <exception cref="Refusal">409 SETUP_DONE when there is an owner.</exception>
    public async ValueTask<string> Create(WriteTx s, string tenant)
    {
        var token = OpaqueToken.Create();
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await s.Execute(
            """
            INSERT INTO setup_links (tenant_id, token_hash, created_at, expires_at) VALUES (@tenant, @hash, @now, @expires)
            ON CONFLICT (tenant_id) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at, expires_at = excluded.expires_at, used_at = NULL
            """,
            ("tenant", tenant), ("hash", OpaqueToken.Hash(token)), ("now", now), ("expires", now + (long)Life.TotalMilliseconds));
        // Asked after the row is ours: a set-up under way has ended by now.
        if (!await Needed(s, tenant))
            throw new Refusal(SetupErrors.Done);
        await audit.Write(s, Caller.System with { TenantId = tenant }, "setup.link_created", Target);
        return token;
    }

    /// <summary>Would the token make an owner now?</summary>
    public async ValueTask<bool> Valid(ReadTx s, string tenant, string token) =>
        await s.Number("SELECT COUNT(*) FROM setup_links WHERE tenant_id = @tenant AND token_hash = @hash AND used_at IS NULL AND expires_at > @now",
            ("tenant", tenant), ("hash", OpaqueToken.Hash(token)), ("now", clock.GetUtcNow().ToUnixTimeMilliseconds())) == 1 && await Needed(s, tenant);

    /// <summary>Uses the token up, makes the owner and signs them in. Returns the id for the session cookie.</summary>
    /// <exception cref="Refusal">410 SETUP_LINK_INVALID when it is wrong, used or too old, or there is an owner; 422 on a field.</exception>
    public async ValueTask<string> Complete(WriteTx s, Caller who, string token, NewStaff owner)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var used = await s.Execute(
            "UPDATE setup_links SET used_at = @now WHERE tenant_id = @tenant AND token_hash = @hash AND used_at IS NULL AND expires_at > @now",
            ("now", now), ("tenant", who.TenantId), ("hash", OpaqueToken.Hash(token)));
        if (used == 0 || !await Needed(s, who.TenantId))
            throw new Refusal(SetupErrors.LinkInvalid);
        // Nobody is signed in yet: the link speaks with an owner's right, from the visitor's address.
        var setup = who with { Kind = "system", Name = "setup", Role = Role.Owner, Allowed = PermissionSet.Everything };
        var account = await accounts.Create(s, setup, owner with { Role = Role.Owner, Scope = "global", OneTime = false });
        await SignIns.RecordSuccess(s, setup, account.Id, account.Username, now);
        return await sessions.Open(s, setup, account.Id);
    }
}

/// <summary>With an owner there, a set-up link that is still open must lead nowhere.</summary>
internal sealed class SetupLinkCloser(TimeProvider clock) : IAccountObserver
{
    public async ValueTask Created(WriteTx tx, Account account)
    {
        if (account.Role == Role.Owner)
            await tx.Execute("UPDATE setup_links SET used_at = @now WHERE tenant_id = @tenant AND used_at IS NULL",
                ("now", clock.GetUtcNow().ToUnixTimeMilliseconds()), ("tenant", account.TenantId));
    }

    public ValueTask Removing(WriteTx tx, Account account) => ValueTask.CompletedTask;
}
