using System.Net;
using System.Net.Sockets;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Rentals;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;
using static Gatehouse.Tests.Relays.Rentals.Doors;

namespace Gatehouse.Tests.Relays.Hosts;

/// <summary>Relays on a machine elsewhere, whose host dials out to the appliance, with real devices.</summary>
public sealed class HostTests
{
    private static readonly Dictionary<string, string?> EachSecond = new() { ["Relays:SampleSeconds"] = "1" };

    /// <summary>Nothing is placed on it before it has joined; then two bound devices exchange packets through the slot's port and a third is refused, one that is removed is cut, what they sent is in the book, and after the end nobody is let in.</summary>
    [Theory, BothEngines]
    public async Task A_host_that_has_joined_runs_what_is_rented_on_it(Engine engine)
    {
        await using var server = await TestServer.Start(engine, EachSecond);
        using var folder = new TestFolder();
        var (owner, (_, http)) = (await server.As(Role.Owner), await Helpdesk.Customer(server));
        var (on, token) = await TestHost.Server(owner, server.Address);
        var serial = (await owner.Keys(await Plan(owner), 1))[0];
        (await http.PostApi("/api/user/activate", new { serial })).IsProblem(HttpStatusCode.Conflict, "NO_RELAY_ROOM");

        await using var host = TestHost.Start(token, folder.Path);
        await TestHost.Connected(owner, on);
        var id = (string)(await http.PostApi("/api/user/activate", new { serial, name = "Home" }))["rental"]!["id"]!;
        TestKey laptop = TestKey.New(), phone = TestKey.New(), stranger = TestKey.New();
        foreach (var mine in new[] { laptop, phone })
            await http.PostApi("/api/user/devices", new { node_key = mine.Node, name = "Mine" });
        await using var a = await Admitted(server, id, laptop);
        await using var b = await Admitted(server, id, phone);
        await a.Send(phone, new byte[1000]);
        Assert.Equal((laptop.Hex, 1000), await b.Packet() is var packet ? (packet.From, packet.Data.Length) : default);
        Assert.False(await LetsIn(server, id, stranger));
        await Wait.Until(async () => (string?)(await http.GetApi("/api/user/devices/refused"))["refused"]!.AsArray().FirstOrDefault()?["node_key"] == stranger.Node, "the host tells who was refused");
        await Wait.Until(async () => (await Slot(server, id)).State == "running", "the relay is told to run");
        await Wait.Until(async () => await server.Db.Read(s => s.Number("SELECT COALESCE(MAX(bytes_in), 0) FROM relay_traffic WHERE device = @key AND span = 60", ("key", laptop.Node))) >= 1000, "what was sent is in the book");

        await http.DeleteApi("/api/user/devices/" + phone.Node);
        await b.Closed();
        Assert.False(await LetsIn(server, id, phone));
        await a.Ping();

        // The business's clock: the host's stands still.
        server.Clock.Advance(TimeSpan.FromHours(2));
        await a.Closed();
        Assert.False(await LetsIn(server, id, laptop));
        await server.Service<RentalKeeper>().Run(default);
        await Wait.Until(async () => (await Slot(server, id)).State == "stopped", "the relay stops");
        Assert.Empty(server.Errors.Lines);
    }

    /// <summary>It goes on, also in another process, until the appliance was not heard for a day; then it lets nobody in. Back, it does, and what was sent meanwhile is in the book once.</summary>
    [Fact]
    public async Task While_the_appliance_is_away_it_goes_on_for_a_day_and_loses_no_byte()
    {
        await using var server = await TestServer.Start(settings: EachSecond);
        using var folder = new TestFolder();
        using var line = new TestLine(server.Address);
        var (owner, (_, http), clock, log) = (await server.As(Role.Owner), await Helpdesk.Customer(server), new FakeClock(), new ErrorLog());
        var (on, token) = await TestHost.Server(owner, line.Address);
        var sent = 0;
        string id;
        TestKey laptop = TestKey.New(), phone = TestKey.New();
        await using (var host = TestHost.Start(token, folder.Path, clock, log))
        {
            await TestHost.Connected(owner, on);
            id = (string)(await http.PostApi("/api/user/activate", new { serial = (await owner.Keys(await Plan(owner, 30 * 86400), 1))[0] }))["rental"]!["id"]!;
            foreach (var mine in new[] { laptop, phone })
                await http.PostApi("/api/user/devices", new { node_key = mine.Node });
            await Exchange();
            line.IsCut = true;
            await TestHost.Connected(owner, on, false);
            await Exchange();
            clock.Advance(TimeSpan.FromHours(23));
            await Exchange();
        }
        await using (var again = TestHost.Start(token, folder.Path, clock, log))
        {
            await Exchange();
            // A clock that is set back lengthens nothing.
            clock.Ahead = TimeSpan.FromHours(-48);
            await using var a = await Admitted(server, id, laptop);
            clock.Advance(TimeSpan.FromHours(2));
            await a.Closed();
            Assert.False(await LetsIn(server, id, laptop));
        }
        await using var back = TestHost.Start(token, folder.Path, clock, log);
        await Wait.Until(async () => !await LetsIn(server, id, laptop), "nobody is let in");
        line.IsCut = false;
        await Exchange();
        await Wait.Until(async () => await Booked() >= sent, () => "what was sent is in the book");
        await Wait.Until(() => Task.FromResult(!back.Host.Last.Uncounted), "the appliance has counted what was counted before");
        Assert.InRange(await Booked(), sent, sent + sent / 10);
        Assert.Empty(server.Errors.Lines);
        Assert.Empty(log.Lines);

        async Task Exchange()
        {
            await using var a = await Admitted(server, id, laptop);
            await using var b = await Admitted(server, id, phone);
            for (var i = 0; i < 10; i++)
            {
                await a.Send(phone, new byte[10_000]);
                Assert.Equal(10_000, (await b.Packet()).Data.Length);
                sent += 10_000;
            }
        }

        Task<long> Booked() => server.Db.Read(s => s.Number("SELECT CAST(COALESCE(SUM(bytes_in), 0) AS BIGINT) FROM relay_traffic WHERE span = 86400 AND device = @key", ("key", laptop.Node)));
    }

    /// <summary>A port that something else has there: the relay gets another one.</summary>
    [Fact]
    public async Task Where_a_stranger_has_the_port_the_relay_gets_another()
    {
        await using var server = await TestServer.Start();
        using var folder = new TestFolder();
        var (owner, (_, http)) = (await server.As(Role.Owner), await Helpdesk.Customer(server));
        var (on, token) = await TestHost.Server(owner, server.Address);
        string id;
        var laptop = TestKey.New();
        await using (var host = TestHost.Start(token, folder.Path))
        {
            await TestHost.Connected(owner, on);
            id = (string)(await http.PostApi("/api/user/activate", new { serial = (await owner.Keys(await Plan(owner), 1))[0] }))["rental"]!["id"]!;
            await http.PostApi("/api/user/devices", new { node_key = laptop.Node });
            await using var a = await Admitted(server, id, laptop);
        }
        var before = await Slot(server, id);
        using var stranger = new TcpListener(IPAddress.IPv6Any, before.Port);
        stranger.Server.DualMode = true;
        stranger.Start();
        await using var again = TestHost.Start(token, folder.Path);
        await Wait.Until(async () => await Slot(server, id) is { State: "running" } now && now.Port != before.Port, "it has another port");
        await using var b = await Admitted(server, id, laptop);
        Assert.Equal(before.CertName, (await Slot(server, id)).CertName);
    }
}
