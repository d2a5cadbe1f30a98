using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Relays;

/// <summary>Servers, rentals and devices, over REST and as pages.</summary>
public static class RelayRows
{
    private const string Server = "/api/server/{server}", Admin = "/admin/servers/{server}", Rental = "/api/rentals/{rental}", Bound = "/api/user/devices/{bound_key}", Own = "/account/rentals/{own_rental}";
    private const string Form = "kind=embedded&name={new_word}&address=127.0.0.1&ipv6=&region_code=home&region_name=Home&coordinates=&port_from=21000&port_to=21999&slot_limit=&bandwidth=&traffic_allowance=&traffic_allowance_unit=TB&traffic_counted=both&traffic_reset_day=1&traffic_stop_percent=95&multiplier=100&cost=5.00&currency=CNY&billing_day=1&notes=typed";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/servers", RelayPermissions.ServersRead) { Query = "q after limit", Shows = ["server"], Finds = ["?q={server_name}"] },
        new("POST", "/api/add_server", RelayPermissions.ServersWrite)
        {
            Json = """{"kind":"embedded","name":"{new_word}","address":"127.0.0.1","region_code":"home","port_from":21000,"port_to":21999}""", Optional = "kind region_code port_from port_to", Status = 201, Once = true,
        },
        new("GET", "/api/server/status/{id}", RelayPermissions.ServersRead) { Path = "/api/server/status/{server}" },
        new("PATCH", "/api/server/{id}", RelayPermissions.ServersWrite)
        {
            Path = Server, Json = """{"name":"{new_word}","draining":true,"cost":500}""", Optional = "name draining cost",
            Races = [new(Patch(Server, """{"notes":"One"}"""), Patch(Server, """{"draining":true}""")), new(Patch(Server, """{"port_from":22000}"""), Patch(Server, """{"cost":7}"""))],
        },
        new("DELETE", "/api/server/{id}", RelayPermissions.ServersWrite) { Path = Server, Races = [new(Delete(Server), Patch(Server, """{"draining":true}""")), new(Delete(Server), Delete(Server))] },
        new("GET", "/admin/servers", RelayPermissions.ServersRead) { Query = "q after", Shows = ["server"], Finds = ["?q={server_name}"] },
        new("GET", "/admin/servers/new", RelayPermissions.ServersWrite),
        new("POST", "/admin/servers/new", RelayPermissions.ServersWrite) { Form = Form },
        new("GET", "/admin/servers/{id}", RelayPermissions.ServersRead) { Path = Admin },
        new("POST", "/admin/servers/{id}", RelayPermissions.ServersWrite) { Path = Admin, Form = Form, Races = [new(Page(Admin, Form), Delete(Server))] },
        new("POST", "/admin/servers/{id}/drain", RelayPermissions.ServersWrite) { Path = Admin + "/drain", Form = "draining=true", Races = [new(Page(Admin + "/drain", "draining=true"), Patch(Server, """{"cost":7}"""))] },
        new("POST", "/admin/servers/{id}/remove", RelayPermissions.ServersWrite) { Path = Admin + "/remove", Races = [new(Page(Admin + "/remove"), Patch(Server, """{"cost":20}"""))] },
        new("GET", "/api/rentals", RelayPermissions.RentalsRead) { Query = "account plan after limit", Shows = ["rental"] },
        new("POST", "/api/rentals", RelayPermissions.RentalsWrite) { Json = """{"account":"{customer}","plan":"{relay_plan}","name":"{new_word}"}""", Optional = "name", Status = 201, Once = true },
        new("GET", "/api/rentals/{id}", RelayPermissions.RentalsRead) { Path = Rental },
        new("PATCH", "/api/rentals/{id}", RelayPermissions.RentalsWrite)
        {
            Path = Rental, Json = """{"name":"{new_word}","notes":"x","device_limit":9,"suspended":true}""", Optional = "name notes device_limit suspended",
            Races = [new(Patch(Rental, """{"notes":"One"}"""), Patch(Rental, """{"device_limit":7}""")), new(Patch(Rental, """{"suspended":true}"""), Patch(Rental, """{"name":"Two"}"""))],
        },
        new("POST", "/api/user/activate", Customer) { IsShared = true, Json = """{"serial":"{relay_serial}","name":"{new_word}"}""", Optional = "name", Once = true, Races = [new(Post("/api/user/activate", """{"serial":"{relay_serial}"}"""), Post("/api/user/activate", """{"serial":"{relay_serial}","name":"Two"}"""))] },
        new("GET", "/api/user/rental_info", Customer) { Shows = ["own_rental"] },
        new("GET", "/api/user/history/{user_id}", RelayPermissions.RentalsRead) { Path = "/api/user/history/{customer}", Query = "after limit", AlsoCustomers = true },
        new("GET", "/api/user/devices", Customer) { Query = "rental", Shows = ["bound_key"] },
        new("POST", "/api/user/devices", Customer)
        {
            Json = """{"node_key":"{new_node_key}","name":"Laptop","rental":"{own_rental}"}""", Optional = "name", Once = true,
            Races = [new(Post("/api/user/devices", """{"node_key":"{new_node_key}","rental":"{own_rental}"}"""), Delete(Bound))],
        },
        new("GET", "/account/rentals", Customer) { Query = "serial", Shows = ["own_rental"] },
        new("POST", "/account/rentals", Customer) { IsShared = true, Form = "serial={relay_serial}&rental=&name=Home", Stranger = 422, Races = [new(Page("/account/rentals", "serial={relay_serial}&rental=&name=Home"), Page("/account/rentals", "serial={relay_serial}&rental=&name=Two"))] },
        new("GET", "/account/rentals/{id}", Customer) { Path = Own },
        new("POST", "/account/rentals/{id}/devices", Customer) { Path = Own + "/devices", Form = "node_key={new_node_key}&name=Phone", Races = [new(Page(Own + "/devices", "node_key={new_node_key}&name=Phone"), Delete(Bound))] },
        new("POST", "/account/rentals/{id}/devices/remove", Customer) { Path = Own + "/devices/remove", Form = "node_key={bound_key}", Races = [new(Page(Own + "/devices/remove", "node_key={bound_key}"), Delete(Bound))] },
        new("DELETE", "/api/user/devices/{node_key}", Customer) { Path = Bound, Query = "rental", Races = [new(Delete(Bound), Delete(Bound))] },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["server_name"] = t => Task.FromResult(t.Unique("relay-host")),
        ["server"] = async t => await Add(t.Server, t.Tenant, await t.Get("server_name")),
        ["relay_plan"] = async t =>
        {
            await Add(t.Server, t.Tenant, t.Unique("host"));
            return (string)(await t.Owner.PostApi("/api/plans", new { name = t.Unique("relays"), kind = "relay", servers_per_rental = 1 }))["plan"]!["id"]!;
        },
        ["relay_serial"] = async t => (await t.Owner.Keys(await t.Get("relay_plan"), 1))[0],
        ["rental"] = async t => await Give(t, await t.Get("customer")),
        ["own_rental"] = async t => await Give(t, t.Account),
        ["new_node_key"] = t => Task.FromResult(RelayBench.NodeKey()),
        ["bound_key"] = async t =>
        {
            var key = RelayBench.NodeKey();
            await t.Server.Db.Write(async s => await t.Server.Service<Gatehouse.Relays.Devices.DeviceService>().Add(s, t.Tenant, t.Account, key, "Laptop", await t.Get("own_rental")));
            return key;
        },
    };

    /// <summary>A server without trying it.</summary>
    public static async Task<string> Add(TestServer server, string tenant, string name) =>
        (await server.Db.Write(s => server.Service<ServerService>().Create(s, Shop.Staff with { TenantId = tenant }, new RelayServer { Name = name, Address = "127.0.0.1", RegionCode = "home" }, []))).Id;

    private static async Task<string> Give(Things t, string account) => (string)(await t.Owner.PostApi("/api/rentals", new { account, plan = await t.Get("relay_plan") }))["rental"]!["id"]!;
}
