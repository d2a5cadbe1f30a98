using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>The relay's key behind its certificate, by which devices save a round trip.</summary>
public sealed class MetaCertificateTests
{
    /// <summary>As its clients do: request and introduction go together, and what comes back begins with the protocol.</summary>
    [Fact]
    public async Task A_device_begins_with_the_key_that_it_finds_and_waits_for_no_answer()
    {
        using var folder = new TestFolder();
        Issue(folder);
        await using var relay = await Start(folder);
        await relay.Control.Everyone();
        var (tls, chain) = await Connect(relay, SslProtocols.Tls13);
        await using var _ = tls;
        Assert.Equal(2, chain.Count);
        var meta = chain[1];
        Assert.Equal(($"CN=derpkey{Wire.Hex(relay.Key)}", meta.Subject), (meta.Subject, meta.Issuer));
        // What clients take for the protocol's version: at most one byte.
        Assert.Equal("02", meta.SerialNumber);
        Assert.True(meta.NotBefore < DateTime.Now && meta.NotAfter > DateTime.Now);
        Assert.False(meta.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);

        var key = TestKey.New();
        var relayKey = Convert.FromHexString(meta.Subject["CN=derpkey".Length..]);
        var request = Encoding.ASCII.GetBytes("GET /derp HTTP/1.1\r\nHost: localhost\r\nUpgrade: DERP\r\nConnection: Upgrade\r\nDerp-Fast-Start: 1\r\n\r\n");
        await tls.WriteAsync((byte[])[.. request, .. Wire.Hello(key, relayKey)]);
        var serverKey = await Frame(tls);
        Assert.Equal((Wire.ServerKey, Wire.Hex([.. Wire.Magic, .. relay.Key])), (serverKey.Type, Wire.Hex(serverKey.Body)));
        var info = await Frame(tls);
        Assert.Equal(Wire.ServerInfo, info.Type);
        Assert.NotEmpty(key.Open(info.Body, relayKey));
    }

    [Theory]
    [InlineData("self-signed")]
    [InlineData("its own issuer")]
    [InlineData("off")]
    public async Task Where_devices_may_know_the_certificate_by_its_digest_it_comes_alone(string kind)
    {
        using var folder = new TestFolder();
        if (kind == "off")
        {
            Issue(folder);
        }
        else
        {
            using var own = TestCertificate.Make(TimeSpan.FromDays(9), "localhost");
            own.WriteTo(folder.File("own.crt"), folder.File("own.key"));
        }
        await using var relay = kind == "self-signed" ? await RelayProcess.StartIn(folder, "--self-signed") : await Start(folder, kind == "off" ? ["--meta-cert", "off"] : []);
        foreach (var version in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            var (tls, chain) = await Connect(relay, version);
            await using var _ = tls;
            Assert.Single(chain);
        }
    }

    [Theory]
    [InlineData("on", "--meta-cert goes with --cert")]
    [InlineData("yes", "--meta-cert must be on or off")]
    public async Task It_is_refused_with_a_certificate_that_is_known_by_its_digest(string value, string says) =>
        Assert.Contains(says, (await Assert.ThrowsAsync<InvalidOperationException>(() => RelayProcess.Start("--self-signed", "--meta-cert", value))).Message);

    private static Task<RelayProcess> Start(TestFolder folder, params string[] more) =>
        RelayProcess.StartIn(folder, ["--cert", folder.File("own.crt"), "--key", folder.File("own.key"), .. more]);

    private static void Issue(TestFolder folder)
    {
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256), key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(9));
        var authority = new CertificateRequest("CN=A root", rootKey, HashAlgorithmName.SHA256) { CertificateExtensions = { new X509BasicConstraintsExtension(true, false, 0, true) } };
        using var root = authority.CreateSelfSigned(from, to);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256) { CertificateExtensions = { TestCertificate.Names("localhost") } };
        using var own = request.Create(root, from, to, [7]).CopyWithPrivateKey(key);
        own.WriteTo(folder.File("own.crt"), folder.File("own.key"));
    }

    private static async Task<(SslStream Tls, List<X509Certificate2> Chain)> Connect(RelayProcess relay, SslProtocols version)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(relay.Address.Host, relay.Address.Port);
        var chain = new List<X509Certificate2>();
        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost", EnabledSslProtocols = version,
            RemoteCertificateValidationCallback = (_, shown, with, _) =>
            {
                chain.Add(new X509Certificate2(shown!));
                chain.AddRange(with!.ChainPolicy.ExtraStore.Where(c => !c.RawData.SequenceEqual(shown!.GetRawCertData())).Select(c => new X509Certificate2(c)));
                return true;
            },
        });
        return (tls, chain);
    }

    private static async Task<DerpFrame> Frame(Stream stream)
    {
        using var limit = new CancellationTokenSource(DerpTestClient.Patience);
        var header = new byte[Wire.HeaderBytes];
        await stream.ReadExactlyAsync(header, limit.Token);
        var body = new byte[header[3] * 256 + header[4]];
        await stream.ReadExactlyAsync(body, limit.Token);
        return new DerpFrame(header[0], body);
    }
}
