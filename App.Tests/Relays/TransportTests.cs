using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays;

/// <summary>The same protocol over TCP, TLS and WebSocket.</summary>
public sealed class TransportTests
{
    public static TheoryData<Via> Ways => [Via.Plain, Via.Tls, Via.WebSocket, Via.SecureWebSocket];

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
        Assert.Equal(via is Via.Tls or Via.SecureWebSocket ? "https" : "http", relay.Address.Scheme);
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

    [Fact]
    public async Task A_certificate_of_the_operators_is_served_from_its_files()
    {
        using var folder = new TestFolder();
        string name;
        await using (var first = await RelayProcess.StartIn(folder, "--self-signed"))
            name = first.CertName!;
        File.Move(folder.File("relay.crt"), folder.File("own.crt"));
        File.Move(folder.File("relay.crt.key"), folder.File("own.key"));
        await using var relay = await RelayProcess.StartIn(folder, "--cert", folder.File("own.crt"), "--key", folder.File("own.key"));
        Assert.Equal("https", relay.Address.Scheme);
        Assert.Null(relay.CertName);
        string? shown = null;
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, c, _, _) => (shown = "sha256-raw:" + Wire.Hex(SHA256.HashData(c!.GetRawCertData()))) is not null },
        });
        Assert.Equal("", await http.GetStringAsync(new Uri(relay.Address, "/derp/probe")));
        Assert.Equal(name, shown);
    }

    [Fact]
    public async Task Plain_bytes_on_the_TLS_port_do_no_harm()
    {
        await using var relay = await RelayProcess.Open(Via.Tls);
        await Assert.ThrowsAnyAsync<Exception>(() => DerpTestClient.Dial(relay, via: Via.Plain));
        await using var client = await DerpTestClient.Connect(relay, via: Via.Tls);
        Assert.Empty(await client.Ping());
    }
}
