using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Hub;

// What goes out: at once where the network takes it, else by the queue.
internal abstract unsafe partial class DerpConnection
{
    private readonly Lock _gate = new();
    private readonly FrameQueue _queue = new();
    private long _progressAt;
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
        OutOfMemoryException? failed = null;
        lock (_gate)
        {
            if (IsEnded || _broken)
            {
                hub.CountDrop(PacketDrop.NotHere, packets, Device!);
                return;
            }
            try
            {
                if (!Pass(vectors, count, packets))
                    return;
            }
            catch (OutOfMemoryException e)
            {
                failed = e;
            }
        }
        // It has no room for what others send: that is not the fault of whoever sends.
        if (failed is not null)
            Fail(failed);
        Push();
    }

    // False when the connection is gone.
    private bool Pass(IoVector* vectors, int count, int packets)
    {
        nint sent = 0;
        if (_queue.IsEmpty)
        {
            sent = Transmit(vectors, count);
            if (sent < 0)
            {
                _broken = true;
                return false;
            }
            CountOut(sent);
        }
        Keep(vectors, count, packets, sent);
        NoteOut();
        return true;
    }

    // What is left after the bytes that were sent goes into the queue.
    private void Keep(IoVector* vectors, int count, int packets, nint sent)
    {
        var before = _queue.Displaced;
        var waiting = 0;
        // Of the queue as a whole.
        var most = RoomLeft is var room && room == long.MaxValue ? room : _queue.Held + room;
        for (var i = 0; i < count; i++)
        {
            if (sent >= vectors[i].Length)
            {
                sent -= vectors[i].Length;
                continue;
            }
            waiting += _queue.Add(vectors[i].Start, vectors[i].Length, sent, most);
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
        try
        {
            Message(frame);
        }
        catch (OutOfMemoryException e)
        {
            Fail(e);
        }
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
            NoteOut();
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
        {
            var done = FlushLocked();
            NoteOut();
            return done;
        }
    }

    /// <summary>The network took something of what was transmitted.</summary>
    protected void NoteProgress()
    {
        lock (_gate)
            _progressAt = _progressAt == 0 ? 0 : Environment.TickCount64;
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
}
