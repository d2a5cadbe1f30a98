using System.Diagnostics;

namespace Gatehouse.Tests.Derp;

/// <summary>A rate lets bytes through evenly: who is over it is slowed down, not stopped and let go in turn.</summary>
[Collection(Timed.Collection)]
public sealed class SmoothRateTests
{
    private const int Rate = 100_000, Seconds = 6, Size = 1200;

    [Theory]
    [InlineData(Via.Plain, "--rate")]
    [InlineData(Via.Tls, "--rate")]
    [InlineData(Via.WebSocket, "--rate")]
    [InlineData(Via.Plain, "--relay-rate")]
    public async Task Ten_times_the_rate_comes_through_without_a_gap_and_every_second_alike(Via via, string limit)
    {
        await using var relay = await RelayProcess.Open(via, limit, $"{Rate}");
        await using var from = await DerpTestClient.Connect(relay, via: via);
        await using var to = await DerpTestClient.Connect(relay, via: via);
        using var stop = new CancellationTokenSource();
        var sending = Offer(from, to.Key, stop.Token);
        var clock = Stopwatch.StartNew();
        _ = await to.Packet();
        // A busy machine may hold up its own clients: what counts is that it comes evenly when it has time for them.
        for (var attempt = 1; ; attempt++)
        {
            var (gap, seconds) = await Receive(to);
            Assert.True(to.BytesReceived < (1.1 * Rate * clock.Elapsed.TotalSeconds) + (Rate / 10) + Wire.MaxPacket, $"{to.BytesReceived} bytes came in {clock.Elapsed.TotalSeconds:F1} s.");
            if (gap < 300 && seconds.All(s => Math.Abs(s - Rate) < 0.15 * Rate))
                break;
            Assert.True(attempt < 8, $"The longest gap was {gap:F0} ms, the seconds had {string.Join(", ", seconds)} bytes.");
        }
        await stop.CancelAsync();
        await from.DisposeAsync();
        await sending;
    }

    private static async Task Offer(DerpTestClient from, TestKey to, CancellationToken stop)
    {
        var packet = Wire.Packet(to, new byte[Size]);
        var clock = Stopwatch.StartNew();
        try
        {
            for (long sent = 0; !stop.IsCancellationRequested; sent += packet.Length)
            {
                while (sent > 10 * Rate * clock.Elapsed.TotalSeconds)
                    await Task.Delay(5, CancellationToken.None);
                await from.SendRaw(packet);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or TimeoutException or System.Net.WebSockets.WebSocketException)
        {
            // It offers more than is taken.
        }
    }

    /// <summary>The longest gap in milliseconds and the bytes of each second.</summary>
    private static async Task<(double Gap, int[] Seconds)> Receive(DerpTestClient to)
    {
        var seconds = new int[Seconds];
        double gap = 0, last = 0;
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var frame = await to.Read();
            var at = clock.Elapsed.TotalMilliseconds;
            gap = Math.Max(gap, at - last);
            last = at;
            if (at >= Seconds * 1000)
                return (gap, seconds);
            seconds[(int)(at / 1000)] += Wire.HeaderBytes + frame!.Body.Length;
        }
    }
}
