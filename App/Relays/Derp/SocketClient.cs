using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Gatehouse.Relays.Derp;

/// <summary>
/// A device on a plain TCP connection, served by one <see cref="RelayLoop"/>: packets go from the loop's buffer into the
/// receiver's socket without being copied between. Between reads it holds no more than the beginning of a frame.
/// </summary>
internal sealed unsafe class SocketClient(RelayHub hub, RelayLoop loop, Socket socket, IPAddress address) : RelayClient(hub, address)
{
    private readonly int _fd = (int)socket.SafeHandle.DangerousGetHandle();
    private byte[]? _begun;
    private int _have, _wanted;
    private bool _roomWanted, _paused;

    public int Slot { get; set; } = -1;
    public int Handle => _fd;

    /// <summary>Called once the socket is closed.</summary>
    public required Action Closed { get; init; }

    /// <summary>When it ended, in the loop's milliseconds; 0 before.</summary>
    public long EndedAt { get; set; }

    public uint Interest => (_paused ? 0 : Libc.In) | (_roomWanted ? Libc.Out : 0);

    /// <summary>Answers the request for an upgrade, on the loop's thread.</summary>
    public void Begin(ReadOnlySpan<byte> upgraded)
    {
        fixed (byte* answer = upgraded)
        {
            var vector = new IoVector(answer, upgraded.Length);
            // A new connection takes a few hundred bytes.
            if (upgraded.Length > 0 && Libc.Send(_fd, &vector, 1) != upgraded.Length)
            {
                End(Cut.Request);
                return;
            }
        }
        Greet();
    }

    /// <summary>Reads once and understands what came, on the loop's thread. False when the connection is over.</summary>
    public bool Read(byte* buffer, int size, Outbox outbox)
    {
        var vectors = stackalloc IoVector[2];
        var used = 0;
        // The rest of a begun frame goes to its beginning, whatever follows into the loop's buffer.
        var missing = _wanted - _have;
        if (missing > 0)
            vectors[used++] = new IoVector(BufferPool.Address(_begun!) + _have, missing);
        vectors[used++] = new IoVector(buffer, Math.Min(size, Hub.ReadSize));
        var got = Libc.Receive(_fd, vectors, used);
        if (got == -Libc.Again)
            return true;
        if (got <= 0)
        {
            End(got == -Libc.TimedOut ? Cut.TimedOut : null);
            return false;
        }
        if (IsEnded)
            return true;
        var wait = Account(got);
        var begun = (int)Math.Min(got, missing);
        _have += begun;
        var rest = (int)got - begun;
        if (_begun is null || Finish(ref buffer, ref rest, outbox))
            Process(buffer, rest, outbox);
        outbox.Flush();
        if (wait > 0 && !IsEnded)
        {
            Pause();
            loop.ResumeIn(this, wait);
        }
        return true;
    }

    private void Process(byte* data, int length, Outbox outbox)
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
    private bool Finish(ref byte* next, ref int rest, Outbox outbox)
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
            loop.Watch(this);
        }
    }

    protected override void Resume(Action? first) => loop.Run(() => Continue(first));

    /// <summary>Reads on, on the loop's thread.</summary>
    public void Continue(Action? first = null)
    {
        if (Slot < 0)
            return;
        first?.Invoke();
        if (first is not null && _begun is { } kept)
        {
            // What arrived while admission was asked about.
            var have = _have;
            (_begun, _have, _wanted) = (null, 0, 0);
            Process(BufferPool.Address(kept), have, loop.Outbox);
            loop.Outbox.Flush();
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
        loop.Watch(this);
    }

    /// <summary>There is room to send, on the loop's thread.</summary>
    public void Room()
    {
        if (!Flush())
            return;
        lock (Gate)
        {
            _roomWanted = !QueueIsEmpty;
            loop.Watch(this);
        }
    }

    protected override void Shut() => _ = Libc.Shutdown(_fd, Libc.ShutWrite);

    private void Forget()
    {
        if (_begun is not null)
            BufferPool.Return(_begun);
        (_begun, _have, _wanted) = (null, 0, 0);
    }

    /// <summary>Closes the socket, on the loop's thread, after <see cref="RelayClient.End"/>.</summary>
    public void Close()
    {
        Forget();
        ForgetQueue();
        socket.Dispose();
        Closed();
    }
}
