using Gatehouse.Platform.Crypto;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Servers;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Relays;

/// <summary>Servers of relays, over REST and as pages.</summary>
public static class RelayRows
{
    private const string Release = "/api/container/release/{container}", Server = "/api/server/{server}", Admin = "/admin/servers/{server}", Host = "/api/server/{relay_host}", HostAdmin = "/admin/servers/{relay_host}", Left = "/admin/servers/left/{left_engine}/give-up", Taken = "/admin/containers/{container}/release", Bare = "rental={bare_rental}&region_id=900";
    private const string Form = "kind=embedded&name={new_word}&address=127.0.0.1&ipv6=&region_code=home&region_name=Home&coordinates=&port_from=21000&port_to=21999&slot_limit=&bandwidth=&traffic_allowance=&traffic_allowance_unit=TB&traffic_counted=both&traffic_reset_day=1&traffic_stop_percent=95&multiplier=100&cost=5.00&currency=CNY&billing_day=1&notes=typed";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/servers", RelayPermissions.ServersRead) { Query = "q after limit", Shows = ["server"], Finds = ["?q={server_name}"] },
        new("POST", "/api/add_server", RelayPermissions.ServersWrite)
        {
            Json = """{"kind":"embedded","name":"{new_word}","address":"127.0.0.1","region_code":"home","port_from":21000,"port_to":21999}""", Optional = "kind region_code port_from port_to", Status = 201, Once = true,
        },
        new("GET", "/api/server/status/{id}", RelayPermissions.ServersRead) { Path = "/api/server/status/{server}" },
        new("POST", "/api/server/{id}/join", RelayPermissions.ServersWrite) { Path = Host + "/join", Races = [new(new("POST", Host + "/join"), Patch(Host, """{"draining":true}""")), new(new("POST", Host + "/join"), Delete(Host))] },
        new("POST", "/api/server/{id}/try", RelayPermissions.ServersWrite) { Path = Host + "/try", Leaves = true },
        new("PATCH", "/api/server/{id}", RelayPermissions.ServersWrite)
        {
            Path = Server, Json = """{"name":"{new_word}","draining":true,"cost":500}""", Optional = "name draining cost",
            Races = [new(Patch(Server, """{"notes":"One"}"""), Patch(Server, """{"draining":true}""")), new(Patch(Server, """{"port_from":22000}"""), Patch(Server, """{"cost":7}"""))],
        },
        new("DELETE", "/api/server/{id}", RelayPermissions.ServersWrite) { Path = Server, Races = [new(Delete(Server), Patch(Server, """{"draining":true}""")), new(Delete(Server), Delete(Server))] },
        new("GET", "/api/server/figures", RelayPermissions.ServersRead) { Shows = ["server"] },
        new("GET", "/admin/servers", RelayPermissions.ServersRead) { Query = "q tab after", Shows = ["server"], Finds = ["?q={server_name}"] },
        new("GET", "/admin/servers/new", RelayPermissions.ServersWrite) { Path = "/admin/servers/new?from={server}", Query = "kind from" },
        new("POST", "/admin/servers/new", RelayPermissions.ServersWrite) { Form = Form },
        new("GET", "/admin/servers/start", RelayPermissions.ServersWrite),
        new("POST", "/admin/servers/start", RelayPermissions.ServersWrite) { Form = "address=127.0.0.1&name={new_word}&region_code=home&region_name=Home&port_from=21000&port_to=21999" },
        new("GET", "/admin/servers/start/done", RelayPermissions.ServersWrite) { Path = "/admin/servers/start/done?server={server}&batch={batch}" },
        new("GET", "/admin/servers/{id}", RelayPermissions.ServersRead) { Path = Admin },
        new("POST", "/admin/servers/{id}", RelayPermissions.ServersWrite) { Path = Admin, Form = Form, Races = [new(Page(Admin, Form), Delete(Server))] },
        new("POST", "/admin/servers/{id}/drain", RelayPermissions.ServersWrite) { Path = Admin + "/drain", Form = "draining=true", Races = [new(Page(Admin + "/drain", "draining=true"), Patch(Server, """{"cost":7}"""))] },
        new("POST", "/admin/servers/{id}/join", RelayPermissions.ServersWrite) { Path = HostAdmin + "/join", Status = 200, Races = [new(Page(HostAdmin + "/join"), Patch(Host, """{"draining":true}"""))] },
        new("POST", "/admin/servers/{id}/try", RelayPermissions.ServersWrite) { Path = HostAdmin + "/try", Status = 200, Leaves = true },
        new("GET", "/admin/servers/tries/{key}", RelayPermissions.ServersWrite) { Path = "/admin/servers/tries/k1" },
        new("GET", "/admin/servers/tries/{key}/live", RelayPermissions.ServersWrite) { Path = "/admin/servers/tries/k1/live", Type = "text/event-stream", Apart = true },
        new("POST", "/admin/servers/{id}/engine", RelayPermissions.ServersWrite) { Path = Admin + "/engine", Races = [new(Page(Admin + "/engine"), Patch(Server, """{"cost":7}"""))] },
        new("POST", "/admin/servers/left/{id}/give-up", RelayPermissions.ServersWrite) { Path = Left, Races = [new(Page(Left), Page(Left))] },
        new("GET", "/api/container/list", RelayPermissions.ServersRead) { Query = "server rental state q after limit", Shows = ["container"] },
        new("GET", "/api/container/status/{id}", RelayPermissions.ServersRead) { Path = "/api/container/status/{container}", Query = "logs" },
        new("POST", "/api/container/allocate", RelayPermissions.ServersWrite)
        {
            Json = """{"rental":"{rental}","again":true}""", Optional = "again", Status = 201, Once = true,
            Races = [new(Post("/api/container/allocate", """{"rental":"{rental}","again":true}"""), Patch("/api/rentals/{rental}", """{"notes":"One"}"""))],
        },
        new("DELETE", "/api/container/release/{id}", RelayPermissions.ServersWrite) { Path = Release, Races = [new(Delete(Release), Delete(Release)), new(Delete(Release), Patch("/api/rentals/{rental}", """{"notes":"One"}"""))] },
        new("GET", "/admin/containers", RelayPermissions.ServersRead) { Query = "server rental state q after", Shows = ["container"] },
        new("GET", "/admin/containers/{id}", RelayPermissions.ServersRead) { Path = "/admin/containers/{container}" },
        new("POST", "/admin/containers/{id}/renew", RelayPermissions.ServersWrite) { Path = "/admin/containers/{container}/renew", Races = [new(Page("/admin/containers/{container}/renew"), Delete(Release))] },
        new("POST", "/admin/containers/{id}/release", RelayPermissions.ServersWrite) { Path = Taken, Races = [new(Page(Taken), Page(Taken)), new(Page(Taken), Patch("/api/rentals/{rental}", """{"notes":"One"}"""))] },
        new("POST", "/admin/containers/allocate", RelayPermissions.ServersWrite)
        {
            Form = Bare, Races = [new(Page("/admin/containers/allocate", Bare), Page("/admin/containers/allocate", Bare)), new(Page("/admin/containers/allocate", Bare), Patch("/api/rentals/{bare_rental}", """{"notes":"One"}"""))],
        },
        new("GET", "/relay/link", Open) { Type = "text/plain", Apart = true },
        new("POST", "/admin/servers/{id}/remove", RelayPermissions.ServersWrite) { Path = Admin + "/remove", Races = [new(Page(Admin + "/remove"), Patch(Server, """{"cost":20}"""))] },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["server_name"] = t => Task.FromResult(t.Unique("relay-host")),
        ["relay_host"] = async t => await Add(t.Server, t.Tenant, new RelayServer { Name = t.Unique("far-host"), Kind = RelayServer.RelayHost, Address = "127.0.0.1", RegionCode = "far", LinkUrl = "https://keys.example.com" }),
        ["container"] = async t => await t.Get("rental") is var rental ? (await t.Server.Db.Read(s => s.One("SELECT c.id FROM relay_containers c JOIN relay_slots s ON s.id = c.slot_id WHERE s.rental_id = @rental", r => r.GetString(0), ("rental", rental))))! : "",
        ["bare_rental"] = async t =>
        {
            var rental = await t.Get("rental");
            await t.Server.Db.Write(s => s.Execute("DELETE FROM relay_containers WHERE slot_id IN (SELECT id FROM relay_slots WHERE rental_id = @rental)", ("rental", rental)));
            return rental;
        },
        ["left_engine"] = async t =>
        {
            var id = Ids.New();
            await t.Server.Db.Write(s => s.Execute("INSERT INTO relay_left_engines (id, tenant_id, name, docker, sealed_secrets, engine_id, containers, left_at) VALUES (@id, @tenant, 'left', '{}', '', 'E', 2, 0)", ("id", id), ("tenant", t.Tenant)));
            return id;
        },
        ["server"] = async t => await Add(t.Server, t.Tenant, await t.Get("server_name")),
    };

    /// <summary>A server without trying it.</summary>
    public static Task<string> Add(TestServer server, string tenant, string name) => Add(server, tenant, new RelayServer { Name = name, Address = "127.0.0.1", RegionCode = "home" });

    /// <summary>The same on a machine that nothing runs: what its relays are does not change by itself.</summary>
    public static async Task<string> AddApart(TestServer server, string tenant, Func<RelayServer, RelayServer> with)
    {
        var id = await Add(server, tenant, with(new RelayServer { Address = "127.0.0.1" }));
        await server.Db.Write(s => s.Execute("UPDATE relay_servers SET kind = 'elsewhere' WHERE id = @id", ("id", id)));
        return id;
    }

    private static async Task<string> Add(TestServer server, string tenant, RelayServer wanted) => (await server.Db.Write(s => server.Service<ServerService>().Create(s, Shop.Staff with { TenantId = tenant }, wanted, []))).Id;
}
