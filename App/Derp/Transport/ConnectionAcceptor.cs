using System.Net;
using System.Net.Sockets;
using Gatehouse.Derp.Access;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;
using Gatehouse.Derp.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Gatehouse.Derp.Transport;

/// <summary>
/// Listens for connections, plain or TLS, and looks at what each asks for: a device that asks to speak DERP goes to a
/// <see cref="RelayLoop"/> with its socket, everybody else to the web server, which finds the request untouched.
/// </summary>
internal sealed unsafe class ConnectionAcceptor
{
    private const int RequestSize = 4096, MaxEvents = 64, Backlog = 1024, MaxWaiting = 16 * 1024;
    private const long Patience = 10_000;
    private readonly int _poll = Libc.Poll();
    private readonly Socket _listener;
    private readonly Dictionary<int, Waiting> _waiting = [];
    private readonly DerpHub _hub;
    private readonly IReadOnlyList<RelayLoop> _loops;
    private readonly AddressCounts _addresses;
    private readonly TrustedProxies _proxies;
    private readonly TlsContext? _tls;
    private readonly Action<ConnectionContext> _others;
    private readonly SocketConnectionContextFactory _contexts;
    private readonly ILogger _log;
    private readonly Lock _handshake = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    private sealed class Waiting(Socket socket, IPAddress address)
    {
        public Socket Socket => socket;
        public IPAddress Address => address;
        public int Fd { get; } = (int)socket.SafeHandle.DangerousGetHandle();
        public long Since { get; } = Environment.TickCount64;

        /// <summary>Null without TLS, and while nothing has come.</summary>
        public TlsSession? Session { get; set; }
    }

    /// <param name="tls">Null: connections are plain.</param>
    /// <param name="others">Takes the connections that want something else, on the door's thread.</param>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public ConnectionAcceptor(IPEndPoint listen, DerpHub hub, IReadOnlyList<RelayLoop> loops, AddressCounts addresses, TrustedProxies proxies, TlsContext? tls, Action<ConnectionContext> others, ILogger log)
    {
        (_hub, _loops, _addresses, _proxies, _tls, _others, _log) = (hub, loops, addresses, proxies, tls, others, log);
        _contexts = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), log);
        _listener = Sockets.Listen(listen, Backlog);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        Watch((int)_listener.SafeHandle.DangerousGetHandle());
        _thread = new Thread(Work) { IsBackground = true, Name = "relay-door" };
        _thread.Start();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    private void Watch(int fd)
    {
        if (Libc.Control(_poll, Libc.Add, fd, Libc.In, (ulong)fd) != 0)
            throw new SocketException((int)SocketError.TooManyOpenSockets);
    }

    private void Work()
    {
        var events = stackalloc Libc.Event[MaxEvents];
        var request = stackalloc byte[RequestSize + TlsSession.Slack];
        var listener = (ulong)_listener.SafeHandle.DangerousGetHandle();
        while (!_stopping)
        {
            var count = Libc.Wait(_poll, events, MaxEvents, 500);
            for (var i = 0; i < count && !_stopping; i++)
            {
                if (events[i].Data == listener)
                    Accept();
                else if (_waiting.TryGetValue((int)events[i].Data, out var waiting))
                    Look(waiting, request);
            }
            CutSilent();
        }
        foreach (var waiting in _waiting.Values)
            Refuse(waiting);
        _listener.Dispose();
        _ = Libc.Close(_poll);
    }

    private void Accept()
    {
        Socket? socket = null;
        try
        {
            socket = _listener.Accept();
            var address = Sockets.Address(socket);
            if (!_addresses.Enter(address, _hub.Limits.MaxPerIp))
            {
                _hub.CountDenial(Denial.IpLimit);
                socket.Dispose();
                return;
            }
            Sockets.Tune(socket);
            var waiting = new Waiting(socket, address);
            if (_waiting.Count >= MaxWaiting)
            {
                _hub.CountDenial(Denial.Full);
                Refuse(waiting);
                return;
            }
            Watch(waiting.Fd);
            _waiting[waiting.Fd] = waiting;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            // Nobody there any more is usual; no descriptors left is not, and would come again at once.
            if (e.SocketErrorCode is SocketError.WouldBlock or SocketError.ConnectionAborted or SocketError.ConnectionReset)
                return;
            _log.LogWarning("A connection could not be taken: {Reason}", e.Message);
            Thread.Sleep(100);
        }
    }

    private void Look(Waiting waiting, byte* request)
    {
        var got = _tls is null ? Peek(waiting.Fd, request) : Open(waiting, request);
        if (got == -Libc.Again)
            return;
        _waiting.Remove(waiting.Fd);
        _ = Libc.Control(_poll, Libc.Delete, waiting.Fd, 0, 0);
        if (got <= 0)
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

    private static nint Peek(int fd, byte* request)
    {
        var vector = new IoVector(request, RequestSize);
        return Libc.Receive(fd, &vector, 1, Libc.Peek);
    }

    // Goes on with the handshake; the first bytes after it are the request.
    private nint Open(Waiting waiting, byte* request)
    {
        var session = waiting.Session ??= new TlsSession(_tls!, waiting.Fd);
        var vector = new IoVector(request, RequestSize + TlsSession.Slack);
        var got = session.Receive(&vector, 1, RequestSize, _handshake);
        _ = session.Flush();
        _ = Libc.Control(_poll, Libc.Modify, waiting.Fd, Libc.In | (session.HasUnsent ? Libc.Out : 0), (ulong)waiting.Fd);
        return session.IsGone ? 0 : got;
    }

    private void Admit(Waiting waiting, UpgradeRequest request, ReadOnlySpan<byte> begun)
    {
        var origin = _proxies.Origin(waiting.Address, request.ForwardedFor);
        if (!origin.Equals(waiting.Address) && !_addresses.Enter(origin, _hub.Limits.MaxPerIp))
        {
            _hub.CountDenial(Denial.IpLimit);
            Refuse(waiting);
            return;
        }
        var loop = _loops.MinBy(l => l.Count)!;
        // One of the two is a trusted proxy, or they are the same.
        void Closed() => _addresses.Leave(origin);
        SocketConnection client;
        if (waiting.Session is { } session)
        {
            var buffer = begun.IsEmpty ? null : BufferPool.Rent(begun.Length);
            begun.CopyTo(buffer);
            client = new SecureConnection(_hub, loop, waiting.Socket, origin, session, buffer, begun.Length) { Closed = Closed };
        }
        else
        {
            // It was only looked at.
            var skipped = stackalloc byte[RequestSize];
            var vector = new IoVector(skipped, request.Length);
            _ = Libc.Receive(waiting.Fd, &vector, 1);
            client = new SocketConnection(_hub, loop, waiting.Socket, origin) { Closed = Closed };
        }
        loop.Serve(client, request.FastStart ? default : _hub.Switching);
    }

    private void PassOn(Waiting waiting, ReadOnlySpan<byte> begun) =>
        _others(waiting.Session is { } session ? new TlsConnection(waiting.Socket, new TlsStream(waiting.Socket, session, begun.ToArray())) : _contexts.Create(waiting.Socket));

    // Who says nothing holds a descriptor for nothing.
    private void CutSilent()
    {
        var before = Environment.TickCount64 - Patience;
        foreach (var (fd, waiting) in _waiting)
        {
            if (waiting.Since > before)
                continue;
            _waiting.Remove(fd);
            _hub.CountCut(Cut.HandshakeTimeout);
            Refuse(waiting);
        }
    }

    private void Refuse(Waiting waiting)
    {
        waiting.Session?.Dispose();
        waiting.Socket.Dispose();
        _addresses.Leave(waiting.Address);
    }

    /// <summary>Takes no more connections; those that it gave away live on. Waits for its thread.</summary>
    public void Close()
    {
        _stopping = true;
        // Wakes the thread.
        _ = Libc.Shutdown((int)_listener.SafeHandle.DangerousGetHandle(), Libc.ShutRead);
        _thread.Join();
        _contexts.Dispose();
    }
}
