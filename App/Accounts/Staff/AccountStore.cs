using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Staff;

/// <summary>What a list of staff is narrowed by.</summary>
/// <param name="Query">Part of a username or display name.</param>
/// <param name="Role">A built-in one.</param>
/// <param name="After">A cursor of the page before.</param>
/// <param name="MadeRole">Id or name of a role that was made here.</param>
public sealed record StaffFilter(string? Query = null, Role? Role = null, string? After = null, int Limit = Cursor.DefaultLimit, string? MadeRole = null);

/// <summary>The SQL of staff accounts. Customers live in the same table under another kind.</summary>
internal static class AccountStore
{
    private const string Columns =
        """
        id, tenant_id, username, display_name, role, role_scope, created_at, password_changed_at, password_one_time, last_sign_in_at, disabled_at,
        (SELECT MAX(f.locked_until) FROM sign_in_failures f WHERE f.account_id = accounts.id),
        (SELECT t.confirmed_at FROM two_factors t WHERE t.account_id = accounts.id),
        role_id, (SELECT r.name FROM staff_roles r WHERE r.id = accounts.role_id), (SELECT r.permissions FROM staff_roles r WHERE r.id = accounts.role_id),
        (SELECT MIN(p.id) FROM passkeys p WHERE p.account_id = accounts.id)
        """;

    private const string ById = $"SELECT {Columns} FROM accounts WHERE tenant_id = @tenant AND kind = 'staff' AND id = @id";
    private const string ByName = $"SELECT {Columns} FROM accounts WHERE tenant_id = @tenant AND kind = 'staff' AND username = @username";

    public static ValueTask<Account?> Find(ReadTx s, string tenant, string id) => s.One(ById, Read, ("tenant", tenant), ("id", id));

    public static ValueTask<Account?> FindLocked(WriteTx s, string tenant, string id) => s.Locked(ById, Read, ("tenant", tenant), ("id", id));

    public static ValueTask<Account?> FindByNameLocked(WriteTx s, string tenant, string username) => s.Locked(ByName, Read, ("tenant", tenant), ("username", username));

    public static async ValueTask<Slice<Account>> List(ReadTx s, string tenant, StaffFilter filter)
    {
        var where = new SqlFilter("tenant_id = @tenant AND kind = 'staff'", ("tenant", tenant))
            .Contains("q", filter.Query, "folded").Is("role", "role", filter.Role?.Name()).After("id", Cursor.Decode(filter.After));
        if (filter.Role is not null)
            where.And("role_id IS NULL");
        if (filter.MadeRole is not null)
            where.And("role_id = @made", ("made", filter.MadeRole));
        var rows = await s.All($"SELECT {Columns} FROM accounts WHERE {where.Sql} ORDER BY id DESC LIMIT @limit", Read, where.Args(("limit", filter.Limit + 1L)));
        return Slice<Account>.Of(rows, filter.Limit, a => a.Id);
    }

    /// <returns>False when the username is taken, by a customer too; then nothing may be committed.</returns>
    /// <param name="madeBy">An account's id, or the kind of caller that none stands behind.</param>
    /// <param name="madeByToken">The token that it was made with, if one was.</param>
    public static async ValueTask<bool> Insert(WriteTx s, Account account, string passwordHash, string madeBy, string? madeByToken) => await s.Execute(
        """
        INSERT INTO accounts (id, tenant_id, kind, username, display_name, password_hash, role, role_scope, role_id, created_at, password_changed_at, password_one_time, folded, made_by, made_by_token)
        VALUES (@id, @tenant, 'staff', @username, @name, @hash, @role, @scope, @made, @now, @now, @one_time, @folded, @by, @token) ON CONFLICT DO NOTHING
        """,
        ("id", account.Id), ("tenant", account.TenantId), ("username", account.Username), ("name", account.DisplayName), ("hash", passwordHash),
        ("role", account.Role.Name()), ("scope", account.Scope), ("made", account.Made?.Id), ("now", account.CreatedAt), ("one_time", account.OneTime ? 1L : 0L),
        ("folded", Folded(account)), ("by", madeBy), ("token", madeByToken)) == 1
        && await AccountLogins.Set(s, account.TenantId, account.Id, [account.Username]) is null;

    public static ValueTask<int> Update(WriteTx s, Account account) => s.Execute(
        "UPDATE accounts SET display_name = @name, folded = @folded, role = @role, role_scope = @scope, role_id = @made, disabled_at = @disabled WHERE tenant_id = @tenant AND id = @id",
        ("name", account.DisplayName), ("folded", Folded(account)), ("role", account.Role.Name()), ("scope", account.Scope), ("made", account.Made?.Id), ("disabled", account.DisabledAt), ("tenant", account.TenantId), ("id", account.Id));

    /// <summary>What was wrong with the old password counts no more.</summary>
    public static ValueTask<int> SetPassword(WriteTx s, Account account, string passwordHash, bool oneTime, long now) => s.Execute(
        """
        UPDATE accounts SET password_hash = @hash, password_changed_at = @now, password_one_time = @one_time, failures = 0, locked_until = NULL
        WHERE tenant_id = @tenant AND id = @id
        """,
        ("hash", passwordHash), ("now", now), ("one_time", oneTime ? 1L : 0L), ("tenant", account.TenantId), ("id", account.Id));

    /// <summary>Removes it. Whom it has made counts as made by who, and with the token that, made it: else the way from there to them would be lost.</summary>
    public static async ValueTask<int> Delete(WriteTx s, Account account)
    {
        await s.Execute(
            """
            UPDATE accounts SET made_by = (SELECT m.made_by FROM accounts m WHERE m.tenant_id = @tenant AND m.id = @id),
              made_by_token = COALESCE(made_by_token, (SELECT m.made_by_token FROM accounts m WHERE m.tenant_id = @tenant AND m.id = @id))
            WHERE tenant_id = @tenant AND kind = 'staff' AND made_by = @id
            """,
            ("tenant", account.TenantId), ("id", account.Id));
        await AccountLogins.Set(s, account.TenantId, account.Id, []);
        return await s.Execute("DELETE FROM accounts WHERE tenant_id = @tenant AND kind = 'staff' AND id = @id", ("tenant", account.TenantId), ("id", account.Id));
    }

    /// <summary>Of any account, staff or customer.</summary>
    public static ValueTask<string?> PasswordHash(ReadTx s, string tenant, string id) => s.One(
        "SELECT password_hash FROM accounts WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", id));

    /// <summary>Has the tenant an owner, disabled or not?</summary>
    public static async ValueTask<bool> HasOwner(ReadTx s, string tenant) =>
        await s.Number("SELECT COUNT(*) FROM accounts WHERE tenant_id = @tenant AND kind = 'staff' AND role = 'owner'", ("tenant", tenant)) > 0;

    /// <summary>The owners who are not disabled, of the main tenant those who work for all, locked in one order so that two changes of owners queue instead of deadlocking.</summary>
    public static ValueTask<List<string>> LockOwners(WriteTx s, string tenant) => s.LockedAll(
        "SELECT id FROM accounts WHERE tenant_id = @tenant AND kind = 'staff' AND role = 'owner' AND disabled_at IS NULL AND (tenant_id <> 'default' OR role_scope = 'global') ORDER BY id", null,
        r => r.GetString(0), ("tenant", tenant));

    private static string Folded(Account account) => SearchText.Of(account.Username, account.DisplayName);

    private static Account Read(Row r) => new(
        r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), Roles.Parse(r.GetString(4)) ?? Role.Analyst, r.GetString(5),
        r.GetInt64(6), r.GetInt64(7), r.GetInt64(8) == 1, r.LongOrNull(9), r.LongOrNull(10), r.LongOrNull(11), r.LongOrNull(12))
    {
        Made = r.TextOrNull(13) is { } made ? new CustomRole(made, r.GetString(14), CustomRole.Split(r.GetString(15))) : null,
        HasPasskeys = !r.IsDBNull(16),
    };
}
