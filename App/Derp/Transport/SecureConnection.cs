using System.Net;
using System.Net.Sockets;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Tls;

namespace Gatehouse.Derp.Transport;

/// <summary>A device that comes by TLS, served by a loop as one on a plain connection is.</summary>
/// <param name="begun">What was read after the request, <paramref name="length"/> bytes in a buffer of the pool; null: nothing.</param>
internal sealed unsafe class SecureConnection(DerpHub hub, RelayLoop loop, Socket socket, IPAddress address, TlsSession session, byte[]? begun, int length)
    : SocketConnection(hub, loop, socket, address)
{
    // More than a device's window at once, and not so much that another waits long for the lock.
    private const int MostAtOnce = 256 * 1024;

    // What is sealed cannot be dropped any more: where memory is short, it is little.
    private const int LittleAtOnce = 4 * 1024;

    protected override bool IsOver => session.IsOver;

    protected override void Begun()
    {
        if (begun is null)
            return;
        Account(length);
        Take(BufferPool.Address(begun), length, 0, Loop.Batch);
        Loop.Batch.Flush();
        BufferPool.Return(begun);
    }

    protected override nint Receive(IoVector* vectors, int count, int most)
    {
        var got = session.Receive(vectors, count, Math.Min(most, MostAtOnce), Gate);
        // Such as the answer to a change of keys.
        if (session.HasUnsent && !Flush())
        {
            lock (Gate)
                WantRoom();
        }
        return got;
    }

    protected override nint Transmit(IoVector* vectors, int count)
    {
        var taken = session.Send(vectors, count, RoomLeft > 2 * TlsSession.Chunk ? TlsSession.Chunk : LittleAtOnce);
        if (session.HasUnsent)
            WantRoom();
        return taken;
    }

    protected override long Unsent => session.Held;

    protected override bool IsRecordBegun => session.IsRecordBegun;

    protected override bool Drain()
    {
        _ = session.Flush();
        return !session.HasUnsent;
    }

    protected override void Shut()
    {
        session.End();
        _ = session.Flush();
        base.Shut();
    }

    public override void Close()
    {
        lock (Gate)
            session.Dispose();
        base.Close();
    }
}
