using System.Runtime.CompilerServices;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Transport;

// What came in one read, and the beginning of a frame that is held until the rest has come.
internal unsafe partial class SocketConnection
{
    private byte[]? _begun;
    private int _have, _wanted;

    /// <summary>Understands what was read: what was missing of a begun frame, and the rest in the buffer.</summary>
    protected void Take(byte* buffer, nint got, int missing, PacketBatch outbox)
    {
        var begun = (int)Math.Min(got, missing);
        _have += begun;
        var rest = (int)got - begun;
        if (_begun is null || Finish(ref buffer, ref rest, outbox))
            Process(buffer, rest, outbox);
    }

    private void Process(byte* data, int length, PacketBatch outbox)
    {
        var fed = Feed(data, length, outbox);
        if (fed == length)
            return;
        _wanted = _paused ? length - fed : WantedFor(data + fed, length - fed);
        Keep(data + fed, length - fed);
    }

    // Appends to the begun frame. The buffer is at most twice what has come, whatever the header promises.
    private void Keep(byte* data, int length)
    {
        var needed = _have + length;
        if (_begun is null || _begun.Length < needed)
        {
            var longer = BufferPool.Rent(Math.Max(needed, Math.Min(_wanted, 2 * needed)));
            if (_begun is not null)
            {
                _begun.AsSpan(0, _have).CopyTo(longer);
                BufferPool.Return(_begun);
            }
            _begun = longer;
        }
        Unsafe.CopyBlockUnaligned(BufferPool.Address(_begun) + _have, data, (uint)length);
        _have = needed;
        HoldIn(_begun.Length);
    }

    // Appends what belongs to the begun frame and understands it when it is whole; true when nothing is begun any more.
    private bool Finish(ref byte* next, ref int rest, PacketBatch outbox)
    {
        while (true)
        {
            var part = Math.Min(rest, _wanted - _have);
            if (part > 0)
                Keep(next, part);
            next += part;
            rest -= part;
            if (_have < _wanted)
                return false;
            if (Feed(BufferPool.Address(_begun!), _have, outbox) == _have)
            {
                outbox.Hold(_begun!);
                _begun = null;
                Forget();
                return true;
            }
            // That was a header: now the frame's length is known.
            _wanted = WantedFor(BufferPool.Address(_begun!), _have);
        }
    }

    private static int WantedFor(byte* begun, int have) => have < Frame.HeaderSize ? Frame.HeaderSize : Frame.SizeOf(begun);

    private void Forget()
    {
        if (_begun is not null)
            BufferPool.Return(_begun);
        (_begun, _have, _wanted) = (null, 0, 0);
        HoldIn(0);
    }
}
