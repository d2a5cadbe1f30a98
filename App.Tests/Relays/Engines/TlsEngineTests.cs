using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Relays.Engines;

namespace Gatehouse.Tests.Relays.Engines;

/// <summary>The real engine over TCP: it takes whom its authority has signed, and we take it by its authority and its name.</summary>
public sealed class TlsEngineTests(ShippedImage shipped) : IClassFixture<ShippedImage>
{
    private const string Variable = "GATEHOUSE_TEST_DOCKER_TLS";
    private readonly string _owner = "tls-" + Guid.NewGuid().ToString("N")[..12];

    internal static TlsAddress Known => Good.Value;

    private static readonly Lazy<TlsAddress> Good = new(() =>
    {
        var folder = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named
            : throw new InvalidOperationException($"These tests need a Docker engine that listens with TLS. Run ./install.sh test, or set {Variable} to a folder with port, ca.crt, client.crt and client.key.");
        string Read(string name) => File.ReadAllText(Path.Combine(folder, name));
        return new("127.0.0.1", int.Parse(Read("port"), CultureInfo.InvariantCulture), Read("ca.crt"), Read("client.crt"), Read("client.key"));
    });

    [Fact]
    public async Task A_relay_is_run_over_it()
    {
        await using var engine = await Engine.Connect(Good.Value, _owner, default);
        try
        {
            Assert.True(await engine.Has(shipped.Image, default));
            var relay = EngineSample.Relay(shipped.Image.Tag, _owner);
            var (id, _) = await engine.Run(relay, [EngineSample.Key()], default);
            await EngineSample.Answers(relay.DerpPort, () => engine.Logs(id, 100, default));
            await engine.Remove(id, default);
        }
        finally
        {
            await EngineSample.Clear(_owner);
        }
    }

    [Fact]
    public async Task Certificates_that_do_not_fit_are_said_to()
    {
        var (authority, certificate, key) = Stranger();
        Assert.Equal(EngineFault.Tls, await Fault(Good.Value with { Authority = authority }));
        Assert.Equal(EngineFault.Tls, await Fault(Good.Value with { Certificate = certificate, Key = key }));
        Assert.Equal(EngineFault.Tls, await Fault(Good.Value with { Host = "localhost" }));
        Assert.Equal(EngineFault.Unreachable, await Fault(Good.Value with { Port = 1 }));
        Assert.Equal(EngineFault.Unreachable, await Fault(Good.Value with { Host = "nowhere.invalid" }));
        Assert.Equal(EngineFault.Tls, await Fault(Good.Value with { Key = "no key" }));
        Assert.Equal(EngineFault.Tls, await Fault(Good.Value with { Authority = "" }));
    }

    [Fact]
    public async Task What_speaks_no_tls_is_said_to()
    {
        using var plain = new TcpListener(IPAddress.Loopback, 0);
        plain.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await plain.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            await client.GetStream().ReadAtLeastAsync(new byte[1024], 1, throwOnEndOfStream: false);
        });
        Assert.Equal(EngineFault.Tls, await Fault(Good.Value with { Port = ((IPEndPoint)plain.LocalEndpoint).Port }));
        await serving;
    }

    private async Task<EngineFault> Fault(TlsAddress address) => (await Assert.ThrowsAsync<EngineException>(async () =>
    {
        await using var engine = await Engine.Connect(address, _owner, default);
    })).Fault;

    // Somebody else's authority, which signs itself.
    private static (string Authority, string Certificate, string Key) Stranger()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=stranger", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return (certificate.ExportCertificatePem(), certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
