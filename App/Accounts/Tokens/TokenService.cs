using System.Text.Json;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Tokens;

/// <summary>API tokens: one method a use case, each to be called inside one transaction.</summary>
public sealed class TokenService(AuditWriter audit, CredentialCache credentials, PermissionCatalogue permissions, TimeProvider clock) : IAccountObserver
{
    /// <summary>
    /// Makes a token and returns it with its secret, which is not kept anywhere. One made by a token belongs to the person
    /// behind it: it must not outlive them.
    /// </summary>
    /// <exception cref="Refusal">422 on a field, 403 OWNERS_ONLY or ROLE_TOO_HIGH.</exception>
    public async ValueTask<(ApiToken Token, string Plaintext)> Create(WriteTx s, Caller who, NewToken wanted)
    {
        // As it is now: a role may have been changed, or be gone.
        var role = wanted.MadeRole is null ? null : await CustomRoles.Lock(s, who.TenantId, wanted.MadeRole) ?? throw Refusal.Field("role", "accounts.field.staff_role");
        var rank = role is null ? wanted.Role : permissions.Rank(role.Permissions);
        StaffRules.MayGive(who, rank);
        var checks = new FieldChecks();
        var name = checks.Text("name", wanted.Name, 1, TokenRules.MaxName);
        var scopes = TokenRules.Scopes(permissions, checks, who, rank, wanted.Scopes, role);
        if (wanted.ExpiresAt <= Now())
            checks.Wrong("expires_at", "accounts.field.expires_past");
        checks.ThrowIfAny();
        var id = Ids.New();
        var secret = OpaqueToken.Create(TokenRules.Prefix);
        var made = new ApiToken(id, who.TenantId, name, rank, scopes, await CallerAccount.Lock(s, who), null, true, Now(), wanted.ExpiresAt, null, null, null)
        {
            Made = role, MadeByToken = CallerAccount.Token(who),
        };
        await TokenStore.Insert(s, made, OpaqueToken.Hash(secret));
        credentials.ForgetAfter(s);
        var token = await Get(s, who.TenantId, id);
        await audit.Write(s, who, "token.created", Target(token), after: State(token));
        return (token, secret);
    }

    /// <summary>One page of the tokens that the filter lets through, newest first.</summary>
    public ValueTask<Slice<ApiToken>> List(ReadTx s, string tenant, TokenFilter filter) => TokenStore.List(s, tenant, filter, Now());

    /// <exception cref="Refusal">404 NO_SUCH_TOKEN.</exception>
    public async ValueTask<ApiToken> Get(ReadTx s, string tenant, string id) =>
        await TokenStore.Find(s, tenant, id) ?? throw new Refusal(TokenErrors.NotFound);

    /// <summary>Changes name and scopes; null leaves one as it is. Another role or expiry takes another token.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_TOKEN, 403 OWNERS_ONLY or ROLE_TOO_HIGH, 409 TOKEN_REVOKED, 422 on a field.</exception>
    public async ValueTask<ApiToken> Change(WriteTx s, Caller who, string id, string? name, IReadOnlyCollection<string>? scopes)
    {
        var before = await ToChange(s, who, id);
        StaffRules.MayGive(who, before.Role);
        if (before.RevokedAt is not null)
            throw new Refusal(TokenErrors.Revoked);
        var checks = new FieldChecks();
        var after = before with
        {
            Name = name is null ? before.Name : checks.Text("name", name, 1, TokenRules.MaxName),
            // What stays as it is is not given by the caller.
            Scopes = scopes is null || before.Scopes.ToHashSet().SetEquals(scopes) ? before.Scopes : TokenRules.Scopes(permissions, checks, who, before.Role, scopes, before.Made),
        };
        checks.ThrowIfAny();
        if (after == before)
            return before;
        await CallerAccount.Lock(s, who);
        await TokenStore.Update(s, after);
        credentials.ForgetAfter(s);
        await audit.Write(s, who, "token.changed", Target(after), State(before), State(after));
        return after;
    }

    /// <summary>Ends a token for good. Doing it again changes nothing.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_TOKEN, 403 OWNERS_ONLY.</exception>
    public async ValueTask<ApiToken> Revoke(WriteTx s, Caller who, string id)
    {
        var before = await ToChange(s, who, id);
        if (!await TokenStore.Revoke(s, who.TenantId, id, Now()))
            return before;
        credentials.ForgetAfter(s);
        var after = before with { RevokedAt = Now() };
        await audit.Write(s, who, "token.revoked", Target(after), State(before), State(after));
        return after;
    }

    ValueTask IAccountObserver.Created(WriteTx tx, Account account) => ValueTask.CompletedTask;

    ValueTask IAccountObserver.Removing(WriteTx tx, Account account) => TokenStore.RevokeAllOf(tx, account.TenantId, account.Id, Now());

    private static async ValueTask<ApiToken> ToChange(WriteTx s, Caller who, string id)
    {
        var token = await TokenStore.FindLocked(s, who.TenantId, id) ?? throw new Refusal(TokenErrors.NotFound);
        return TokenRules.MayManage(who, token) ? token : throw new Refusal(who.Global || !token.IsGlobal ? StaffErrors.OwnersOnly : StaffErrors.ScopeTooWide);
    }

    private static AuditTarget Target(ApiToken t) => new("token", t.Id, t.Name);

    private static string State(ApiToken t) => JsonSerializer.Serialize(
        new TokenAudit(t.Name, t.RoleName, t.Scopes, Format.Iso(t.ExpiresAt), t.RevokedAt is not null), TokenJson.Default.TokenAudit);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What the audit log keeps of an API token before and after a change.</summary>
internal sealed record TokenAudit(string Name, string Role, IReadOnlyList<string> Scopes, string? ExpiresAt, bool Revoked);
