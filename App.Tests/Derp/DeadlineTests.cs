using System.Net.Sockets;
using System.Text;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>What a connection is given time for: to become a device's, whichever way it comes, and to end a frame that it has begun.</summary>
[Collection(Timed.Collection)]
public sealed class DeadlineTests
{
    // Ten seconds, told apart from the fourteen and more of a deadline that anything on the way begins anew.
    private const double Soonest = 8.5, Latest = 13.8;

    private static readonly byte[] Asked = Encoding.ASCII.GetBytes("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");

    /// <summary>What each says, and how many seconds it waits before the next; then it is silent.</summary>
    private static readonly (byte[] Said, double Wait)[][] Ways =
    [
        [(Stranger.WebSocket, 0)],
        [(Stranger.WebSocket, 4), (Stranger.Message([1]), 4), (Stranger.Message([2]), 0)],
        [(Stranger.Upgrade[..40], 0)],
        [(Stranger.Upgrade[..40], 5), (Stranger.Upgrade[40..], 0)],
        [(Stranger.WebSocket[..60], 5), (Stranger.WebSocket[60..], 0)],
        [([], 5), (Stranger.Upgrade, 0)],
        [(Stranger.Upgrade, 4), (Wire.Header(Wire.ClientInfo, 200), 4), (new byte[100], 0)],
        // Connects, or greets by TLS, and asks for nothing.
        [],
    ];

    private static readonly Together Begun = new(
        ("ways False", () => WaysIn(false)), ("ways True", () => WaysIn(true)), ("kept", Kept), ("plain HTTP", PlainHttp), ("slow", Slow),
        ("hello Plain", () => Hello(Via.Plain)), ("hello Tls", () => Hello(Via.Tls)),
        ("frame Plain", () => Frame(Via.Plain)), ("frame Tls", () => Frame(Via.Tls)), ("frame WebSocket", () => Frame(Via.WebSocket)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Every_way_in_has_ten_seconds_from_connecting_to_its_introduction(bool tls) => Begun[$"ways {tls}"];

    /// <summary>Who asked something else first has its ten seconds from when it asks to be a device.</summary>
    [Fact]
    public Task A_kept_connection_of_HTTP_is_no_device_that_is_late() => Begun["kept"];

    [Fact]
    public Task One_that_asks_for_nothing_beside_TLS_is_closed() => Begun["plain HTTP"];

    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    public Task A_client_that_says_nothing_or_trickles_is_cut_after_ten_seconds(Via via) => Begun[$"hello {via}"];

    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    [InlineData(Via.WebSocket)]
    public Task A_frame_that_is_begun_and_not_ended_is_cut_after_ten_seconds(Via via) => Begun[$"frame {via}"];

    /// <summary>A packet that takes long because the relay itself reads slowly is nobody's fault.</summary>
    [Fact]
    public Task A_rate_below_a_frame_in_ten_seconds_cuts_nobody() => Begun["slow"];

    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.WebSocket)]
    [InlineData(Via.SecureWebSocket)]
    public async Task Each_way_in_counts_towards_the_limit_of_its_address(Via via)
    {
        var tls = via == Via.SecureWebSocket;
        await using var relay = await RelayProcess.Open(via, "--max-per-ip", "3");
        var silent = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Stranger.Connect(relay, tls: tls)));
        foreach (var one in silent)
        {
            await one.Say(via == Via.Plain ? Stranger.Upgrade : Stranger.WebSocket);
            await one.Hear();
        }
        await using var fourth = await Stranger.Connect(relay);
        await fourth.Ended(5);
        var state = await relay.Control.Until(s => s["refused.ip_limit"] == 1);
        Assert.Equal((3, 0), (state["pending.connections"], state.Connections));
        foreach (var one in silent)
            await one.DisposeAsync();
        await relay.Control.Until(s => s["pending.connections"] == 0 && s["pending.bytes"] == 0);
    }

    private static async Task WaysIn(bool tls)
    {
        await using var relay = await RelayProcess.Open(tls ? Via.Tls : Via.Plain);
        await using var device = await DerpTestClient.Connect(relay, via: tls ? Via.SecureWebSocket : Via.WebSocket);
        // The last of them without TLS at either: it has not greeted.
        var took = await Task.WhenAll(Ways.Select(w => Lasts(relay, tls, w)).Append(Lasts(relay, false, [])));
        Assert.All(took, t => InTime(t, 0));
        var state = await relay.Control.Until(s => s["pending.connections"] == 0 && s.Sum("cut") == took.Length);
        Assert.Equal(took.Length, state["cut.handshake_timeout"]);
        Assert.Empty(await device.Ping());
    }

    private static async Task Kept()
    {
        await using var relay = await RelayProcess.Open();
        await using var kept = await Stranger.Connect(relay);
        for (var i = 0; i < 4; i++)
        {
            await kept.Say(Asked);
            Assert.Contains("200 OK", Encoding.ASCII.GetString(await kept.Hear()));
            await Task.Delay(4000);
        }
        Assert.Equal(0, (await relay.Control.State()).Sum("cut"));
        var took = await Lasts(relay, false, [(Asked, 1), (Stranger.WebSocket, 0)]);
        InTime(took, 1);
        await relay.Control.Until(s => s["cut.handshake_timeout"] == 1);
    }

    private static async Task PlainHttp()
    {
        await using var relay = await RelayProcess.Start("--self-signed", "--http", "127.0.0.1:0");
        using var silent = new TcpClient("127.0.0.1", new Uri(HttpPortTests.HttpLine(relay)).Port);
        Assert.Equal(0, await HttpPortTests.Read(silent));
    }

    private static async Task Hello(Via via)
    {
        await using var relay = await RelayProcess.Open(via);
        // The relay counts from when it let them in, which is somewhere between these two.
        var before = new LagClock();
        await using var silent = await DerpTestClient.Dial(relay, via: via);
        await using var trickling = await DerpTestClient.Dial(relay, via: via);
        await silent.ReadServerKey();
        await trickling.ReadServerKey();
        var after = new LagClock();
        using var stop = new CancellationTokenSource();
        var trickle = Task.Run(async () =>
        {
            foreach (var b in Wire.Hello(trickling.Key, trickling.RelayKey))
            {
                await trickling.TrySendRaw(new[] { b });
                if (stop.IsCancellationRequested)
                    return;
                await Task.Delay(250);
            }
        });
        await Task.WhenAll(Cut(silent), Cut(trickling));
        await stop.CancelAsync();
        await trickle;
        await relay.Control.Until(s => s.Sum("cut") == 2 && s.Connections == 0);

        async Task Cut(DerpTestClient client)
        {
            Assert.Empty(await client.Closed(60));
            Assert.InRange(before.Wall, Soonest, double.MaxValue);
            Assert.InRange(after.Granted, 0, Latest);
        }
    }

    private static async Task Frame(Via via)
    {
        await using var relay = await RelayProcess.Open(via);
        await using var stalled = await DerpTestClient.Connect(relay, via: via);
        await using var trickling = await DerpTestClient.Connect(relay, via: via);
        await using var header = await DerpTestClient.Connect(relay, via: via);
        await using var idle = await DerpTestClient.Connect(relay, via: via);
        var packet = Wire.Packet(idle.Key, new byte[100]);
        var clock = new LagClock();
        await stalled.SendRaw(packet.AsMemory(0, 50));
        await header.SendRaw(packet.AsMemory(0, 3));
        var trickle = Task.Run(async () =>
        {
            // Until it is cut, and a little longer.
            foreach (var b in packet.Take(75))
            {
                await trickling.TrySendRaw(new[] { b });
                await Task.Delay(200);
            }
        });
        foreach (var late in new[] { stalled, trickling, header })
        {
            await late.Closed(60);
            // A deadline that each byte begins anew ends 25 seconds after the first.
            Assert.InRange(clock.Wall, Soonest, double.MaxValue);
            Assert.InRange(clock.Granted, 0, 20);
        }
        await trickle;
        var state = await relay.Control.Until(s => s.Connections == 1 && s["buffered"] == 0);
        Assert.Equal(3, state["cut.frame_timeout"]);
        Assert.Empty(await idle.Ping());
    }

    private static async Task Slow()
    {
        await using var relay = await RelayProcess.Open("--rate", "4000");
        await using var a = await DerpTestClient.Connect(relay);
        for (var i = 0; i < 2; i++)
            await a.Send(a.Key, new byte[32_000]);
        for (var i = 0; i < 2; i++)
            Assert.Equal(32_000, (await a.Packet()).Data.Length);
        Assert.Equal(0, (await relay.Control.State()).Sum("cut"));
    }

    private static async Task<LagClock.Reading> Lasts(RelayProcess relay, bool tls, (byte[] Said, double Wait)[] way)
    {
        var clock = new LagClock();
        await using var stranger = await Stranger.Connect(relay, tls: tls);
        var ended = stranger.Ended(60);
        foreach (var (said, wait) in way)
        {
            await stranger.Say(said);
            await Task.Delay(TimeSpan.FromSeconds(wait));
        }
        await ended;
        return clock.Read();
    }

    private static void InTime(LagClock.Reading took, double later)
    {
        Assert.InRange(took.Wall, Soonest + later, double.MaxValue);
        Assert.InRange(took.Granted, 0, Latest + later);
    }
}
