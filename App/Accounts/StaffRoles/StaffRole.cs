using System.Text.Json.Serialization;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Accounts.StaffRoles;

/// <summary>A role that was made here out of permissions. Times in unix milliseconds.</summary>
/// <param name="Name">Unique in the tenant, whatever the case.</param>
/// <param name="Permissions">By name, in the order of <see cref="PermissionCatalogue.All"/>.</param>
/// <param name="Staff">How many have it, disabled ones among them.</param>
/// <param name="Tokens">How many API tokens have it that may open something, now or later.</param>
public sealed record StaffRole(string Id, string TenantId, string Name, IReadOnlyList<string> Permissions, long CreatedAt, long ChangedAt, long Staff, long Tokens = 0)
{
    public const int MaxName = 60;
}

/// <summary>What changes to roles are refused with.</summary>
public static class RoleErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_ROLE");
    public static readonly ErrorCode InUse = new(409, "ROLE_IN_USE");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, InUse];
}

/// <summary>A role as REST shows it.</summary>
/// <param name="Staff">How many have it.</param>
/// <param name="Tokens">API tokens that have it and are neither revoked nor expired.</param>
internal sealed record RoleView(string Id, string Name, IReadOnlyList<string> Permissions, long Staff, long Tokens, string CreatedAt, string ChangedAt)
{
    public static RoleView Of(StaffRole r) => new(r.Id, r.Name, r.Permissions, r.Staff, r.Tokens, Format.Iso(r.CreatedAt), Format.Iso(r.ChangedAt));
}

internal sealed record BuiltInRole(string Name, IReadOnlyList<string> Permissions);

/// <param name="BuiltIn">Those that are always there, the greatest first; nobody changes them.</param>
internal sealed record RoleList(bool Success, IReadOnlyList<RoleView> Items, string? Next, IReadOnlyList<BuiltInRole> BuiltIn);

internal sealed record RoleResponse(bool Success, RoleView Role);

internal sealed record RoleBody(string? Name = null, string[]? Permissions = null);

/// <summary>What the audit log keeps of a role before and after a change.</summary>
internal sealed record RoleAudit(string Name, IReadOnlyList<string> Permissions);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(RoleList))]
[JsonSerializable(typeof(RoleResponse))]
[JsonSerializable(typeof(RoleBody))]
[JsonSerializable(typeof(RoleAudit))]
internal sealed partial class RoleJson : JsonSerializerContext;
