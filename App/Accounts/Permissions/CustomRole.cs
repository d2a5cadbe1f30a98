using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Permissions;

/// <summary>A role that was made here out of permissions, as far as whoever has it is concerned.</summary>
/// <param name="Name">Unique in the tenant, and none of the built-in roles' names.</param>
/// <param name="Permissions">Names; one that no feature declares any more allows nothing.</param>
public sealed record CustomRole(string Id, string Name, IReadOnlyList<string> Permissions)
{
    /// <summary>Of how it is stored: the names parted by spaces.</summary>
    public static IReadOnlyList<string> Split(string permissions) => permissions.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>What roles may do, be they built in or made here.</summary>
public static class RoleRights
{
    /// <summary>What somebody of that role may do.</summary>
    /// <param name="made">Set for a role that was made here; <paramref name="role"/> is then its <see cref="Rank"/>.</param>
    public static PermissionSet Of(this PermissionCatalogue permissions, Role role, CustomRole? made) =>
        made is null ? permissions.Of(role) : PermissionSet.Of(made.Permissions);

    /// <summary>May somebody who may do the one do all of the other?</summary>
    public static bool Covers(this PermissionCatalogue permissions, PermissionSet own, PermissionSet other) => permissions.All.Where(other.Contains).All(own.Contains);

    /// <summary>The least built-in role that may do all of that: what a role that was made here counts as wherever roles are compared.</summary>
    public static Role Rank(this PermissionCatalogue permissions, IReadOnlyCollection<string> names) =>
        permissions.All.Where(p => names.Contains(p.Name)).Select(p => p.Least).DefaultIfEmpty(Role.Analyst).Max();
}
