using System.Runtime.CompilerServices;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Hub;

/// <summary>
/// What waits to be sent to one client: at most 32 packets, of which a further one displaces the oldest, and before them short
/// frames of the relay's own (pong, keepalive), which are never displaced. Guarded by its owner's lock. Holds no memory while empty.
/// </summary>
internal sealed unsafe class FrameQueue
{
    public const int MaxPackets = 32;
    private const int MaxControl = 4096;
    private byte[]? _packets, _control;
    private int _head, _tail, _count, _controlLength;

    // Bytes of the first packet that are already sent: it is finished before all else, and cannot be displaced.
    private int _sent;

    /// <summary>Bytes of memory.</summary>
    public long Held => (_packets?.Length ?? 0) + (_control?.Length ?? 0);

    public bool IsEmpty => _tail == _head && _controlLength == 0;

    /// <summary>Packets displaced since the queue was made.</summary>
    public long Displaced { get; private set; }

    /// <summary>
    /// Appends whole packet frames, but for the first <paramref name="sent"/> bytes, which are sent already. Returns how many of
    /// the packets were not sent whole.
    /// </summary>
    /// <param name="most">Bytes of packets that may wait; those beyond are displaced. A begun packet stays.</param>
    public int Add(byte* frames, nint length, nint sent, long most = long.MaxValue)
    {
        var end = frames + length;
        for (; sent > 0 && sent >= Frame.SizeOf(frames); frames += Frame.SizeOf(frames))
            sent -= Frame.SizeOf(frames);
        var waiting = 0;
        for (var frame = frames; frame < end; frame += Frame.SizeOf(frame))
            waiting++;
        var rest = waiting;
        if (sent > 0)
        {
            // Only ever into an empty queue: what is queued goes out before anything new does.
            Append(frames, Frame.SizeOf(frames));
            _sent = (int)sent;
            frames += Frame.SizeOf(frames);
            rest--;
        }
        // The newest 32 of a long run are all that could stay.
        for (; rest > MaxPackets; rest--, Displaced++)
            frames += Frame.SizeOf(frames);
        for (; frames < end; frames += Frame.SizeOf(frames))
        {
            if (_tail - _head + Frame.SizeOf(frames) > most)
            {
                Displaced++;
                continue;
            }
            if (_count >= MaxPackets + (_sent > 0 ? 1 : 0))
                Displace();
            Append(frames, Frame.SizeOf(frames));
        }
        return waiting;
    }

    /// <summary>Appends a frame of the relay's own; false when the client has let too many of them wait.</summary>
    public bool AddControl(ReadOnlySpan<byte> frame, int sent = 0)
    {
        if (frame.IsEmpty)
            return true;
        _control ??= BufferPool.Rent(MaxControl);
        if (_controlLength + frame.Length > MaxControl)
            return false;
        frame[sent..].CopyTo(_control.AsSpan(_controlLength));
        _controlLength += frame.Length - sent;
        return true;
    }

    /// <summary>What to send next, in order: the rest of a begun packet, the relay's own frames, the packets. Returns how many of the three vectors are used.</summary>
    public int Gather(IoVector* vectors)
    {
        var used = 0;
        var from = _head;
        if (_sent > 0)
        {
            var size = Frame.SizeOf(At(_head));
            vectors[used++] = new IoVector(At(_head) + _sent, size - _sent);
            from += size;
        }
        if (_controlLength > 0)
            vectors[used++] = new IoVector(BufferPool.Address(_control!), _controlLength);
        if (_tail > from)
            vectors[used++] = new IoVector(At(from), _tail - from);
        return used;
    }

    /// <summary>Forgets what was sent, in the order of <see cref="Gather"/>. Returns how many packets were finished.</summary>
    public int Advance(nint bytes)
    {
        var finished = 0;
        if (_sent > 0)
        {
            var rest = Math.Min(bytes, Frame.SizeOf(At(_head)) - _sent);
            bytes -= rest;
            finished += Progress((int)rest);
        }
        if (bytes > 0 && _controlLength > 0)
        {
            var own = (int)Math.Min(bytes, _controlLength);
            _controlLength -= own;
            _control.AsSpan(own, _controlLength).CopyTo(_control);
            bytes -= own;
        }
        while (bytes > 0)
        {
            var part = (int)Math.Min(bytes, Frame.SizeOf(At(_head)));
            bytes -= part;
            finished += Progress(part);
        }
        if (IsEmpty)
            Release();
        return finished;
    }

    /// <summary>Forgets the packets that are not begun.</summary>
    public void KeepBegun()
    {
        if (_sent > 0)
        {
            _tail = _head + Frame.SizeOf(At(_head));
            _count = 1;
        }
        else if (_controlLength > 0)
        {
            (_head, _tail, _count) = (0, 0, 0);
        }
        else
        {
            Release();
        }
    }

    /// <summary>Forgets everything and gives its memory back.</summary>
    public void Release()
    {
        if (_packets is not null)
            BufferPool.Return(_packets);
        if (_control is not null)
            BufferPool.Return(_control);
        _packets = _control = null;
        _head = _tail = _count = _sent = _controlLength = 0;
    }

    private int Progress(int bytes)
    {
        _sent += bytes;
        var size = Frame.SizeOf(At(_head));
        if (_sent < size)
            return 0;
        _head += size;
        _sent = 0;
        _count--;
        return 1;
    }

    private void Displace()
    {
        Displaced++;
        var first = At(_head);
        var size = Frame.SizeOf(first);
        if (_sent == 0)
        {
            _head += size;
        }
        else
        {
            // The begun packet moves up over the one behind it.
            var gone = Frame.SizeOf(first + size);
            Buffer.MemoryCopy(first, first + gone, size, size);
            _head += gone;
        }
        _count--;
    }

    private void Append(byte* frame, int size)
    {
        if (_packets is null || _packets.Length - _tail < size)
            MakeRoom(size);
        Unsafe.CopyBlockUnaligned(At(_tail), frame, (uint)size);
        _tail += size;
        _count++;
    }

    private void MakeRoom(int size)
    {
        var kept = _tail - _head;
        var old = _packets;
        if (old is null || old.Length - kept < size || (kept > old.Length / 2 && old.Length < BufferPool.Largest))
            _packets = BufferPool.Rent(Math.Max(kept + size, old is null ? 0 : old.Length * 2));
        if (old is not null)
        {
            old.AsSpan(_head, kept).CopyTo(_packets);
            if (old != _packets)
                BufferPool.Return(old);
        }
        _head = 0;
        _tail = kept;
    }

    private byte* At(int offset) => BufferPool.Address(_packets!) + offset;
}
