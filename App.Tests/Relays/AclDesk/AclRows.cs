using Gatehouse.Relays.AclDesk;
using Gatehouse.Relays.Permissions;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Relays.AclDesk;

/// <summary>Maps of rentals, over REST, as pages and by links.</summary>
public static class AclRows
{
    private const string OfRental = """{"rental":"{acl_rental}"}""", Wish = """{"rental":"{acl_rental}","omit_default_regions":true,"servers":[900],"names":{"900":"Home"},"machines":4}""";
    private const string Own = "/account/rentals/{own_acl_rental}/acl", Again = "/admin/acl/again/{acl_rental}", Unlink = "/api/acl/link?rental={acl_rental}";
    private const string Choices = "servers={own_region}&servers={own_region_next}&region={own_region}&name=Home&region={own_region_next}&name=&omit_default_regions=true&machines=4&base=";

    public static readonly EndpointRow[] Rows =
    [
        new("POST", "/api/acl/generate", RelayPermissions.AclWrite)
        {
            AlsoCustomers = true, Json = Wish, Optional = "rental omit_default_regions servers names machines", Once = true,
            Races = [new(Post("/api/acl/generate", Wish), Post("/api/acl/update", """{"rental":"{acl_rental}","machines":9}""")), new(Post("/api/acl/generate", OfRental), Post("/api/acl/generate", OfRental))],
        },
        new("POST", "/api/acl/update", RelayPermissions.AclWrite)
        {
            AlsoCustomers = true, Json = Wish, Optional = "rental omit_default_regions servers names machines", Once = true,
            Races = [new(Post("/api/acl/update", """{"rental":"{acl_rental}","omit_default_regions":true}"""), Post("/api/acl/update", """{"rental":"{acl_rental}","machines":9}"""))],
        },
        new("POST", "/api/acl/link", RelayPermissions.AclWrite) { AlsoCustomers = true, Json = OfRental, Optional = "rental", Once = true, Races = [new(Post("/api/acl/link", OfRental), Delete(Unlink)), new(Post("/api/acl/link", OfRental), Post("/api/acl/link", OfRental))] },
        new("DELETE", "/api/acl/link", RelayPermissions.AclWrite) { AlsoCustomers = true, Path = Unlink, Query = "rental username", Races = [new(Delete(Unlink), Delete(Unlink))] },
        new("POST", "/api/acl/merge", RelayPermissions.AclRead) { AlsoCustomers = true, Json = """{"policy":"{\"acls\":[]}","rental":"{acl_rental}"}""", Optional = "rental", Leaves = true },
        new("GET", "/api/acl/logs/{user_id}", RelayPermissions.AclRead) { AlsoCustomers = true, Path = "/api/acl/logs/{acl_customer}", Query = "after limit" },
        new("GET", "/api/acl/download/{username}", RelayPermissions.AclRead) { AlsoCustomers = true, Path = "/api/acl/download/{acl_customer}?rental={acl_rental}&format=headscale", Query = "format rental", Type = "application/yaml" },
        new("GET", "/sub/{token}/derpmap.json", Open) { Path = "/sub/{acl_token}/derpmap.json", Type = "application/json", IsFile = true, Apart = true, IsShared = true },
        new("GET", "/sub/{token}/derpmap.yaml", Open) { Path = "/sub/{acl_token}/derpmap.yaml", Type = "application/yaml", Apart = true, IsShared = true },
        new("GET", "/account/rentals/{id}/acl", Customer) { Path = "/account/rentals/{own_acl_counted}/acl", Query = "format" },
        new("GET", "/account/rentals/{id}/acl/download", Customer) { Path = "/account/rentals/{own_acl_counted}/acl/download?format=derpmap", Query = "format", Type = "application/json", Apart = true },
        new("POST", "/account/rentals/{id}/acl/machines", Customer) { Path = Own + "/machines", Form = "machines=3", Races = [new(Page(Own + "/machines", "machines=3"), Page(Own + "/choices", Choices))] },
        new("POST", "/account/rentals/{id}/acl/choices", Customer) { Path = Own + "/choices", Form = Choices, Races = [new(Page(Own + "/choices", Choices), Page(Own + "/machines", "machines=3"))] },
        new("POST", "/account/rentals/{id}/acl/again", Customer) { Path = Own + "/again", Races = [new(Page(Own + "/again"), Page(Own + "/choices", Choices))] },
        new("POST", "/account/rentals/{id}/acl/link", Customer) { Path = Own + "/link", Races = [new(Page(Own + "/link"), Page(Own + "/unlink"))] },
        new("POST", "/account/rentals/{id}/acl/unlink", Customer) { Path = Own + "/unlink", Races = [new(Page(Own + "/unlink"), Page(Own + "/unlink"))] },
        new("POST", "/account/rentals/{id}/acl/merge", Customer) { Path = Own + "/merge", Form = "policy={\"acls\":[]}", Status = 200, Leaves = true },
        new("GET", "/admin/acl", RelayPermissions.AclRead) { Query = "q action after", Shows = ["acl_rental"] },
        new("GET", "/admin/acl/log.csv", RelayPermissions.AclRead) { Query = "q action", Type = "text/csv", Shows = ["acl_rental"] },
        new("GET", "/admin/acl/again", RelayPermissions.AclWrite) { Query = "server" },
        new("POST", "/admin/acl/again", RelayPermissions.AclWrite) { Form = "server=" },
        new("POST", "/admin/acl/again/{id}", RelayPermissions.AclWrite) { Path = Again, Races = [new(Page(Again), Post("/api/acl/update", """{"rental":"{acl_rental}","machines":9}"""))] },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        // Of their own: the map's relays are the first that they have.
        ["acl_customer"] = t => t.Server.Staff.Customer(t.Tenant),
        ["acl_rental"] = async t => await Made(t, await t.Get("acl_customer")),
        ["own_acl_rental"] = async t => await Made(t, t.Account),
        ["own_region"] = async t => await Region(t, "MIN"),
        ["own_region_next"] = async t => await Region(t, "MAX"),
        ["own_acl_counted"] = async t =>
        {
            var rental = await Made(t, t.Account);
            await t.Server.Db.Write(s => s.Execute("INSERT INTO acl_choices (rental_id, tenant_id, account_id, machines, updated_at) VALUES (@id, @tenant, @account, 3, 0)", ("id", rental), ("tenant", t.Tenant), ("account", t.Account)));
            return rental;
        },
        ["acl_token"] = async t =>
        {
            var (rental, links) = (await t.Get("acl_rental"), t.Server.Services.GetRequiredService<AclLinks>());
            await t.Server.Db.Write(async s => await links.Rotate(s, t.Tenant, (await AclRentals.Find(s, t.Tenant, rental, t.Server.Clock.Now))!));
            return (await t.Server.Db.Read(s => links.Of(s, rental)))[0].Token!;
        },
    };

    private static async Task<string> Region(Things t, string which)
    {
        var rental = await t.Get("own_acl_rental");
        return (await t.Server.Db.Read(s => s.Number($"SELECT {which}(region_id) FROM relay_slots WHERE rental_id = @rental", ("rental", rental)))).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    // With region ids that they have not yet, and with a first version: what made it is in the log.
    private static async Task<string> Made(Things t, string account)
    {
        var first = await t.Server.Db.Read(s => s.Number("SELECT COALESCE(MAX(region_id), 899) + 1 FROM relay_slots WHERE account_id = @account AND released_at IS NULL", ("account", account)));
        var rented = await Rented.Make(t.Server.Db, t.Server.Clock.Now, account, t.Tenant, t.Unique("rental"), first: (int)first);
        var who = Gatehouse.Platform.Http.Caller.System with { TenantId = t.Tenant };
        await t.Server.Db.Write(s => t.Server.Services.GetRequiredService<AclService>().Current(s, who, rented.Id));
        return rented.Id;
    }
}
