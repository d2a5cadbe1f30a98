using System.Diagnostics;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays;

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
    /// Fails unless the pairs together get the rate, once what a bucket may hold at first is spent, and got no more than a second's
    /// worth of that. Returns what each got a second.
    /// </summary>
    private static async Task<double[]> HeldTo(RelayProcess relay, double rate, params Pair[] pairs)
    {
        var watch = Stopwatch.StartNew();
        foreach (var pair in pairs)
            pair.Start(watch);
        await Task.Delay(700);
        var (began, first) = (watch.Elapsed, pairs.Sum(p => p.To.BytesReceived));
        await Task.Delay(3000);
        var ended = watch.Elapsed;
        var shares = pairs.Select(p => p.Between(began, ended)).ToArray();
        Assert.True(Math.Abs(shares.Sum() - rate) < Within * rate,
            $"{shares.Sum():F0} B/s instead of {rate:F0} ({(shares.Sum() / rate) - 1:P1}): {await relay.Control.State()}");
        var burst = first - (rate * began.TotalSeconds);
        Assert.True(burst < rate + (pairs.Length * 2 * Wire.MaxPacket), $"In the first {began.TotalSeconds:F1} s {burst:F0} bytes more than the rate came.");
        return shares;
    }

    /// <summary>One that sends as fast as it is let, and one that receives.</summary>
    private sealed class Pair : IAsyncDisposable
    {
        /// <summary>As long a silence parts one read of the relay's from the next.</summary>
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);

        private readonly List<(TimeSpan At, long Before)> _arrivals = [];
        private Task _running = Task.CompletedTask;

        public required DerpTestClient From { get; init; }

        public required DerpTestClient To { get; init; }

        public static async Task<Pair> Connect(RelayProcess relay, TestKey? from = null) =>
            new() { From = await DerpTestClient.Connect(relay, from), To = await DerpTestClient.Connect(relay) };

        public void Start(Stopwatch watch) => _running = Task.WhenAll(Task.Run(Send), Task.Run(() => Receive(watch)));

        /// <summary>
        /// Bytes a second, from the first of a run of packets to the first of another: the relay may read much and then wait, so
        /// that a span between any two moments could hold one read more or less.
        /// </summary>
        public double Between(TimeSpan began, TimeSpan ended)
        {
            List<(TimeSpan At, long Before)> all;
            lock (_arrivals)
                all = [.. _arrivals.Where(a => a.At >= began && a.At <= ended)];
            var runs = all.Where((a, i) => i > 0 && a.At - all[i - 1].At > Pause).ToList();
            var edges = runs.Count > 1 ? runs : all;
            return edges.Count > 1 ? (edges[^1].Before - edges[0].Before) / (edges[^1].At - edges[0].At).TotalSeconds : 0;
        }

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

        private async Task Receive(Stopwatch watch)
        {
            while (true)
            {
                var before = To.BytesReceived;
                if (await To.Read(TimeSpan.FromSeconds(60)) is null)
                    return;
                lock (_arrivals)
                    _arrivals.Add((watch.Elapsed, before));
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
