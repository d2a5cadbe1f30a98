using System.Diagnostics;

namespace Gatehouse.Tests.Derp;

/// <summary>The relay's rate is each device's in equal parts, and who asks for little of it need not wait for who asks for much.</summary>
[Collection(Timed.Collection)]
public sealed class FairShareTests
{
    private const double Rate = 1_000_000;

    [Theory]
    [InlineData(1, Via.Plain)]
    [InlineData(12, Via.Plain)]
    [InlineData(1, Via.Tls)]
    [InlineData(1, Via.WebSocket)]
    public async Task One_that_sends_little_hardly_waits_beside_those_that_send_much(int bulk, Via via)
    {
        await using var relay = await RelayProcess.Open(via, "--relay-rate", $"{Rate}");
        var pairs = new List<RatePair>();
        for (var i = 0; i < bulk; i++)
            pairs.Add(await RatePair.Connect(relay, via: via));
        await using var from = await DerpTestClient.Connect(relay, via: via);
        await using var to = await DerpTestClient.Connect(relay, via: via);
        pairs.ForEach(p => p.Start());
        await Task.Delay(500);
        // A busy machine may hold up its own clients: what counts is what they take when it has time for them.
        for (var attempt = 1; ; attempt++)
        {
            var took = await Took(from, to);
            if (took[took.Count / 2] < 50)
                break;
            Assert.True(attempt < 3, $"The packets took {string.Join(", ", took.Select(t => $"{t:F0}"))} ms.");
        }
        foreach (var pair in pairs)
            await pair.DisposeAsync();
    }

    /// <summary>The milliseconds that each of forty packets takes, the quickest first, at 12 kB/s.</summary>
    private static async Task<List<double>> Took(DerpTestClient from, DerpTestClient to)
    {
        var took = new List<double>();
        for (var i = 0; i < 40; i++)
        {
            var clock = Stopwatch.StartNew();
            await from.Send(to.Key, new byte[1200]);
            _ = await to.Packet();
            took.Add(clock.Elapsed.TotalMilliseconds);
            await Task.Delay(100);
        }
        return [.. took.Order()];
    }

    [Fact]
    public async Task A_device_has_no_more_of_it_by_having_more_connections()
    {
        await using var relay = await RelayProcess.Open("--relay-rate", $"{Rate}");
        var key = TestKey.New();
        var many = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RatePair.Connect(relay, key)));
        await using var single = await RatePair.Connect(relay);
        var shares = await RateMeter.HeldTo(relay, Rate, [.. many, single]);
        Assert.InRange(shares[^1], 0.4 * Rate, 0.6 * Rate);
        foreach (var pair in many)
            await pair.DisposeAsync();
    }

    [Fact]
    public async Task What_those_who_are_idle_or_gone_do_not_use_the_others_have()
    {
        await using var relay = await RelayProcess.Open("--relay-rate", $"{Rate}");
        await using var idle = await RatePair.Connect(relay);
        await using (var gone = await RatePair.Connect(relay))
        {
            gone.Start();
            await Task.Delay(300);
        }
        await Exchange.Works(idle.From, idle.To);
        await using var busy = await RatePair.Connect(relay);
        Assert.InRange(Assert.Single(await RateMeter.HeldTo(relay, Rate, busy)), 0.95 * Rate, 1.05 * Rate);
    }
}
