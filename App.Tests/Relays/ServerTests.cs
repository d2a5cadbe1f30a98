using System.Net;
using System.Net.Sockets;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays;

/// <summary>Servers of relays: tried before they are added, and kept as they are while relays are on them.</summary>
public sealed class ServerTests
{
    [Theory, BothEngines]
    public async Task An_embedded_server_is_tried_step_by_step_and_added(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var added = await http.PostApi("/api/add_server", new { kind = "embedded", name = "home", address = "127.0.0.1", region_code = "HOME", port_from = 24000, port_to = 24999, traffic_allowance = 1L << 40, cost = 500 });
        Assert.Equal(HttpStatusCode.Created, added.Status);
        Assert.Equal(["success", "server", "checks"], added.Body.Names());
        Assert.Equal(["address", "ports", "trial"], added["checks"]!.AsArray().Select(c => (string)c!["step"]!));
        Assert.All(added["checks"]!.AsArray(), c => Assert.True((bool)c!["ok"]!, (string?)c["detail"]));
        // People try it at home: that is said, and no fault.
        Assert.True((bool)added["checks"]![0]!["warn"]!);
        Assert.Equal(("home", "HOME", 1L << 40, 0), ((string)added["server"]!["region_code"]!, (string)added["server"]!["region_name"]!, (long)added["server"]!["traffic_allowance"]!, (int)added["server"]!["slots"]!));
        var status = await http.GetApi("/api/server/status/" + added["server"]!["id"]);
        Assert.Equal((0, 1000), ((int)status["placed"]!, (int)status["room"]!));
        (await http.PostApi("/api/add_server", new { name = "home", address = "127.0.0.1" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "name");
    }

    [Fact]
    public async Task Ports_that_something_else_has_are_told()
    {
        await using var server = await TestServer.Start();
        using var stranger = new TcpListener(IPAddress.IPv6Any, 0);
        stranger.Server.DualMode = true;
        stranger.Start();
        var port = ((IPEndPoint)stranger.LocalEndpoint).Port;
        (await (await server.As(Role.Admin)).PostApi("/api/add_server", new { name = "home", address = "127.0.0.1", port_from = port, port_to = port })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "port_from");
    }

    [Theory]
    [InlineData("""{"kind":"nothing","name":"x","address":"127.0.0.1"}""", "kind")]
    [InlineData("""{"kind":"docker","name":"x","address":"127.0.0.1"}""", "docker.url")]
    [InlineData("""{"kind":"docker","name":"x","address":"127.0.0.1","docker":5}""", "docker")]
    [InlineData("""{"kind":"docker","name":"x","address":"127.0.0.1","docker":{"url":"unix:///nowhere.sock"}}""", "docker.url")]
    [InlineData("""{"kind":"docker","name":"x","address":"127.0.0.1","docker":{"url":"http://127.0.0.1:2375"}}""", "docker.url")]
    [InlineData("""{"kind":"docker","name":"x","address":"127.0.0.1","docker":{"url":"tcp://127.0.0.1:2376"}}""", "docker.tls")]
    [InlineData("""{"kind":"docker","name":"x","address":"127.0.0.1","docker":{"url":"ssh://root@127.0.0.1"}}""", "docker.ssh")]
    [InlineData("""{"kind":"docker","name":"x","address":"127.0.0.1","docker":{"url":"ssh://-oProxyCommand=x@127.0.0.1","ssh":{"password":"x"}}}""", "docker.url")]
    [InlineData("""{"kind":"docker","name":"x","address":"127.0.0.1","docker":{"url":"ssh://root@127.0.0.1","ssh":{"password":"x"}}}""", "link_url")]
    [InlineData("""{"kind":"embedded","name":"x","address":"127.0.0.1","docker":{"url":"unix:///var/run/docker.sock"}}""", "docker")]
    [InlineData("""{"kind":"relay_host","name":"x","address":"127.0.0.1","link_url":"http://203.0.113.5"}""", "link_url")]
    [InlineData("""{"name":"x","address":"localhost"}""", "address")]
    [InlineData("""{"name":"x","address":"1.2.3.4.5"}""", "address")]
    [InlineData("""{"name":"x"}""", "address")]
    [InlineData("""{"name":"x","address":"127.0.0.1","ipv6":"10.0.0.1"}""", "ipv6")]
    [InlineData("""{"name":"x","address":"127.0.0.1","region_code":"上海"}""", "region_code")]
    [InlineData("""{"name":"x","address":"127.0.0.1","port_from":3000,"port_to":2000}""", "port_to")]
    [InlineData("""{"name":"x","address":"127.0.0.1","port_from":80}""", "port_from")]
    [InlineData("""{"name":"x","address":"127.0.0.1","coordinates":"91, 5"}""", "coordinates")]
    public async Task What_cannot_be_is_told_by_field(string json, string field)
    {
        await using var server = await TestServer.Start();
        (await (await server.As(Role.Admin)).PostApi("/api/add_server", System.Text.Json.Nodes.JsonNode.Parse(json)!)).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", field);
    }

    [Theory, BothEngines]
    public async Task What_devices_know_it_by_stays_while_relays_are_on_it(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var id = await RelayRows.Add(server, Caller.DefaultTenant, "home");
        Assert.Equal("203.0.113.9", (string)(await http.PatchApi("/api/server/" + id, new { address = "203.0.113.9" }))["server"]!["address"]!);
        await RelayWays.Place(server, id, await server.Staff.Customer(), 20_000);
        (await http.PatchApi("/api/server/" + id, new { address = "203.0.113.10" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "address");
        Assert.True((bool)(await http.PatchApi("/api/server/" + id, new { draining = true }))["server"]!["draining"]!);
        (await http.DeleteApi("/api/server/" + id)).IsProblem(HttpStatusCode.Conflict, "SERVER_IN_USE");
        Assert.Equal(1, (int)(await http.GetApi("/api/server/status/" + id))["placed"]!);
    }

    [Fact]
    public async Task It_is_added_and_drained_on_its_page_which_keeps_what_was_typed()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Owner);
        var wrong = await browser.Submit(await browser.Get("/admin/servers/new"), "form#server", new() { ["name"] = "home", ["address"] = "127.0.0.1", ["port_from"] = "25000", ["port_to"] = "24000" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "25000"), (wrong.Status, wrong.One("[name=port_from]").GetAttribute("value")));
        await browser.Submit(wrong, "form#server", new() { ["port_to"] = "25999", ["traffic_allowance"] = "2", ["traffic_allowance_unit"] = "TB" });
        var made = Assert.Single((await (await server.As(Role.Owner)).GetApi("/api/servers")).Items())!;
        Assert.Equal(("home", 2L << 40), ((string)made["name"]!, (long)made["traffic_allowance"]!));
        var shown = await browser.Submit(await browser.Get("/admin/servers/" + made["id"]), "form[action$='/drain']");
        Assert.NotNull(shown.Document.QuerySelector("form[action$='/drain'] input[name=draining][value='']"));
        Assert.Contains("home", (await browser.Get("/admin/servers")).Html, StringComparison.Ordinal);
    }
}
