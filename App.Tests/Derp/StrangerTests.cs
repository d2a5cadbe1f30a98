using System.Diagnostics;
using Xunit.Abstractions;

namespace Gatehouse.Tests.Derp;

/// <summary>Thousands that begin a frame and do not go on, at a relay with little memory: the devices inside do not notice.</summary>
[Collection(Timed.Collection)]
public sealed class StrangerTests(ITestOutputHelper output) : IDisposable
{
    private const int Heap = 192, ClientInfoBytes = 256 * 1024;

    // What the README promises of a process that may use 192 MB: 24 MB, and twice as much at worst.
    private const long StrangersMost = 2 * 24L << 20, DevicesMost = 2 * 48L << 20;

    // Packets as devices send them, of an MTU at most: they hold less than an equal part of the share, however many have come.
    private static readonly int[] Usual = [0, 1, 100, 1200, 1280];
    private Stranger?[] _strangers = [];

    [Theory]
    [InlineData(Via.Plain, 5000)]
    [InlineData(Via.WebSocket, 1500)]
    public async Task Strangers_that_promise_a_long_introduction_cost_what_they_have_sent(Via via, int count)
    {
        byte[] thirteen = [.. Wire.Header(Wire.ClientInfo, ClientInfoBytes), .. new byte[8]];
        byte[] said = via == Via.Plain ? [.. Stranger.Upgrade, .. thirteen] : [.. Stranger.WebSocket, .. Stranger.Message(thirteen)];
        await using var relay = await RelayProcess.OpenApart(Heap);
        var (_, most) = await Beset(relay, count, _ => said, s => s["pending.connections"] >= Math.Min(count, 500) && s["pending.bytes"] > 0);
        output.WriteLine($"at most {most["pending.connections"]} at once with {most["pending.bytes"]} bytes");
        Assert.InRange(most["pending.bytes"], 1, StrangersMost);
        // Within their ten seconds, and a little.
        var after = await relay.Control.Until(s => s["pending.connections"] == 0 && s["pending.bytes"] == 0, 25);
        Assert.InRange(after["cut.handshake_timeout"] + after["cut.memory"], count * 0.9, count);
        Assert.Equal(0, after["cut.fault"]);
        await relay.StopWell();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60_000)]
    public async Task Devices_that_promise_long_packets_cost_what_they_have_sent(int sent)
    {
        const int count = 1800;
        byte[] begun = [.. Wire.Header(Wire.SendPacket, Wire.KeyBytes + Wire.MaxPacket), .. new byte[sent]];
        await using var relay = await RelayProcess.OpenApart(Heap);
        var (all, most) = await Beset(relay, count, _ => Stranger.Introduced(relay, TestKey.New(), begun), s => s["total.connects"] >= count);
        output.WriteLine($"{all.Connections} connections, at most {most["buffered"]} bytes; {all.Root.GetProperty("cut")}");
        Assert.InRange(most["buffered"], 0, DevicesMost);
        // Those who hold little stay; those who hold more than there is for all of them make way.
        Assert.Equal(sent > 0, all["cut.memory"] > 0);
        Assert.Equal(0, all["cut.fault"]);
        await relay.StopWell();
    }

    /// <summary>Connects many that say something, while two devices exchange packets all the while; returns the last state, and what stood highest.</summary>
    private async Task<(DerpState Last, DerpState Most)> Beset(RelayProcess relay, int count, Func<int, byte[]> said, Func<DerpState, bool> all)
    {
        await using var a = await DerpTestClient.Connect(relay);
        await using var b = await DerpTestClient.Connect(relay);
        using var done = new CancellationTokenSource();
        var inside = Task.Run(async () =>
        {
            var rounds = 0;
            for (; !done.IsCancellationRequested || rounds == 0; rounds++)
                await Exchange.BothWays(a, b, Usual, 7);
            return rounds;
        });
        _strangers = new Stranger?[count];
        var connecting = Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            var stranger = _strangers[i] = await Stranger.Connect(relay, i);
            await stranger.Say(said(i));
        });
        var last = await relay.Control.State();
        var most = last;
        var clock = Stopwatch.StartNew();
        var reached = false;
        while (!reached || !connecting.IsCompleted)
        {
            Assert.True(relay.IsRunning && clock.Elapsed.TotalSeconds < 60, $"{(relay.IsRunning ? "Not all came in" : "The relay ended")}: {last}{relay.Error}");
            last = await relay.Control.State();
            reached |= all(last);
            if (last["pending.bytes"] + last["buffered"] > most["pending.bytes"] + most["buffered"])
                most = last;
            await Task.Delay(100);
        }
        await connecting;
        await done.CancelAsync();
        Assert.NotEqual(0, await inside);
        // Nor are those kept out that come now.
        await using var late = await DerpTestClient.Connect(relay);
        await Exchange.BothWays(a, late, Usual, 7);
        return (last, most);
    }

    public void Dispose()
    {
        foreach (var stranger in _strangers)
            stranger?.Reset();
    }
}
