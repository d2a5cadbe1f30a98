using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Rentals;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Engines;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>Servers of kind <c>docker</c> on a real engine: relays in containers, with real devices.</summary>
public sealed class DockerTests(ShippedImage shipped) : IClassFixture<ShippedImage>
{
    /// <summary>By whatever way the engine is reached: redeemed, its containers let two bound devices exchange packets and refuse a third, and what they carried is in the book to the byte; one that is removed is cut; after the end nobody is let in and they stand still; renewed in its grace, they are the relays that they were; after it nothing is left of them, and their ports are given again.</summary>
    [Theory]
    [InlineData(DockerWay.Socket, 3, Engine.Sqlite), InlineData(DockerWay.Socket, 3, Engine.Postgres), InlineData(DockerWay.Tls, 2, Engine.Sqlite), InlineData(DockerWay.Ssh, 2, Engine.Sqlite)]
    public async Task A_redeemed_serial_is_its_containers_from_first_to_last(string way, int count, Engine engine)
    {
        await using var bench = await DockerBench.Start(shipped, engine);
        await using var to = await DockerWay.Open(bench, way);
        var (_, http) = await Helpdesk.Customer(bench.Server);
        var server = await bench.Add(to.Docker, bench.Public);
        Assert.Equal((0, 0), ((await bench.There()).Count, await bench.Volumes()));
        TestKey laptop = TestKey.New(), phone = TestKey.New(), stranger = TestKey.New();
        var id = await bench.Rent(http, count, laptop, phone);
        var (relays, sent) = (new List<string>(), 0L);
        for (var i = 0; i < count; i++)
        {
            await using var a = await bench.Admitted(id, i, laptop);
            await using var b = await bench.Admitted(id, i, phone);
            await a.Send(phone, new byte[1000 + i]);
            Assert.Equal((laptop.Hex, 1000 + i), await b.Packet() is var packet ? (packet.From, packet.Data.Length) : default);
            Assert.False(await bench.LetsIn(id, i, stranger));
            relays.Add(Convert.ToHexStringLower(a.RelayKey));
            sent += a.BytesSent;
        }
        await bench.States(id, "running");
        Assert.All(await bench.There(), c => Assert.EndsWith(" running", c));
        Assert.Equal(count, (await bench.There()).Count);
        // All that it has sent: what the packets hold, and what DERP says around it.
        await Wait.Until(async () => await Booked(bench, laptop) >= sent, "what was sent is in the book");
        Assert.Equal(sent, await Booked(bench, laptop));
        var before = await bench.Slots(id);
        await Locked(bench, await bench.NameOf(before[0]));

        await using (var a = await bench.Admitted(id, 0, laptop))
        await using (var b = await bench.Admitted(id, 0, phone))
        {
            await http.DeleteApi("/api/user/devices/" + phone.Node);
            await b.Closed();
            await a.Ping();
            bench.Server.Clock.Advance(TimeSpan.FromHours(2));
            await a.Closed();
        }
        await bench.Server.Service<RentalKeeper>().Run(default);
        await bench.States(id, "stopped");
        await Wait.Until(async () => (await bench.There()).TrueForAll(c => c.EndsWith(" exited", StringComparison.Ordinal)), "they stand still");

        await bench.Renew(http, id);
        for (var i = 0; i < count; i++)
        {
            await using var a = await bench.Admitted(id, i, laptop);
            Assert.Equal(relays[i], Convert.ToHexStringLower(a.RelayKey));
        }
        Assert.Equal(before.Select(s => (s.Port, s.CertName, s.RegionId)), (await bench.Slots(id)).Select(s => (s.Port, s.CertName, s.RegionId)));

        bench.Server.Clock.Advance(TimeSpan.FromDays(3));
        await bench.Server.Service<RentalKeeper>().Run(default);
        await Wait.Until(async () => (await bench.There()).Count == 0 && await bench.Volumes() == 0, "nothing is left");
        await bench.Owner.PatchApi("/api/server/" + server, new { port_from = before[0].Port, port_to = before[0].Port });
        (_, http) = await Helpdesk.Customer(bench.Server);
        var next = await bench.Rent(http, 1, laptop);
        await using (await bench.Admitted(next, 0, laptop))
            Assert.Equal(before[0].Port, (await bench.Slots(next))[0].Port);
        Assert.Empty(bench.Server.Errors.Lines);
    }

    private static Task<long> Booked(DockerBench bench, TestKey key) => bench.Server.Db.Read(s => s.Number("SELECT CAST(COALESCE(SUM(bytes_in), 0) AS BIGINT) FROM relay_traffic WHERE device = @key AND span = 60", ("key", key.Node)));

    // Nothing of what lets it in is where anybody may read it.
    private static async Task Locked(DockerBench bench, string name)
    {
        var inspected = await TestDocker.Run("inspect", name);
        Assert.DoesNotContain("ghj_", inspected);
        Assert.Equal("65532:65532 true [ALL] [no-new-privileges:true]", await TestDocker.Run("inspect", "--format", "{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}", name));
        var secret = (await bench.Server.Db.Read(s => s.One("SELECT secret_hash FROM relay_container_links ORDER BY id LIMIT 1", r => r.GetString(0))))!;
        Assert.DoesNotContain(secret, inspected);
    }

    /// <summary>Over TCP with certificates, and over SSH, nothing secret is shown, and another key of the host is never taken over.</summary>
    [Theory, InlineData(DockerWay.Tls), InlineData(DockerWay.Ssh)]
    public async Task What_is_secret_of_a_way_is_not_shown_and_its_key_is_pinned(string way)
    {
        await using var bench = await DockerBench.Start(shipped);
        await using var to = await DockerWay.Open(bench, way);
        var id = await bench.Add(to.Docker, bench.Public);
        var shown = (await bench.Owner.GetApi("/api/server/status/" + id)).Body!.ToJsonString();
        Assert.DoesNotContain("PRIVATE KEY", shown);
        Assert.Contains(way == DockerWay.Tls ? "tcp://" : "ssh-ed25519", shown);
        var (_, http) = await Helpdesk.Customer(bench.Server);
        var laptop = TestKey.New();
        var rental = await bench.Rent(http, 1, laptop);
        await using (await bench.Admitted(rental, 0, laptop))
            if (to.Sshd is { } sshd)
            {
                // Another key is never taken over by itself; what runs there runs on.
                await sshd.ChangeKey();
                await bench.Owner.PatchApi("/api/server/" + id, new { notes = "Its key has changed" });
                await bench.Owner.PatchApi("/api/rentals/" + rental, new { suspended = true });
                await Wait.Until(async () => ((string?)(await bench.Owner.GetApi("/api/server/status/" + id))["error"])?.Contains("another key", StringComparison.Ordinal) == true, "its key is told to be another", 60);
            }
        Assert.Empty(bench.Server.Errors.Lines);
    }

    /// <summary>Removed, stopped, paused, renamed or replaced by hand, they come back; the image too; somebody else's container stays.</summary>
    [Fact]
    public async Task What_is_changed_by_hand_is_as_it_should_be_again()
    {
        await using var bench = await DockerBench.Start(shipped);
        await bench.Add(DockerBench.Socket, bench.Public);
        var (_, http) = await Helpdesk.Customer(bench.Server);
        var laptop = TestKey.New();
        var rental = await bench.Rent(http, 1, laptop);
        await using (await bench.Admitted(rental, 0, laptop))
        {
        }
        var slot = (await bench.Slots(rental))[0];
        var name = await bench.NameOf(slot);
        await TestDocker.Run("create", "--pull", "never", "--name", name + "-theirs", shipped.Image.Tag);
        try
        {
            foreach (var hand in (string[][])[["rm", "--force", "--volumes", name], ["stop", "--time", "1", name], ["pause", name], ["rename", name, name + "-x"], ["kill", name]])
            {
                await TestDocker.Run(hand);
                await Wait.Until(async () => (await bench.There()) is [var only] && only == name + " running" && await bench.LetsIn(rental, 0, laptop), "it is back after " + hand[0], 60);
            }
            // Under its name something of ours that is made otherwise.
            var label = await TestDocker.Run("inspect", "--format", "{{index .Config.Labels \"gatehouse.managed\"}}", name);
            await TestDocker.Run("rm", "--force", name);
            await TestDocker.Try("create", "--pull", "never", "--name", name, "--label", "gatehouse.managed=" + label, shipped.Image.Tag);
            await Wait.Until(async () => (await bench.There()) is [var only] && only == name + " running" && await bench.LetsIn(rental, 0, laptop), "it is back", 60);
            Assert.Equal("created", await TestDocker.Run("inspect", "--format", "{{.State.Status}}", name + "-theirs"));
        }
        finally
        {
            await TestDocker.Try("rm", "--force", "--volumes", name + "-theirs");
        }
        Assert.Equal((slot.Port, slot.CertName), (await bench.Slots(rental))[0] is var now ? (now.Port, now.CertName) : default);
        Assert.Empty(bench.Server.Errors.Lines);
    }

    /// <summary>A port that a program on the host has: the relay gets another one, and its map another version.</summary>
    [Fact]
    public async Task Where_a_stranger_has_the_port_it_gets_another()
    {
        await using var bench = await DockerBench.Start(shipped);
        await bench.Add(DockerBench.Socket, bench.Public);
        var (_, http) = await Helpdesk.Customer(bench.Server);
        var laptop = TestKey.New();
        var rental = await bench.Rent(http, 1, laptop);
        await using (await bench.Admitted(rental, 0, laptop))
        {
        }
        var slot = (await bench.Slots(rental))[0];
        var name = await bench.NameOf(slot);
        await TestDocker.Run("rm", "--force", name);
        using var stranger = new TcpListener(IPAddress.Any, slot.Port);
        await Wait.Until(() =>
        {
            try
            {
                stranger.Start();
                return Task.FromResult(true);
            }
            catch (SocketException)
            {
                return Task.FromResult(false);
            }
        }, "the stranger has the port");
        // Whoever dials the stranger waits for long.
        await Wait.Until(async () => (await bench.Slots(rental))[0].Port != slot.Port, "it has another port", 60);
        await using var client = await bench.Admitted(rental, 0, laptop);
        var now = (await bench.Slots(rental))[0];
        Assert.NotEqual(slot.Port, now.Port);
        Assert.Equal(slot.CertName, now.CertName);
    }
}
