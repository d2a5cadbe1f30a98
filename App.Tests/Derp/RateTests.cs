using System.Diagnostics;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>
/// Limits in bytes a second, measured at the receiving clients: a packet is as long on its way out as on its way in.
/// </summary>
[Collection(Timed.Collection)]
public sealed class RateTests
{
    private const double Rate = 4_000_000, Within = 0.02;

    [Fact]
    public async Task A_device_is_held_to_the_rate()
    {
        await using var relay = await RelayProcess.Open("--rate", $"{Rate}");
        await using var pair = await Pair.Connect(relay);
        await HeldTo(relay, Rate, pair);
        Assert.Equal(Rate, (await relay.Control.State())["limits.rate"]);
    }

    [Fact]
    public async Task Each_device_has_the_rate_for_itself()
    {
        await using var relay = await RelayProcess.Open("--rate", $"{Rate}");
        await using var one = await Pair.Connect(relay);
        await using var two = await Pair.Connect(relay);
        await HeldTo(relay, 2 * Rate, one, two);
    }

    [Fact]
    public async Task Connections_of_one_device_share_its_rate()
    {
        await using var relay = await RelayProcess.Open("--rate", $"{Rate}");
        var key = TestKey.New();
        await using var one = await Pair.Connect(relay, key);
        await using var two = await Pair.Connect(relay, key);
        await HeldTo(relay, Rate, one, two);
    }

    [Fact]
    public async Task Devices_share_the_relays_rate_and_neither_starves()
    {
        await using var relay = await RelayProcess.Open("--relay-rate", $"{Rate}");
        await using var one = await Pair.Connect(relay);
        await using var two = await Pair.Connect(relay);
        var shares = await HeldTo(relay, Rate, one, two);
        Assert.All(shares, s => Assert.InRange(s, 0.2 * Rate, 0.8 * Rate));
    }

    [Fact]
    public async Task A_rate_from_the_control_channel_holds_for_connections_that_are_there()
    {
        await using var relay = await RelayProcess.Open();
        await using var pair = await Pair.Connect(relay);
        Assert.Equal(Rate / 2, (await relay.Control.Limits($$"""{"rate":{{Rate / 2}}}""")).GetProperty("rate").GetDouble());
        await HeldTo(relay, Rate / 2, pair);
        await relay.Control.Limits("""{"rate":null}""");
        var before = pair.To.BytesReceived;
        await Wait.Until(() => Task.FromResult(pair.To.BytesReceived - before > 4 * Rate), "without a limit it is faster", 4);
    }

    [Fact]
    public async Task The_largest_packet_passes_under_the_smallest_rate()
    {
        await using var relay = await RelayProcess.Open("--rate", "40000");
        await using var a = await DerpTestClient.Connect(relay);
        await using var b = await DerpTestClient.Connect(relay);
        await a.Send(b.Key, new byte[Wire.MaxPacket]);
        Assert.Equal(Wire.MaxPacket, (await b.Packet()).Data.Length);
    }

    /// <summary>
    /// Fails unless the pairs together get the rate and, from their first byte on, never more than it and what a bucket saves up.
    /// A moment in which the machine had no time for the relay or for its clients is made up for after it, so a measure may be
    /// off either way and is taken again; the sum may not. Returns what each got a second.
    /// </summary>
    private static async Task<double[]> HeldTo(RelayProcess relay, double rate, params Pair[] pairs)
    {
        var watch = Stopwatch.StartNew();
        foreach (var pair in pairs)
            pair.Start();
        await Task.Delay(600);
        for (var attempt = 1; ; attempt++)
        {
            var shares = await Measure(pairs);
            var more = pairs.Sum(p => p.To.BytesReceived) - ((1 + Within) * rate * watch.Elapsed.TotalSeconds);
            Assert.True(more < (rate / 10) + (pairs.Length * 2 * Wire.MaxPacket), $"In {watch.Elapsed.TotalSeconds:F1} s {more:F0} bytes more than the rate came.");
            var off = (shares.Sum() / rate) - 1;
            if (Math.Abs(off) < Within)
                return shares;
            Assert.True(attempt < 4, $"{shares.Sum():F0} B/s instead of {rate:F0} ({off:P1}): {await relay.Control.State()}");
        }
    }

    /// <summary>Bytes a second of each pair, over two and a half seconds.</summary>
    private static async Task<double[]> Measure(Pair[] pairs)
    {
        var watch = Stopwatch.StartNew();
        var samples = new List<(double At, double[] Bytes)>();
        while (watch.Elapsed.TotalSeconds < 2.5)
        {
            await Task.Delay(5);
            samples.Add((watch.Elapsed.TotalSeconds, [.. pairs.Select(p => (double)p.To.BytesReceived)]));
        }
        return [.. pairs.Select((_, i) => Slope([.. samples.Select(s => (s.At, s.Bytes[i]))]))];
    }

    /// <summary>
    /// Of the straight line nearest to the samples. The relay may read much and then wait, so that a span between two moments could
    /// hold one such read more or less; the line hardly minds.
    /// </summary>
    private static double Slope(IReadOnlyList<(double X, double Y)> samples)
    {
        var (x, y) = (samples.Average(s => s.X), samples.Average(s => s.Y));
        return samples.Sum(s => (s.X - x) * (s.Y - y)) / samples.Sum(s => (s.X - x) * (s.X - x));
    }

    /// <summary>One that sends as fast as it is let, and one that receives.</summary>
    private sealed class Pair : IAsyncDisposable
    {
        private Task _running = Task.CompletedTask;

        public required DerpTestClient From { get; init; }

        public required DerpTestClient To { get; init; }

        public static async Task<Pair> Connect(RelayProcess relay, TestKey? from = null) =>
            new() { From = await DerpTestClient.Connect(relay, from), To = await DerpTestClient.Connect(relay) };

        public void Start() => _running = Task.WhenAll(Task.Run(Send), Task.Run(Receive));

        private async Task Send()
        {
            var frames = Enumerable.Repeat(Wire.Packet(To.Key, new byte[2000]), 4).SelectMany(f => f).ToArray();
            try
            {
                while (true)
                    await From.SendRaw(frames);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or TimeoutException)
            {
            }
        }

        private async Task Receive()
        {
            while (await To.Read(TimeSpan.FromSeconds(60)) is not null)
            {
            }
        }

        public async ValueTask DisposeAsync()
        {
            await From.DisposeAsync();
            await To.DisposeAsync();
            await _running.WaitAsync(DerpTestClient.Patience);
        }
    }
}
