using Gatehouse.Platform.Http;
using Gatehouse.Relays.Leaving;
using Gatehouse.Relays.Moves;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Engines;
using Gatehouse.Tests.Relays.Hosts;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>Moves from, between and to containers of a real engine, with real devices.</summary>
public sealed class DockerMoveTests(ShippedImage shipped) : IClassFixture<ShippedImage>
{
    /// <summary>From this process to a container, to another server's, and to a host that dials in: at each moment two devices exchange packets, by the old relay until the new map was fetched, by both meanwhile, and by the new one after; key, pin and region stay, and each byte is in the book once.</summary>
    [Fact]
    public async Task Devices_exchange_packets_all_the_way_from_this_process_to_containers_and_to_a_host()
    {
        await using var bench = await DockerBench.Start(shipped);
        using var folder = new TestFolder();
        var server = bench.Server;
        var (_, http) = await Helpdesk.Customer(server);
        await RelayRows.Add(server, Caller.DefaultTenant, "here");
        TestKey laptop = TestKey.New(), phone = TestKey.New();
        var rental = await bench.Rent(http, 1, 30 * 86_400, laptop, phone);
        var link = new Uri((string)(await http.PostApi("/api/acl/link", new { rental }))["link"]!).AbsolutePath.Replace(".yaml", ".json", StringComparison.Ordinal);
        var clients = new List<DerpTestClient>();
        var (a, b) = await Pair();
        await Exchange(a, b);
        var (key, first) = (Convert.ToHexStringLower(a.RelayKey), (await bench.Slots(rental))[0]);

        var one = await bench.Add(DockerBench.Socket, bench.Public);
        await Go(one);
        await Go(await bench.Add(DockerBench.Socket, bench.Public, "engine-2"));
        await Wait.Until(async () => (await bench.There()).Count == 1 && await bench.Volumes() == 1, "the first is gone");
        var (far, token) = await TestHost.Server(bench.Owner, server.Address);
        await using var host = TestHost.Start(token, folder.Path);
        await TestHost.Connected(bench.Owner, far);
        await Go(far);
        await Wait.Until(async () => (await bench.There()).Count == 0 && await bench.Volumes() == 0, "nothing is left on the engine");
        await Wait.Until(async () => await Booked() >= clients.Where(c => c.Key == laptop).Sum(c => c.BytesSent), "what was sent is in the book");
        Assert.Equal(clients.Where(c => c.Key == laptop).Sum(c => c.BytesSent), await Booked());
        Assert.Empty(server.Errors.Lines);

        async Task Go(string to)
        {
            var keeper = server.Service<MoveKeeper>();
            var before = (await bench.Slots(rental))[0];
            Assert.Equal("starting", (string?)(await bench.Owner.PostApi("/api/moves", new { rental, region_id = before.RegionId, server = to }))["move"]!["state"]);
            await Wait.Until(async () =>
            {
                await Exchange(a, b);
                return await keeper.Run(default) is { Key.Length: > 0 } && (await bench.Slots(rental))[0].ServerId == to;
            }, () => "maps name the new place " + string.Join("\n", server.Errors.Lines));
            var after = (await bench.Slots(rental))[0];
            Assert.Equal((first.CertName, first.RegionId), (after.CertName, after.RegionId));
            Assert.NotEqual(before.Port, after.Port);
            await Exchange(a, b);
            var (c, d) = await Pair();
            Assert.Equal(key, Convert.ToHexStringLower(c.RelayKey));
            await Exchange(c, d);
            await Exchange(a, b);
            Assert.Contains($"{after.Port}", (await http.GetApi(link)).Body!.ToJsonString(), StringComparison.Ordinal);
            await keeper.Run(default);
            await Exchange(a, b);
            // A container that goes takes with it what it has not told yet.
            await Wait.Until(async () => await Booked() >= clients.Where(x => x.Key == laptop).Sum(x => x.BytesSent), "it is in the book");
            server.Clock.Advance(TimeSpan.FromMinutes(2));
            await keeper.Run(default);
            await a.Closed();
            await Exchange(c, d);
            (a, b) = (c, d);
        }

        async Task<(DerpTestClient, DerpTestClient)> Pair()
        {
            var pair = (await bench.Admitted(rental, 0, laptop), await bench.Admitted(rental, 0, phone));
            clients.AddRange([pair.Item1, pair.Item2]);
            return pair;
        }

        async Task Exchange(DerpTestClient from, DerpTestClient to)
        {
            for (var i = 0; i < 3; i++)
            {
                await from.Send(phone, new byte[5000]);
                Assert.Equal(5000, (await to.Packet()).Data.Length);
                await to.Send(laptop, new byte[300]);
                Assert.Equal(300, (await from.Packet()).Data.Length);
            }
        }

        Task<long> Booked() => server.Db.Read(s => s.Number("SELECT CAST(COALESCE(SUM(bytes_in), 0) AS BIGINT) FROM relay_traffic WHERE span = 86400 AND device = @key", ("key", laptop.Node)));
    }

    /// <summary>A server dies with its containers: after a while its relay runs on another by the same key, pin and port, and the device comes to it there; back, the dead one makes nothing of it again.</summary>
    [Fact]
    public async Task After_a_servers_death_devices_come_back_by_the_same_pin_and_port()
    {
        await using var bench = await DockerBench.Start(shipped);
        using var folder = new TestFolder();
        var (server, (_, http), laptop, ports) = (bench.Server, await Helpdesk.Customer(bench.Server), TestKey.New(), DockerBench.Ports());
        var one = await bench.Add(DockerBench.Socket, bench.Public, from: ports);
        var rental = await bench.Rent(http, 1, 30 * 86_400, laptop);
        var client = await bench.Admitted(rental, 0, laptop);
        var (key, before) = (Convert.ToHexStringLower(client.RelayKey), (await bench.Slots(rental))[0]);
        // The same machine by another of its addresses, and so another machine for all that is known of it.
        var elsewhere = new Uri(bench.Public).Host;
        var other = await bench.Add(DockerBench.Socket, bench.Public, "engine-2", elsewhere, ports);

        await bench.Owner.PatchApi("/api/server/" + one, new { docker = new { url = "unix://" + folder.File("dead.sock") } });
        await Wait.Until(async () => (string?)(await bench.Owner.GetApi("/api/server/status/" + one))["error"] is not null, "the engine is told to be away");
        await TestDocker.Run("rm", "--force", await bench.NameOf(before));
        await client.Closed();
        await client.DisposeAsync();
        await server.Db.Write(s => s.Execute("UPDATE relay_servers SET health = 'down', health_since = @since, probed_at = @now WHERE id = @id", ("now", server.Clock.Now), ("since", server.Clock.Now - 16 * 60_000), ("id", one)));
        await server.Service<LeaveKeeper>().Run(default);
        await Wait.Until(async () => await server.Service<MoveKeeper>().Run(default) is { Key.Length: > 0 } && (await bench.Slots(rental))[0].ServerId == other, () => "maps name the new place " + string.Join("\n", server.Errors.Lines));
        var after = (await bench.Slots(rental))[0];
        Assert.Equal((before.Port, before.CertName, before.RegionId, elsewhere), (after.Port, after.CertName, after.RegionId, after.Address));
        await using (var again = await bench.Admitted(rental, 0, laptop))
            Assert.Equal(key, Convert.ToHexStringLower(again.RelayKey));

        await bench.Owner.PatchApi("/api/server/" + one, new { docker = DockerBench.Socket });
        server.Clock.Advance(RelayMove.Patience);
        await server.Service<MoveKeeper>().Run(default);
        await Wait.Until(async () => (string?)(await bench.Owner.GetApi("/api/server/status/" + one))["error"] is null, "the engine is back", 120);
        // Nothing is made there again.
        Assert.EndsWith(" running", Assert.Single(await bench.There()));
        Assert.Empty(server.Errors.Lines);
    }
}
