using Gatehouse.Accounts.CustomerImport;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;

namespace Gatehouse.Tests.Accounts;

/// <summary>What staff do to many customers.</summary>
public static class CustomerBulkRows
{
    private const string Renamed = """{"display_name":"One"}""";
    private const string Off = """{"action":"disable","users":["{customer}"]}""";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/users/export", AccountsPermissions.UsersRead) { Query = "q state", Type = "text/csv", Shows = ["customer"], Finds = ["?q={customer}"] },
        new("POST", "/api/users/bulk", AccountsPermissions.UsersWrite)
        {
            Json = Off, Once = true,
            Races =
            [
                new(Post("/api/users/bulk", Off), Patch("/api/users/{customer}", Renamed)),
                new(Post("/api/users/bulk", """{"action":"delete","users":["{customer}"]}"""), Post("/api/users/bulk", Off)),
            ],
        },
        new("POST", "/api/users/message", AccountsPermissions.UsersWrite)
        {
            Json = """{"users":["{customer}","{mail_is_set_up}"],"subject_en":"News","body_en":"News for {name}","subject_zh":"消息","body_zh":"消息"}""", Optional = "subject_zh body_zh",
            Status = 202, Once = true, Leaves = true,
        },

        new("GET", "/admin/users/export", AccountsPermissions.UsersRead) { Query = "q state", Type = "text/csv", Shows = ["customer"] },
        new("POST", "/admin/users/export", AccountsPermissions.UsersRead) { Form = "user={customer}", Status = 200, Type = "text/csv", Leaves = true, Stranger = 200 },
        new("GET", "/admin/users/bulk", AccountsPermissions.UsersWrite) { Status = 303 },
        new("POST", "/admin/users/bulk", AccountsPermissions.UsersWrite) { Form = "action=disable&user={customer}", Status = 200, Leaves = true, Stranger = 200 },
        new("POST", "/admin/users/bulk/disable", AccountsPermissions.UsersWrite)
        {
            Form = "user={customer}", Races = [new(Page("/admin/users/bulk/disable", "user={customer}"), Patch("/api/users/{customer}", Renamed))],
        },
        new("POST", "/admin/users/bulk/enable", AccountsPermissions.UsersWrite)
        {
            Form = "user={customer_off}", Races = [new(Page("/admin/users/bulk/enable", "user={customer_off}"), Patch("/api/users/{customer_off}", Renamed))],
        },
        new("POST", "/admin/users/bulk/delete", AccountsPermissions.UsersWrite)
        {
            Form = "user={customer}", Races = [new(Page("/admin/users/bulk/delete", "user={customer}"), Page("/admin/users/bulk/disable", "user={customer}"))],
        },
        new("GET", "/admin/users/message", AccountsPermissions.UsersWrite) { Status = 303 },
        new("POST", "/admin/users/message", AccountsPermissions.UsersWrite) { Form = "user={customer}", Status = 200, Leaves = true, Stranger = 200 },
        new("POST", "/api/users/import", AccountsPermissions.UsersWrite)
        {
            Json = """{"content":"email,display_name\n{new_word}@example.com,Bad Input","invite":"links"}""", Optional = "invite", Once = true,
        },
        new("GET", "/admin/users/import", AccountsPermissions.UsersWrite),
        new("POST", "/admin/users/import", AccountsPermissions.UsersWrite) { Form = "run={new_word}&invite=none&content=email\n{new_word}@example.com&step=check", Status = 200, Leaves = true },
        new("GET", "/admin/users/import/{run}", AccountsPermissions.UsersWrite) { Path = "/admin/users/import/{import_run}", Apart = true },
        new("POST", "/admin/users/import/{run}/links", AccountsPermissions.UsersWrite)
        {
            Path = "/admin/users/import/{import_run}/links", Status = 200, Type = "text/csv",
            Races = [new(Page("/admin/users/import/{import_run}/links"), Page("/admin/users/import/{import_run}/links"))],
        },
        new("POST", "/account/details/mail", EndpointRow.Customer) { Form = "news=true" },
        new("POST", "/admin/users/message/preview", AccountsPermissions.UsersWrite) { Form = "subject_en=News&body_en=News", Status = 200, Leaves = true },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        // A customer of a tenant that can send mail: to a port that nobody listens on.
        ["mail_is_set_up"] = async t =>
        {
            var set = await t.Owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = 1, security = "none", user = "", from = "shop@example.com" } });
            Assert.True((int)set.Status == 200, set.ToString());
            return await t.Server.Staff.Customer(t.Tenant);
        },
        ["import_run"] = async t =>
        {
            var (imports, run) = (t.Server.Service<CustomerImports>(), OpaqueToken.Create());
            var who = new Caller(t.Tenant, "staff", t.Account, "Test", Role.Owner, PermissionSet.Everything, null, null);
            var (lines, _) = CustomerFile.Parse($"email\n{t.Unique("imported")}@example.com");
            var batch = await imports.Prepare(lines, ImportInvite.Links, "en");
            await t.Server.Db.Write(s => imports.Start(s, who, batch, run));
            await Wait.Until(async () => (await t.Server.Db.Read(s => imports.Find(s, who, run)))!.FinishedAt is not null, "the import has ended");
            return run;
        },
    };
}
