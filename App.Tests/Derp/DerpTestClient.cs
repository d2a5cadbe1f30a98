using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Derp.Hub;

namespace Gatehouse.Tests.Derp;

/// <summary>
/// A DERP client of the tests' own. It counts every byte of the DERP stream both ways. One thread may send while another reads.
/// </summary>
internal sealed partial class DerpTestClient : IAsyncDisposable
{
    /// <summary>How long anything may take before a test fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly byte[] _buffer = new byte[128 * 1024];
    private Stream _stream = null!;
    private int _start, _end;
    private Task<DerpFrame?>? _pending;
    private long _sent, _received;
    private readonly long _begun = Stopwatch.GetTimestamp();

    private DerpTestClient(TestKey key) => Key = key;

    public TestKey Key { get; }

    public byte[] RelayKey { get; private set; } = null!;

    /// <summary>What ServerInfo's box held.</summary>
    public JsonElement ServerInfo { get; private set; }

    public long BytesSent => Interlocked.Read(ref _sent);

    public long BytesReceived => Interlocked.Read(ref _received);

    public long PacketsSent { get; private set; }

    public long PacketsReceived { get; private set; }

    /// <summary>Connects and shakes hands.</summary>
    /// <exception cref="NotAdmittedException">The relay would not have it.</exception>
    public static Task<DerpTestClient> Connect(RelayProcess relay, TestKey? key = null, Via via = Via.Plain, int? receiveBuffer = null) => Greeted(Dial(relay, key, via, receiveBuffer));

    private static async Task<DerpTestClient> Greeted(Task<DerpTestClient> dialled)
    {
        var client = await dialled;
        try
        {
            await client.Greet();
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same, of a relay that is somewhere: by TLS, with the pin that its map has.</summary>
    /// <exception cref="NotAdmittedException">The relay would not have it.</exception>
    public static Task<DerpTestClient> Connect(string host, int port, string certName, TestKey key) => Greeted(Dial(new Uri($"https://{host}:{port}/"), shown => certName == "sha256-raw:" + Wire.Hex(SHA256.HashData(shown)), key, Via.Tls));

    /// <summary>The same; null when the relay would not have it.</summary>
    public static async Task<DerpTestClient?> TryConnect(RelayProcess relay, TestKey? key = null)
    {
        try
        {
            return await Connect(relay, key);
        }
        catch (NotAdmittedException)
        {
            return null;
        }
    }

    /// <summary>The client's part of the handshake, up to ServerInfo.</summary>
    /// <exception cref="NotAdmittedException">The relay would not have it.</exception>
    /// <exception cref="TimeoutException">This machine took so long to introduce itself that a relay rightly waits no longer.</exception>
    public async Task Greet()
    {
        await ReadServerKey();
        await SendRaw(Wire.Hello(Key, RelayKey));
        var frame = await Read();
        if (frame is null && Stopwatch.GetElapsedTime(_begun).TotalMilliseconds >= PendingConnections.TimeToIntroduce)
            throw new TimeoutException("The handshake took longer than a relay waits for it.");
        if (frame is null || frame.Type == Wire.Health)
            throw new NotAdmittedException(frame is null ? "Closed instead of ServerInfo." : "Health: " + frame.Text);
        Assert.Equal(Wire.ServerInfo, frame.Type);
        ServerInfo = JsonElement.Parse(Key.Open(frame.Body, RelayKey));
    }

    public async Task ReadServerKey()
    {
        var frame = await Read() ?? throw new NotAdmittedException("Closed before ServerKey.");
        Assert.Equal(Wire.ServerKey, frame.Type);
        Assert.Equal(Wire.Magic, frame.Body[..8]);
        Assert.Equal(40, frame.Body.Length);
        RelayKey = frame.Body[8..];
    }

    public async Task SendRaw(ReadOnlyMemory<byte> bytes)
    {
        await _stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);
        Interlocked.Add(ref _sent, bytes.Length);
    }

    /// <summary>Sends and does not mind that the relay has closed by now.</summary>
    public async Task TrySendRaw(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendRaw(bytes);
        }
        catch (Exception e) when (e is IOException or WebSocketException or ObjectDisposedException)
        {
        }
    }

    public async Task Send(TestKey to, byte[] data)
    {
        await SendRaw(Wire.Packet(to, data));
        PacketsSent++;
    }

    /// <summary>The next frame; null when the relay has closed. A frame that did not come in time is still the next one.</summary>
    public async Task<DerpFrame?> Read(TimeSpan? within = null)
    {
        _pending ??= ReadFrame();
        var frame = await _pending.WaitAsync(within ?? Patience);
        _pending = null;
        return frame;
    }

    /// <summary>The next frame that is no KeepAlive, which must be of that type.</summary>
    public async Task<DerpFrame> Expect(byte type, TimeSpan? within = null)
    {
        DerpFrame? frame;
        do
            frame = await Read(within);
        while (frame is { Type: Wire.KeepAlive });
        Assert.True(frame?.Type == type, $"Expected a frame {type:x2}, got {frame?.ToString() ?? "the end"}{(frame?.Type == Wire.Health ? ": " + frame.Text : "")}.");
        return frame!;
    }

    /// <summary>The next packet.</summary>
    public async Task<DerpPacket> Packet(TimeSpan? within = null)
    {
        var frame = await Expect(Wire.RecvPacket, within);
        PacketsReceived++;
        return new DerpPacket(Wire.Hex(frame.Body.AsSpan(0, Wire.KeyBytes)), frame.Body[Wire.KeyBytes..]);
    }

    /// <summary>Pings and returns what came before the answer.</summary>
    public async Task<List<DerpFrame>> Ping(TimeSpan? within = null)
    {
        var id = BitConverter.GetBytes(Random.Shared.NextInt64());
        await SendRaw(Wire.Frame(Wire.Ping, id));
        var before = new List<DerpFrame>();
        while (true)
        {
            var frame = await Read(within) ?? throw new NotAdmittedException("Closed instead of Pong.");
            if (frame.Type == Wire.Pong && frame.Body.AsSpan().SequenceEqual(id))
                return before;
            before.Add(frame);
        }
    }

    /// <summary>Reads to the end, which must come in time, and returns what came before it.</summary>
    public async Task<List<DerpFrame>> Closed(double seconds = 30)
    {
        var until = DateTime.UtcNow.AddSeconds(seconds);
        var before = new List<DerpFrame>();
        while (true)
        {
            var left = until - DateTime.UtcNow;
            if (await Read(left > TimeSpan.Zero ? left : TimeSpan.Zero) is not { } frame)
                return before;
            before.Add(frame);
        }
    }

    private async Task<DerpFrame?> ReadFrame()
    {
        var header = new byte[Wire.HeaderBytes];
        if (!await Fill(header))
            return null;
        var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1));
        if (length > 2 * Wire.MaxPacket)
            throw new InvalidDataException($"The relay sent a frame {header[0]:x2} of {length} bytes.");
        var body = new byte[length];
        return await Fill(body) ? new DerpFrame(header[0], body) : null;
    }

    private async Task<bool> Fill(Memory<byte> wanted)
    {
        while (wanted.Length > 0)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, await ReadSome());
                if (_end == 0)
                    return false;
            }
            var part = Math.Min(wanted.Length, _end - _start);
            _buffer.AsMemory(_start, part).CopyTo(wanted);
            _start += part;
            wanted = wanted[part..];
            Interlocked.Add(ref _received, part);
        }
        return true;
    }

    private async Task<int> ReadSome()
    {
        try
        {
            return await _stream.ReadAsync(_buffer);
        }
        catch (Exception e) when (e is IOException or WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
            await _stream.DisposeAsync();
        foreach (var owned in _owned)
            owned.Dispose();
    }
}
