using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Crypto;

namespace Gatehouse.Tests.Derp;

/// <summary>What is wrong with a <see cref="FakeRelay"/>.</summary>
public enum Quirk
{
    None, Silent, NoTls, NotHttp, WantsNoUpgrade, EndlessHead, SilentAfterUpgrade, WrongMagic, HugeFrame, Refuses, RefusesSaying, WrongSeal, InfoIsNoJson,
    ClosesAfterHandshake, Restarts, NoPong, WrongPong, ShortPacket, LosesPackets, AltersPackets,
}

/// <summary>A DERP server written from the reference, on loopback, as right or wrong as the test wants it. It shares no code with the prober but the box.</summary>
internal sealed class FakeRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, Connection> _clients = new();
    private readonly Quirk _quirk;
    private readonly SslStreamCertificateContext? _certificate;
    private readonly Task _accepting;

    public FakeRelay(Quirk quirk = Quirk.None, SslStreamCertificateContext? certificate = null)
    {
        (_quirk, _certificate) = (quirk, certificate);
        _listener.Start();
        _accepting = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string PublicKey => Convert.ToHexStringLower(Box.PublicKey(_secret));

    /// <summary>What clients said of themselves, as JSON.</summary>
    public ConcurrentQueue<string> Infos { get; } = [];

    public ConcurrentQueue<string> Heads { get; } = [];

    /// <summary>Their keys in hex, in the order they came.</summary>
    public ConcurrentQueue<string> Keys { get; } = [];

    /// <summary>Pongs to the relay's own pings.</summary>
    public ConcurrentQueue<string> Pongs { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task Accept()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(Serve(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task Serve(TcpClient tcp)
    {
        using (tcp)
        {
            try
            {
                Stream stream = tcp.GetStream();
                if (_certificate is not null)
                {
                    var tls = new SslStream(stream);
                    stream = tls;
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = _certificate }, _stop.Token);
                }
                await Talk(new Connection(stream, _stop.Token));
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // The client left, or the test ended.
            }
        }
    }

    private async Task Talk(Connection wire)
    {
        if (_quirk == Quirk.Silent)
            await Task.Delay(Timeout.Infinite, _stop.Token);
        if (_quirk == Quirk.NotHttp)
            await wire.Send("SSH-2.0-OpenSSH_9.2\r\n\r\n"u8.ToArray());
        var head = await wire.ReadHead();
        Heads.Enqueue(head);
        if (_quirk == Quirk.WantsNoUpgrade)
            await wire.Send("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        while (_quirk == Quirk.EndlessHead)
            await wire.Send(Encoding.ASCII.GetBytes("X-Filler: " + new string('x', 1000) + "\r\n"));
        if (!head.StartsWith("GET /derp HTTP/1.1\r\n", StringComparison.Ordinal) || !head.Contains("\r\nUpgrade: DERP\r\n") || !head.Contains("\r\nConnection: Upgrade\r\n"))
            return;
        var publicKey = Box.PublicKey(_secret);
        var greeting = new byte[] { 0x44, 0x45, 0x52, 0x50, 0xF0, 0x9F, 0x94, (byte)(_quirk == Quirk.WrongMagic ? 0x92 : 0x91) };
        // In one piece, as servers send it.
        var first = Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: DERP\r\nConnection: Upgrade\r\nDerp-Version: 2\r\nDerp-Public-Key: {PublicKey}\r\n\r\n");
        await wire.Send(_quirk == Quirk.SilentAfterUpgrade ? first : [.. first, .. Connection.Frame(0x01, [.. greeting, .. publicKey])]);
        var (type, info) = await wire.Read();
        var key = Convert.ToHexStringLower(info.AsSpan(0, 32));
        if (type != 0x02 || Box.Open(info.AsSpan(32), info.AsSpan(0, 32), _secret) is not { } json)
            return;
        Infos.Enqueue(Encoding.UTF8.GetString(json));
        Keys.Enqueue(key);
        if (_quirk == Quirk.RefusesSaying)
            await wire.Write(0x14, "the quota\u001b is used up"u8.ToArray());
        if (_quirk is Quirk.Refuses or Quirk.RefusesSaying)
            return;
        _clients[key] = wire;
        var seal = _quirk == Quirk.WrongSeal ? RandomNumberGenerator.GetBytes(32) : _secret;
        await wire.Write(0x03, Box.Seal(_quirk == Quirk.InfoIsNoJson ? "version 2"u8 : """{"version":2}"""u8, info.AsSpan(0, 32), seal));
        if (_quirk == Quirk.ClosesAfterHandshake)
            return;
        await Chatter(wire);
        while (true)
            await Handle(wire, key);
    }

    // What a client must take in its stride.
    private async Task Chatter(Connection wire)
    {
        await wire.Write(0x06);
        await wire.Write(0x7f, new byte[3000]);
        await wire.Write(0x12, 1, 2, 3, 4, 5, 6, 7, 8);
        await wire.Write(0x08, [.. RandomNumberGenerator.GetBytes(32), 0]);
        await wire.Write(0x14);
        if (_quirk == Quirk.Restarts)
            await wire.Write(0x15, new byte[8]);
        if (_quirk == Quirk.ShortPacket)
            await wire.Write(0x05, new byte[31]);
        if (_quirk == Quirk.HugeFrame)
            await wire.Send([0x05, 0x7f, 0xff, 0xff, 0xff]);
    }

    private async Task Handle(Connection wire, string key)
    {
        var (type, payload) = await wire.Read();
        if (type == 0x13)
            Pongs.Enqueue(Convert.ToHexStringLower(payload));
        if (type == 0x12 && _quirk != Quirk.NoPong)
            await wire.Write(0x13, _quirk == Quirk.WrongPong ? new byte[8] : payload);
        if (type != 0x04 || _quirk == Quirk.LosesPackets || !_clients.TryGetValue(Convert.ToHexStringLower(payload.AsSpan(0, 32)), out var other))
            return;
        if (_quirk == Quirk.AltersPackets)
            payload[^1] ^= 1;
        // Somebody else's packet first.
        await other.Write(0x05, [.. RandomNumberGenerator.GetBytes(32), 9, 9, 9]);
        await other.Write(0x05, [.. Convert.FromHexString(key), .. payload.AsSpan(32)]);
    }

    private sealed class Connection(Stream stream, CancellationToken stop)
    {
        private readonly SemaphoreSlim _writing = new(1, 1);

        public static byte[] Frame(byte type, params byte[] payload)
        {
            var frame = new byte[5 + payload.Length];
            frame[0] = type;
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
            payload.CopyTo(frame, 5);
            return frame;
        }

        public Task Write(byte type, params byte[] payload) => Send(Frame(type, payload));

        public async Task Send(byte[] bytes)
        {
            await _writing.WaitAsync(stop);
            try
            {
                await stream.WriteAsync(bytes, stop);
            }
            finally
            {
                _writing.Release();
            }
        }

        public async Task<(byte Type, byte[] Payload)> Read()
        {
            var header = new byte[5];
            await stream.ReadExactlyAsync(header, stop);
            var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1))];
            await stream.ReadExactlyAsync(payload, stop);
            return (header[0], payload);
        }

        public async Task<string> ReadHead()
        {
            var head = new StringBuilder();
            var one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                await stream.ReadExactlyAsync(one, stop);
                head.Append((char)one[0]);
            }
            return head.ToString();
        }
    }
}
