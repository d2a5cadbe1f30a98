using System.Security.Cryptography;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Hub;

// What goes out: at once where the network takes it, else by the queue.
internal abstract unsafe partial class DerpConnection
{
    private const long KeepAliveEvery = 60_000, KeepAliveJitter = 5_000;
    private const long IntroductionTime = 10_000, WriteTime = 10_000;
    private readonly Lock _gate = new();
    private readonly FrameQueue _queue = new();
    private readonly long _begun = Environment.TickCount64;
    private long _keepAliveAt = Environment.TickCount64 + NextKeepAlive(), _progressAt;
    private bool _broken, _shutDown;

    protected Lock Gate => _gate;
    protected bool QueueIsEmpty => _queue.IsEmpty;

    /// <summary>Hands bytes to the network without waiting: those taken, 0 when it has no room, -1 when it is gone. Under the lock.</summary>
    protected abstract nint Transmit(IoVector* vectors, int count);

    /// <summary>Sends what was transmitted but waits in this program. True when nothing does any more. Under the lock.</summary>
    protected virtual bool Drain() => true;

    /// <summary>Asks for <see cref="Flush"/> as soon as there is room. Under the lock.</summary>
    protected abstract void WantRoom();

    /// <summary>Ends the sending side: what was transmitted still arrives, then the end of the stream. Under the lock.</summary>
    protected abstract void Shut();

    /// <summary>Something was transmitted, or the sending side ended. Not under the lock.</summary>
    protected virtual void Push()
    {
    }

    /// <summary>Sends packet frames, or queues what the network does not take. Never waits.</summary>
    public void Deliver(IoVector* vectors, int count, int packets)
    {
        lock (_gate)
        {
            if (IsEnded || _broken)
            {
                hub.CountDrop(PacketDrop.NotHere, packets, Device!);
                return;
            }
            nint sent = 0;
            if (_queue.IsEmpty)
            {
                sent = Transmit(vectors, count);
                if (sent < 0)
                {
                    _broken = true;
                    return;
                }
                CountOut(sent);
            }
            Keep(vectors, count, packets, sent);
        }
        Push();
    }

    // What is left after the bytes that were sent goes into the queue.
    private void Keep(IoVector* vectors, int count, int packets, nint sent)
    {
        var before = _queue.Displaced;
        var waiting = 0;
        for (var i = 0; i < count; i++)
        {
            if (sent >= vectors[i].Length)
            {
                sent -= vectors[i].Length;
                continue;
            }
            waiting += _queue.Add(vectors[i].Start, vectors[i].Length, sent);
            sent = 0;
        }
        if (packets > waiting)
            hub.CountDelivered(packets - waiting, Device!);
        if (waiting == 0)
            return;
        if (_queue.Displaced > before)
            hub.CountDrop(PacketDrop.QueueFull, _queue.Displaced - before, Device!);
        Wait();
    }

    /// <summary>Sends a frame of the relay's own, ahead of the packets that wait. Lost when the client has let many of them wait.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        Message(frame);
        Push();
    }

    private void Message(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (IsEnded || _broken)
                return;
            nint sent = 0;
            fixed (byte* start = frame)
            {
                if (_queue.IsEmpty)
                {
                    var vector = new IoVector(start, frame.Length);
                    sent = Transmit(&vector, 1);
                    if (sent < 0)
                    {
                        _broken = true;
                        return;
                    }
                    CountOut(sent);
                }
            }
            if (sent < frame.Length && _queue.AddControl(frame, (int)sent))
                Wait();
        }
    }

    private void Wait()
    {
        if (_progressAt == 0)
            _progressAt = Environment.TickCount64;
        WantRoom();
    }

    /// <summary>Sends what waits. True when nothing waits any more.</summary>
    protected bool Flush()
    {
        lock (_gate)
            return FlushLocked();
    }

    private bool FlushLocked()
    {
        var vectors = stackalloc IoVector[3];
        while (!_queue.IsEmpty && !_broken)
        {
            var sent = Transmit(vectors, _queue.Gather(vectors));
            if (sent <= 0)
            {
                _broken |= sent < 0;
                break;
            }
            _progressAt = Environment.TickCount64;
            CountOut(sent);
            if (_queue.Advance(sent) is > 0 and var packets)
                hub.CountDelivered(packets, Device!);
        }
        if (!_broken && !(_queue.IsEmpty && Drain()))
            return false;
        _progressAt = 0;
        if (IsEnded && !_shutDown)
        {
            _shutDown = true;
            Shut();
        }
        return true;
    }

    private void CountOut(nint bytes)
    {
        if (Device is null)
        {
            _earlyOut += bytes;
            return;
        }
        Interlocked.Add(ref Device.BytesOut, bytes);
        hub.CountOut(bytes);
    }

    /// <summary>Once a second: keepalives and deadlines.</summary>
    public void Tick(long now)
    {
        if (IsEnded)
            return;
        if (_stage == Stage.Introduction && now - _begun > IntroductionTime)
            End(Cut.HandshakeTimeout);
        else if (_progressAt is > 0 and var stalled && now - stalled > WriteTime)
            End(Cut.SlowReader);
        else if (now >= _keepAliveAt && _stage == Stage.Open)
        {
            _keepAliveAt = now + NextKeepAlive();
            Send(KeepAlive);
        }
    }

    private static ReadOnlySpan<byte> KeepAlive => [(byte)FrameType.KeepAlive, 0, 0, 0, 0];

    private static long NextKeepAlive() => KeepAliveEvery + RandomNumberGenerator.GetInt32((int)KeepAliveJitter);

    /// <summary>Ends the connection, from any thread; only the first call counts. Packets that wait are not sent any more.</summary>
    /// <param name="reason">Null: the device went by itself.</param>
    /// <param name="last">A frame to send before, such as why.</param>
    public void End(Cut? reason, ReadOnlySpan<byte> last = default)
    {
        lock (_gate)
        {
            if (IsEnded)
                return;
            _stage = Stage.Ended;
            _queue.KeepBegun();
            _queue.AddControl(last);
            if (!FlushLocked())
                WantRoom();
        }
        Push();
        if (reason is { } cut)
            hub.CountCut(cut);
        hub.Remove(this);
    }

    /// <summary>Gives the queue's memory back, when nothing can be sent any more.</summary>
    protected void ForgetQueue()
    {
        lock (_gate)
        {
            _broken = true;
            _queue.Release();
        }
    }
}
