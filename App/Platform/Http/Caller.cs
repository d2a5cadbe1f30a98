using Gatehouse.Platform.Hosting;

namespace Gatehouse.Platform.Http;

/// <summary>Who makes a request, and from where.</summary>
/// <param name="TenantId">In which they act.</param>
/// <param name="Kind"><c>public</c>, <c>customer</c>, <c>staff</c>, <c>token</c>, <c>cli</c> or <c>system</c>.</param>
/// <param name="Name">For people: shown in the audit log.</param>
public sealed record Caller(string TenantId, string Kind, string? Id, string Name, Role? Role, PermissionSet Allowed, string? Ip, string? UserAgent)
{
    public const string DefaultTenant = "default";

    /// <summary>The name of whoever has not said who they are.</summary>
    public const string PublicName = "public";

    /// <param name="tenant">The one whose site it is.</param>
    public static Caller Public(string? ip, string? userAgent, string tenant = DefaultTenant) =>
        new(tenant, "public", null, PublicName, null, PermissionSet.None, ip, userAgent);

    /// <summary>The program itself: scheduled jobs, first start.</summary>
    public static Caller System { get; } = new(DefaultTenant, "system", null, "Gatehouse", Http.Role.Owner, PermissionSet.Everything, null, null);

    /// <summary>A person at the shell of the server.</summary>
    public static Caller Cli { get; } = new(DefaultTenant, "cli", null, $"cli ({OperatingUser.Name})", Http.Role.Owner, PermissionSet.Everything, null, null);

    public bool May(Permission permission) => Allowed.Contains(permission) && (Global || !permission.OfAppliance);

    /// <summary>Where the account or token itself belongs: another than <see cref="TenantId"/> while staff of the whole appliance act in one of its tenants.</summary>
    public string HomeTenant { get; init; } = TenantId;

    /// <summary>Of the whole appliance, not of one tenant: may act in each.</summary>
    public bool Global { get; init; } = TenantId == DefaultTenant;

    /// <summary>The tenant that the address names, which every link keeps; null while it is their own.</summary>
    public string? Kept { get; init; }

    /// <summary>What their role is called where it was made here out of permissions; <see cref="Role"/> is then the least built-in one that may do as much.</summary>
    public string? RoleName { get; init; }

    /// <summary>They are at this machine itself, and no proxy stands between.</summary>
    public bool IsLocal { get; init; }

    /// <summary>What the member of staff is called who sees this customer's pages and is none; null for everybody else.</summary>
    public string? LookedAtBy { get; init; }

    /// <summary>The session's id hash for who is signed in; null for others.</summary>
    public string? SessionId { get; init; }

    public bool IsCustomer => Kind == "customer";

    /// <summary>A customer whose password the program made up: it opens nothing but the choice of another.</summary>
    public bool MustChoosePassword { get; init; }

    /// <summary>When the session's person last showed their password or a code, unix milliseconds; null for never and for whoever has no session.</summary>
    public long? ProvedAt { get; init; }

    /// <summary>When they last showed a code: the second step of signing in. Null for never.</summary>
    public long? SecondFactorAt { get; init; }

    /// <summary>The path that their browser is led to whatever page they ask for, until what must be done there is done; null when nothing must.</summary>
    public string? MustFirst { get; init; }

    /// <summary>The account that a token speaks for: that of the person who made it. Null for tokens of the shell and for whoever is no token.</summary>
    public string? SpeaksFor { get; init; }

    /// <summary>The account behind the caller, whether they came by a session or by a token of theirs. Rules about oneself compare this.</summary>
    public string? AccountId => Kind is "staff" or "customer" ? Id : SpeaksFor;

    /// <summary>A token's scopes as they were stored when it was looked up; null for whoever is no token.</summary>
    public string? Scopes { get; init; }
}
