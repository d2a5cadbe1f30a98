using System.Net;
using System.Net.Sockets;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Tls;

namespace Gatehouse.Derp.Transport;

/// <summary>
/// A device on a TCP connection, served by one <see cref="RelayLoop"/>: packets go from the loop's buffer into the
/// receiver's socket without being copied between. Between reads it holds no more than what has come of a frame.
/// </summary>
internal unsafe partial class SocketConnection(DerpHub hub, RelayLoop loop, Socket socket, IPAddress address) : DerpConnection(hub, address)
{
    // Of one that is not introduced, at once: what it sends too much waits in the network.
    private const int PendingRead = 16 * 1024;
    private readonly int _fd = (int)socket.SafeHandle.DangerousGetHandle();
    private bool _roomWanted, _paused;

    /// <summary>Changes under the lock, on the thread of the one that it was.</summary>
    public RelayLoop Loop { get; private set; } = loop;

    public int Slot { get; set; } = -1;
    public int Handle => _fd;

    /// <summary>What its loop spent on it lately, in the clock's ticks.</summary>
    public long Spent { get; set; }

    public override bool IsPaused => _paused;

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
    /// <param name="outbox">Gets packets, which lie in the buffer until it is flushed.</param>
    /// <param name="gone">The other side is gone: what is left is read whether it may or not, as the end would be told again at once.</param>
    /// <param name="used">How much of the buffer was written.</param>
    public bool Read(byte* buffer, int size, PacketBatch outbox, bool gone, out int used)
    {
        used = 0;
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
        var count = 0;
        // The rest of a begun frame goes to its beginning, whatever follows into the loop's buffer.
        var missing = _begun is null ? 0 : Math.Min(_wanted, _begun.Length) - _have;
        if (missing > 0)
            vectors[count++] = new IoVector(BufferPool.Address(_begun!) + _have, missing);
        vectors[count++] = new IoVector(buffer, size);
        var got = Receive(vectors, count, Math.Min(most, Device is null ? PendingRead : Math.Min(Hub.ReadSize, size - TlsSession.Slack)));
        Account(IsEnded ? 0 : Math.Max(0, got));
        if (got == -Libc.Again)
            return true;
        if (got <= 0)
        {
            End(got == -Libc.TimedOut ? Cut.TimedOut : null);
            return false;
        }
        used = Math.Max(0, (int)got - missing);
        if (!IsEnded)
            Take(buffer, got, missing, outbox);
        // What is not sent is not counted yet, and little of the quota may be left.
        if (Hub.ReadSize < size)
            outbox.Flush();
        // Nothing more is understood of it.
        if (IsEnded)
            Forget();
        return !IsOver;
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

    protected override void Pause() => SetPaused(true);

    private void SetPaused(bool paused)
    {
        lock (Gate)
        {
            _paused = paused;
            Loop.Watch(this);
        }
    }

    protected override void Resume(Action? first) => Loop.Run(() => Loop.Guard(this, () => Continue(first)));

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
            HoldIn(_begun?.Length ?? 0);
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
