using Gatehouse.Platform.Http;
using Gatehouse.Relays.Leaving;
using Gatehouse.Relays.Moves;
using Gatehouse.Relays.Servers;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Hosts;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;
using static Gatehouse.Tests.Relays.Rentals.Doors;

namespace Gatehouse.Tests.Relays.Moves;

/// <summary>Moves with real relays and real devices.</summary>
public sealed class MovingTests
{
    private static readonly Dictionary<string, string?> EachSecond = new() { ["Relays:SampleSeconds"] = "1" };

    /// <summary>A server dies: after a while its relay runs elsewhere by the same pin and port, and the device comes to it there.</summary>
    [Theory, BothEngines]
    public async Task After_a_servers_death_devices_come_back_by_the_same_pin_and_port(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var folder = new TestFolder();
        var (owner, (_, http)) = (await server.As(Role.Owner), await Helpdesk.Customer(server));
        var (far, token) = await TestHost.Server(owner, server.Address);
        var laptop = TestKey.New();
        string id, relayKey;
        await using (var host = TestHost.Start(token, folder.Path))
        {
            await TestHost.Connected(owner, far);
            id = (string)(await http.PostApi("/api/user/activate", new { serial = (await owner.Keys(await Plan(owner, 30 * 86400), 1))[0] }))["rental"]!["id"]!;
            await http.PostApi("/api/user/devices", new { node_key = laptop.Node });
            relayKey = await RelayKey(server, id, laptop);
        }
        await TestHost.Connected(owner, far, false);
        var before = await Slot(server, id);
        var here = (await server.Db.Write(s => server.Service<ServerService>().Create(s, Shop.Staff, new RelayServer { Name = "here", Address = "127.0.0.2", RegionCode = "far" }, []))).Id;
        await server.Db.Write(s => s.Execute("UPDATE relay_servers SET health = 'down', health_since = @since, probed_at = @now WHERE id = @id", ("now", server.Clock.Now), ("since", server.Clock.Now - 16 * 60_000), ("id", far)));
        await server.Service<LeaveKeeper>().Run(default);
        await Wait.Until(async () => await server.Service<MoveKeeper>().Run(default) is { Key.Length: > 0 } && (await Slot(server, id)).ServerId == here, () => "maps name the new place " + string.Join("\n", server.Errors.Lines));
        var after = await Slot(server, id);
        Assert.Equal((before.Port, before.CertName, before.RegionId, "127.0.0.2"), (after.Port, after.CertName, after.RegionId, after.Address));
        Assert.Equal(relayKey, await RelayKey(server, id, laptop));
        Assert.Empty(server.Errors.Lines);
    }

    /// <summary>From this process to a host elsewhere: at each moment two devices exchange packets, by the old relay until the new one is named, by both while the map is on its way, and by the new one after; what both carried is in the book once.</summary>
    [Theory, BothEngines]
    public async Task Devices_exchange_packets_all_the_way(Engine engine)
    {
        await using var server = await TestServer.Start(engine, EachSecond);
        using var folder = new TestFolder();
        await RelayRows.Add(server, Caller.DefaultTenant, "here");
        var (owner, (_, http)) = (await server.As(Role.Owner), await Helpdesk.Customer(server));
        var id = (string)(await http.PostApi("/api/user/activate", new { serial = (await owner.Keys(await Plan(owner, 30 * 86400), 1))[0] }))["rental"]!["id"]!;
        TestKey laptop = TestKey.New(), phone = TestKey.New();
        foreach (var mine in new[] { laptop, phone })
            await http.PostApi("/api/user/devices", new { node_key = mine.Node });
        var link = new Uri((string)(await http.PostApi("/api/acl/link", new { rental = id }))["link"]!).AbsolutePath;
        var sent = 0;
        await using var a = await Admitted(server, id, laptop);
        await using var b = await Admitted(server, id, phone);
        await Exchange(a, b);

        var (far, token) = await TestHost.Server(owner, server.Address);
        await using var host = TestHost.Start(token, folder.Path);
        await TestHost.Connected(owner, far);
        var before = await Slot(server, id);
        var begun = await owner.PostApi("/api/moves", new { rental = id, region_id = before.RegionId, server = far });
        Assert.Equal(("starting", "here", "far"), ((string?)begun["move"]!["state"], (string?)begun["move"]!["from"], (string?)begun["move"]!["to"]));
        var keeper = server.Service<MoveKeeper>();
        await Wait.Until(async () => await keeper.Run(default) is { Key.Length: > 0 } && (await Slot(server, id)).ServerId == far, () => "maps name the new place " + string.Join("\n", server.Errors.Lines));
        var after = await Slot(server, id);
        Assert.Equal((before.CertName, before.RegionId), (after.CertName, after.RegionId));

        // One machine: the port is another. Both run, each with its own devices.
        Assert.NotEqual(before.Port, after.Port);
        await Exchange(a, b);
        await using (var c = await Admitted(server, id, laptop))
        await using (var d = await Admitted(server, id, phone))
            await Exchange(c, d);
        await Exchange(a, b);

        // The link gives the new map; a minute later the old one goes.
        var map = await http.GetApi(link.EndsWith(".json", StringComparison.Ordinal) ? link : link.Replace(".yaml", ".json", StringComparison.Ordinal));
        Assert.Contains($"{after.Port}", map.Body!.ToJsonString(), StringComparison.Ordinal);
        await keeper.Run(default);
        await Exchange(a, b);
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        await keeper.Run(default);
        await a.Closed();
        await using var e = await Admitted(server, id, laptop);
        await using var f = await Admitted(server, id, phone);
        await Exchange(e, f);
        await Wait.Until(async () => await Booked() >= sent, () => "what was sent is in the book");
        Assert.InRange(await Booked(), sent, sent + sent / 5);
        Assert.Empty(server.Errors.Lines);

        async Task Exchange(DerpTestClient from, DerpTestClient to)
        {
            for (var i = 0; i < 5; i++)
            {
                await from.Send(phone, new byte[10_000]);
                Assert.Equal(10_000, (await to.Packet()).Data.Length);
                sent += 10_000;
            }
        }

        Task<long> Booked() => server.Db.Read(s => s.Number("SELECT CAST(COALESCE(SUM(bytes_in), 0) AS BIGINT) FROM relay_traffic WHERE span = 86400 AND device = @key", ("key", laptop.Node)));
    }
}
