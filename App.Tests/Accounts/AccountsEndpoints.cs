using Gatehouse.Accounts.Permissions;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Accounts;

/// <summary>Staff, API tokens, one's own account, signing in and the set-up link.</summary>
public static class AccountsEndpoints
{
    private const string NewPassword = "a long password 1";
    private const string Disable = """{"disabled":true}""";
    private const string WithRole = """{"name":"Bad input","role":"{role}","scopes":["keys.read"]}""";

    // Each round hashes passwords, which is slow on purpose.
    private const int FewRounds = 3;

    private static readonly EndpointRow[] Staff =
    [
        new("GET", "/api/staff", AccountsPermissions.StaffManage) { Query = "q role after limit", Shows = ["staff"], Finds = ["?q={staff}"] },
        new("POST", "/api/staff", AccountsPermissions.StaffManage)
        {
            Json = """{"username":"{new_word}","display_name":"Bad Input","role":"analyst","password":"a long password 1","scope":"tenant"}""", Optional = "display_name password scope", Status = 201, Once = true,
        },
        new("GET", "/api/staff/{id}", AccountsPermissions.StaffManage) { Path = "/api/staff/{staff}" },
        new("PATCH", "/api/staff/{id}", AccountsPermissions.StaffManage)
        {
            Path = "/api/staff/{staff}", Json = """{"display_name":"Bad Input","role":"operator","disabled":false,"scope":"tenant"}""", Optional = "display_name role disabled scope",
            Races =
            [
                new(Patch("/api/staff/{staff}", """{"display_name":"One"}"""), Patch("/api/staff/{staff}", """{"role":"operator"}""")),
                new(Patch("/api/staff/{staff}", """{"role":"operator"}"""), Patch("/api/staff/{staff}", Disable)),
                new(Patch("/api/staff/{owner}", Disable), Patch("/api/staff/{owner2}", Disable)),
                new(Patch("/api/staff/{owner}", """{"role":"admin"}"""), Patch("/api/staff/{owner2}", Disable)),
            ],
        },
        new("DELETE", "/api/staff/{id}", AccountsPermissions.StaffManage)
        {
            Path = "/api/staff/{staff}",
            Races =
            [
                new(Delete("/api/staff/{staff}"), Patch("/api/staff/{staff}", """{"display_name":"One"}""")),
                new(Delete("/api/staff/{owner}"), Delete("/api/staff/{owner2}")),
            ],
        },
        new("GET", "/admin/staff", AccountsPermissions.StaffManage) { Query = "q role after", Shows = ["staff"], Finds = ["?q={staff}"] },
        new("POST", "/admin/staff", AccountsPermissions.StaffManage) { Form = "username={new_word}&display_name=Mei&role=analyst&password=" + NewPassword },
        new("GET", "/admin/staff/new", AccountsPermissions.StaffManage),
        new("GET", "/admin/staff/{id}", AccountsPermissions.StaffManage) { Path = "/admin/staff/{staff}" },
        new("POST", "/admin/staff/{id}", AccountsPermissions.StaffManage)
        {
            Path = "/admin/staff/{staff}", Form = "display_name=Mei&role=operator",
            Races = [new(Page("/admin/staff/{staff}", "display_name=Mei&role=operator"), Patch("/api/staff/{staff}", Disable))],
        },
        new("POST", "/admin/staff/{id}/disable", AccountsPermissions.StaffManage)
        {
            Path = "/admin/staff/{staff}/disable",
            Races = [new(Page("/admin/staff/{staff}/disable"), Patch("/api/staff/{staff}", """{"display_name":"One"}"""))],
        },
        new("POST", "/admin/staff/{id}/enable", AccountsPermissions.StaffManage)
        {
            Path = "/admin/staff/{disabled}/enable",
            Races = [new(Page("/admin/staff/{disabled}/enable"), Patch("/api/staff/{disabled}", """{"role":"operator"}"""))],
        },
        new("POST", "/admin/staff/{id}/password", AccountsPermissions.StaffManage)
        {
            Path = "/admin/staff/{staff}/password", Form = "password=" + NewPassword,
            Races = [new(Page("/admin/staff/{staff}/password", "password=" + NewPassword), Patch("/api/staff/{staff}", """{"display_name":"One"}""")) { Rounds = FewRounds }],
        },
        new("POST", "/admin/staff/{id}/remove", AccountsPermissions.StaffManage)
        {
            Path = "/admin/staff/{staff}/remove",
            Races = [new(Page("/admin/staff/{staff}/remove"), Page("/admin/staff/{staff}/disable"))],
        },
    ];

    private static readonly EndpointRow[] ApiTokens =
    [
        new("GET", "/api/tokens", AccountsPermissions.TokensManage) { Query = "q state after limit", Shows = ["token"], Finds = ["?state=active"] },
        new("POST", "/api/tokens", AccountsPermissions.TokensManage)
        {
            Json = """{"name":"Bad input","role":"analyst","scopes":["keys.read"],"expires_at":"2030-01-01T00:00:00Z"}""", Optional = "scopes expires_at", Status = 201, Once = true,
            // It has the role as it is from now on, or there is no such role any more.
            Races = [new(Post("/api/tokens", WithRole), Patch("/api/roles/{role}", """{"permissions":["keys.read"]}""")), new(Post("/api/tokens", WithRole), Delete("/api/roles/{role}"))],
        },
        new("GET", "/api/tokens/{id}", AccountsPermissions.TokensManage) { Path = "/api/tokens/{token}" },
        new("PATCH", "/api/tokens/{id}", AccountsPermissions.TokensManage)
        {
            Path = "/api/tokens/{token}", Json = """{"name":"Bad input","scopes":["keys.read"]}""", Optional = "name scopes",
            Races = [new(Patch("/api/tokens/{token}", """{"name":"One"}"""), Patch("/api/tokens/{token}", """{"scopes":["keys.read"]}"""))],
        },
        new("DELETE", "/api/tokens/{id}", AccountsPermissions.TokensManage)
        {
            Path = "/api/tokens/{token}", Query = "revoke_made",
            Races =
            [
                new(Delete("/api/tokens/{token}"), Patch("/api/tokens/{token}", """{"name":"One"}""")),
                new(Delete("/api/tokens/{token}"), Delete("/api/tokens/{token}")),
            ],
        },
        new("GET", "/admin/tokens", AccountsPermissions.TokensManage) { Query = "q state after", Shows = ["token"], Finds = ["?state=active"] },
        new("POST", "/admin/tokens", AccountsPermissions.TokensManage)
        {
            // What it must not outlive is whoever makes it.
            Form = "name={new_word}&role=analyst&expires=30&scopes=*", Status = 200,
            Races = [new(Page("/admin/tokens", "name=One&role=analyst&expires=30&scopes=*"), Delete("/api/staff/{me}"))],
        },
        new("GET", "/admin/tokens/new", AccountsPermissions.TokensManage),
        new("POST", "/admin/tokens/{id}/revoke", AccountsPermissions.TokensManage)
        {
            Path = "/admin/tokens/{token}/revoke",
            Races = [new(Page("/admin/tokens/{token}/revoke"), Patch("/api/tokens/{token}", """{"name":"One"}"""))],
        },
    ];

    private static readonly EndpointRow[] Own =
    [
        new("GET", "/admin/account", SignedIn),
        new("POST", "/admin/account/password", SignedIn)
        {
            Form = ChangePassword,
            Races = [new(Page("/admin/account/password", ChangePassword), Patch("/api/staff/{me}", """{"display_name":"One"}""")) { Rounds = FewRounds }],
        },
        new("POST", "/admin/account/sessions/end", SignedIn)
        {
            Form = "session={session}", Races = [new(Page("/admin/account/sessions/end", "session={session}"), Page("/admin/account/sessions/end", "session={session}"))],
        },
        new("POST", "/admin/account/sessions/end-others", SignedIn)
        {
            Races = [new(Page("/admin/account/sessions/end-others"), Page("/admin/account/sessions/end", "session={session}"))],
        },
        new("GET", "/sign-in", Open) { Query = "return" },
        new("POST", "/sign-in", Open)
        {
            Form = "username={signer_name}&password=" + Bench.Password,
            Races = [new(Page("/sign-in", "username={signer_name}&password=" + Bench.Password), Patch("/api/staff/{signer}", Disable)) { Rounds = FewRounds }],
        },
        new("POST", "/sign-out", Open),
        new("GET", "/setup", Open) { Path = "/setup?token={setup}", Query = "token" },
        new("POST", "/setup", Open)
        {
            Form = FirstOwner + "&username={new_word}",
            Races = [new(Page("/setup", FirstOwner + "&username={new_word}a"), Page("/setup", FirstOwner + "&username={new_word}b")) { Rounds = FewRounds }],
        },
    ];

    private const string ChangePassword = "current=" + Bench.Password + "&password=" + NewPassword + "&password_repeat=" + NewPassword;
    private const string FirstOwner = "token={setup}&display_name=Mei&password=" + NewPassword + "&password_repeat=" + NewPassword;

    public static readonly EndpointRow[] Rows = [.. Staff, .. ApiTokens, .. Own, .. CustomersEndpoints.Rows];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["new_word"] = t => Task.FromResult(t.Unique("word")),
        ["me"] = t => Task.FromResult(t.Account),
        ["staff"] = t => t.Server.Staff.Account(Role.Analyst, t.Tenant),
        ["staff_name"] = async t =>
        {
            await t.Owner.PatchApi("/api/staff/" + await t.Get("staff"), new { display_name = "Noted" });
            return await Username(t, "staff");
        },
        ["disabled"] = async t =>
        {
            var id = await t.Server.Staff.Account(Role.Analyst, t.Tenant);
            await t.Owner.PatchApi("/api/staff/" + id, new { disabled = true });
            return id;
        },
        ["owner"] = t => t.Server.Staff.Account(Role.Owner, t.Tenant),
        ["owner2"] = t => t.Server.Staff.Account(Role.Owner, t.Tenant),
        ["token"] = async t => (string)(await t.Owner.PostApi("/api/tokens", new { name = t.Unique("token"), role = "analyst" }))["token"]!["id"]!,
        ["session"] = async t => OpaqueToken.Hash(await OpenSession(t.Server, t.Tenant, t.Account)),
        ["signer"] = async t => await t.Server.Staff.Account(Role.Admin, t.Tenant, t.Unique("signer"), await Site.PasswordHash),
        ["signer_name"] = t => Username(t, "signer"),
        ["new_phone"] = t => Task.FromResult("+4420" + Random.Shared.Next(10_000_000, 100_000_000)),
        ["customer"] = t => t.Server.Staff.Customer(t.Tenant),
        ["signer_customer"] = async t => $"{await t.Server.Staff.Customer(t.Tenant, passwordHash: await Site.PasswordHash)}@example.com",
        ["customer_off"] = async t =>
        {
            var id = await t.Server.Staff.Customer(t.Tenant);
            await t.Owner.PostApi($"/api/users/{id}/disable", new { });
            return id;
        },
        ["customer_locked"] = async t =>
        {
            var id = await t.Server.Staff.Customer(t.Tenant);
            await t.Server.Db.Write(s => s.Execute(
                "INSERT INTO sign_in_failures (account_id, source, tenant_id, failures, last_at, locked_until) VALUES (@id, '203.0.113.9', @tenant, 0, @now, @end)",
                ("id", id), ("tenant", t.Tenant), ("now", t.Server.Clock.Now), ("end", t.Server.Clock.Now + 600_000)));
            return id;
        },
        // A link opens only where there is no owner.
        ["setup"] = async t =>
        {
            var token = OpaqueToken.Create();
            await t.Server.Db.Write(async s =>
            {
                await s.Execute("UPDATE accounts SET role = 'analyst' WHERE tenant_id = @tenant AND role = 'owner'", ("tenant", t.Tenant));
                return await s.Execute(
                    """
                    INSERT INTO setup_links (tenant_id, token_hash, created_at, expires_at) VALUES (@tenant, @hash, @now, @end)
                    ON CONFLICT (tenant_id) DO UPDATE SET token_hash = excluded.token_hash, used_at = NULL
                    """,
                    ("tenant", t.Tenant), ("hash", OpaqueToken.Hash(token)), ("now", t.Server.Clock.Now), ("end", t.Server.Clock.Now + 60_000));
            });
            return token;
        },
    };

    /// <summary>Opens another session of the account and returns the id for its cookie.</summary>
    public static async Task<string> OpenSession(TestServer server, string tenant, string account)
    {
        var id = OpaqueToken.Create();
        await server.Db.Write(s => s.Execute(
            "INSERT INTO sessions (id_hash, tenant_id, account_id, created_at, last_seen_at, expires_at, ip, user_agent, proved_at) VALUES (@id, @tenant, @account, @now, @now, @end, '127.0.0.1', 'test', @now)",
            ("id", OpaqueToken.Hash(id)), ("tenant", tenant), ("account", account), ("now", server.Clock.Now), ("end", server.Clock.Now + 86_400_000)));
        return id;
    }

    private static async Task<string> Username(Things t, string thing)
    {
        var id = await t.Get(thing);
        return (await t.Server.Db.Read(s => s.One("SELECT username FROM accounts WHERE id = @id", r => r.GetString(0), ("id", id))))!;
    }
}
