using System.Text.Json;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.StaffRoles;

/// <summary>Roles made of permissions: one method a use case, each to be called inside one command. Nobody puts into a role what they do not have themselves.</summary>
public sealed class RoleService(AuditWriter audit, CredentialCache credentials, PermissionCatalogue permissions, TimeProvider clock)
{
    private const string NameField = "name", PermissionsField = "permissions";

    /// <exception cref="Refusal">404 NO_SUCH_ROLE.</exception>
    public async ValueTask<StaffRole> Get(ReadTx s, string tenant, string id) => await RoleStore.Find(s, tenant, id, Now()) ?? throw new Refusal(RoleErrors.NotFound);

    /// <summary>All of a tenant, by name.</summary>
    public ValueTask<List<StaffRole>> All(ReadTx s, string tenant) => RoleStore.All(s, tenant, Now());

    /// <summary>One page, newest first.</summary>
    /// <exception cref="Refusal">422 on <c>q</c> or <c>after</c>.</exception>
    public ValueTask<Slice<StaffRole>> List(ReadTx s, string tenant, string? query, string? after, int limit) => RoleStore.List(s, tenant, SearchTerm.Of(query), after, limit, Now());

    /// <exception cref="Refusal">422 with all that is wrong, by field: the name may be taken, a permission may not be the caller's to give.</exception>
    public async ValueTask<StaffRole> Create(WriteTx s, Caller who, string? name, IReadOnlyCollection<string>? wanted)
    {
        var checks = new FieldChecks();
        var role = new StaffRole(Ids.New(), who.TenantId, CheckName(checks, name), CheckPermissions(checks, who, wanted ?? [], []), Now(), Now(), 0);
        checks.ThrowIfAny();
        await CallerAccount.Lock(s, who);
        if ((await RoleStore.All(s, who.TenantId, Now())).Count >= CustomRoles.Most)
            throw Refusal.Field(NameField, "roles.field.too_many", CustomRoles.Most);
        if (!await RoleStore.Insert(s, role))
            throw Refusal.Field(NameField, "roles.field.name_taken");
        await audit.Write(s, who, "role.created", Target(role), after: State(role));
        return role;
    }

    /// <summary>Changes name and permissions; null leaves one as it is. In force at once for all who have the role, and for their tokens.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_ROLE; 422 with all that is wrong, by field. What the role has already, it may keep.</exception>
    public async ValueTask<StaffRole> Change(WriteTx s, Caller who, string id, string? name, IReadOnlyCollection<string>? wanted)
    {
        var before = await RoleStore.FindLocked(s, who.TenantId, id, Now()) ?? throw new Refusal(RoleErrors.NotFound);
        var checks = new FieldChecks();
        var after = before with
        {
            Name = name is null ? before.Name : CheckName(checks, name),
            Permissions = wanted is null ? before.Permissions : CheckPermissions(checks, who, wanted, before.Permissions),
            ChangedAt = Now(),
        };
        checks.ThrowIfAny();
        var same = before.Permissions.SequenceEqual(after.Permissions);
        if (same && after.Name == before.Name)
            return before;
        if (await RoleStore.IsTaken(s, after))
            throw Refusal.Field(NameField, "roles.field.name_taken");
        await CallerAccount.Lock(s, who);
        await RoleStore.Update(s, after, permissions.Rank(after.Permissions));
        credentials.ForgetAfter(s);
        await audit.Write(s, who, "role.changed", Target(after), State(before), State(after));
        return after;
    }

    /// <exception cref="Refusal">404 NO_SUCH_ROLE, 409 ROLE_IN_USE.</exception>
    public async ValueTask<StaffRole> Remove(WriteTx s, Caller who, string id)
    {
        var role = await RoleStore.FindLocked(s, who.TenantId, id, Now()) ?? throw new Refusal(RoleErrors.NotFound);
        if (role.Staff + role.Tokens > 0)
            throw new Refusal(RoleErrors.InUse, role.Staff, role.Tokens);
        await RoleStore.Delete(s, role, Now());
        await audit.Write(s, who, "role.removed", Target(role), State(role));
        return role;
    }

    private static string CheckName(FieldChecks checks, string? typed)
    {
        var name = checks.Text(NameField, typed, 1, StaffRole.MaxName);
        if (Roles.Parse(name.ToLowerInvariant()) is not null)
            checks.Wrong(NameField, "roles.field.name_built_in");
        return name;
    }

    /// <summary>In the order in which they are shown.</summary>
    /// <param name="has">What the role has already: that is not given by the caller.</param>
    private IReadOnlyList<string> CheckPermissions(FieldChecks checks, Caller who, IReadOnlyCollection<string> wanted, IReadOnlyList<string> has)
    {
        if (wanted.Count == 0)
            checks.Wrong(PermissionsField, "roles.field.permissions_empty");
        else if (wanted.FirstOrDefault(name => permissions.All.All(p => p.Name != name)) is { } unknown)
            checks.Wrong(PermissionsField, "accounts.field.scope_unknown", unknown);
        else if (wanted.FirstOrDefault(name => !has.Contains(name) && !permissions.All.Any(p => p.Name == name && who.May(p))) is { } notOwn)
            checks.Wrong(PermissionsField, "accounts.field.scope_own", notOwn);
        return [.. permissions.All.Select(p => p.Name).Where(wanted.Contains)];
    }

    private static AuditTarget Target(StaffRole role) => new("role", role.Id, role.Name);

    private static string State(StaffRole role) => JsonSerializer.Serialize(new RoleAudit(role.Name, role.Permissions), RoleJson.Default.RoleAudit);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
