using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Tokens;

/// <summary>An API token, without its secret: of that only the hash is stored. Times in unix milliseconds.</summary>
/// <param name="Scopes">Permissions, or <see cref="TokenRules.Everything"/> alone. Nothing named is nothing allowed.</param>
/// <param name="MadeBy">The id of the account that made it, or <c>cli</c>.</param>
/// <param name="MakerName">Null when it was made at the shell, or the account is gone.</param>
/// <param name="MakerActive">False when the account that made it is disabled: then the token opens nothing.</param>
public sealed record ApiToken(
    string Id, string TenantId, string Name, Role Role, IReadOnlyList<string> Scopes, string MadeBy, string? MakerName, bool MakerActive,
    long CreatedAt, long? ExpiresAt, long? LastUsedAt, string? LastUsedIp, long? RevokedAt)
{
    /// <summary>The role that was made here, where it has such a one; <see cref="Role"/> is then the least built-in one that may do as much.</summary>
    public CustomRole? Made { get; init; }

    /// <summary>The role by its name in REST.</summary>
    public string RoleName => Made?.Name ?? Role.Name();

    /// <summary>The present role of the account that made it; null for one made at the shell.</summary>
    public Role? MakerRole { get; init; }

    /// <summary>It speaks for the shell, or for somebody who works for all tenants, and belongs to the main one: then it may act for the whole.</summary>
    public bool IsGlobal { get; init; }

    /// <summary>The token that it was made with; null when a person or the shell made it.</summary>
    public string? MadeByToken { get; init; }

    /// <summary>What that token is called.</summary>
    public string? MadeByTokenName { get; init; }

    /// <summary>Tokens or staff were made with it.</summary>
    public bool HasMade { get; init; }

    /// <summary>May it do all that its role may, also what a later version adds?</summary>
    public bool AllScopes => TokenRules.IsEverything(Scopes);

    /// <summary>All that <see cref="State"/> may be.</summary>
    public static readonly IReadOnlyList<string> States = ["active", "suspended", "expired", "revoked"];

    /// <summary><c>active</c>, <c>expired</c>, <c>revoked</c>, or <c>suspended</c> while its maker is disabled.</summary>
    public string State(long now) =>
        RevokedAt is not null ? "revoked" : ExpiresAt <= now ? "expired" : MakerActive ? "active" : "suspended";
}

/// <summary>A token to be.</summary>
/// <param name="Scopes">Permissions, or <see cref="TokenRules.Everything"/>; null is as much as its maker may give.</param>
/// <param name="ExpiresAt">Unix milliseconds; null is never.</param>
/// <param name="MadeRole">Id or name of a role that was made here; it goes before <paramref name="Role"/>.</param>
public sealed record NewToken(string Name, Role Role, IReadOnlyCollection<string>? Scopes, long? ExpiresAt, string? MadeRole = null);

/// <summary>What a list of tokens is narrowed by.</summary>
/// <param name="State">One of <see cref="ApiToken.States"/>; null is all.</param>
public sealed record TokenFilter(string? Query = null, string? State = null, string? After = null, int Limit = Cursor.DefaultLimit);

/// <summary>What a token may hold and what it may do.</summary>
public static class TokenRules
{
    /// <summary>Every token begins with it, so that a leaked one is found by those who search for such.</summary>
    public const string Prefix = "gh_";

    public const int SecretLength = 46;
    public const int MaxName = 80;

    /// <summary>The scope that is all that the role may, also what a later version adds to it. It stands alone.</summary>
    public const string Everything = "*";

    /// <summary>May the caller change or end it? An owner's tokens are owners' to manage, as owners are; those that act for the whole are of who does; one's own are one's own, however one came.</summary>
    public static bool MayManage(Caller who, ApiToken token) =>
        token.MadeBy == who.AccountId || ((who.Role == Role.Owner || (token.MakerRole ?? token.Role) != Role.Owner) && (who.Global || !token.IsGlobal));

    /// <summary>Are these scopes all that the role may?</summary>
    public static bool IsEverything(IReadOnlyCollection<string> scopes) => scopes.Count == 1 && scopes.First() == Everything;

    /// <summary>
    /// The scopes in the order of <see cref="PermissionCatalogue.All"/>, refused on field <c>scopes</c> where there is none, or one is
    /// unknown, not the role's, or not the caller's own to give. Null asks for all of the role's, as far as the caller has them.
    /// </summary>
    /// <param name="made">Set for a role that was made here.</param>
    public static IReadOnlyList<string> Scopes(PermissionCatalogue permissions, FieldChecks checks, Caller who, Role role, IReadOnlyCollection<string>? asked, CustomRole? made = null)
    {
        var all = permissions.Of(role, made);
        var possible = permissions.All.Where(all.Contains).ToList();
        // A token that names its scopes gains nothing with a later version, so what it makes must not either; nor does one whose role is made of names, but with its role.
        var everything = who.Scopes is null or Everything && (who.Scopes is null || who.RoleName is null || who.RoleName == made?.Name) && permissions.Covers(who.Allowed, all);
        if (asked is null)
        {
            if (everything)
                return [Everything];
            if (!possible.Any(who.May))
                checks.Wrong("scopes", "accounts.field.scope_none");
            return [.. possible.Where(who.May).Select(p => p.Name)];
        }
        if (IsEverything(asked))
        {
            if (!everything)
                checks.Wrong("scopes", "accounts.field.scope_all_own");
            return [Everything];
        }
        if (asked.Count == 0)
            checks.Wrong("scopes", "accounts.field.scopes_empty");
        else if (asked.Contains(Everything))
            checks.Wrong("scopes", "accounts.field.scope_alone");
        else if (asked.FirstOrDefault(name => permissions.All.All(p => p.Name != name)) is { } unknown)
            checks.Wrong("scopes", "accounts.field.scope_unknown", unknown);
        else if (asked.FirstOrDefault(name => possible.All(p => p.Name != name)) is { } beyond)
            checks.Wrong("scopes", "accounts.field.scope_role", beyond);
        else if (asked.FirstOrDefault(name => !possible.Any(p => p.Name == name && who.May(p))) is { } notOwn)
            checks.Wrong("scopes", "accounts.field.scope_own", notOwn);
        return [.. permissions.All.Select(p => p.Name).Where(asked.Contains)];
    }

    /// <summary>What a token may do: its scopes, within what its role may, within what its maker's role may today.</summary>
    /// <param name="maker">The present role of the account that made it; null for one made at the shell.</param>
    /// <param name="made">What the maker's role may where that was made here; null for a built-in one.</param>
    /// <param name="own">The same of the token's own role.</param>
    public static (Role Role, PermissionSet Allowed) Effective(
        PermissionCatalogue permissions, Role role, Role? maker, IReadOnlyCollection<string> scopes, IReadOnlyCollection<string>? made = null, IReadOnlyCollection<string>? own = null)
    {
        var effective = maker < role ? maker.Value : role;
        var allowed = permissions.Of(effective);
        foreach (var names in new[] { made, own }.OfType<IReadOnlyCollection<string>>())
            allowed = PermissionSet.Of(names.Where(allowed.Contains));
        return (effective, IsEverything(scopes) ? allowed : PermissionSet.Of(scopes.Where(allowed.Contains)));
    }
}
