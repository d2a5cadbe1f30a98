using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Gatehouse.Relays.Derp;

/// <summary>
/// Listens for plain TCP connections and looks at what each asks for: a device that asks to speak DERP goes to a
/// <see cref="RelayLoop"/> with its socket, everybody else to the web server, which finds the request untouched.
/// </summary>
internal sealed unsafe class PlainDoor : IRelayDoor
{
    private const int PeekSize = 4096, MaxEvents = 64, Backlog = 1024, MaxWaiting = 16 * 1024;
    private const long Patience = 10_000;
    private readonly int _poll = Libc.Poll();
    private readonly Socket _listener;
    private readonly Dictionary<int, Waiting> _waiting = [];
    private readonly RelayHub _hub;
    private readonly IReadOnlyList<RelayLoop> _loops;
    private readonly AddressCounts _addresses;
    private readonly Action<ConnectionContext> _others;
    private readonly SocketConnectionContextFactory _contexts;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private volatile bool _stopping;

    private sealed record Waiting(Socket Socket, IPAddress Address, long Since);

    /// <param name="others">Takes the connections that want something else, on the door's thread.</param>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public PlainDoor(IPEndPoint listen, RelayHub hub, IReadOnlyList<RelayLoop> loops, AddressCounts addresses, Action<ConnectionContext> others, ILogger log)
    {
        (_hub, _loops, _addresses, _others, _log) = (hub, loops, addresses, others, log);
        _contexts = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), log);
        _listener = Sockets.Listen(listen, Backlog);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        Watch(_listener);
        _thread = new Thread(Work) { IsBackground = true, Name = "relay-door" };
        _thread.Start();
    }

    public IPEndPoint EndPoint { get; }

    private void Watch(Socket socket)
    {
        if (Libc.Control(_poll, Libc.Add, Fd(socket), Libc.In, (ulong)Fd(socket)) != 0)
            throw new SocketException((int)SocketError.TooManyOpenSockets);
    }

    private static int Fd(Socket socket) => (int)socket.SafeHandle.DangerousGetHandle();

    private void Work()
    {
        var events = stackalloc Libc.Event[MaxEvents];
        var peeked = stackalloc byte[PeekSize];
        var listener = Fd(_listener);
        while (!_stopping)
        {
            var count = Libc.Wait(_poll, events, MaxEvents, 500);
            for (var i = 0; i < count && !_stopping; i++)
            {
                var fd = (int)events[i].Data;
                if (fd == listener)
                    Accept();
                else if (_waiting.Remove(fd, out var waiting))
                    Look(waiting, peeked);
            }
            CutSilent();
        }
        foreach (var waiting in _waiting.Values)
            Refuse(waiting.Socket, waiting.Address);
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
            if (_waiting.Count >= MaxWaiting)
            {
                _hub.CountDenial(Denial.Full);
                Refuse(socket, address);
                return;
            }
            Watch(socket);
            _waiting[Fd(socket)] = new Waiting(socket, address, Environment.TickCount64);
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

    private void Look(Waiting waiting, byte* peeked)
    {
        var fd = Fd(waiting.Socket);
        _ = Libc.Control(_poll, Libc.Delete, fd, 0, 0);
        var vector = new IoVector(peeked, PeekSize);
        var got = Libc.Receive(fd, &vector, 1, Libc.Peek);
        if (got <= 0)
        {
            Refuse(waiting.Socket, waiting.Address);
            return;
        }
        if (UpgradeRequest.Parse(new ReadOnlySpan<byte>(peeked, (int)got)) is not { } request)
        {
            _others(_contexts.Create(waiting.Socket));
            return;
        }
        vector = new IoVector(peeked, request.Length);
        _ = Libc.Receive(fd, &vector, 1);
        var loop = _loops.MinBy(l => l.Count)!;
        var client = new SocketClient(_hub, loop, waiting.Socket, waiting.Address) { Closed = () => _addresses.Leave(waiting.Address) };
        loop.Serve(client, request.FastStart ? default : _hub.Switching);
    }

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
            Refuse(waiting.Socket, waiting.Address);
        }
    }

    private void Refuse(Socket socket, IPAddress address)
    {
        socket.Dispose();
        _addresses.Leave(address);
    }

    public void Dispose()
    {
        _stopping = true;
        // Wakes the thread.
        _ = Libc.Shutdown(Fd(_listener), Libc.ShutRead);
        _thread.Join();
        _contexts.Dispose();
    }
}
