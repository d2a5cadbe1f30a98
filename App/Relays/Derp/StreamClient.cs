using System.Net;
using System.Runtime.CompilerServices;

namespace Gatehouse.Relays.Derp;

/// <summary>
/// A device on a stream that is more than a socket: TLS or WebSocket. What is sent to it gathers in one buffer while the one
/// before it is being written, so that many frames share one write.
/// </summary>
internal sealed class StreamClient(RelayHub hub, Stream stream, IPAddress address, CancellationToken stop) : RelayClient(hub, address)
{
    private const int BufferSize = 128 * 1024;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private readonly SemaphoreSlim _work = new(0, 1);
    private readonly Outbox _outbox = new();
    private TaskCompletionSource<Action?>? _paused;
    private byte[]? _filling;
    private int _filled;
    private bool _idle = true, _shut;

    /// <summary>Serves the device until it or the relay ends the connection.</summary>
    public async Task Run()
    {
        var writing = Write();
        Greet();
        try
        {
            await Read();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Net.WebSockets.WebSocketException or Microsoft.AspNetCore.Connections.ConnectionAbortedException)
        {
            // The device is gone, or was cut off.
        }
        End(null);
        await writing;
        _ended.Dispose();
    }

    private async Task Read()
    {
        var buffer = BufferPool.Rent(BufferSize);
        var have = 0;
        try
        {
            while (!IsEnded)
            {
                var got = await stream.ReadAsync(buffer.AsMemory(have), _ended.Token);
                if (got == 0)
                    return;
                have += got;
                var wait = Account(got);
                have = Digest(buffer, have);
                if (_paused is { } pause)
                {
                    (await pause.Task)?.Invoke();
                    _paused = null;
                    have = Digest(buffer, have);
                }
                if (have + Frame.HeaderSize >= buffer.Length)
                    buffer = Longer(buffer, have);
                if (wait > 0)
                    await Task.Delay(wait, _ended.Token);
            }
        }
        finally
        {
            BufferPool.Return(buffer);
        }
    }

    // Understands what is whole and moves the rest to the beginning; returns how long that is.
    private unsafe int Digest(byte[] buffer, int have)
    {
        var fed = Feed(BufferPool.Address(buffer), have, _outbox);
        _outbox.Flush();
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

    private async Task Write()
    {
        try
        {
            while (await Next() is { } full)
            {
                await stream.WriteAsync(full.Buffer.AsMemory(0, full.Length), stop);
                await stream.FlushAsync(stop);
                BufferPool.Return(full.Buffer);
                Flush();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or System.Net.WebSockets.WebSocketException or Microsoft.AspNetCore.Connections.ConnectionAbortedException)
        {
            End(null);
        }
        // What was written is on its way; now the reading side ends too.
        _ended.CancelAfter(_shut ? LastWords : TimeSpan.Zero);
        await stream.DisposeAsync();
    }

    // The buffer to write next, when there is one; null at the end.
    private async ValueTask<Full?> Next()
    {
        while (true)
        {
            lock (Gate)
            {
                if (_filled > 0)
                {
                    var full = new Full(_filling!, _filled);
                    (_filling, _filled) = (null, 0);
                    return full;
                }
                if (_shut)
                    return null;
                _idle = true;
            }
            await _work.WaitAsync(stop);
        }
    }

    private sealed record Full(byte[] Buffer, int Length);

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
        Wake();
        return taken;
    }

    // The writer asks again after each write, so there is nothing to arrange.
    protected override void WantRoom()
    {
    }

    protected override void Shut()
    {
        _shut = true;
        Wake();
    }

    private void Wake()
    {
        if (!_idle)
            return;
        _idle = false;
        _work.Release();
    }

    protected override void Pause() => _paused = new TaskCompletionSource<Action?>(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override void Resume(Action? first) => _paused!.SetResult(first);
}
