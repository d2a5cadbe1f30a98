using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Tests.Derp;

/// <summary>A connection that says what a test wants, byte for byte, and little else: many of them cost the tests little.</summary>
internal sealed class Stranger : IAsyncDisposable
{
    private const int PerAddress = 900;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private NetworkStream? _network;
    private Stream _stream = Stream.Null;

    private Stranger()
    {
    }

    public static byte[] Upgrade { get; } = Encoding.ASCII.GetBytes("GET /derp HTTP/1.1\r\nHost: localhost\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n");

    public static byte[] FastStart { get; } = Encoding.ASCII.GetBytes("GET /derp HTTP/1.1\r\nHost: localhost\r\nUpgrade: DERP\r\nConnection: Upgrade\r\nDerp-Fast-Start: 1\r\n\r\n");

    public static byte[] WebSocket { get; } = Encoding.ASCII.GetBytes(
        "GET /derp HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: derp\r\n\r\n");

    /// <summary>A frame of a WebSocket client, masked with nothing.</summary>
    public static byte[] Message(byte[] data) => [0x82, (byte)(0x80 | data.Length), 0, 0, 0, 0, .. data];

    /// <summary>All that a device says to be let in, and what follows.</summary>
    public static byte[] Introduced(RelayProcess relay, TestKey key, params byte[] then) => [.. FastStart, .. Wire.Hello(key, relay.Key), .. then];

    /// <summary>Connects, each few hundred from an address of their own.</summary>
    /// <param name="over">Wraps the stream before TLS is spoken over it.</param>
    public static async Task<Stranger> Connect(RelayProcess relay, int number = 0, bool tls = false, Func<Stream, Stream>? over = null)
    {
        var stranger = new Stranger();
        stranger._socket.Bind(new IPEndPoint(IPAddress.Parse($"127.0.0.{2 + (number / PerAddress)}"), 0));
        await stranger._socket.ConnectAsync(IPAddress.Loopback, relay.Address.Port);
        stranger._stream = stranger._network = new NetworkStream(stranger._socket);
        if (over is not null)
            stranger._stream = over(stranger._stream);
        if (tls)
            await stranger.Secure();
        return stranger;
    }

    /// <summary>Speaks TLS from now on.</summary>
    public Task Secure()
    {
        var secure = new SslStream(_stream);
        _stream = secure;
        return secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, _, _, _) => true });
    }

    /// <summary>Sends, and does not mind that the relay has closed by now.</summary>
    public async Task Say(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes);
            await _stream.FlushAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
        }
    }

    /// <summary>What has come, at least one byte; fewer than asked at the end.</summary>
    public async Task<byte[]> Hear(int least = 1)
    {
        var buffer = new byte[Math.Max(least, 4096)];
        var got = await _stream.ReadAtLeastAsync(buffer, least, throwOnEndOfStream: false).AsTask().WaitAsync(DerpTestClient.Patience);
        return buffer[..got];
    }

    /// <summary>Reads to the end of the connection, whatever is spoken over it.</summary>
    public async Task Ended(double seconds)
    {
        var buffer = new byte[4096];
        try
        {
            while (await _network!.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(seconds)) > 0)
            {
            }
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Says that nothing more will come.</summary>
    public void Shut() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Goes without a farewell, and leaves no port waiting.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stream.DisposeAsync();
        }
        catch (IOException)
        {
            // A farewell that nobody hears.
        }
        Reset();
    }
}
