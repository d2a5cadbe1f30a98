using System.Security.Cryptography;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Hub;

// Its deadlines, and what it holds while it waits: the beginning of a frame on its way in, frames on their way out.
internal abstract partial class DerpConnection
{
    // A frame of 64 KB has 26 s, which a phone needs on a poor network.
    private const long FrameTime = 10_000, LeastBytesPerMillisecond = 4;
    private const long KeepAliveEvery = 60_000, KeepAliveJitter = 5_000, WriteTime = 10_000, TickTime = 1_000;
    private MemoryShare _share = hub.Pending.Memory;
    private long _keepAliveAt = Environment.TickCount64 + NextKeepAlive();
    private long _tickedAt = Environment.TickCount64;
    private long _heldIn, _heldOut, _frameTime, _frameSpent;

    /// <summary>Its place among those that are not introduced.</summary>
    public required PendingConnection Pending { get; init; }

    /// <summary>Bytes held of what was sent to the network and waits in this program. Under the lock.</summary>
    protected virtual long Unsent => 0;

    /// <summary>Something of a frame may have come that cannot be seen yet. On the thread that feeds.</summary>
    protected virtual bool IsRecordBegun => false;

    /// <summary>How many bytes more it may hold. Under the lock.</summary>
    protected long RoomLeft => _share.Room(_heldIn + _heldOut + Pending.Cost);

    /// <summary>Says how many bytes it holds of a begun frame. More than its part of a full share ends it. On the thread that feeds.</summary>
    protected void HoldIn(long bytes)
    {
        if (bytes == _heldIn)
            return;
        bool tooMuch;
        lock (_gate)
        {
            var more = bytes > _heldIn;
            _share.Change(bytes - _heldIn);
            _heldIn = bytes;
            tooMuch = more && RoomLeft == 0;
        }
        if (tooMuch)
            End(Cut.Memory);
    }

    // After everything that may have changed it; under the lock.
    private void NoteOut()
    {
        var held = _queue.Held + Unsent;
        if (held == _heldOut)
            return;
        _share.Change(held - _heldOut);
        _heldOut = held;
    }

    // What it holds counts among the devices' from now on, under the lock.
    private void MoveShare()
    {
        _share.Change(-_heldIn - _heldOut);
        _share = hub.Memory;
        _share.Change(_heldIn + _heldOut);
        _share.Join();
    }

    // It ended: an equal part is more for each of the others.
    private void LeaveShare()
    {
        if (Device is not null)
            hub.Memory.Leave();
    }

    /// <param name="progressed">Frames before it came to their end.</param>
    /// <param name="size">Of the frame, as far as it is known.</param>
    private void NoteFrame(bool begun, bool progressed, long size)
    {
        if (progressed || _frameTime == 0)
            _frameSpent = 0;
        _frameTime = begun ? FrameTime + (size / LeastBytesPerMillisecond) : 0;
    }

    // While it is not read, it is not the device that takes its time.
    private bool IsFrameLate(long since)
    {
        var time = _frameTime == 0 && IsRecordBegun ? FrameTime : _frameTime;
        if (time == 0 || _stage != Stage.Open || IsPaused)
            return false;
        _frameSpent += Math.Min(since, 2 * TickTime);
        return _frameSpent > time;
    }

    /// <summary>Something of the relay's own failed while it served this connection, such as an allocation: that ends it, and no other.</summary>
    public void Fail(Exception e)
    {
        // What was sent of a frame may have no rest.
        lock (_gate)
            _broken = true;
        hub.Fault(e);
        try
        {
            End(Cut.Fault);
        }
        catch (OutOfMemoryException again)
        {
            // It has ended before that; those who heard from it are not told.
            hub.Fault(again);
        }
    }

    /// <summary>Once a second: keepalives and deadlines.</summary>
    public void Tick(long now)
    {
        if (IsEnded)
            return;
        var since = now - _tickedAt;
        _tickedAt = now;
        if (IsFrameLate(since))
            End(Cut.FrameTimeout);
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
            LeaveShare();
            _queue.KeepBegun();
            _queue.AddControl(last);
            if (!FlushLocked())
                WantRoom();
            NoteOut();
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
            NoteOut();
        }
    }
}
