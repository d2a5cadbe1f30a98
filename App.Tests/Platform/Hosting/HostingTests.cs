using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Hosting;
using Gatehouse.Tests.Cli;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Gatehouse.Tests.Platform.Hosting;

/// <summary>Listening, TLS, proxies, and the folder's lock.</summary>
public sealed class HostingTests
{
    private static void MakeCertificate(TestFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=keys.example.com", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(folder.File("cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(folder.File("key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    [Fact]
    public async Task Https_serves_the_configured_certificate_and_health_trusts_it_alone()
    {
        using var folder = new TestFolder();
        using var other = new TestFolder();
        MakeCertificate(folder);
        MakeCertificate(other);
        const string json = """{"Server":{"Certificate":"cert.pem","CertificateKey":"key.pem"}}""";
        File.WriteAllText(folder.File(Config.FileName), json);
        File.WriteAllText(other.File(Config.FileName), json);
        await using var server = await Serving.Start(folder.Path, "--urls", "https://127.0.0.1:0");
        X509Certificate? shown = null;
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, c, _, _) => (shown = c) is not null },
        });
        var answer = await http.GetAsync(server.Address + "/");
        Assert.Contains("CN=keys.example.com", shown!.Subject);
        Assert.True(answer.Headers.Contains("Strict-Transport-Security"));
        Assert.Equal(ExitCode.Ok, (await Shell.Run("healthcheck", "--data", folder.Path, "--url", server.Address)).Code);
        Assert.Equal(ExitCode.Failed, (await Shell.Run("healthcheck", "--data", other.Path, "--url", server.Address)).Code);
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_without_a_restart_and_half_of_one_is_not()
    {
        using var folder = new TestFolder();
        MakeCertificate(folder);
        File.WriteAllText(folder.File(Config.FileName), """{"Server":{"Certificate":"cert.pem","CertificateKey":"key.pem"}}""");
        await using var server = await Serving.Start(folder.Path, "--urls", "https://127.0.0.1:0");
        var first = await Shown(server.Address);
        var (cert, key) = (File.ReadAllText(folder.File("cert.pem")), File.ReadAllText(folder.File("key.pem")));
        MakeCertificate(folder);
        var (nextCert, nextKey) = (File.ReadAllText(folder.File("cert.pem")), File.ReadAllText(folder.File("key.pem")));
        File.WriteAllText(folder.File("key.pem"), key);
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        Assert.Equal(first, await Shown(server.Address));
        File.WriteAllText(folder.File("key.pem"), nextKey);
        await Wait.Until(async () => await Shown(server.Address) == Thumbprint(nextCert), "the new certificate is shown");
        Assert.Equal(Thumbprint(cert), first);
        Assert.Equal(ExitCode.Ok, (await Shell.Run("healthcheck", "--data", folder.Path, "--url", server.Address)).Code);
    }

    private static string Thumbprint(string pem) => X509Certificate2.CreateFromPem(pem).Thumbprint;

    private static async Task<string> Shown(string address)
    {
        var shown = "";
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, c, _, _) => (shown = c!.GetCertHashString()).Length > 0,
            },
        });
        await http.GetAsync(address + "/health");
        return shown;
    }

    [Fact]
    public async Task Only_suites_with_forward_secrecy_and_authenticated_encryption_are_taken()
    {
        using var folder = new TestFolder();
        MakeCertificate(folder);
        File.WriteAllText(folder.File(Config.FileName), """{"Server":{"Certificate":"cert.pem","CertificateKey":"key.pem"}}""");
        await using var server = await Serving.Start(folder.Path, "--urls", "https://127.0.0.1:0");
        await CipherScan.Check(new IPEndPoint(IPAddress.Loopback, new Uri(server.Address).Port));
    }

    [Fact]
    public async Task Addresses_may_be_parted_by_a_semicolon_and_a_space()
    {
        using var folder = new TestFolder();
        await using var server = await Serving.Start(folder.Path, "--urls", "http://127.0.0.1:0; http://[::1]:0");
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(server.Address + "/health")).StatusCode);
    }

    [Theory]
    [InlineData("", "203.0.113.9", false)]
    [InlineData("192.0.2.1", "203.0.113.9", false)]
    [InlineData("127.0.0.0/8", "203.0.113.9", true)]
    [InlineData("127.0.0.1, 198.51.100.0/24", "6.6.6.6, 203.0.113.9, 198.51.100.4", true)]
    public async Task Only_a_trusted_proxy_says_who_the_client_is(string trusted, string forwarded, bool believed)
    {
        await using var server = await TestServer.Start(settings: new() { ["Server:TrustedProxies"] = trusted });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sign-in") { Headers = { { "X-Forwarded-For", forwarded }, { "X-Forwarded-Proto", "http" } } };
        // Over plain http only this machine may sign in: the page tells whom the server takes the client for.
        var page = await server.Http.SendAsync(request);
        Assert.Equal(believed, page.StatusCode != HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_trusted_proxy_says_that_the_client_came_over_tls()
    {
        await using var server = await TestServer.Start(settings: new() { ["Server:TrustedProxies"] = "127.0.0.1" });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "X-Forwarded-Proto", "https" } } };
        Assert.True((await server.Http.SendAsync(request)).Headers.Contains("Strict-Transport-Security"));
        Assert.False((await server.Http.GetAsync("/")).Headers.Contains("Strict-Transport-Security"));
    }

    [Theory]
    [InlineData("", "http://0.0.0.0:8080", "http://localhost:8080")]
    [InlineData("", "http://[::]:80;http://127.0.0.1:1", "http://localhost")]
    [InlineData("", "https://*:8443", "https://localhost:8443")]
    [InlineData("", "http://192.0.2.7:8080", "http://192.0.2.7:8080")]
    [InlineData("", "http://[::1]:8080", "http://[::1]:8080")]
    [InlineData("https://keys.example.com/", "http://127.0.0.1:8080", "https://keys.example.com")]
    public void Links_begin_with_the_public_address_else_with_one_that_this_machine_reaches(string known, string urls, string expected) =>
        Assert.Equal(expected, PublicAddress.Base(new ConfigurationBuilder().AddInMemoryCollection([new("Server:PublicUrl", known), new("Server:Urls", urls)]).Build()));

    [Fact]
    public void A_folder_is_held_by_one_at_a_time()
    {
        using var folder = new TestFolder();
        var data = DataFolder.Open(folder.Path);
        var first = data.TryLock();
        Assert.NotNull(first);
        Assert.Null(DataFolder.Open(folder.Path).TryLock());
        first.Dispose();
        using var second = data.TryLock();
        Assert.NotNull(second);
    }
}
