using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Transport;

/// <summary>
/// A device on a TCP connection, served by one <see cref="RelayLoop"/>: packets go from the loop's buffer into the
/// receiver's socket without being copied between. Between reads it holds no more than the beginning of a frame.
/// </summary>
internal unsafe class SocketConnection(DerpHub hub, RelayLoop loop, Socket socket, IPAddress address) : DerpConnection(hub, address)
{
    private readonly int _fd = (int)socket.SafeHandle.DangerousGetHandle();
    private byte[]? _begun;
    private int _have, _wanted;
    private bool _roomWanted, _paused;

    /// <summary>Changes under the lock, on the thread of the one that it was.</summary>
    public RelayLoop Loop { get; private set; } = loop;

    public int Slot { get; set; } = -1;
    public int Handle => _fd;

    /// <summary>What its loop spent on it lately, in the clock's ticks.</summary>
    public long Spent { get; set; }

    /// <summary>Another loop may take it as it is. On the loop's thread.</summary>
    public bool IsMovable => !_paused && !IsEnded && Device is not null;

    /// <summary>Called once the socket is closed.</summary>
    public required Action Closed { get; init; }

    /// <summary>When it ended, in the loop's milliseconds; 0 before.</summary>
    public long EndedAt { get; set; }

    public uint Interest => (_paused ? 0 : Libc.In) | (_roomWanted ? Libc.Out : 0);

    /// <summary>Takes its place in its loop, on that one's thread; false when the system cannot watch it.</summary>
    public bool Settle(int slot)
    {
        lock (Gate)
        {
            Slot = slot;
            return Loop.Watch(this, slot);
        }
    }

    /// <summary>Gives up its place, on its loop's thread, to take one in another.</summary>
    public void Leave(RelayLoop other)
    {
        lock (Gate)
        {
            Loop.Forget(this);
            Loop = other;
        }
    }

    /// <summary>Answers the request for an upgrade, on the loop's thread.</summary>
    public void Begin(ReadOnlySpan<byte> upgraded)
    {
        if (!upgraded.IsEmpty && !Answer(upgraded))
        {
            End(Cut.Request);
            return;
        }
        Greet();
        Begun();
    }

    // A new connection takes a few hundred bytes.
    private bool Answer(ReadOnlySpan<byte> upgraded)
    {
        fixed (byte* answer = upgraded)
        {
            var vector = new IoVector(answer, upgraded.Length);
            lock (Gate)
                return Transmit(&vector, 1) == upgraded.Length;
        }
    }

    /// <summary>The protocol has begun; what of it was read before is understood now.</summary>
    protected virtual void Begun() { }

    /// <summary>Reads once, if it may now, and understands what came, on the loop's thread. False when the connection is over.</summary>
    /// <param name="gone">The other side is gone: what is left is read whether it may or not, as the end would be told again at once.</param>
    public bool Read(byte* buffer, int size, PacketBatch outbox, bool gone)
    {
        var wait = 0;
        var most = gone || IsEnded ? int.MaxValue : Allowance(out wait);
        if (most == 0)
        {
            Pause();
            if (wait > 0)
                Loop.ResumeIn(this, wait);
            return true;
        }
        var vectors = stackalloc IoVector[2];
        var used = 0;
        // The rest of a begun frame goes to its beginning, whatever follows into the loop's buffer.
        var missing = _wanted - _have;
        if (missing > 0)
            vectors[used++] = new IoVector(BufferPool.Address(_begun!) + _have, missing);
        vectors[used++] = new IoVector(buffer, size);
        var got = Receive(vectors, used, Math.Min(most, Hub.ReadSize));
        Account(IsEnded ? 0 : Math.Max(0, got));
        if (got == -Libc.Again)
            return true;
        if (got <= 0)
        {
            End(got == -Libc.TimedOut ? Cut.TimedOut : null);
            return false;
        }
        if (!IsEnded)
            Take(buffer, got, missing, outbox);
        return !IsOver;
    }

    /// <summary>Understands what was read: what was missing of a begun frame, and the rest in the buffer.</summary>
    protected void Take(byte* buffer, nint got, int missing, PacketBatch outbox)
    {
        var begun = (int)Math.Min(got, missing);
        _have += begun;
        var rest = (int)got - begun;
        if (_begun is null || Finish(ref buffer, ref rest, outbox))
            Process(buffer, rest, outbox);
        outbox.Flush();
    }

    /// <summary>Fills the vectors with at most so many bytes, of TLS more or less; as <see cref="Libc.Receive"/>.</summary>
    protected virtual nint Receive(IoVector* vectors, int count, int most)
    {
        for (var i = 0; i < count; i++)
        {
            vectors[i].Length = Math.Min(vectors[i].Length, most);
            most -= (int)vectors[i].Length;
        }
        return Libc.Receive(_fd, vectors, count);
    }

    /// <summary>What was read last is all there will be.</summary>
    protected virtual bool IsOver => false;

    private void Process(byte* data, int length, PacketBatch outbox)
    {
        var fed = Feed(data, length, outbox);
        if (fed == length)
            return;
        _have = length - fed;
        _wanted = _paused ? _have : WantedFor(data + fed, _have);
        _begun = BufferPool.Rent(_wanted);
        Unsafe.CopyBlockUnaligned(BufferPool.Address(_begun), data + fed, (uint)_have);
    }

    // Understands the begun frame when it is whole; true when nothing is begun any more.
    private bool Finish(ref byte* next, ref int rest, PacketBatch outbox)
    {
        while (_have == _wanted)
        {
            if (Feed(BufferPool.Address(_begun!), _have, outbox) == _have)
            {
                outbox.Flush();
                Forget();
                return true;
            }
            // That was a header: now the frame's length is known.
            _wanted = WantedFor(BufferPool.Address(_begun!), _have);
            if (_begun!.Length < _wanted)
            {
                var longer = BufferPool.Rent(_wanted);
                _begun.AsSpan(0, _have).CopyTo(longer);
                BufferPool.Return(_begun);
                _begun = longer;
            }
            var part = Math.Min(rest, _wanted - _have);
            Unsafe.CopyBlockUnaligned(BufferPool.Address(_begun) + _have, next, (uint)part);
            _have += part;
            next += part;
            rest -= part;
        }
        return false;
    }

    private static int WantedFor(byte* begun, int have) => have < Frame.HeaderSize ? Frame.HeaderSize : Frame.SizeOf(begun);

    protected override void Pause() => SetPaused(true);

    private void SetPaused(bool paused)
    {
        lock (Gate)
        {
            _paused = paused;
            Loop.Watch(this);
        }
    }

    protected override void Resume(Action? first) => Loop.Run(() => Continue(first));

    /// <summary>Reads on, on the loop's thread.</summary>
    public void Continue(Action? first = null)
    {
        if (Slot < 0)
        {
            // What it has no use for any more is there for others.
            Account(0);
            return;
        }
        first?.Invoke();
        if (first is not null && _begun is { } kept)
        {
            // What arrived while admission was asked about.
            var have = _have;
            (_begun, _have, _wanted) = (null, 0, 0);
            Process(BufferPool.Address(kept), have, Loop.Batch);
            Loop.Batch.Flush();
            BufferPool.Return(kept);
        }
        SetPaused(false);
    }

    protected override nint Transmit(IoVector* vectors, int count) => Libc.Send(_fd, vectors, count);

    protected override void WantRoom()
    {
        if (_roomWanted)
            return;
        _roomWanted = true;
        Loop.Watch(this);
    }

    /// <summary>There is room to send, on the loop's thread.</summary>
    public void Room()
    {
        if (!Flush())
            return;
        lock (Gate)
        {
            _roomWanted = !(QueueIsEmpty && Drain());
            Loop.Watch(this);
        }
    }

    protected override void Shut() => _ = Libc.Shutdown(_fd, Libc.ShutWrite);

    private void Forget()
    {
        if (_begun is not null)
            BufferPool.Return(_begun);
        (_begun, _have, _wanted) = (null, 0, 0);
    }

    /// <summary>Closes the socket, on the loop's thread, after <see cref="DerpConnection.End"/>.</summary>
    public virtual void Close()
    {
        Account(0);
        Forget();
        ForgetQueue();
        socket.Dispose();
        Closed();
    }
}
