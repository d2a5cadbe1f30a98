using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>The same protocol over TCP, TLS and WebSocket.</summary>
public sealed class TransportTests
{
    public static TheoryData<Via> Ways => [Via.Plain, Via.Tls, Via.Tls12, Via.WebSocket, Via.SecureWebSocket];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Two_clients_talk_over_it(Via via)
    {
        await using var relay = await RelayProcess.Open(via);
        await using var a = await DerpTestClient.Connect(relay, via: via);
        await using var b = await DerpTestClient.Connect(relay, via: via);
        Assert.Equal(relay.Key, a.RelayKey);
        Assert.Equal(2, a.ServerInfo.GetProperty("version").GetInt32());
        await Exchange.Works(a, b);
        Assert.Empty(await a.Ping());
        Assert.Equal(via is Via.Plain or Via.WebSocket ? "http" : "https", relay.Address.Scheme);
    }

    [Fact]
    public async Task Clients_of_different_transports_talk_to_each_other()
    {
        await using var relay = await RelayProcess.Open(Via.Tls);
        await using var a = await DerpTestClient.Connect(relay, via: Via.Tls);
        await using var b = await DerpTestClient.Connect(relay, via: Via.SecureWebSocket);
        await Exchange.Works(a, b);
    }

    [Theory]
    [InlineData("relay.example.test")]
    [InlineData("203.0.113.10")]
    public async Task The_self_signed_certificate_is_one_that_clients_pin(string hostname)
    {
        await using var relay = await RelayProcess.Open(Via.Tls, "--hostname", hostname);
        await using var client = await DerpTestClient.Connect(relay, via: Via.Tls);
        var certificate = Assert.Single(client.Chain);
        Assert.Equal("sha256-raw:" + Wire.Hex(SHA256.HashData(certificate.RawData)), relay.CertName);
        Assert.Equal(relay.CertName, (await relay.Control.State()).CertName);
        using var key = certificate.GetECDsaPublicKey();
        Assert.Equal("1.2.840.10045.3.1.7", key!.ExportParameters(false).Curve.Oid.Value);
        Assert.InRange((certificate.NotAfter - certificate.NotBefore).TotalDays, 360, 372);
        Assert.InRange((certificate.NotAfter - DateTime.Now).TotalDays, 360, 367);
        Assert.True(certificate.NotBefore <= DateTime.Now);
        Assert.True(certificate.MatchesHostname(hostname), $"{certificate.Subject} is not for {hostname}");
    }

    [Fact]
    public async Task The_self_signed_certificate_outlives_a_restart()
    {
        using var folder = new TestFolder();
        string? first;
        await using (var relay = await RelayProcess.StartIn(folder, "--self-signed"))
            first = relay.CertName;
        await using var again = await RelayProcess.StartIn(folder, "--self-signed");
        Assert.NotNull(first);
        Assert.Equal(first, again.CertName);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("relay.crt.key")));
    }

    [Theory]
    [InlineData("off")]
    [InlineData("on")]
    [InlineData(null)]
    public async Task A_certificate_of_the_operators_is_served_with_its_chain(string? meta)
    {
        using var folder = new TestFolder();
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256), middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256), leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("CN=A root", rootKey).CreateSelfSigned(Yesterday, Yesterday.AddDays(30));
        using var middle = Authority("CN=An intermediate", middleKey).Create(root, Yesterday, Yesterday.AddDays(20), [1]).CopyWithPrivateKey(middleKey);
        var request = new CertificateRequest("CN=localhost", leafKey, HashAlgorithmName.SHA256) { CertificateExtensions = { TestCertificate.Names("localhost") } };
        using var leaf = request.Create(middle, Yesterday, Yesterday.AddDays(10), [2]);
        await File.WriteAllTextAsync(folder.File("own.crt"), $"{leaf.ExportCertificatePem()}\n{middle.ExportCertificatePem()}\n");
        await File.WriteAllTextAsync(folder.File("own.key"), leafKey.ExportPkcs8PrivateKeyPem());
        string[] option = meta is null ? [] : ["--meta-cert", meta];
        await using var relay = await RelayProcess.StartIn(folder, ["--cert", folder.File("own.crt"), "--key", folder.File("own.key"), .. option]);
        Assert.Equal("https", relay.Address.Scheme);
        Assert.Null(relay.CertName);
        var shown = new List<string>();
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, leaf, chain, _) =>
                {
                    shown.AddRange(chain!.ChainPolicy.ExtraStore.Prepend((X509Certificate2)leaf!).Select(c => c.Subject).Distinct());
                    return true;
                },
            },
        });
        Assert.Equal("", await http.GetStringAsync(new Uri(relay.Address, "/derp/probe")));
        string[] expected = meta == "off" ? ["CN=localhost", "CN=An intermediate"] : ["CN=localhost", "CN=An intermediate", $"CN=derpkey{Wire.Hex(relay.Key)}"];
        Assert.Equal(expected, shown);
    }

    [Fact]
    public async Task Plain_bytes_on_the_TLS_port_do_no_harm()
    {
        await using var relay = await RelayProcess.Open(Via.Tls);
        await Assert.ThrowsAnyAsync<Exception>(() => DerpTestClient.Dial(relay, via: Via.Plain));
        await using var client = await DerpTestClient.Connect(relay, via: Via.Tls);
        Assert.Empty(await client.Ping());
    }

    private static DateTimeOffset Yesterday => DateTimeOffset.UtcNow.Date.AddDays(-1);

    private static CertificateRequest Authority(string name, ECDsa key) =>
        new(name, key, HashAlgorithmName.SHA256) { CertificateExtensions = { new X509BasicConstraintsExtension(true, false, 0, true) } };
}
