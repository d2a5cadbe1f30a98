using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Derp.Protocol;
using Gatehouse.Platform.Crypto;

namespace Gatehouse.Derp.Probe;

/// <summary>The other side is no DERP server, breaks the protocol, refuses the key, or went away. The message is a sentence without its full stop.</summary>
public sealed class DerpException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A frame from the relay, whole.</summary>
public readonly record struct DerpFrame(FrameType Type, byte[] Payload);

/// <summary>
/// One connection to a DERP server, over any stream. One caller may receive while others send. What is cancelled, or threw, is over:
/// dispose of it.
/// </summary>
public sealed class DerpClient : IAsyncDisposable
{
    // As large as the usual client lets a frame be.
    private const int MaxFrame = 1024 * 1024;
    private const int MaxHead = 16 * 1024;

    private readonly Stream _stream;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    private DerpClient(Stream stream) => _stream = stream;

    /// <summary>The key that this connection goes by.</summary>
    public NodeKey Key { get; private set; }

    public NodeKey ServerKey { get; private set; }

    /// <summary>What the relay last complained of; empty: nothing.</summary>
    public string Health { get; private set; } = "";

    /// <summary>Asks for the upgrade and shakes hands. The stream belongs to the client from here on, also when it throws.</summary>
    /// <param name="host">For the Host header.</param>
    /// <param name="prober">Tells the relay that nobody uses this connection for traffic.</param>
    /// <exception cref="DerpException"/>
    public static async Task<DerpClient> Connect(Stream stream, string host, ReadOnlyMemory<byte> secretKey, bool prober, CancellationToken ct)
    {
        var client = new DerpClient(stream);
        try
        {
            await client.Upgrade(host, ct);
            await client.ShakeHands(secretKey, prober, ct);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a packet of at most <see cref="Frame.MaxPacket"/> bytes to another key, or to one's own.</summary>
    public Task SendPacket(NodeKey destination, ReadOnlySpan<byte> packet, CancellationToken ct)
    {
        var payload = new byte[NodeKey.Size + packet.Length];
        destination.Write(payload);
        packet.CopyTo(payload.AsSpan(NodeKey.Size));
        return Send(FrameType.SendPacket, payload, ct);
    }

    /// <exception cref="DerpException">The relay is gone.</exception>
    public async Task Send(FrameType type, ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        var frame = Frame.Of(type, payload.Span);
        await _writing.WaitAsync(ct);
        try
        {
            await _stream.WriteAsync(frame, ct);
            await _stream.FlushAsync(ct);
        }
        catch (IOException e)
        {
            throw Gone(e);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>The next frame that is not the client's own business: pings are answered, Health is kept, the rest of what it does not know is skipped.</summary>
    /// <exception cref="DerpException">The relay closed the connection, or sent what it must not.</exception>
    public async Task<DerpFrame> Receive(CancellationToken ct)
    {
        while (true)
        {
            var frame = await ReadFrame(ct);
            switch (frame.Type)
            {
                case FrameType.Ping:
                    await Send(FrameType.Pong, frame.Payload, ct);
                    break;
                case FrameType.Health:
                    Health = Encoding.UTF8.GetString(frame.Payload);
                    break;
                case FrameType.ReceivePacket or FrameType.PeerGone when frame.Payload.Length < NodeKey.Size:
                    throw new DerpException($"the relay sent a {frame.Type} frame of {frame.Payload.Length} bytes, too short to hold a key");
                case FrameType.ReceivePacket or FrameType.PeerGone or FrameType.Pong or FrameType.Restarting:
                    return frame;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _writing.Dispose();
    }

    private async Task Upgrade(string host, CancellationToken ct)
    {
        var request = $"GET /derp HTTP/1.1\r\nHost: {host}\r\nUser-Agent: gatehouse\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n";
        try
        {
            await _stream.WriteAsync(Encoding.ASCII.GetBytes(request), ct);
            await _stream.FlushAsync(ct);
        }
        catch (IOException e)
        {
            throw Gone(e);
        }
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (_end - _start > MaxHead)
                throw new DerpException("the answer to GET /derp has no end: this is no DERP server");
            await Fill(_end - _start + 1, ct);
        }
        var status = Encoding.Latin1.GetString(_buffer, _start, length).Split("\r\n")[0];
        _start += length + 4;
        if (!status.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
            throw new DerpException($"GET /derp was answered \"{Printable(status)}\" instead of 101");
    }

    private async Task ShakeHands(ReadOnlyMemory<byte> secretKey, bool prober, CancellationToken ct)
    {
        var greeting = await ReadFrame(ct);
        if (greeting.Type != FrameType.ServerKey || greeting.Payload.Length < Frame.Magic.Length + NodeKey.Size || !greeting.Payload.AsSpan().StartsWith(Frame.Magic))
            throw new DerpException("the greeting is not that of a DERP server");
        var serverKey = greeting.Payload.AsMemory(Frame.Magic.Length, NodeKey.Size);
        var publicKey = Box.PublicKey(secretKey.Span);
        ServerKey = new NodeKey(serverKey.Span);
        Key = new NodeKey(publicKey);
        var about = prober ? """{"version":2,"CanAckPings":true,"IsProber":true}"""u8 : """{"version":2,"CanAckPings":true}"""u8;
        byte[] info;
        try
        {
            info = Box.Seal(about, serverKey.Span, secretKey.Span);
        }
        catch (CryptographicException e)
        {
            throw new DerpException("the relay's key is not a usable one", e);
        }
        DerpFrame answer;
        try
        {
            await Send(FrameType.ClientInfo, (byte[])[.. publicKey, .. info], ct);
            do
            {
                answer = await ReadFrame(ct);
                if (answer.Type == FrameType.Health)
                    Health = Encoding.UTF8.GetString(answer.Payload);
            }
            while (answer.Type != FrameType.ServerInfo);
        }
        catch (DerpException e) when (e.InnerException is IOException)
        {
            throw new DerpException($"the relay refused the key {Key}" + Complaint, e);
        }
        CheckServerInfo(Box.Open(answer.Payload, serverKey.Span, secretKey.Span)
            ?? throw new DerpException("ServerInfo was not sealed with the key that the relay showed"));
    }

    private static void CheckServerInfo(byte[] json)
    {
        try
        {
            using var info = JsonDocument.Parse(json);
            if (info.RootElement.ValueKind == JsonValueKind.Object)
                return;
        }
        catch (JsonException e)
        {
            throw new DerpException("ServerInfo is not JSON", e);
        }
        throw new DerpException("ServerInfo is not a JSON object");
    }

    private async Task<DerpFrame> ReadFrame(CancellationToken ct)
    {
        await Fill(Frame.HeaderSize, ct);
        var type = (FrameType)_buffer[_start];
        var length = BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start + 1));
        if (length > MaxFrame)
            throw new DerpException($"the relay announced a frame of {length} bytes");
        _start += Frame.HeaderSize;
        await Fill((int)length, ct);
        var payload = _buffer.AsSpan(_start, (int)length).ToArray();
        _start += (int)length;
        return new DerpFrame(type, payload);
    }

    // Reads until that many bytes are there.
    private async Task Fill(int count, CancellationToken ct)
    {
        while (_end - _start < count)
        {
            if (_buffer.Length - _start < count)
            {
                var buffer = _buffer.Length < count ? new byte[Math.Max(count, _buffer.Length * 2)] : _buffer;
                _buffer.AsSpan(_start, _end - _start).CopyTo(buffer);
                (_buffer, _end, _start) = (buffer, _end - _start, 0);
            }
            int read;
            try
            {
                read = await _stream.ReadAsync(_buffer.AsMemory(_end), ct);
            }
            catch (IOException e)
            {
                throw Gone(e);
            }
            if (read == 0)
                throw Gone(new EndOfStreamException());
            _end += read;
        }
    }

    private DerpException Gone(IOException e) => new("the relay closed the connection" + Complaint, e);

    private string Complaint => Health.Length > 0 ? $": {Printable(Health)}" : "";

    // A stranger's words go to a terminal.
    private static string Printable(string text) => string.Concat(text.Take(200).Select(c => char.IsControl(c) ? '?' : c));
}
