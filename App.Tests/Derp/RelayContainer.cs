using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Gatehouse.Tests.Crash;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>The image, built from the published binary, and a container of it that admits two keys. Gone after the tests, with its volume.</summary>
public sealed class RelayContainer : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private string _binary = null!;

    public string Name { get; } = "gatehouse-relay-test-" + Guid.NewGuid().ToString("N")[..12];
    public string Image => Name + ":test";
    internal NodeSecret Alice { get; } = NodeSecret.Make();
    internal NodeSecret Bob { get; } = NodeSecret.Make();

    public async Task InitializeAsync()
    {
        _binary = await Appliance.Binary();
        await Build("--tag", Image, "--docker-host", TestDocker.Host);
        var allow = _folder.File("allow");
        await File.WriteAllLinesAsync(allow, new[] { Alice, Bob }.Select(k => "nodekey:" + Convert.ToHexStringLower(k.Public)));
        File.SetUnixFileMode(allow, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await TestDocker.Run("run", "--pull", "never", "--detach", "--name", Name, "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--health-interval", "1s",
            "--publish", "127.0.0.1::8443/tcp", "--publish", "127.0.0.1::3478/udp", "--volume", Name + ":/data", "--volume", allow + ":/allow:ro",
            "--env", "GATEHOUSE_RELAY_HOSTNAME=relay.test", "--env", "GATEHOUSE_RELAY_SELF_SIGNED=1", "--env", "GATEHOUSE_RELAY_ALLOW=/allow", Image);
        await Ready();
    }

    public async Task DisposeAsync()
    {
        // Each whether or not the one before it was there.
        await TestDocker.Try("rm", "--force", "--volumes", Name);
        await TestDocker.Try("volume", "rm", "--force", Name);
        await TestDocker.Try("rmi", "--force", Image);
        _folder.Dispose();
    }

    public async Task Build(params string[] options)
    {
        var (code, said) = await TestDocker.Execute(Repository.Path("packaging", "docker", "relay", "build.sh"), ["--binary", _binary, .. options]);
        Assert.True(code == 0, said);
    }

    public async Task<string> Logs() => (await TestDocker.Try("logs", Name)).Output;

    /// <summary>Where a port of the container is reached: another one after each start.</summary>
    public async Task<IPEndPoint> Port(string inside) => IPEndPoint.Parse((await TestDocker.Run("port", Name, inside)).Split('\n')[0]);

    internal async Task<RelayCaller> Connect(NodeSecret key) => new(await Port("8443/tcp"), key);

    /// <summary>Waits until it answers. Its port is open before: the engine's own proxy listens there.</summary>
    public async Task Ready()
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(5) };
        for (var tries = 0; ; tries++)
        {
            try
            {
                Assert.Equal("true", await TestDocker.Run("inspect", "--format", "{{.State.Running}}", Name));
                if ((await http.GetAsync($"https://{await Port("8443/tcp")}/healthz")).IsSuccessStatusCode) return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && tries < 600)
            {
                await Task.Delay(100);
            }
            catch (Exception e)
            {
                Assert.Fail($"{e.Message}\n{await Logs()}");
            }
        }
    }
}

/// <summary>A device's key pair.</summary>
internal sealed record NodeSecret(byte[] Public, byte[] Secret)
{
    public static NodeSecret Make()
    {
        var made = new NodeSecret(new byte[32], new byte[32]);
        _ = RelayCaller.crypto_box_keypair(made.Public, made.Secret);
        return made;
    }
}

/// <summary>The least that a device says to a relay over TLS: upgrade, introduction, frames. Blocking, ten seconds a read at most.</summary>
internal sealed partial class RelayCaller : IDisposable
{
    private const byte ServerKey = 1, ClientInfo = 2, ServerInfo = 3, KeepAlive = 6, PeerGone = 8, Health = 0x14;
    private readonly TcpClient _tcp = new() { NoDelay = true, ReceiveTimeout = 10_000 };
    private readonly SslStream _stream;

    /// <exception cref="IOException">The relay does not take it in.</exception>
    public RelayCaller(IPEndPoint relay, NodeSecret key)
    {
        _tcp.Connect(relay);
        _stream = new SslStream(_tcp.GetStream(), false, (_, _, _, _) => true);
        _stream.AuthenticateAsClient("relay.test");
        Certificate = _stream.RemoteCertificate!.GetRawCertData();
        _stream.Write("GET /derp HTTP/1.1\r\nHost: relay.test\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n"u8);
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head.Append((char)Read(1)[0]);
        Assert.StartsWith("HTTP/1.1 101 ", head.ToString(), StringComparison.Ordinal);

        var greeting = Next(ServerKey);
        Assert.Equal("DERP🔑"u8.ToArray(), greeting[..8]);
        RelayKey = greeting[8..40];
        var json = "{\"version\":2,\"CanAckPings\":true}"u8;
        var (nonce, box) = (new byte[24], new byte[16 + json.Length]);
        randombytes_buf(nonce, 24);
        Assert.Equal(0, crypto_box_easy(box, json, (ulong)json.Length, nonce, RelayKey, key.Secret));
        Send(ClientInfo, key.Public, nonce, box);

        var info = Next(ServerInfo);
        var open = new byte[info.Length - 24 - 16];
        Assert.Equal(0, crypto_box_open_easy(open, info.AsSpan(24), (ulong)info.Length - 24, info, RelayKey, key.Secret));
        Assert.Contains("\"version\":2", Encoding.UTF8.GetString(open));
    }

    public byte[] RelayKey { get; }
    public byte[] Certificate { get; }

    public void Send(byte type, params byte[][] parts)
    {
        byte[] frame = [type, 0, 0, 0, 0, .. parts.SelectMany(p => p)];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        _stream.Write(frame);
    }

    /// <summary>The payload of the next frame, which has to be of this type.</summary>
    public byte[] Next(byte type)
    {
        while (true)
        {
            var header = Read(5);
            var payload = Read(BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)));
            if (header[0] == type) return payload;
            Assert.True(header[0] is KeepAlive or PeerGone or Health, $"Frame {header[0]:x2} instead of {type:x2}.");
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _tcp.Dispose();
    }

    private byte[] Read(int length)
    {
        var buffer = new byte[length];
        _stream.ReadExactly(buffer);
        return buffer;
    }

    [LibraryImport("libsodium")]
    internal static partial int crypto_box_keypair(Span<byte> publicKey, Span<byte> secretKey);

    [LibraryImport("libsodium")]
    private static partial int crypto_box_easy(Span<byte> box, ReadOnlySpan<byte> message, ulong length, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> secretKey);

    [LibraryImport("libsodium")]
    private static partial int crypto_box_open_easy(Span<byte> message, ReadOnlySpan<byte> box, ulong length, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> secretKey);

    [LibraryImport("libsodium")]
    private static partial void randombytes_buf(Span<byte> buffer, nuint size);
}
