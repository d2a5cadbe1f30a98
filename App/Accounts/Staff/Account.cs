using System.Text.RegularExpressions;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Staff;

/// <summary>A member of staff. Times in unix milliseconds.</summary>
/// <param name="Username">Lower case, unique in the tenant.</param>
/// <param name="Role">Of a role that was made here, the least built-in one that may do as much.</param>
/// <param name="Scope">Of <see cref="StaffScope"/>.</param>
/// <param name="OneTime">The password was made up by the program and opens nothing until another is chosen.</param>
/// <param name="LockedUntil">Until then it is closed to an address, or a browser, that wrong passwords came from.</param>
/// <param name="TwoFactorAt">Since when signing in asks for a code as well; null when it does not.</param>
public sealed record Account(
    string Id, string TenantId, string Username, string DisplayName, Role Role, string Scope, long CreatedAt, long PasswordChangedAt,
    bool OneTime, long? LastSignInAt, long? DisabledAt, long? LockedUntil, long? TwoFactorAt = null)
{
    /// <summary>The role that was made here, where they have such a one.</summary>
    public CustomRole? Made { get; init; }

    /// <summary>They may act in every tenant.</summary>
    public bool IsGlobal => TenantId == Caller.DefaultTenant && Scope == StaffScope.Global;

    /// <summary>The role by its name in REST.</summary>
    public string RoleName => Made?.Name ?? Role.Name();

    /// <summary>It can be signed in to by a passkey.</summary>
    public bool HasPasskeys { get; init; }

    /// <summary><c>active</c>, <c>disabled</c> or <c>locked</c>.</summary>
    public string State(long now) => DisabledAt is not null ? "disabled" : LockedUntil > now ? "locked" : "active";
}

/// <summary>A member of staff to be. The password is hashed already: that work must never run inside a transaction.</summary>
/// <param name="Scope">Of <see cref="StaffScope"/>; null: as far as whoever adds them works.</param>
/// <param name="OneTime">The person must choose another password at the first sign-in.</param>
/// <param name="MadeRole">Id or name of a role that was made here; it goes before <paramref name="Role"/>.</param>
public sealed record NewStaff(string Username, string DisplayName, Role Role, string PasswordHash, string? Scope = null, bool OneTime = false, string? MadeRole = null);

/// <summary>What to change of an account; null leaves it as it is.</summary>
/// <param name="MadeRole">Id or name of a role that was made here; it goes before <paramref name="Role"/>.</param>
/// <param name="Scope">Of <see cref="StaffScope"/>.</param>
public sealed record StaffChange(string? DisplayName = null, Role? Role = null, bool? Disabled = null, string? MadeRole = null, string? Scope = null);

/// <summary>How far somebody works, by its name in tables, REST and forms.</summary>
public static class StaffScope
{
    /// <summary>For the whole appliance: in each of its tenants. Only staff of the main one.</summary>
    public const string Global = "global";

    /// <summary>For their own tenant alone.</summary>
    public const string Tenant = "tenant";
}

/// <summary>Roles by their names in tables, REST and forms.</summary>
public static class Roles
{
    /// <summary>The greatest first.</summary>
    public static readonly IReadOnlyList<Role> All = [Role.Owner, Role.Admin, Role.Operator, Role.Analyst];

    public static string Name(this Role role) => role switch
    {
        Role.Owner => "owner",
        Role.Admin => "admin",
        Role.Operator => "operator",
        _ => "analyst",
    };

    /// <summary>The role of that name, null for another word.</summary>
    public static Role? Parse(string? name) => name switch
    {
        "owner" => Role.Owner,
        "admin" => Role.Admin,
        "operator" => Role.Operator,
        "analyst" => Role.Analyst,
        _ => null,
    };
}

/// <summary>A role as people name it: a built-in one, or one that was made here.</summary>
/// <param name="BuiltIn">Null for one that was made here, or for none.</param>
/// <param name="Made">Its id or name, not looked up yet.</param>
public readonly record struct RoleChoice(Role? BuiltIn, string? Made)
{
    public bool IsEmpty => BuiltIn is null && Made is null;

    /// <summary>What stands where a built-in role must; <see cref="Made"/> goes before it.</summary>
    public Role Rank => BuiltIn ?? Role.Analyst;

    public static RoleChoice Of(string? typed) =>
        Roles.Parse(typed) is { } role ? new(role, null) : new(null, string.IsNullOrWhiteSpace(typed) ? null : typed);
}

/// <summary>Who may do what to whom among staff. What needs the database's word (the last owner) is decided in <see cref="AccountService"/>.</summary>
public static partial class StaffRules
{
    public const int MaxUsername = 64;
    public const int MaxDisplayName = 80;

    /// <summary>Names as they are stored and compared.</summary>
    public static string Normalize(string? username) => (username ?? "").Trim().ToLowerInvariant();

    /// <summary>2 to 64 of a-z 0-9 . _ - @, starting with a letter or digit. Returns it in lower case even when it is wrong.</summary>
    public static string Username(FieldChecks checks, string field, string? value)
    {
        var name = Normalize(value);
        if (name.Length == 0)
            checks.Wrong(field, "field.required");
        else if (!UsernamePattern().IsMatch(name))
            checks.Wrong(field, "accounts.field.username");
        return name;
    }

    /// <exception cref="Refusal">403 OWNERS_ONLY: the account is an owner and the caller is not.</exception>
    public static void MayManage(Caller who, Role target)
    {
        if (target == Role.Owner && who.Role != Role.Owner)
            throw new Refusal(StaffErrors.OwnersOnly);
    }

    /// <exception cref="Refusal">403 OWNERS_ONLY, or SCOPE_TOO_WIDE: they work for the whole appliance, and the caller for one tenant.</exception>
    public static void MayManage(Caller who, Account target)
    {
        MayManage(who, target.Role);
        if (target.IsGlobal && !who.Global)
            throw new Refusal(StaffErrors.ScopeTooWide);
    }

    /// <summary>How far they are to work, as a form or REST says it, for the account <paramref name="now"/>.</summary>
    /// <param name="now">Null for one to be.</param>
    /// <exception cref="Refusal">403 SCOPE_TOO_WIDE: the caller works for one tenant, or changes it and is no owner.</exception>
    public static string Scope(FieldChecks checks, Caller who, string? wanted, string? now)
    {
        var scope = wanted ?? now ?? (who is { TenantId: Caller.DefaultTenant, Global: true } ? StaffScope.Global : StaffScope.Tenant);
        if (scope is not (StaffScope.Global or StaffScope.Tenant))
            checks.Wrong("scope", "accounts.field.scope");
        else if (scope == StaffScope.Global && who.TenantId != Caller.DefaultTenant)
            checks.Wrong("scope", "accounts.field.scope_main");
        else if (now is null ? scope == StaffScope.Global && !who.Global : scope != now && who is not { Global: true, Role: Role.Owner })
            throw new Refusal(StaffErrors.ScopeTooWide);
        return scope;
    }

    /// <exception cref="Refusal">403 OWNERS_ONLY or ROLE_TOO_HIGH: the role is above the caller's own.</exception>
    public static void MayGive(Caller who, Role role)
    {
        MayManage(who, role);
        if (who.Role is not { } own || role > own)
            throw new Refusal(StaffErrors.RoleTooHigh);
    }

    /// <summary>May the caller make somebody who may do all that this role may, or take over such an account?</summary>
    /// <exception cref="Refusal">403 OWNERS_ONLY or ROLE_TOO_HIGH: the role may do something that the caller may not, whatever the caller's own is called.</exception>
    public static void MayGrant(PermissionCatalogue permissions, Caller who, Role role, CustomRole? made = null)
    {
        MayGive(who, role);
        if (!permissions.Covers(who.Allowed, permissions.Of(role, made)))
            throw new Refusal(StaffErrors.RoleTooHigh);
    }

    /// <summary>May the caller give the account this role?</summary>
    /// <exception cref="Refusal">403 OWNERS_ONLY, SCOPE_TOO_WIDE, ROLE_TOO_HIGH or RAISE_SELF.</exception>
    public static void MayChangeRole(PermissionCatalogue permissions, Caller who, Account target, Role role, CustomRole? made = null)
    {
        MayManage(who, target);
        if (IsSelf(who, target) && (role > target.Role || !permissions.Covers(permissions.Of(target.Role, target.Made), permissions.Of(role, made))))
            throw new Refusal(StaffErrors.RaiseSelf);
        MayGrant(permissions, who, role, made);
    }

    public static bool IsSelf(Caller who, Account target) => who.AccountId == target.Id;

    [GeneratedRegex("^[a-z0-9][a-z0-9._@-]{1,63}$")]
    private static partial Regex UsernamePattern();
}

/// <summary>What changes to staff are refused with.</summary>
public static class StaffErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_STAFF");
    public static readonly ErrorCode OwnersOnly = new(403, "OWNERS_ONLY");
    public static readonly ErrorCode RoleTooHigh = new(403, "ROLE_TOO_HIGH");
    public static readonly ErrorCode ScopeTooWide = new(403, "SCOPE_TOO_WIDE");
    public static readonly ErrorCode RaiseSelf = new(403, "RAISE_SELF");
    public static readonly ErrorCode LastOwner = new(409, "LAST_OWNER");
    public static readonly ErrorCode SelfDisable = new(409, "SELF_DISABLE");
    public static readonly ErrorCode SelfReset = new(409, "SELF_RESET");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, OwnersOnly, RoleTooHigh, ScopeTooWide, RaiseSelf, LastOwner, SelfDisable, SelfReset];
}
