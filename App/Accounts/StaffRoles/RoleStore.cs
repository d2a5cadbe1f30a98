using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.StaffRoles;

/// <summary>The SQL of roles that were made here.</summary>
internal static class RoleStore
{
    private const string Select =
        """
        SELECT r.id, r.tenant_id, r.name, r.permissions, r.created_at, r.changed_at, (SELECT COUNT(*) FROM accounts a WHERE a.role_id = r.id),
          (SELECT COUNT(*) FROM api_tokens t WHERE t.role_id = r.id AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > @now))
        FROM staff_roles r WHERE r.tenant_id = @tenant
        """;

    private const string ById = Select + " AND r.id = @id";

    public static ValueTask<StaffRole?> Find(ReadTx s, string tenant, string id, long now) => s.One(ById, Read, ("tenant", tenant), ("id", id), ("now", now));

    public static async ValueTask<StaffRole?> FindLocked(WriteTx s, string tenant, string id, long now) =>
        (await s.LockedAll(ById, "r", Read, ("tenant", tenant), ("id", id), ("now", now))).FirstOrDefault();

    /// <summary>All of a tenant, which are few, by name.</summary>
    public static ValueTask<List<StaffRole>> All(ReadTx s, string tenant, long now) => s.All(Select + " ORDER BY r.folded", Read, ("tenant", tenant), ("now", now));

    public static async ValueTask<Slice<StaffRole>> List(ReadTx s, string tenant, string? query, string? after, int limit, long now)
    {
        var where = new SqlFilter("1 = 1", ("tenant", tenant)).Contains("q", query, "r.folded").After("r.id", Cursor.Decode(after));
        var rows = await s.All($"{Select} AND {where.Sql} ORDER BY r.id DESC LIMIT @limit", Read, where.Args(("limit", limit + 1L), ("now", now)));
        return Slice<StaffRole>.Of(rows, limit, r => r.Id);
    }

    /// <summary>Those who have it, by name: the first few.</summary>
    public static ValueTask<List<(string Id, string Username)>> Holders(ReadTx s, string tenant, string id, int limit) => s.All(
        "SELECT id, username FROM accounts WHERE tenant_id = @tenant AND kind = 'staff' AND role_id = @id ORDER BY username LIMIT @limit",
        r => (r.GetString(0), r.GetString(1)), ("tenant", tenant), ("id", id), ("limit", (long)limit));

    /// <returns>False when the name is taken.</returns>
    public static async ValueTask<bool> Insert(WriteTx s, StaffRole role) => await s.Execute(
        """
        INSERT INTO staff_roles (id, tenant_id, name, folded, permissions, created_at, changed_at)
        VALUES (@id, @tenant, @name, @folded, @permissions, @now, @now) ON CONFLICT DO NOTHING
        """,
        ("id", role.Id), ("tenant", role.TenantId), ("name", role.Name), ("folded", Folding.Of(role.Name)), ("permissions", string.Join(' ', role.Permissions)), ("now", role.CreatedAt)) == 1;

    /// <summary>Has the tenant another role of that name?</summary>
    public static async ValueTask<bool> IsTaken(ReadTx s, StaffRole role) => await s.Number(
        "SELECT COUNT(*) FROM staff_roles WHERE tenant_id = @tenant AND folded = @folded AND id <> @id",
        ("tenant", role.TenantId), ("folded", Folding.Of(role.Name)), ("id", role.Id)) > 0;

    /// <summary>Writes it, and what those who have it count as from now on.</summary>
    public static async ValueTask Update(WriteTx s, StaffRole role, Role rank)
    {
        await s.Execute("UPDATE staff_roles SET name = @name, folded = @folded, permissions = @permissions, changed_at = @now WHERE tenant_id = @tenant AND id = @id",
            ("name", role.Name), ("folded", Folding.Of(role.Name)), ("permissions", string.Join(' ', role.Permissions)), ("now", role.ChangedAt), ("tenant", role.TenantId), ("id", role.Id));
        await s.Execute("UPDATE accounts SET role = @rank WHERE tenant_id = @tenant AND kind = 'staff' AND role_id = @id",
            ("rank", rank.Name()), ("tenant", role.TenantId), ("id", role.Id));
        await s.Execute("UPDATE api_tokens SET role = @rank WHERE tenant_id = @tenant AND role_id = @id", ("rank", rank.Name()), ("tenant", role.TenantId), ("id", role.Id));
    }

    /// <summary>Removes it. Tokens that had it and ran out stay ended, whatever a clock says later.</summary>
    public static async ValueTask Delete(WriteTx s, StaffRole role, long now)
    {
        await s.Execute("UPDATE api_tokens SET role_id = NULL, revoked_at = COALESCE(revoked_at, @now) WHERE tenant_id = @tenant AND role_id = @id", ("now", now), ("tenant", role.TenantId), ("id", role.Id));
        await s.Execute("DELETE FROM staff_roles WHERE tenant_id = @tenant AND id = @id", ("tenant", role.TenantId), ("id", role.Id));
    }

    private static StaffRole Read(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), CustomRole.Split(r.GetString(3)), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6), r.GetInt64(7));
}
