using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Tokens;

/// <summary>The SQL of API tokens.</summary>
internal static class TokenStore
{
    /// <summary>Of a token <c>t</c> and the account <c>a</c> that made it, if one did: it opens something as far as that goes.</summary>
    internal const string MakerActive = "(t.created_by IN ('cli', 'system') OR (a.id IS NOT NULL AND a.disabled_at IS NULL))";

    /// <summary>Of a token <c>t</c> and an account <c>a</c>: it has made it. Staff of the whole appliance make tokens for each tenant.</summary>
    internal const string Maker = "a.id = t.created_by AND (a.tenant_id = t.tenant_id OR a.tenant_id = 'default' AND a.role_scope = 'global')";

    private const string Select =
        $"""
        SELECT t.id, t.tenant_id, t.name, t.role, t.scopes, t.created_by, a.username, CASE WHEN {MakerActive} THEN 1 END, t.created_at, t.expires_at, t.last_used_at, t.last_used_ip, t.revoked_at, t.made_by_token, m.name, a.role,
          CASE WHEN EXISTS (SELECT 1 FROM api_tokens c WHERE c.made_by_token = t.id) OR EXISTS (SELECT 1 FROM accounts c WHERE c.made_by_token = t.id) THEN 1 END,
          r.id, r.name, r.permissions,
          CASE WHEN t.tenant_id = 'default' AND (t.created_by IN ('cli', 'system') OR a.role_scope = 'global') THEN 1 END
        FROM api_tokens t LEFT JOIN accounts a ON {Maker} LEFT JOIN staff_roles r ON r.id = t.role_id
          LEFT JOIN api_tokens m ON m.id = t.made_by_token AND m.tenant_id = t.tenant_id
        """;

    private const string ById = Select + " WHERE t.tenant_id = @tenant AND t.id = @id";

    public static ValueTask<ApiToken?> Find(ReadTx s, string tenant, string id) => s.One(ById, Read, ("tenant", tenant), ("id", id));

    public static async ValueTask<ApiToken?> FindLocked(WriteTx s, string tenant, string id) =>
        (await s.LockedAll(ById, "t", Read, ("tenant", tenant), ("id", id))).FirstOrDefault();

    public static async ValueTask<Slice<ApiToken>> List(ReadTx s, string tenant, TokenFilter filter, long now)
    {
        var where = new SqlFilter("t.tenant_id = @tenant", ("tenant", tenant)).Contains("q", filter.Query, "t.name_folded").After("t.id", Cursor.Decode(filter.After));
        switch (filter.State)
        {
            case "active" or "suspended":
                where.And($"t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > @now) AND {(filter.State == "active" ? "" : "NOT ")}{MakerActive}", ("now", now));
                break;
            case "expired":
                where.And("t.revoked_at IS NULL AND t.expires_at <= @now", ("now", now));
                break;
            case "revoked":
                where.And("t.revoked_at IS NOT NULL");
                break;
        }
        var rows = await s.All($"{Select} WHERE {where.Sql} ORDER BY t.id DESC LIMIT @limit", Read, where.Args(("limit", filter.Limit + 1L)));
        return Slice<ApiToken>.Of(rows, filter.Limit, t => t.Id);
    }

    public static ValueTask<int> Insert(WriteTx s, ApiToken token, string hash) => s.Execute(
        """
        INSERT INTO api_tokens (id, tenant_id, name, name_folded, token_hash, role, role_id, scopes, created_by, created_at, expires_at, made_by_token)
        VALUES (@id, @tenant, @name, @folded, @hash, @role, @made, @scopes, @by, @now, @expires, @token)
        """,
        ("id", token.Id), ("tenant", token.TenantId), ("name", token.Name), ("folded", SearchText.Of(token.Name)), ("hash", hash), ("role", token.Role.Name()), ("made", token.Made?.Id), ("scopes", string.Join(' ', token.Scopes)),
        ("by", token.MadeBy), ("now", token.CreatedAt), ("expires", token.ExpiresAt), ("token", token.MadeByToken));

    public static ValueTask<int> Update(WriteTx s, ApiToken token) => s.Execute(
        "UPDATE api_tokens SET name = @name, name_folded = @folded, scopes = @scopes WHERE tenant_id = @tenant AND id = @id",
        ("name", token.Name), ("folded", SearchText.Of(token.Name)), ("scopes", string.Join(' ', token.Scopes)), ("tenant", token.TenantId), ("id", token.Id));

    /// <returns>False when it was revoked already.</returns>
    public static async ValueTask<bool> Revoke(WriteTx s, string tenant, string id, long now) => await s.Execute(
        "UPDATE api_tokens SET revoked_at = @now WHERE tenant_id = @tenant AND id = @id AND revoked_at IS NULL",
        ("now", now), ("tenant", tenant), ("id", id)) == 1;

    /// <summary>Revokes what the account made, which is about to be removed; it counts from now on as made with the token that the account was made with.</summary>
    public static async ValueTask RevokeAllOf(WriteTx s, string tenant, string accountId, long now)
    {
        await s.Execute(
            """
            UPDATE api_tokens SET made_by_token = COALESCE(made_by_token, (SELECT a.made_by_token FROM accounts a WHERE a.tenant_id = @tenant AND a.id = @account))
            WHERE created_by = @account
            """,
            ("tenant", tenant), ("account", accountId));
        await s.Execute("UPDATE api_tokens SET revoked_at = @now WHERE created_by = @account AND revoked_at IS NULL",
            ("now", now), ("account", accountId));
    }

    /// <summary>The tokens that were made with the token or by the account, and the staff, whatever became of them.</summary>
    public static async ValueTask<(List<string> Tokens, List<string> Staff)> MadeBy(ReadTx s, string tenant, string? token, string? account) => (
        await s.All("SELECT id FROM api_tokens WHERE tenant_id = @tenant AND (made_by_token = @token OR created_by = @account) ORDER BY id",
            r => r.GetString(0), ("tenant", tenant), ("token", token ?? ""), ("account", account ?? "")),
        await s.All("SELECT id FROM accounts WHERE tenant_id = @tenant AND kind = 'staff' AND (made_by_token = @token OR made_by = @account) ORDER BY id",
            r => r.GetString(0), ("tenant", tenant), ("token", token ?? ""), ("account", account ?? "")));

    /// <summary>Notes that a token was used; does nothing when that was noted within the last minute.</summary>
    public static ValueTask<int> Touch(WriteTx s, string tenant, string id, string? ip, long now) => s.Execute(
        "UPDATE api_tokens SET last_used_at = @now, last_used_ip = @ip WHERE tenant_id = @tenant AND id = @id AND (last_used_at IS NULL OR last_used_at <= @before OR last_used_at > @ahead)",
        ("now", now), ("ip", ip), ("tenant", tenant), ("id", id), ("before", now - 60_000), ("ahead", now + Credential.Ahead));

    private static ApiToken Read(Row r) => new(
        r.GetString(0), r.GetString(1), r.GetString(2), Roles.Parse(r.GetString(3)) ?? Role.Analyst, Split(r.GetString(4)), r.GetString(5), r.TextOrNull(6),
        !r.IsDBNull(7), r.GetInt64(8), r.LongOrNull(9), r.LongOrNull(10), r.TextOrNull(11), r.LongOrNull(12))
    {
        MadeByToken = r.TextOrNull(13), MadeByTokenName = r.TextOrNull(14), MakerRole = Roles.Parse(r.TextOrNull(15)), HasMade = !r.IsDBNull(16),
        Made = r.TextOrNull(17) is { } made ? new CustomRole(made, r.GetString(18), CustomRole.Split(r.GetString(19))) : null,
        IsGlobal = !r.IsDBNull(20),
    };

    internal static string[] Split(string scopes) => scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
