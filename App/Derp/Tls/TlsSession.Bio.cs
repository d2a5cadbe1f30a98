using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gatehouse.Derp.Network;

namespace Gatehouse.Derp.Tls;

internal sealed unsafe partial class TlsSession
{
    // What OpenSSL reads and writes through: the bytes of the call that is under way.
    private static nint NewMethod()
    {
        var method = OpenSsl.BIO_meth_new(OpenSsl.BIO_get_new_index() | OpenSsl.SourceSink, "relay");
        _ = OpenSsl.BIO_meth_set_read(method, &ReadIn);
        _ = OpenSsl.BIO_meth_set_write(method, &WriteOut);
        _ = OpenSsl.BIO_meth_set_ctrl(method, &Control);
        return method;
    }

    private static TlsSession Of(nint bio) => (TlsSession)GCHandle.FromIntPtr(OpenSsl.BIO_get_data(bio)).Target!;

    [UnmanagedCallersOnly]
    private static int ReadIn(nint bio, byte* into, int length)
    {
        var session = Of(bio);
        OpenSsl.BIO_clear_flags(bio, OpenSsl.AllRetry);
        if (session._inLeft == 0)
        {
            OpenSsl.BIO_set_flags(bio, OpenSsl.RetryRead);
            return -1;
        }
        var part = Math.Min(length, session._inLeft);
        Unsafe.CopyBlockUnaligned(into, session._in, (uint)part);
        session._in += part;
        session._inLeft -= part;
        return part;
    }

    [UnmanagedCallersOnly]
    private static int WriteOut(nint bio, byte* data, int length)
    {
        var session = Of(bio);
        OpenSsl.BIO_clear_flags(bio, OpenSsl.AllRetry);
        var needed = session._outTo + length;
        // Such as answers to one that asks for new keys over and over, and never reads: that fails the call that wrote it.
        if (needed > MostUnsent || !session.Fit(needed))
            return -1;
        Unsafe.CopyBlockUnaligned(BufferPool.Address(session._out!) + session._outTo, data, (uint)length);
        session._outTo = needed;
        return length;
    }

    // False when there is no memory: no exception may leave by way of OpenSSL.
    private bool Fit(int needed)
    {
        if (_out is not null && _out.Length >= needed)
            return true;
        try
        {
            // As long as all records will be that are being sealed now.
            var longer = BufferPool.Rent(Math.Max(needed, _outTo + _sealing));
            if (_out is { } shorter)
            {
                shorter.AsSpan(0, _outTo).CopyTo(longer);
                BufferPool.Return(shorter);
            }
            _out = longer;
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }

    [UnmanagedCallersOnly]
    private static nint Control(nint bio, int command, nint number, nint pointer) => command == OpenSsl.FlushControl ? 1 : 0;
}
