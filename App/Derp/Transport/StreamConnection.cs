using System.Net;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;
using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Derp.Transport;

/// <summary>
/// A device on a stream of the web server's, such as a WebSocket. What is sent to it gathers in one buffer while the one
/// before it is being written, so that many frames share one write; whoever delivers first also begins to write.
/// </summary>
internal sealed class StreamConnection(DerpHub hub, Stream stream, IPAddress address, CancellationToken stop) : DerpConnection(hub, address)
{
    private const int BufferSize = 128 * 1024, QuietRead = 1024;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    // One a thread, not a connection: it is empty between two reads.
    [ThreadStatic]
    private static PacketBatch? _outbox;

    // Never disposed of: a write may cancel it after all else is over, and it holds nothing by itself.
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<Action?>? _paused;
    private byte[]? _filling;
    private int _filled;
    private bool _writing, _shut;

    /// <summary>Serves the device until it or the relay ends the connection.</summary>
    public async Task Run()
    {
        using var stopping = stop.UnsafeRegister(static ended => ((CancellationTokenSource)ended!).Cancel(), _ended);
        Greet();
        try
        {
            await Read();
        }
        catch (Exception e) when (IsGone(e))
        {
            // The device is gone, or was cut off.
        }
        End(null);
        await Task.WhenAny(_written.Task, Task.Delay(LastWords, CancellationToken.None));
        await stream.DisposeAsync();
    }

    // A WebSocket that has been closed is "not readable".
    private static bool IsGone(Exception e) =>
        e is NotSupportedException or IOException or OperationCanceledException or ObjectDisposedException or WebSocketException or ConnectionAbortedException or System.Net.Sockets.SocketException;

    private async Task Read()
    {
        var buffer = BufferPool.Rent(BufferSize);
        var have = 0;
        var quiet = true;
        try
        {
            while (!IsEnded)
            {
                if (have == 0 && quiet)
                {
                    // An idle device holds no buffer.
                    BufferPool.Return(buffer);
                    buffer = [];
                    _ = await stream.ReadAsync(Memory<byte>.Empty, _ended.Token);
                    buffer = BufferPool.Rent(BufferSize);
                }
                var most = IsLimited ? await Turn() : int.MaxValue;
                var got = await stream.ReadAsync(buffer.AsMemory(have, Math.Min(buffer.Length - have, Math.Min(most, Hub.ReadSize))), _ended.Token);
                Account(got);
                if (got == 0)
                    return;
                quiet = got < QuietRead;
                have += got;
                have = Digest(buffer, have);
                if (_paused is { } pause)
                {
                    (await pause.Task)?.Invoke();
                    _paused = null;
                    have = Digest(buffer, have);
                }
                if (have + Frame.HeaderSize >= buffer.Length)
                    buffer = Longer(buffer, have);
            }
        }
        finally
        {
            Account(0);
            if (buffer.Length > 0)
                BufferPool.Return(buffer);
        }
    }

    // Waits until it may read, once there is something; returns how much.
    private async ValueTask<int> Turn()
    {
        _ = await stream.ReadAsync(Memory<byte>.Empty, _ended.Token);
        while (true)
        {
            // Its turn may come on another thread before it has asked.
            Pause();
            var most = Allowance(out var wait);
            if (most == 0)
                await (wait > 0 ? Task.Delay(wait, _ended.Token) : _paused!.Task.WaitAsync(_ended.Token));
            _paused = null;
            if (most > 0)
                return most;
        }
    }

    // Understands what is whole and moves the rest to the beginning; returns how long that is.
    private unsafe int Digest(byte[] buffer, int have)
    {
        var outbox = _outbox ??= new PacketBatch();
        var fed = Feed(BufferPool.Address(buffer), have, outbox);
        outbox.Flush();
        buffer.AsSpan(fed, have - fed).CopyTo(buffer);
        return have - fed;
    }

    // Only an introduction is ever longer than the buffer.
    private static byte[] Longer(byte[] buffer, int have)
    {
        var longer = BufferPool.Rent(Frame.HeaderSize + Frame.MaxClientInfo + Frame.MaxSize);
        buffer.AsSpan(0, have).CopyTo(longer);
        BufferPool.Return(buffer);
        return longer;
    }

    protected override void Push()
    {
        lock (Gate)
        {
            if (_writing || (_filled == 0 && !_shut))
                return;
            _writing = true;
        }
        _ = Write();
    }

    // Runs on the thread that delivered, until the network makes it wait.
    private async Task Write()
    {
        try
        {
            while (Next() is var (buffer, length) && buffer is not null)
            {
                await stream.WriteAsync(buffer.AsMemory(0, length), stop);
                await stream.FlushAsync(stop);
                BufferPool.Return(buffer);
                Flush();
            }
        }
        catch (Exception e) when (IsGone(e))
        {
            _written.TrySetResult();
            End(null);
            await _ended.CancelAsync();
        }
    }

    // The buffer to write next, null when there is none.
    private (byte[]? Buffer, int Length) Next()
    {
        lock (Gate)
        {
            var next = (_filling, _filled);
            (_filling, _filled) = (null, 0);
            if (next._filled > 0)
                return next;
            _writing = false;
            if (!_shut)
                return default;
        }
        // All is said; the reading side ends soon, if the device does not end it.
        _written.TrySetResult();
        _ended.CancelAfter(LastWords / 2);
        return default;
    }

    protected override unsafe nint Transmit(IoVector* vectors, int count)
    {
        _filling ??= BufferPool.Rent(BufferSize);
        nint taken = 0;
        for (var i = 0; i < count; i++)
        {
            var part = (int)Math.Min(vectors[i].Length, _filling.Length - _filled);
            Unsafe.CopyBlockUnaligned(BufferPool.Address(_filling) + _filled, vectors[i].Start, (uint)part);
            _filled += part;
            taken += part;
            if (part < vectors[i].Length)
                break;
        }
        return taken;
    }

    // What is left is sent after each write, so there is nothing to arrange.
    protected override void WantRoom()
    {
    }

    protected override void Shut() => _shut = true;

    protected override void Pause() => _paused = new TaskCompletionSource<Action?>(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override void Resume(Action? first) => _paused!.SetResult(first);
}
