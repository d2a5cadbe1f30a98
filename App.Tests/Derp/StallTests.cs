using System.Diagnostics;

namespace Gatehouse.Tests.Derp;

/// <summary>Clients that stop after each byte of what a client says: TLS, request, introduction, headers and bodies of frames.</summary>
[Collection(Timed.Collection)]
public sealed class StallTests
{
    // Never sent: each connection stops before it.
    private const int Last = 20;

    private static readonly Together Begun = new(
        ("Plain", () => Stalls(Via.Plain)), ("Tls", () => Stalls(Via.Tls)), ("WebSocket", () => Stalls(Via.WebSocket)));

    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    [InlineData(Via.WebSocket)]
    public Task One_that_stalls_after_any_byte_is_cut_in_time_or_holds_nothing(Via via) => Begun[$"{via}"];

    private static async Task Stalls(Via via)
    {
        await using var relay = await RelayProcess.Open(via, "--max-per-ip", "none");
        await using var a = await DerpTestClient.Connect(relay, via: via);
        await using var b = await DerpTestClient.Connect(relay, via: via);
        var whole = new Stalling(long.MaxValue);
        await (await Converse(relay, via, whole)).DisposeAsync();
        await relay.Control.Until(s => s.Connections == 2);
        using var done = new CancellationTokenSource();
        var inside = Task.Run(async () =>
        {
            do
                await Exchange.Works(a, b);
            while (!done.IsCancellationRequested);
        });
        var stalled = Enumerable.Range(0, (int)whole.Sent - Last).Select(n => StallsAfter(relay, via, n)).ToList();
        var idle = (await Task.WhenAll(stalled)).Count(ended => !ended);
        await done.CancelAsync();
        await inside;
        var state = await relay.Control.Until(s => s["pending.connections"] == 0 && s["buffered"] == 0);
        // Those that stopped between two frames of DERP, or in a header of WebSocket's between them.
        if (via == Via.WebSocket)
            Assert.InRange(idle, Frames(TestKey.New()).Length, Frames(TestKey.New()).Length * 8);
        else
            Assert.Equal(Frames(TestKey.New()).Length, idle);
        Assert.Equal(0, state["cut.fault"]);
        Assert.Empty(await a.Ping());
        await relay.StopWell();
    }

    /// <summary>True when the relay ended it, and in time.</summary>
    private static async Task<bool> StallsAfter(RelayProcess relay, Via via, int bytes)
    {
        await Task.Yield();
        var stalling = new Stalling(bytes);
        await using var client = await Converse(relay, via, stalling);
        var since = Stopwatch.StartNew();
        try
        {
            await client.Ended(25);
        }
        catch (TimeoutException)
        {
            return false;
        }
        Assert.True(since.Elapsed.TotalSeconds < 22, $"After {bytes} bytes it was cut after {since.Elapsed.TotalSeconds:F1} s only.");
        return true;
    }

    private static async Task<Stranger> Converse(RelayProcess relay, Via via, Stalling over)
    {
        var key = TestKey.New();
        var tls = via == Via.Tls;
        var client = await Stranger.Connect(relay, over: s => over.Over(s));
        if (tls)
            await Task.WhenAny(client.Secure(), over.Stalled);
        if (over.Stalled.IsCompleted)
            return client;
        await client.Say(via == Via.WebSocket ? Stranger.WebSocket : Stranger.FastStart);
        foreach (var part in new[] { Wire.Hello(key, relay.Key) }.Concat(Frames(key)))
        {
            // Longer messages have another header.
            foreach (var message in via == Via.WebSocket ? part.Chunk(100).Select(Stranger.Message) : [part])
                await client.Say(message);
        }
        return client;
    }

    /// <summary>A ping, packets to oneself, and what is skipped.</summary>
    private static byte[][] Frames(TestKey key) =>
    [
        Wire.Frame(Wire.Ping, new byte[8]), Wire.Packet(key, new byte[30]), Wire.Frame(0x70, new byte[40]), Wire.Frame(Wire.NotePreferred, [1]), Wire.Packet(key, new byte[80]),
    ];

    /// <summary>Passes so many bytes on and swallows the rest.</summary>
    private sealed class Stalling(long bytes) : AsyncStream
    {
        private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Stream _inner = Null;

        /// <summary>Bytes that were passed on.</summary>
        public long Sent { get; private set; }

        public Task Stalled => _stalled.Task;

        public Stream Over(Stream inner)
        {
            _inner = inner;
            return this;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken ct = default)
        {
            var part = (int)Math.Min(bytes - Sent, buffer.Length);
            Sent += part;
            if (part > 0)
                await _inner.WriteAsync(buffer[..part], ct);
            if (part < buffer.Length)
                _stalled.TrySetResult();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct = default) => _inner.ReadAsync(buffer, ct);
        public override Task FlushAsync(CancellationToken ct) => _inner.FlushAsync(ct);
        protected override void Dispose(bool disposing) => _inner.Dispose();
    }
}
