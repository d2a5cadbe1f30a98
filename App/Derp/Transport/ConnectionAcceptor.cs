using System.Collections.Concurrent;
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
/// Takes connections, plain or TLS, from a <see cref="ConnectionListener"/> and looks at what each asks for: a device that asks to
/// speak DERP goes to a <see cref="RelayLoop"/> with its socket, everybody else to the web server, which finds the request untouched.
/// </summary>
internal sealed unsafe partial class ConnectionAcceptor
{
    private const int RequestSize = 4096, MaxEvents = 64, MaxWebBuffer = 64 * 1024;
    private readonly int _poll = Libc.Poll(), _bell = Libc.Bell();
    private readonly ConcurrentQueue<Socket> _arrivals = new();
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

    private sealed class Waiting(Socket socket, IPAddress address, PendingConnection pending)
    {
        public Socket Socket => socket;
        public IPAddress Address => address;
        public int Fd { get; } = (int)socket.SafeHandle.DangerousGetHandle();
        public PendingConnection Pending => pending;

        /// <summary>Null without TLS, and while nothing has come.</summary>
        public TlsSession? Session { get; set; }

        /// <summary>What has come of the request over TLS, and is not whole.</summary>
        public byte[] Begun { get; set; } = [];
    }

    /// <param name="tls">Null: connections are plain.</param>
    /// <param name="others">Takes the connections that want something else, on the door's thread.</param>
    /// <exception cref="SocketException">The system has no descriptors left for it.</exception>
    public ConnectionAcceptor(int number, DerpHub hub, IReadOnlyList<RelayLoop> loops, AddressCounts addresses, TrustedProxies proxies, TlsContext? tls, Action<ConnectionContext> others, ILogger log)
    {
        (_hub, _loops, _addresses, _proxies, _tls, _others, _log) = (hub, loops, addresses, proxies, tls, others, log);
        _contexts = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions { MaxReadBufferSize = MaxWebBuffer, MaxWriteBufferSize = MaxWebBuffer }, log);
        Watch(_bell, Libc.In);
        _thread = new Thread(Live) { IsBackground = true, Name = $"relay-door-{number}" };
        _thread.Start();
    }

    /// <summary>Takes a connection that has come in. From any thread, before <see cref="Close"/>.</summary>
    public void Take(Socket socket)
    {
        _arrivals.Enqueue(socket);
        Ring();
    }

    private void Ring()
    {
        ulong one = 1;
        _ = Libc.Write(_bell, &one, sizeof(ulong));
    }

    private void Watch(int fd, uint events)
    {
        if (Libc.Control(_poll, Libc.Add, fd, events, (ulong)fd) != 0)
            throw new SocketException((int)SocketError.TooManyOpenSockets);
    }

    // What fails for one connection has ended that one; the others still wait.
    private void Live()
    {
        while (!_stopping)
        {
            try
            {
                Work();
            }
            catch (OutOfMemoryException e)
            {
                _hub.Fault(e);
            }
        }
        foreach (var waiting in _waiting.Values)
            Refuse(waiting);
        while (_arrivals.TryDequeue(out var socket))
            socket.Dispose();
    }

    private void Work()
    {
        var events = stackalloc Libc.Event[MaxEvents];
        var request = stackalloc byte[RequestSize + TlsSession.Slack];
        while (!_stopping)
        {
            var count = Libc.Wait(_poll, events, MaxEvents, 500);
            for (var i = 0; i < count && !_stopping; i++)
            {
                if (events[i].Data == (ulong)_bell)
                    AcceptAll();
                else if (_waiting.TryGetValue((int)events[i].Data, out var waiting))
                    Look(waiting, events[i].Events, request);
            }
            // Who says nothing holds a descriptor for nothing.
            _hub.Pending.Sweep();
        }
    }

    private void AcceptAll()
    {
        ulong rung;
        _ = Libc.Read(_bell, &rung, sizeof(ulong));
        while (_arrivals.TryDequeue(out var socket))
            Accept(socket);
    }

    private void Accept(Socket socket)
    {
        Waiting? waiting = null;
        try
        {
            var address = Sockets.Address(socket);
            if (!_addresses.Enter(address, _hub.Limits.MaxPerIp))
            {
                _hub.CountDenial(Denial.IpLimit);
                socket.Dispose();
                return;
            }
            waiting = new Waiting(socket, address, _hub.Pending.Add(socket, _tls is null ? PendingConnection.Plain : PendingConnection.Secure));
            Sockets.Tune(socket);
            // A request that is only looked at, and not whole, would be there again and again.
            Watch(waiting.Fd, _tls is null ? Libc.In | Libc.PeerHangUp | Libc.EdgeTriggered : Libc.In);
            _waiting[waiting.Fd] = waiting;
        }
        catch (Exception e) when (e is SocketException or OutOfMemoryException)
        {
            if (waiting is not null)
                Refuse(waiting);
            else
                socket.Dispose();
            // Nobody there any more is usual.
            if (e is not SocketException { SocketErrorCode: SocketError.NotConnected or SocketError.ConnectionAborted or SocketError.ConnectionReset or SocketError.InvalidArgument })
                _log.LogWarning("A connection could not be taken: {Reason}", e.Message);
        }
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
        void Closed()
        {
            waiting.Pending.Leave();
            // One of the two is a trusted proxy, or they are the same.
            _addresses.Leave(origin);
        }

        SocketConnection client;
        if (waiting.Session is { } session)
        {
            var buffer = begun.IsEmpty ? null : BufferPool.Rent(begun.Length);
            begun.CopyTo(buffer);
            client = new SecureConnection(_hub, loop, waiting.Socket, origin, session, buffer, begun.Length) { Closed = Closed, Pending = waiting.Pending };
        }
        else
        {
            // It was only looked at.
            var skipped = stackalloc byte[RequestSize];
            var vector = new IoVector(skipped, request.Length);
            _ = Libc.Receive(waiting.Fd, &vector, 1);
            client = new SocketConnection(_hub, loop, waiting.Socket, origin) { Closed = Closed, Pending = waiting.Pending };
        }
        waiting.Pending.Serve(client);
        loop.Serve(client, request.FastStart ? default : _hub.Switching);
    }

    private void PassOn(Waiting waiting, ReadOnlySpan<byte> begun)
    {
        ConnectionContext context = waiting.Session is { } session
            ? new TlsConnection(waiting.Socket, new TlsStream(waiting.Socket, session, begun.ToArray())) : _contexts.Create(waiting.Socket);
        waiting.Pending.Take(PendingConnection.Web);
        context.Features.Set(waiting.Pending);
        _others(context);
    }

    private void Refuse(Waiting waiting)
    {
        waiting.Session?.Dispose();
        waiting.Socket.Dispose();
        waiting.Pending.Leave();
        _addresses.Leave(waiting.Address);
    }

    /// <summary>Closes the connections that are not given away; the others live on. Waits for its thread.</summary>
    public void Close()
    {
        _stopping = true;
        Ring();
        _thread.Join();
        _ = Libc.Close(_bell);
        _ = Libc.Close(_poll);
        _contexts.Dispose();
    }
}
