using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Relays.Derp;

/// <summary>
/// Listens for TLS connections and looks at what each asks for: a device that asks to speak DERP is served on the TLS stream
/// itself, everybody else by the web server.
/// </summary>
internal sealed class TlsDoor : IRelayDoor
{
    private const int Backlog = 1024, RequestSize = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Socket _listener;
    private readonly RelayHub _hub;
    private readonly AddressCounts _addresses;
    private readonly SslServerAuthenticationOptions _tls;
    private readonly Action<ConnectionContext> _others;
    private readonly CancellationToken _stop;
    private readonly ILogger _log;
    private readonly Task _accepting;
    private volatile bool _closed;

    /// <param name="others">Takes the connections that want something else.</param>
    /// <param name="stop">Ends the devices' connections; closing the door does not.</param>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public TlsDoor(IPEndPoint listen, RelayHub hub, AddressCounts addresses, SslStreamCertificateContext certificate, Action<ConnectionContext> others, ILogger log, CancellationToken stop)
    {
        (_hub, _addresses, _others, _log, _stop) = (hub, addresses, others, log, stop);
        _tls = new SslServerAuthenticationOptions { ServerCertificateContext = certificate, ApplicationProtocols = [SslApplicationProtocol.Http11] };
        _listener = Sockets.Listen(listen, Backlog);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = Accept();
    }

    public IPEndPoint EndPoint { get; }

    private async Task Accept()
    {
        while (!_closed)
        {
            try
            {
                var socket = await _listener.AcceptAsync(_stop);
                _ = Task.Run(() => Take(socket), CancellationToken.None);
            }
            catch (Exception e) when (_closed || e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Such as no descriptors left, which would come again at once.
                _log.LogWarning("A connection could not be taken: {Reason}", e.Message);
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }

    private async Task Take(Socket socket)
    {
        var handed = false;
        IPAddress? address = null;
        var stream = new SslStream(new WideStream(socket));
        try
        {
            address = Enter(socket);
            if (address is null)
                return;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop);
            patience.CancelAfter(Patience);
            await stream.AuthenticateAsServerAsync(_tls, patience.Token);
            var begun = new byte[RequestSize];
            var length = await stream.ReadAsync(begun, patience.Token);
            if (length == 0)
                return;
            if (UpgradeRequest.Parse(begun.AsSpan(0, length)) is not { } request)
            {
                handed = true;
                _others(new TlsConnection(stream, begun.AsMemory(0, length), (IPEndPoint)socket.LocalEndPoint!, (IPEndPoint)socket.RemoteEndPoint!, () => _addresses.Leave(address)));
                return;
            }
            if (!request.FastStart)
            {
                await stream.WriteAsync(_hub.Switching, patience.Token);
                await stream.FlushAsync(patience.Token);
            }
            await new StreamClient(_hub, stream, address, begun.AsSpan(request.Length, length - request.Length).ToArray(), _stop).Run();
        }
        catch (OperationCanceledException)
        {
            if (!_stop.IsCancellationRequested)
                _hub.CountCut(Cut.HandshakeTimeout);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException)
        {
            _hub.CountCut(Cut.Request);
        }
        catch (Exception e)
        {
            _hub.CountCut(Cut.Fault);
            _log.LogError(e, "A connection failed in an unforeseen way");
        }
        finally
        {
            if (!handed)
            {
                await stream.DisposeAsync();
                if (address is not null)
                    _addresses.Leave(address);
            }
        }
    }

    // Null when its address has as many connections as it may.
    private IPAddress? Enter(Socket socket)
    {
        Sockets.Tune(socket);
        var address = Sockets.Address(socket);
        if (_addresses.Enter(address, _hub.Limits.MaxPerIp))
            return address;
        _hub.CountDenial(Denial.IpLimit);
        return null;
    }

    public void Dispose()
    {
        _closed = true;
        _listener.Dispose();
        _accepting.Wait();
    }

    /// <summary>A TLS stream, of which the beginning has been read, as the web server takes connections.</summary>
    private sealed class TlsConnection : DefaultConnectionContext, IDuplexPipe
    {
        private readonly Action _closed;
        private readonly SslStream _stream;
        private readonly CancellationTokenSource _over = new();

        public TlsConnection(SslStream stream, ReadOnlyMemory<byte> begun, IPEndPoint local, IPEndPoint remote, Action closed)
        {
            (_stream, _closed) = (stream, closed);
            ConnectionId = Guid.NewGuid().ToString("N");
            LocalEndPoint = local;
            RemoteEndPoint = remote;
            Input = PipeReader.Create(new BegunStream(begun, stream));
            Output = PipeWriter.Create(stream);
            Transport = this;
            ConnectionClosed = _over.Token;
        }

        public PipeReader Input { get; }
        public PipeWriter Output { get; }

        // Not the base's: that one cancels later, by when it may be disposed of.
        public override void Abort(ConnectionAbortedException reason)
        {
            _stream.Dispose();
            _over.Cancel();
        }

        public override async ValueTask DisposeAsync()
        {
            await _stream.DisposeAsync();
            await _over.CancelAsync();
            await base.DisposeAsync();
            _closed();
        }
    }
}
