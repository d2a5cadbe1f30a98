using System.Diagnostics;
using System.Text;

namespace Gatehouse.Tests.Derp;

/// <summary>What a connection is given time for: to become a device's, whichever way it comes, and to end a frame that it has begun.</summary>
[Collection(Timed.Collection)]
public sealed class DeadlineTests
{
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
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_way_in_has_ten_seconds_from_connecting_to_its_introduction(bool tls)
    {
        await using var relay = await RelayProcess.Open(tls ? Via.Tls : Via.Plain);
        await using var device = await DerpTestClient.Connect(relay, via: tls ? Via.SecureWebSocket : Via.WebSocket);
        var took = await Task.WhenAll(Ways.Select(w => Lasts(relay, tls, w)));
        Assert.All(took, t => Assert.InRange(t, 8.5, 12.5));
        var state = await relay.Control.Until(s => s["pending.connections"] == 0);
        Assert.Equal(Ways.Length, state["cut.handshake_timeout"]);
        Assert.Empty(await device.Ping());
    }

    /// <summary>Who asked something else first has its ten seconds from when it asks to be a device.</summary>
    [Fact]
    public async Task A_kept_connection_of_HTTP_is_no_device_that_is_late()
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
        Assert.InRange(took, 9.5, 13.5);
        Assert.Equal(1, (await relay.Control.State())["cut.handshake_timeout"]);
    }

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

    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    [InlineData(Via.WebSocket)]
    public async Task A_frame_that_is_begun_and_not_ended_is_cut_after_ten_seconds(Via via)
    {
        await using var relay = await RelayProcess.Open(via);
        await using var stalled = await DerpTestClient.Connect(relay, via: via);
        await using var trickling = await DerpTestClient.Connect(relay, via: via);
        await using var header = await DerpTestClient.Connect(relay, via: via);
        await using var idle = await DerpTestClient.Connect(relay, via: via);
        var packet = Wire.Packet(idle.Key, new byte[100]);
        var clock = Stopwatch.StartNew();
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
            await late.Closed(15);
            Assert.InRange(clock.Elapsed.TotalSeconds, 8.5, 14);
        }
        await trickle;
        var state = await relay.Control.Until(s => s.Connections == 1 && s["buffered"] == 0);
        Assert.Equal(3, state["cut.frame_timeout"]);
        Assert.Empty(await idle.Ping());
    }

    /// <summary>A packet that takes long because the relay itself reads slowly is nobody's fault.</summary>
    [Fact]
    public async Task A_rate_below_a_frame_in_ten_seconds_cuts_nobody()
    {
        await using var relay = await RelayProcess.Open("--rate", "4000");
        await using var a = await DerpTestClient.Connect(relay);
        for (var i = 0; i < 2; i++)
            await a.Send(a.Key, new byte[32_000]);
        for (var i = 0; i < 2; i++)
            Assert.Equal(32_000, (await a.Packet(TimeSpan.FromSeconds(25))).Data.Length);
        Assert.Equal(0, (await relay.Control.State()).Sum("cut"));
    }

    private static async Task<double> Lasts(RelayProcess relay, bool tls, (byte[] Said, double Wait)[] way)
    {
        var clock = Stopwatch.StartNew();
        await using var stranger = await Stranger.Connect(relay, tls: tls);
        var ended = stranger.Ended(15);
        foreach (var (said, wait) in way)
        {
            await stranger.Say(said);
            await Task.Delay(TimeSpan.FromSeconds(wait));
        }
        await ended;
        return clock.Elapsed.TotalSeconds;
    }
}
