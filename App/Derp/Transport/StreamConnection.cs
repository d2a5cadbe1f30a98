using System.Net;
using System.Net.WebSockets;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Derp.Transport;

/// <summary>
/// A device on a stream of the web server's, such as a WebSocket. What is sent to it gathers in one buffer while the one
/// before it is being written; whoever delivers first also begins to write.
/// </summary>
internal sealed partial class StreamConnection(DerpHub hub, Stream stream, IPAddress address, CancellationToken stop) : DerpConnection(hub, address)
{
    private const int FirstRead = 4 * 1024, MostRead = 128 * 1024;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    // One a thread, not a connection: it is empty between two reads.
    [ThreadStatic]
    private static PacketBatch? _outbox;

    // Never disposed of: a write may cancel it after all else is over, and it holds nothing by itself.
    private readonly CancellationTokenSource _ended = new();
    private TaskCompletionSource<Action?>? _paused;
    private bool _reading;

    public override bool IsPaused => _paused is not null;

    // A message's beginning has come; it is given out when the rest has.
    protected override bool IsRecordBegun => _reading;

    /// <summary>Serves the device until it or the relay ends the connection.</summary>
    public async Task Run()
    {
        using var stopping = stop.UnsafeRegister(static ended => ((CancellationTokenSource)ended!).Cancel(), _ended);
        try
        {
            Greet();
            await Read();
        }
        catch (Exception e) when (IsGone(e))
        {
            // The device is gone, or was cut off.
        }
        catch (Exception e)
        {
            Fail(e);
        }
        End(null);
        await Task.WhenAny(_written.Task, Task.Delay(LastWords, CancellationToken.None));
        ForgetQueue();
        await stream.DisposeAsync();
    }

    // A WebSocket that has been closed is "not readable".
    private static bool IsGone(Exception e) =>
        e is NotSupportedException or IOException or OperationCanceledException or ObjectDisposedException or WebSocketException or ConnectionAbortedException or System.Net.Sockets.SocketException;

    private async Task Read()
    {
        byte[] buffer = [];
        int have = 0, most = FirstRead;
        try
        {
            while (!IsEnded)
            {
                var more = stream.ReadAsync(Memory<byte>.Empty, _ended.Token);
                if (!more.IsCompleted)
                {
                    buffer = Fit(buffer, have, have);
                    most = FirstRead;
                }
                _ = await more;
                if (IsLimited)
                    buffer = Fit(buffer, have, have);
                var allowed = IsLimited ? await Turn() : int.MaxValue;
                // As much as came last may come again; a frame that is longer gets room as it comes.
                buffer = Fit(buffer, have, Math.Max(most, 2 * have));
                var room = buffer.Length - have;
                _reading = true;
                var got = await stream.ReadAsync(buffer.AsMemory(have, Math.Min(room, Math.Min(allowed, Hub.ReadSize))), _ended.Token);
                _reading = false;
                Account(got);
                if (got == 0)
                    return;
                most = got == room ? Math.Min(2 * most, MostRead) : most;
                have += got;
                have = Digest(buffer, have);
                if (_paused is { } pause)
                {
                    buffer = Fit(buffer, have, have);
                    (await pause.Task)?.Invoke();
                    _paused = null;
                    have = Digest(buffer, have);
                }
            }
        }
        finally
        {
            Account(0);
            _ = Fit(buffer, 0, 0);
        }
    }

    // Waits until it may read; returns how much.
    private async ValueTask<int> Turn()
    {
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
        try
        {
            var fed = Feed(BufferPool.Address(buffer), have, outbox);
            outbox.Flush();
            buffer.AsSpan(fed, have - fed).CopyTo(buffer);
            return have - fed;
        }
        catch
        {
            // The next connection on this thread has nothing to do with it.
            outbox.Clear();
            throw;
        }
    }

    // The beginning in a buffer for so many bytes, none for none: between reads it holds no more than what has come of a frame.
    private byte[] Fit(byte[] buffer, int have, int length)
    {
        var fitting = length == 0 ? 0 : BufferPool.SizeFor(length);
        if (buffer.Length == fitting)
            return buffer;
        var other = fitting == 0 ? [] : BufferPool.Rent(length);
        buffer.AsSpan(0, have).CopyTo(other);
        if (buffer.Length > 0)
            BufferPool.Return(buffer);
        HoldIn(fitting);
        return other;
    }

    protected override void Pause() => _paused = new TaskCompletionSource<Action?>(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override void Resume(Action? first) => _paused!.SetResult(first);
}
