using Gatehouse.Accounts.Permissions;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Accounts;

/// <summary>Several businesses in one appliance, over REST and as pages, and what their sites look like.</summary>
public static class TenantsEndpoints
{
    /// <summary>A picture of one pixel.</summary>
    public const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private const string Form = "name={new_word}&site_name=Shop&hosts={new_word}.example.com&languages=en&sign_up=closed&own_colour=true&colour=#0f766e&quota_accounts=10&quota_staff=";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/tenants", AccountsPermissions.TenantsManage),
        new("POST", "/api/tenants", AccountsPermissions.TenantsManage)
        {
            Json = """{"id":"{new_word}","name":"{new_word}","site_name":"Shop","hosts":["{new_word}.example.com"],"languages":["en"],"sign_up":"closed","colour":"#0f766e","quotas":{"accounts":100,"staff":5}}""",
            Optional = "id site_name hosts languages sign_up colour quotas", Status = 201, Once = true,
        },
        new("GET", "/api/tenants/{id}", AccountsPermissions.TenantsManage) { Path = "/api/tenants/{business}", OfServer = true },
        new("PATCH", "/api/tenants/{id}", AccountsPermissions.TenantsManage)
        {
            Path = "/api/tenants/{business}", Json = """{"name":"{new_word}","site_name":"Shop","hosts":[],"languages":["zh"],"sign_up":"open","colour":"","quotas":{"staff":3},"closed":false}""",
            Optional = "name site_name hosts languages sign_up colour quotas closed", OfServer = true,
            Races =
            [
                new(Patch("/api/tenants/{business}", """{"colour":"#aa0000"}"""), Patch("/api/tenants/{business}", """{"languages":["zh"]}""")),
                new(Patch("/api/tenants/{business}", """{"quotas":{"staff":3}}"""), Patch("/api/tenants/{business}", """{"quotas":{"accounts":3}}""")),
                new(Patch("/api/tenants/{business}", """{"hosts":["{new_word}.example.com"]}"""), Patch("/api/tenants/{business2}", """{"hosts":["{new_word}.example.com"]}""")),
            ],
        },
        new("DELETE", "/api/tenants/{id}", AccountsPermissions.TenantsManage)
        {
            Path = "/api/tenants/{closed_business}", Query = "dry_run", Status = 202, OfServer = true, Races = [new(Delete("/api/tenants/{closed_business}"), Patch("/api/tenants/{closed_business}", """{"closed":false}"""))],
        },
        new("GET", "/admin/tenants", AccountsPermissions.TenantsManage),
        new("GET", "/admin/tenants/new", AccountsPermissions.TenantsManage) { Query = "from" },
        new("POST", "/admin/tenants/new", AccountsPermissions.TenantsManage) { Form = "id={new_word}&" + Form },
        new("GET", "/admin/tenants/{id}", AccountsPermissions.TenantsManage) { Path = "/admin/tenants/{business}", OfServer = true },
        new("POST", "/admin/tenants/{id}", AccountsPermissions.TenantsManage)
        {
            Path = "/admin/tenants/{business}", Form = Form, OfServer = true, Races = [new(Page("/admin/tenants/{business}", Form), Page("/admin/tenants/{business}/logo", "logo=" + Pixel))],
        },
        new("POST", "/admin/tenants/{id}/logo", AccountsPermissions.TenantsManage)
        {
            Path = "/admin/tenants/{business}/logo", Form = "logo=" + Pixel, OfServer = true,
            Races = [new(Page("/admin/tenants/{business}/logo", "logo=" + Pixel), Patch("/api/tenants/{business}", """{"colour":"#aa0000"}"""))],
        },
        new("POST", "/admin/tenants/{id}/logo/remove", AccountsPermissions.TenantsManage)
        {
            Path = "/admin/tenants/{business}/logo/remove", OfServer = true,
            Races = [new(Page("/admin/tenants/{business}/logo/remove"), Page("/admin/tenants/{business}/logo", "logo=" + Pixel))],
        },
        new("POST", "/admin/tenants/{id}/close", AccountsPermissions.TenantsManage)
        {
            Path = "/admin/tenants/{business}/close", OfServer = true, Races = [new(Page("/admin/tenants/{business}/close"), Patch("/api/tenants/{business}", """{"colour":"#aa0000"}"""))],
        },
        new("POST", "/admin/tenants/{id}/open", AccountsPermissions.TenantsManage)
        {
            Path = "/admin/tenants/{closed_business}/open", OfServer = true, Races = [new(Page("/admin/tenants/{closed_business}/open"), Delete("/api/tenants/{closed_business}"))],
        },
        new("GET", "/admin/tenants/{id}/remove", AccountsPermissions.TenantsManage) { Path = "/admin/tenants/{closed_business}/remove", OfServer = true },
        new("POST", "/admin/tenants/{id}/remove", AccountsPermissions.TenantsManage)
        {
            Path = "/admin/tenants/{closed_business}/remove", Form = "name={closed_business}", OfServer = true,
            Races = [new(Page("/admin/tenants/{closed_business}/remove", "name={closed_business}"), Page("/admin/tenants/{closed_business}/open"))],
        },
        new("GET", "/brand/{name}", Open) { Path = "/brand/0f766e.css", Type = "text/css" },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new() { ["business"] = Business, ["business2"] = Business, ["closed_business"] = ClosedBusiness };

    private static async Task<string> Business(Things t)
    {
        var name = t.Unique("business");
        await t.Owner.PostApi("/api/tenants", new { id = name, name });
        return name;
    }

    private static async Task<string> ClosedBusiness(Things t)
    {
        var name = await Business(t);
        await t.Owner.PatchApi("/api/tenants/" + name, new { closed = true });
        return name;
    }
}
