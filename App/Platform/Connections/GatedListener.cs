using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Gatehouse.Platform.Connections;

/// <summary>
/// Takes connections for Kestrel as its own socket transport does, with two differences: the gate is asked before anything is kept of
/// one, and an accept that fails (no file left, no memory) is tried again in a moment, where Kestrel's would try without a pause.
/// </summary>
internal sealed partial class GatedListener : IConnectionListener
{
    private const int Backlog = 1024;
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    private readonly Socket _socket;
    private readonly SocketConnectionContextFactory _contexts;
    private readonly ConnectionGate _gate;
    private readonly Refusals? _refusals;
    private readonly ILogger _log;
    private volatile bool _closed;
    private long? _toldAt;

    /// <param name="refusals">What those hear that are not let in; null where they speak TLS and could not read it.</param>
    /// <exception cref="AddressInUseException">Another listens there.</exception>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public GatedListener(EndPoint endPoint, ConnectionGate gate, SocketConnectionFactoryOptions options, Refusals? refusals, ILogger log)
    {
        (_gate, _refusals, _log) = (gate, refusals, log);
        try
        {
            _socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }
        EndPoint = _socket.LocalEndPoint!;
        _socket.Listen(Backlog);
        _contexts = new SocketConnectionContextFactory(options, log);
    }

    public EndPoint EndPoint { get; }

    /// <summary>The next connection that is let in; null when this listens no more.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket? socket = null;
            try
            {
                socket = await _socket.AcceptAsync(cancellationToken);
                if (Admit(socket) is { } connection)
                    return connection;
            }
            catch (Exception) when (_closed)
            {
                socket?.Dispose();
                return null;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Whatever it is: Kestrel takes no connection ever again after an exception of this method.
                socket?.Dispose();
                // Whoever waited and went away is usual; everything else would fail again at once.
                if (e is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.NotConnected or SocketError.Shutdown })
                    continue;
                Tell(e);
                await Task.Delay(AfterTrouble, cancellationToken);
            }
        }
    }

    private GatedConnection? Admit(Socket socket)
    {
        var admission = _gate.Enter((socket.RemoteEndPoint as IPEndPoint)?.Address, out var place);
        if (place is null)
        {
            _refusals?.Send(socket, admission);
            socket.Dispose();
            return null;
        }
        try
        {
            socket.NoDelay = true;
            return new GatedConnection(_contexts.Create(socket), _gate, place);
        }
        catch
        {
            _gate.Leave(place);
            throw;
        }
    }

    private void Tell(Exception e)
    {
        if (_toldAt is { } at && TimeProvider.System.GetElapsedTime(at) < TellEvery)
            return;
        _toldAt = TimeProvider.System.GetTimestamp();
        NotTaken(_log, EndPoint, e.Message);
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _closed = true;
        _socket.Dispose();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        _contexts.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connections to {Address} cannot be taken just now: {Reason}")]
    private static partial void NotTaken(ILogger log, EndPoint address, string reason);
}
