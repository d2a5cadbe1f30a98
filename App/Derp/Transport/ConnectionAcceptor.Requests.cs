using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;
using Gatehouse.Derp.Tls;

namespace Gatehouse.Derp.Transport;

// What a connection asks for, however the network cuts it.
internal sealed unsafe partial class ConnectionAcceptor
{
    private const uint Gone = Libc.PeerHangUp | Libc.HangUp | Libc.Error;

    private void Look(Waiting waiting, uint events, byte* request)
    {
        try
        {
            var got = _tls is null ? Peek(waiting.Fd, request) : Open(waiting, request);
            var begun = got > 0 && IsBegun(waiting, new ReadOnlySpan<byte>(request, (int)got));
            if (got == -Libc.Again || (begun && (events & Gone) == 0))
                return;
            _waiting.Remove(waiting.Fd);
            _ = Libc.Control(_poll, Libc.Delete, waiting.Fd, 0, 0);
            if (got <= 0 || begun)
            {
                if (waiting.Session is { IsBroken: true })
                    _hub.CountCut(Cut.Request);
                Refuse(waiting);
            }
            else if (UpgradeRequest.Parse(new ReadOnlySpan<byte>(request, (int)got)) is { } upgrade)
            {
                Admit(waiting, upgrade, new Span<byte>(request, (int)got)[upgrade.Length..]);
            }
            else
            {
                PassOn(waiting, new ReadOnlySpan<byte>(request, (int)got));
            }
        }
        catch (Exception e)
        {
            // That is its end, and nobody else's.
            _hub.Fault(e);
            _waiting.Remove(waiting.Fd);
            _hub.CountCut(Cut.Fault);
            Refuse(waiting);
        }
    }

    // Whether it may still become a device's request, of which the rest is on its way.
    private bool IsBegun(Waiting waiting, ReadOnlySpan<byte> request)
    {
        if (request.Length >= RequestSize || !UpgradeRequest.IsBegun(request))
            return false;
        if (_tls is not null)
            waiting.Begun = request.ToArray();
        return true;
    }

    private static nint Peek(int fd, byte* request)
    {
        var vector = new IoVector(request, RequestSize);
        return Libc.Receive(fd, &vector, 1, Libc.Peek);
    }

    // Goes on with the handshake; the first bytes after it are the request.
    private nint Open(Waiting waiting, byte* request)
    {
        var session = waiting.Session ??= new TlsSession(_tls!, waiting.Fd);
        var begun = waiting.Begun.Length;
        waiting.Begun.CopyTo(new Span<byte>(request, begun));
        var vector = new IoVector(request + begun, RequestSize + TlsSession.Slack - begun);
        var got = session.Receive(&vector, 1, RequestSize - begun, _handshake);
        _ = session.Flush();
        _ = Libc.Control(_poll, Libc.Modify, waiting.Fd, Libc.In | (session.HasUnsent ? Libc.Out : 0), (ulong)waiting.Fd);
        return session.IsGone ? 0 : got > 0 ? got + begun : got;
    }
}
