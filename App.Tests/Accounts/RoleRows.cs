using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Permissions;
using Gatehouse.Platform.Crypto;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;

namespace Gatehouse.Tests.Accounts;

/// <summary>Roles made of permissions, and the logs.</summary>
public static class RoleRows
{
    private const string Renamed = """{"name":"{new_word}"}""";
    private const string Fewer = """{"permissions":["keys.read"]}""";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/roles", AccountsPermissions.StaffManage) { Query = "q after limit", Shows = ["role"], Finds = ["?q={role_name}"] },
        new("POST", "/api/roles", AccountsPermissions.StaffManage) { Json = """{"name":"{new_word}","permissions":["keys.read","users.read"]}""", Status = 201, Once = true },
        new("GET", "/api/roles/{id}", AccountsPermissions.StaffManage) { Path = "/api/roles/{role}" },
        new("PATCH", "/api/roles/{id}", AccountsPermissions.StaffManage)
        {
            Path = "/api/roles/{role}", Json = """{"name":"{new_word}","permissions":["keys.read"]}""", Optional = "name permissions",
            Races =
            [
                new(Patch("/api/roles/{role}", Renamed), Patch("/api/roles/{role}", Fewer)),
                new(Patch("/api/roles/{role}", Fewer), Patch("/api/staff/{staff}", """{"role":"{role}"}""")),
                new(Patch("/api/roles/{role}", """{"name":"Both"}"""), Post("/api/roles", """{"name":"both","permissions":["keys.read"]}""")),
            ],
        },
        new("DELETE", "/api/roles/{id}", AccountsPermissions.StaffManage)
        {
            Path = "/api/roles/{role}",
            Races =
            [
                new(Delete("/api/roles/{role}"), Patch("/api/staff/{staff}", """{"role":"{role}"}""")),
                new(Delete("/api/roles/{role}"), Patch("/api/roles/{role}", Renamed)),
            ],
        },
        new("GET", "/admin/roles", AccountsPermissions.StaffManage) { Shows = ["role"] },
        new("POST", "/admin/roles", AccountsPermissions.StaffManage) { Form = "name={new_word}&permissions=keys.read&permissions=users.read" },
        new("GET", "/admin/roles/new", AccountsPermissions.StaffManage) { Path = "/admin/roles/new?from={role}", Query = "from" },
        new("GET", "/admin/roles/{id}", AccountsPermissions.StaffManage) { Path = "/admin/roles/{role}" },
        new("POST", "/admin/roles/{id}", AccountsPermissions.StaffManage)
        {
            Path = "/admin/roles/{role}", Form = "name={new_word}&permissions=keys.read", Races = [new(Page("/admin/roles/{role}", "name={new_word}&permissions=keys.read"), Delete("/api/roles/{role}"))],
        },
        new("POST", "/admin/roles/{id}/remove", AccountsPermissions.StaffManage)
        {
            Path = "/admin/roles/{role}/remove", Races = [new(Page("/admin/roles/{role}/remove"), Page("/admin/roles/{role}/remove"))],
        },

        new("POST", "/api/users/{id}/sign-in-link", AccountsPermissions.UsersWrite)
        {
            Path = "/api/users/{customer}/sign-in-link", Json = """{"mail":false}""", Optional = "mail", Status = 201, Once = true,
            Races = [new(Post("/api/users/{customer}/sign-in-link", "{}"), new("POST", "/api/users/{customer}/disable"))],
        },
        new("POST", "/admin/users/{id}/sign-in-link", AccountsPermissions.UsersWrite)
        {
            Path = "/admin/users/{customer}/sign-in-link", Status = 200, Races = [new(Page("/admin/users/{customer}/sign-in-link"), Delete("/api/users/{customer}"))],
        },
        new("GET", "/sign-in/link", EndpointRow.Open) { Path = "/sign-in/link?token={link}", Query = "token" },
        new("POST", "/sign-in/link", EndpointRow.Open) { Form = "token={link}", Races = [new(Page("/sign-in/link", "token={link}"), Page("/sign-in/link", "token={link}"))] },
        new("POST", "/admin/users/{id}/look-as", AccountsPermissions.UsersLookAs)
        {
            Path = "/admin/users/{customer}/look-as", Races = [new(Page("/admin/users/{customer}/look-as"), Delete("/api/users/{customer}"))],
        },
        new("POST", "/admin/look-as/end", EndpointRow.SignedIn),

        new("GET", "/api/logs/signins", AuditPermissions.AuditRead) { Query = "account kind outcome ip from to after limit", Shows = ["signed"], Finds = ["?account={signed}", "?kind=customer", "?outcome=wrong", "?ip=203.0.113.77"] },
        new("GET", "/api/logs/security", AuditPermissions.AuditRead) { Query = "severity kind ip from to after limit" },
        new("GET", "/api/logs/audit", AuditPermissions.AuditRead) { Query = "actor action target q from to after limit", Shows = ["plan", "token"], Finds = ["?target={plan}", "?q={plan}"] },
        new("GET", "/api/logs/system", AuditPermissions.AuditRead) { Query = "actor action target q from to after limit", Shows = ["plan", "token"], Finds = ["?target={plan}", "?q={plan}"] },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["role"] = async t => (string)(await t.Owner.PostApi("/api/roles", new { name = t.Unique("role"), permissions = new[] { "keys.read", "keys.write" } }))["role"]!["id"]!,
        ["role_name"] = async t => (string)(await t.Owner.GetApi("/api/roles/" + await t.Get("role")))["role"]!["name"]!,
        ["link"] = async t => new Uri((string)(await t.Owner.PostApi($"/api/users/{await t.Server.Staff.Customer(t.Tenant)}/sign-in-link", new { }))["link"]!).Query["?token=".Length..],
        // A customer who once typed a wrong password.
        ["signed"] = async t =>
        {
            var id = await t.Server.Staff.Customer(t.Tenant);
            await t.Server.Db.Write(s => s.Execute("INSERT INTO sign_ins (id, tenant_id, account_id, username, at, outcome, ip) VALUES (@id, @tenant, @account, 'x', @now, 'wrong', '203.0.113.77')",
                ("id", Ids.New()), ("tenant", t.Tenant), ("account", id), ("now", t.Server.Clock.Now)));
            return id;
        },
    };
}
