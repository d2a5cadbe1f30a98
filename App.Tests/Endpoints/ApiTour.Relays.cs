using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Health;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Traffic;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays;
using Gatehouse.Tests.Relays.AclDesk;
using Gatehouse.Tests.Relays.Tailnets;
using Gatehouse.Tests.Support;
using static Gatehouse.Platform.Http.Caller;

namespace Gatehouse.Tests.Endpoints;

internal sealed partial class ApiTour
{
    // Somebody redeems a serial and binds a device; staff give somebody a rental.
    private async Task RentRelays()
    {
        await RelayRows.AddApart(_server, DefaultTenant, v => v with { Name = "shanghai-1", Address = "203.0.113.10", RegionCode = "sh", RegionName = "Shanghai", PortFrom = 20_443, PortTo = 20_443 });
        var plan = (string)(await _owner.PostApi("/api/plans", new { name = "Relay 30 days", kind = "relay", servers_per_rental = 1, device_limit = 5, traffic_quota = 200_000_000_000, duration_seconds = 30 * 86400, price = 2500, prefix = "RELAY" }))["plan"]!["id"]!;
        var account = await _server.Staff.Customer();
        _customer = _server.Client("ghu_" + await AccountsEndpoints.OpenSession(_server, DefaultTenant, account));
        await Call("POST /api/user/activate", "/api/user/activate", $$"""{"serial":"{{(await _owner.Keys(plan, 1))[0]}}","name":"Home"}""");
        await _server.Db.Write(s => s.Execute("UPDATE relay_containers SET state = 'running'"));
        const string key = "nodekey:9c2f8d1e6b3a7c5049d2e1f0a8b7c6d5e4f3021948576a6b5c4d3e2f1a0b9c8d";
        await Call("POST /api/user/devices", "/api/user/devices", $$"""{"node_key":"{{key}}","name":"Laptop"}""");
        await Call("GET /api/user/rental_info", "/api/user/rental_info");
        await Call("GET /api/user/devices", "/api/user/devices");
        await Call("GET /api/user/history/{user_id}", "/api/user/history/" + account);
        const string tried = "nodekey:1f0e9d8c7b6a594837261504f3e2d1c0bfae9d8c7b6a594837261504f3e2d1c0";
        var mine = (await _server.Db.Read(s => s.One("SELECT id FROM rentals WHERE account_id = @account", r => r.GetString(0), ("account", account))))!;
        await _server.Db.Write(s => RefusedStore.Add(s, DefaultTenant, account, new(mine, tried, "", "198.51.100.7", _server.Clock.Now - 10_000, _server.Clock.Now - 10_000, null), _server.Clock.Now));
        await Call("GET /api/user/devices/refused", "/api/user/devices/refused");
        await Call("DELETE /api/user/devices/refused/{node_key}", "/api/user/devices/refused/" + tried);
        await Call("DELETE /api/user/devices/{node_key}", "/api/user/devices/" + key);
        await _server.Db.Write(s => s.Execute("UPDATE relay_slots SET host = 'r1d2c3b4a5f60.relay.invalid' WHERE rental_id = @id", ("id", mine)));
        await ConnectTailnet("/api/user/tailnets/" + mine);
        _customer = null;
        var second = await RelayRows.AddApart(_server, DefaultTenant, v => v with { Name = "tokyo-1", Address = "192.0.2.44", RegionCode = "tyo", RegionName = "Tokyo", PortFrom = 20_444, PortTo = 20_444 });
        var rental = (string)(await Call("POST /api/rentals", "/api/rentals", $$"""{"account":"{{await _server.Staff.Customer()}}","plan":"Relay 30 days","name":"Office"}"""))["rental"]!["id"]!;
        await Call("PATCH /api/rentals/{id}", "/api/rentals/" + rental, """{"device_limit":8,"notes":"Two more for the workshop"}""");
        await Call("GET /api/rentals/{id}", "/api/rentals/" + rental);
        await Call("GET /api/rentals", "/api/rentals?limit=1");
        var slot = (await _server.Db.Read(s => s.One("SELECT id FROM relay_slots WHERE rental_id = @rental", r => r.GetString(0), ("rental", rental))))!;
        await _server.Service<TrafficBook>().Count([new RelayReading(slot, second, "1", _server.Clock.Now - 60_000, new(7_340_032, 6_815_744, 6_200, 5_900), new Dictionary<string, Volume> { [key] = new(7_300_000, 6_800_000, 6_190, 5_890) })], default);
        await Call("GET /api/traffic/realtime", "/api/traffic/realtime");
        await Call("GET /api/traffic/history", "/api/traffic/history?span=day&by=device");
        await Call("GET /api/traffic/export", "/api/traffic/export?span=day&by=device");
        await _server.Db.Write(s => _server.Service<ServerProber>().Said(s, new Asked(DefaultTenant, second, "tokyo-1", "unknown", "192.0.2.44", 20_444, "", false), 61, null));
        await Call("GET /api/server/health_check", "/api/server/health_check");
        await _server.Db.Write(s => s.Execute("UPDATE relay_servers SET traffic_allowance = 2000000000000, traffic_counted = 'out', cost = 1860, bandwidth = 25000000 WHERE id = @id", ("id", second)));
        await Call("GET /api/server/figures", "/api/server/figures");
        await _server.Db.Write(s => s.Execute("INSERT INTO relay_anomalies (id, tenant_id, account_id, rental_id, kind, day, at, seen, usual, act, until) SELECT @id, tenant_id, account_id, id, 'habit', 0, @now, 48000000000, 1900000000, 'slow', @until FROM rentals WHERE id = @rental", ("id", "01a22d40-52e3-7000-8a61-3c5e9f0d7b12"), ("now", _server.Clock.Now), ("until", _server.Clock.Now + 86_400_000), ("rental", rental)));
        await Call("GET /api/traffic/anomalies", "/api/traffic/anomalies");
        await Call("POST /api/traffic/anomalies/{id}/lift", "/api/traffic/anomalies/01a22d40-52e3-7000-8a61-3c5e9f0d7b12/lift");
        await Call("GET /api/server/history/{id}", $"/api/server/history/{second}?span=hour");
        await _server.Db.Write(s => s.Execute("UPDATE relay_servers SET kind = 'relay_host' WHERE id = @id", ("id", second)));
        var container = (string)(await Call("GET /api/container/list", $"/api/container/list?server={second}"))["items"]![0]!["id"]!;
        await Call("GET /api/container/status/{id}", $"/api/container/status/{container}?logs=20");
        await Call("DELETE /api/container/release/{id}", "/api/container/release/" + container);
        await Call("POST /api/container/allocate", "/api/container/allocate", $$"""{"rental":"{{rental}}"}""");
        await _server.Db.Write(s => s.Execute("UPDATE relay_servers SET kind = 'elsewhere' WHERE id = @id", ("id", second)));
        await RelayRows.AddApart(_server, DefaultTenant, v => v with { Name = "osaka-1", Address = "192.0.2.45", RegionCode = "osa", RegionName = "Osaka", PortFrom = 20_444, PortTo = 20_444 });
        await Call("POST /api/moves", "/api/moves", $$"""{"rental":"{{rental}}","region_id":900}""");
        await Call("GET /api/moves", "/api/moves?open=true");
        await Call("GET /api/moves/server/{id}", "/api/moves/server/" + second);
        await Call("POST /api/moves/server/{id}", "/api/moves/server/" + second, """{"leave":"drained"}""");
        await Call("GET /api/moves/balance", "/api/moves/balance");
        await Call("POST /api/moves/balance", "/api/moves/balance");
    }

    // It is connected with its person's tailnet, whose policy gets the map.
    private async Task ConnectTailnet(string path)
    {
        await Call("POST /api/user/tailnets/{rental}", path, $$"""{"secret":"{{FakeTailnet.Known}}TOUR-example","tag":"","choose":"oldest"}""");
        await Call("GET /api/user/tailnets", "/api/user/tailnets");
        await Call("POST /api/user/tailnets/{rental}/sync", path + "/sync");
        var seen = (string)(await Call("GET /api/user/tailnets/{rental}/preview", path + "/preview"))["seen"]!;
        await Call("POST /api/user/tailnets/{rental}/deliver", path + "/deliver", $$"""{"seen":"{{seen}}","sure":true}""");
        await Call("GET /api/user/tailnets/{rental}", path);
        await Call("POST /api/user/tailnets/{rental}/undo", path + "/undo");
        await Call("DELETE /api/user/tailnets/{rental}", path);
    }

    // A customer's relays get a map, which goes into a policy and is subscribed to.
    private async Task GiveMaps()
    {
        await Rented.Make(_server, await _server.Staff.Customer(username: "chen.yu"));
        await _server.Db.Write(s => s.Execute("UPDATE relay_slots SET port = 23000 + position, host = 'r1d2c3b4a5f' || position || '.relay.invalid' WHERE account_id = (SELECT id FROM accounts WHERE username = 'chen.yu')"));
        await Call("POST /api/acl/generate", "/api/acl/generate", """{"username":"chen.yu","machines":3}""");
        await Call("POST /api/acl/update", "/api/acl/update", """{"username":"chen.yu","names":{"900":"Shanghai"}}""");
        await Call("GET /api/acl/download/{username}", "/api/acl/download/chen.yu?format=headscale");
        await Call("POST /api/acl/merge", "/api/acl/merge", """{"username":"chen.yu","policy":"{\n\t// Everybody may reach everything.\n\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"*\"], \"ip\": [\"*\"]}],\n}\n"}""");
        await Call("POST /api/acl/link", "/api/acl/link", """{"username":"chen.yu"}""");
        await Call("GET /api/acl/logs/{user_id}", "/api/acl/logs/chen.yu?limit=2");
        await Call("DELETE /api/acl/link", "/api/acl/link?username=chen.yu");
    }
}
