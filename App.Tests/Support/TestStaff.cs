using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Tests.Support;

/// <summary>
/// Staff, sessions and tokens as rows, without the cost of a password hash: what tests of everything else sign in with. How
/// such rows come about is what the tests of Accounts are for.
/// </summary>
public sealed class TestStaff(TestServer server)
{
    private const long Day = 86_400_000;

    /// <summary>A tenant of that id, made where there is none.</summary>
    public Task Tenant(string tenant) => server.Db.Write(s => s.Execute(
        "INSERT INTO tenants (id, name, created_at) VALUES (@id, @id, @now) ON CONFLICT DO NOTHING", ("id", tenant), ("now", server.Clock.Now)));

    /// <summary>A staff account; returns its id. Its password hash is nobody's unless given.</summary>
    /// <param name="limited">Of the main tenant, and for it alone.</param>
    public async Task<string> Account(Role role, string tenant = Caller.DefaultTenant, string? username = null, string passwordHash = "!", bool limited = false)
    {
        await Tenant(tenant);
        var id = Ids.New();
        await server.Db.Write(async s =>
        {
            await s.Execute(
                """
                INSERT INTO accounts (id, tenant_id, kind, username, display_name, password_hash, role, role_scope, created_at, password_changed_at, folded)
                VALUES (@id, @tenant, 'staff', @username, @name, @hash, @role, @scope, @now, @now, @folded)
                """,
                ("id", id), ("tenant", tenant), ("username", username ?? $"{Name(role)}-{id}"), ("name", $"Test {role}"), ("hash", passwordHash),
                ("role", Name(role)), ("scope", tenant == Caller.DefaultTenant && !limited ? "global" : "tenant"), ("now", server.Clock.Now),
                ("folded", SearchText.Of(username ?? $"{Name(role)}-{id}", $"Test {role}")));
            return await Login(s, tenant, id, username ?? $"{Name(role)}-{id}");
        });
        return id;
    }

    /// <summary>A customer; returns the account's id. The password hash is nobody's unless given.</summary>
    public async Task<string> Customer(string tenant = Caller.DefaultTenant, string? username = null, string passwordHash = "!")
    {
        await Tenant(tenant);
        var id = Ids.New();
        await server.Db.Write(async s =>
        {
            await s.Execute(
                """
                INSERT INTO accounts (id, tenant_id, kind, username, display_name, password_hash, role_scope, created_at, password_changed_at, email)
                VALUES (@id, @tenant, 'customer', @username, 'Test customer', @hash, 'tenant', @now, @now, @email)
                """,
                ("id", id), ("tenant", tenant), ("username", username ?? $"c-{id}"), ("hash", passwordHash), ("now", server.Clock.Now), ("email", $"{id}@example.com"));
            await s.Execute("INSERT INTO customer_search (tenant_id, account_id, folded) VALUES (@tenant, @id, @folded)",
                ("tenant", tenant), ("id", id), ("folded", SearchText.Of(username ?? $"c-{id}", "Test customer")));
            await Login(s, tenant, id, $"{id}@example.com");
            return await Login(s, tenant, id, username ?? $"c-{id}");
        });
        return id;
    }

    /// <summary>The session id, for the cookie, of a new staff member of that role.</summary>
    public async Task<string> Session(Role role, string tenant = Caller.DefaultTenant)
    {
        var account = await Account(role, tenant);
        var id = OpaqueToken.Create();
        await server.Db.Write(s => s.Execute(
            "INSERT INTO sessions (id_hash, tenant_id, account_id, created_at, last_seen_at, expires_at, ip, user_agent, proved_at) VALUES (@id, @tenant, @account, @now, @now, @expires, '127.0.0.1', 'test', @now)",
            ("id", OpaqueToken.Hash(id)), ("tenant", tenant), ("account", account), ("now", server.Clock.Now), ("expires", server.Clock.Now + Day)));
        return id;
    }

    /// <summary>An API token of that role.</summary>
    /// <param name="scopes">Permissions parted by spaces; <c>*</c> for all that the role has.</param>
    /// <param name="by">The account that has made it, or the shell.</param>
    public async Task<string> Token(Role role, string tenant = Caller.DefaultTenant, string scopes = "*", string by = "cli")
    {
        await Tenant(tenant);
        var token = OpaqueToken.Create("gh_");
        await server.Db.Write(s => s.Execute(
            "INSERT INTO api_tokens (id, tenant_id, name, name_folded, token_hash, role, scopes, created_by, created_at) VALUES (@id, @tenant, @name, @folded, @hash, @role, @scopes, @by, @now)",
            ("id", Ids.New()), ("tenant", tenant), ("name", $"Test {role}"), ("folded", SearchText.Of($"Test {role}")), ("hash", OpaqueToken.Hash(token)), ("role", Name(role)), ("scopes", scopes), ("by", by), ("now", server.Clock.Now)));
        return token;
    }

    private static ValueTask<int> Login(WriteTx s, string tenant, string account, string name) => s.Execute(
        "INSERT INTO account_logins (tenant_id, name, account_id) VALUES (@tenant, @name, @id)", ("tenant", tenant), ("name", name), ("id", account));

    private static string Name(Role role) => role.ToString().ToLowerInvariant();
}
