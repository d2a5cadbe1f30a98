using System.Diagnostics;
using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gatehouse.Tests.Support;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Tests.Derp;

/// <summary>TLS itself, as clients of other libraries than .NET's may speak it.</summary>
public sealed partial class TlsTests
{
    // FIONREAD, to ioctl.
    private const nuint BytesUnread = 0x541B;

    private static readonly byte[] Upgrade = Encoding.ASCII.GetBytes("GET /derp HTTP/1.1\r\nHost: localhost\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n");

    [Theory]
    [InlineData("noise")]
    [InlineData("HTTP")]
    [InlineData("a begun record, then noise")]
    public async Task What_is_no_TLS_is_cut_and_counted(string kind)
    {
        await using var relay = await RelayProcess.Open(Via.Tls);
        using var client = await Connect(relay);
        byte[] bytes = kind switch
        {
            "noise" => RandomNumberGenerator.GetBytes(500),
            "HTTP" => Upgrade,
            _ => [0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3, .. RandomNumberGenerator.GetBytes(195)],
        };
        await client.GetStream().WriteAsync(bytes);
        await Ends(client.GetStream());
        await relay.Control.Until(s => s["cut.request"] == 1);
    }

    [Fact]
    public async Task A_client_that_offers_other_protocols_only_is_refused()
    {
        await using var relay = await RelayProcess.Open(Via.Tls);
        await Assert.ThrowsAsync<AuthenticationException>(() => Greet(relay, new SslClientAuthenticationOptions { ApplicationProtocols = [SslApplicationProtocol.Http2] }));
        await using var tls = await Greet(relay, new SslClientAuthenticationOptions { ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] });
        Assert.Equal(SslApplicationProtocol.Http11, tls.NegotiatedApplicationProtocol);
        await using var none = await Greet(relay, new SslClientAuthenticationOptions());
        Assert.Equal(default, none.NegotiatedApplicationProtocol);
        Assert.Equal(SslProtocols.Tls13, none.SslProtocol);
    }

    [Fact]
    public async Task Only_suites_with_forward_secrecy_and_authenticated_encryption_are_taken()
    {
        await using var relay = await RelayProcess.Open(Via.Tls);
        await CipherScan.Check(new IPEndPoint(IPAddress.Loopback, relay.Address.Port));
    }

    [Fact]
    public async Task One_that_greets_and_goes_is_no_fault()
    {
        await using var relay = await RelayProcess.Open(Via.Tls);
        await using (var tls = await Greet(relay, new SslClientAuthenticationOptions()))
        {
            await tls.ShutdownAsync();
            await Ends(tls);
        }
        Assert.Equal(0, (await relay.Control.State()).Sum("cut"));
    }

    [Fact]
    public async Task A_handshake_and_a_request_may_come_byte_by_byte()
    {
        await using var relay = await RelayProcess.Open(Via.Tls);
        using var client = await Connect(relay);
        await using var tls = await Greet(relay, new SslClientAuthenticationOptions(), new Drip(client.GetStream()));
        await tls.WriteAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
        Assert.Contains("\r\nok\n", await new StreamReader(tls).ReadToEndAsync());
    }

    [Fact]
    public async Task A_certificate_may_have_a_key_of_RSA()
    {
        using var folder = new TestFolder();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) { CertificateExtensions = { TestCertificate.Names("localhost") } };
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(9));
        await File.WriteAllTextAsync(folder.File("own.crt"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(folder.File("own.key"), key.ExportRSAPrivateKeyPem());
        await using var relay = await RelayProcess.StartIn(folder, "--cert", folder.File("own.crt"), "--key", folder.File("own.key"));
        foreach (var version in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            await using var tls = await Greet(relay, new SslClientAuthenticationOptions { EnabledSslProtocols = version });
            Assert.Equal(certificate.RawData, tls.RemoteCertificate!.GetRawCertData());
        }
    }

    [Theory]
    [InlineData("/healthz", "\r\nok\n")]
    [InlineData("/derp", "to myself")]
    public async Task Keys_may_be_changed_under_way(string path, string last)
    {
        await using var relay = await RelayProcess.Open(Via.Tls);
        var key = TestKey.New();
        using var openssl = Process.Start(new ProcessStartInfo("openssl", ["s_client", "-connect", relay.Address.Authority, "-tls1_3", "-verify_quiet"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var answer = new MemoryStream();
        var reading = openssl.StandardOutput.BaseStream.CopyToAsync(answer);
        var complaints = openssl.StandardError.ReadToEndAsync();
        try
        {
            // A line that is the letter alone asks both sides for new keys.
            byte[] rekey = "K\n"u8.ToArray();
            byte[][] said = path == "/derp"
                ? [Upgrade, Wire.Hello(key, relay.Key), rekey, Wire.Frame(Wire.Ping, "8 bytes!"u8.ToArray()), rekey, Wire.Packet(key, "to myself"u8.ToArray())]
                : [rekey, Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")];
            foreach (var part in said)
            {
                // So that it reads each on its own: what it has not read yet it would take for one text.
                await Wait.Until(() => Task.FromResult(Unread(openssl) == 0), "it has read what was said before");
                await openssl.StandardInput.BaseStream.WriteAsync(part);
                await openssl.StandardInput.BaseStream.FlushAsync();
            }
            await Wait.Until(() => Task.FromResult(Text(answer).Contains(last, StringComparison.Ordinal)), () => Text(answer));
            if (path == "/derp")
                Assert.Contains("8 bytes!", Text(answer));
        }
        finally
        {
            openssl.Kill();
            await reading;
        }
        Assert.Equal(path == "/derp" ? 2 : 1, (await complaints).Split("KEYUPDATE").Length - 1);
        Assert.Equal(0, (await relay.Control.State())["cut.fault"]);
    }

    private static int Unread(Process process)
    {
        Assert.Equal(0, Control(((PipeStream)process.StandardInput.BaseStream).SafePipeHandle, BytesUnread, out var count));
        return count;
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(SafePipeHandle pipe, nuint what, out int value);

    private static string Text(MemoryStream answer) => Encoding.Latin1.GetString(answer.ToArray());

    private static async Task<TcpClient> Connect(RelayProcess relay)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(relay.Address.Host, relay.Address.Port);
        return client;
    }

    private static async Task<SslStream> Greet(RelayProcess relay, SslClientAuthenticationOptions options, Stream? over = null)
    {
        options.TargetHost = "localhost";
        options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        var tls = new SslStream(over ?? (await Connect(relay)).GetStream());
        await tls.AuthenticateAsClientAsync(options).WaitAsync(DerpTestClient.Patience);
        return tls;
    }

    private static async Task Ends(Stream stream)
    {
        try
        {
            while (await stream.ReadAsync(new byte[1000]).AsTask().WaitAsync(DerpTestClient.Patience) > 0)
            {
            }
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Sends one byte at a time.</summary>
    private sealed class Drip(Stream inner) : Stream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken ct = default)
        {
            for (var i = 0; i < buffer.Length; i++)
                await inner.WriteAsync(buffer.Slice(i, 1), ct);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct = default) => inner.ReadAsync(buffer, ct);
        public override Task FlushAsync(CancellationToken ct) => inner.FlushAsync(ct);
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() => inner.Flush();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
