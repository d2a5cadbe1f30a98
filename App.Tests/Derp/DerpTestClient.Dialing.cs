using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gatehouse.Tests.Derp;

/// <summary>How a client reaches the relay.</summary>
public enum Via { Plain, Tls, Tls12, WebSocket, SecureWebSocket }

/// <summary>The relay did not take the client: an HTTP status, or it closed before ServerInfo.</summary>
internal sealed class NotAdmittedException(string message) : Exception(message);

/// <summary>The ways to the relay: TCP, TLS and WebSocket.</summary>
internal sealed partial class DerpTestClient
{
    private readonly List<IDisposable> _owned = [];

    /// <summary>The head of the answer to the upgrade; empty over WebSocket.</summary>
    public string[] Head { get; private set; } = [];

    /// <summary>The certificates that the relay showed over TLS, its own first.</summary>
    public List<X509Certificate2> Chain { get; } = [];

    /// <summary>Connects and upgrades, and says nothing yet.</summary>
    public static Task<DerpTestClient> Dial(RelayProcess relay, TestKey? key = null, Via via = Via.Plain, int? receiveBuffer = null, string path = "/derp") => Dial(relay.Address, relay.IsOurs, key, via, receiveBuffer, path);

    /// <param name="isOurs">Is a certificate, as it was shown, the relay's?</param>
    private static async Task<DerpTestClient> Dial(Uri address, Func<byte[], bool> isOurs, TestKey? key, Via via, int? receiveBuffer = null, string path = "/derp")
    {
        var client = new DerpTestClient(key ?? TestKey.New());
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            if (via is Via.Plain or Via.Tls or Via.Tls12)
                await client.DialStream(address, isOurs, via, receiveBuffer, path, limit.Token);
            else
                await client.DialWebSocket(address, isOurs, via, path, limit.Token);
            return client;
        }
        catch (Exception e)
        {
            await client.DisposeAsync();
            if (e is IOException or SocketException or WebSocketException)
                throw new NotAdmittedException(e.Message);
            throw;
        }
    }

    private async Task DialStream(Uri address, Func<byte[], bool> isOurs, Via via, int? receiveBuffer, string path, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _owned.Add(socket);
        if (receiveBuffer is { } size)
            socket.ReceiveBufferSize = size;
        await socket.ConnectAsync(address.Host.Trim('[', ']'), address.Port, stop);
        _stream = new NetworkStream(socket, ownsSocket: true);
        if (via is Via.Tls or Via.Tls12)
        {
            var tls = new SslStream(_stream);
            _stream = tls;
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost", EnabledSslProtocols = via == Via.Tls12 ? SslProtocols.Tls12 : SslProtocols.None,
                RemoteCertificateValidationCallback = (_, shown, chain, _) => Keep(shown!, chain!) && isOurs(shown!.GetRawCertData()),
            }, stop);
        }
        await _stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n"), stop);
        Head = await ReadHead(stop);
        if (!Head[0].StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
            throw new NotAdmittedException(Head[0]);
    }

    private bool Keep(X509Certificate shown, X509Chain chain)
    {
        var leaf = new X509Certificate2(shown);
        Chain.Add(leaf);
        Chain.AddRange(chain.ChainPolicy.ExtraStore.Where(c => !c.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span)).Select(c => new X509Certificate2(c)));
        return true;
    }

    private async Task DialWebSocket(Uri address, Func<byte[], bool> isOurs, Via via, string path, CancellationToken stop)
    {
        var socket = new ClientWebSocket();
        _owned.Add(socket);
        socket.Options.AddSubProtocol("derp");
        socket.Options.RemoteCertificateValidationCallback = (_, shown, _, _) => isOurs(shown!.GetRawCertData());
        await socket.ConnectAsync(new Uri($"{(via == Via.WebSocket ? "ws" : "wss")}://{address.Authority}{path}"), stop);
        Assert.Equal("derp", socket.SubProtocol);
        _stream = new MessageStream(socket);
    }

    private async Task<string[]> ReadHead(CancellationToken stop)
    {
        while (true)
        {
            var end = _buffer.AsSpan(0, _end).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                _start = end + 4;
                return Encoding.ASCII.GetString(_buffer, 0, end).Split("\r\n");
            }
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), stop);
            if (read == 0)
                throw new NotAdmittedException("Closed before an answer.");
            _end += read;
        }
    }
}
