using System.Net;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tenants;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;
using CredentialCache = Gatehouse.Accounts.Sessions.CredentialCache;

namespace Gatehouse.Accounts.SignIn;

/// <summary>
/// Finds out who makes a request: pages by the session cookie, the REST faces by <c>Authorization: Bearer</c> and nothing else.
/// A request that carries neither costs no lookup.
/// </summary>
internal sealed partial class Authenticator(CredentialCache cache, Database db, Cookies cookies, SessionStore sessions, PermissionCatalogue permissions, ITenants tenants, TimeProvider clock, ILogger<Authenticator> log) : IAuthenticator
{
    private const string Scheme = "Bearer ";
    private const int SessionIdLength = 43;

    /// <summary>A customer's session as REST carries it: behind this, its id.</summary>
    internal const string AccessTokenPrefix = "ghu_";

    private const int MaxUserAgent = 300;
    private static readonly string[] ProxyHeaders = ["X-Forwarded-For", "X-Original-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"];

    // Of whoever is signed in, about themselves.
    private const string OwnPages = "/admin/account";

    public ValueTask<Caller> Authenticate(HttpContext ctx)
    {
        var stranger = Stranger(ctx);
        if (ctx.IsApi())
            return Bearer(ctx) is not { } secret ? new(stranger)
                : secret.StartsWith(TokenRules.Prefix, StringComparison.Ordinal) ? Known(OpaqueToken.Hash(secret), FindToken, stranger)
                : Known(OpaqueToken.Hash(secret[AccessTokenPrefix.Length..]), FindSession, stranger);
        return cookies.Get(ctx, Cookies.Session) is { Length: SessionIdLength } id ? Signed(ctx, OpaqueToken.Hash(id), stranger) : new(stranger);
    }

    private async ValueTask<Caller> Signed(HttpContext ctx, string hash, Caller stranger)
    {
        var caller = await Known(hash, FindSession, stranger);
        return caller.Role is not null && ctx.Request.QueryString.HasValue ? await Placed(ctx, caller) : caller;
    }

    // Staff of the whole appliance act in the tenant that the address names; what is about themselves, or about the whole, is where they belong.
    private async ValueTask<Caller> Placed(HttpContext ctx, Caller caller)
    {
        if (!ctx.Request.Path.StartsWithSegments("/admin") || ctx.Request.Query[KeptTenant.Parameter].Distinct().ToList() is not [{ Length: > 0 } named] || named == caller.TenantId)
            return caller;
        // Whoever is turned away is still who they are.
        ctx.Features.Set(caller);
        if (!caller.Global)
            throw new Refusal(HttpErrors.Forbidden);
        if (!CanLookAt(named))
        {
            await tenants.Refresh(now: true);
            if (!CanLookAt(named))
                throw new Refusal(TenantErrors.NotFound);
        }
        var own = ctx.Request.Path.StartsWithSegments(OwnPages) || ctx.GetEndpoint()?.Metadata.GetMetadata<AccessRule>()?.Permission is { OfAppliance: true };
        return caller with { TenantId = own ? caller.HomeTenant : named, Kept = named };
    }

    private bool CanLookAt(string tenant) => tenants.Find(tenant) is { State: not TenantState.Removing };

    public Caller Stranger(HttpContext ctx)
    {
        string? agent = ctx.Request.Headers.UserAgent;
        return Caller.Public(Address(ctx.Connection.RemoteIpAddress), agent?.Length > MaxUserAgent ? agent[..MaxUserAgent] : agent, tenants.OfHost(ctx.Request.Host.Host)) with { IsLocal = IsLocal(ctx) };
    }

    private static string? Bearer(HttpContext ctx)
    {
        string? header = ctx.Request.Headers.Authorization;
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var secret = header.AsSpan(Scheme.Length).Trim();
        return secret is { Length: TokenRules.SecretLength } && secret.StartsWith(TokenRules.Prefix, StringComparison.Ordinal)
            || secret.Length == AccessTokenPrefix.Length + SessionIdLength && secret.StartsWith(AccessTokenPrefix, StringComparison.Ordinal) ? secret.ToString() : null;
    }

    private async ValueTask<Caller> Known(string hash, Func<ReadTx, string, ValueTask<Credential?>> find, Caller stranger)
    {
        if (await cache.Get(hash, s => find(s, hash)) is not { } credential)
            return stranger;
        var caller = credential.Caller with { Ip = stranger.Ip, UserAgent = stranger.UserAgent, IsLocal = stranger.IsLocal };
        var now = Now();
        if (credential.ClaimNote(now))
            await Note(caller, credential, now);
        return caller;
    }

    private async Task Note(Caller caller, Credential credential, long now)
    {
        try
        {
            await db.Write(s => caller.SessionId is { } session
                ? sessions.Touch(s, caller.TenantId, session, credential.CreatedAt)
                : TokenStore.Touch(s, caller.TenantId, caller.Id!, caller.Ip, now));
        }
        catch (StorageException e)
        {
            // A full disk must not keep people from reading.
            NotNoted(log, caller.IsCustomer ? caller.Id! : caller.Name, e.Message);
        }
    }

    private async ValueTask<Credential?> FindSession(ReadTx s, string hash)
    {
        var now = Now();
        return await s.One(
            """
            SELECT s.tenant_id, s.account_id, s.created_at, s.last_seen_at, s.expires_at, COALESCE(NULLIF(a.display_name, ''), a.email, a.username), a.role, a.password_one_time, a.kind,
              s.proved_at, s.second_factor_at, (SELECT t.confirmed_at FROM two_factors t WHERE t.account_id = a.id), (SELECT v.value FROM settings v WHERE v.tenant_id = s.tenant_id AND v.name = @roles),
              r.id, r.name, r.permissions, a.role_scope
            FROM sessions s JOIN accounts a ON a.id = s.account_id AND a.tenant_id = s.tenant_id LEFT JOIN staff_roles r ON r.id = a.role_id AND r.tenant_id = a.tenant_id
            WHERE s.id_hash = @hash AND s.expires_at > @now AND a.disabled_at IS NULL AND a.pending = 0
              AND EXISTS (SELECT 1 FROM tenants b WHERE b.id = s.tenant_id AND b.state = 'open')
            """,
            r => new Credential(SignedIn(r, hash), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4)),
            ("hash", hash), ("now", now), ("roles", TwoFactorSettings.RequiredRoles.Name));
    }

    private Caller SignedIn(Row r, string hash)
    {
        var oneTime = r.GetInt64(7) == 1;
        if (r.GetString(8) == "customer")
            return new Caller(r.GetString(0), "customer", r.GetString(1), r.GetString(5), null, PermissionSet.None, null, null)
            {
                SessionId = hash, MustChoosePassword = oneTime, ProvedAt = r.LongOrNull(9), SecondFactorAt = r.LongOrNull(10),
            };
        var role = Roles.Parse(r.TextOrNull(6)) ?? Role.Analyst;
        var made = r.TextOrNull(13) is { } id ? new CustomRole(id, r.GetString(14), CustomRole.Split(r.GetString(15))) : null;
        // Who was handed a password by the program may do nothing until they have chosen their own; who must have a second factor, nothing but set it up.
        var mustSetUp = !oneTime && r.IsDBNull(11) && TwoFactorSettings.Requires(r.TextOrNull(12), role);
        return new Caller(r.GetString(0), "staff", r.GetString(1), r.GetString(5), role, oneTime || mustSetUp ? PermissionSet.None : permissions.Of(role, made), null, null)
        {
            RoleName = made?.Name, Global = IsGlobal(r.GetString(0), r.GetString(16)), SessionId = hash, ProvedAt = r.LongOrNull(9), SecondFactorAt = r.LongOrNull(10), MustFirst = mustSetUp ? TwoFactorSettings.SetUpPath : null,
        };
    }

    private async ValueTask<Credential?> FindToken(ReadTx s, string hash)
    {
        var now = Now();
        return await s.One(
            $"""
            SELECT t.id, t.tenant_id, t.name, t.role, t.scopes, t.last_used_at, t.expires_at, a.role, a.id, r.permissions, a.tenant_id, a.role_scope, o.name, o.permissions
            FROM api_tokens t LEFT JOIN accounts a ON {TokenStore.Maker} LEFT JOIN staff_roles r ON r.id = a.role_id AND r.tenant_id = a.tenant_id
              LEFT JOIN staff_roles o ON o.id = t.role_id
            WHERE t.token_hash = @hash AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > @now)
              AND {TokenStore.MakerActive} AND EXISTS (SELECT 1 FROM tenants b WHERE b.id = t.tenant_id AND b.state = 'open')
            """,
            r =>
            {
                var (role, allowed) = TokenRules.Effective(
                    permissions, Roles.Parse(r.GetString(3)) ?? Role.Analyst, Roles.Parse(r.TextOrNull(7)), TokenStore.Split(r.GetString(4)),
                    r.TextOrNull(9) is { } made ? CustomRole.Split(made) : null, r.TextOrNull(13) is { } own ? CustomRole.Split(own) : null);
                return new Credential(
                    new Caller(r.GetString(1), "token", r.GetString(0), r.GetString(2), role, allowed, null, null)
                    {
                        Scopes = r.GetString(4), RoleName = r.TextOrNull(12), SpeaksFor = r.TextOrNull(8), HomeTenant = r.TextOrNull(10) ?? r.GetString(1), Global = IsGlobal(r.GetString(1), r.TextOrNull(11)),
                    },
                    0, r.LongOrNull(5) ?? 0, r.LongOrNull(6) ?? long.MaxValue);
            },
            ("hash", hash), ("now", now));
    }

    // Behind a proxy of this machine everybody would be local.
    private static bool IsLocal(HttpContext ctx) =>
        ctx.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) && !ProxyHeaders.Any(ctx.Request.Headers.ContainsKey);

    /// <param name="scope">Of the account; null where the shell stands behind a token.</param>
    private static bool IsGlobal(string tenant, string? scope) => tenant == Caller.DefaultTenant && (scope is null or "global");

    private static string? Address(IPAddress? address) =>
        address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString();

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The use of a credential of {Name} was not noted: {Reason}")]
    private static partial void NotNoted(ILogger log, string name, string reason);
}
