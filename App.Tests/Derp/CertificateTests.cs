using Gatehouse.Derp.Probe;

namespace Gatehouse.Tests.Derp;

/// <summary>Which certificates the prober takes: those that the network's clients would.</summary>
public sealed class CertificateTests
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    [Fact]
    public async Task A_self_signed_one_known_by_its_hash_is_taken()
    {
        using var certificate = TestCertificate.Make(Year, "127.0.0.1");
        await using var relay = new FakeRelay(Quirk.None, certificate.Shown());
        var report = await Probe(relay, certificate.CertName());
        Assert.True(report.Ok, string.Join('\n', report.Steps));
        Assert.All(report.Steps, s => Assert.True(s.Name.StartsWith("stun", StringComparison.Ordinal) || s.Result == ProbeResult.Ok, $"{s}"));
        Assert.Equal(certificate.CertName(), report.CertName);
        Assert.Equal(certificate.NotAfter.ToUniversalTime(), report.CertExpiresAt!.Value.UtcDateTime);
        Assert.StartsWith("TLS 1.", Detail(report, "tls"));
        Assert.StartsWith("364 days left, until ", Detail(report, "certificate"));
        // In the map it may stand in capitals.
        Assert.True((await Probe(relay, "sha256-raw:" + certificate.CertName()["sha256-raw:".Length..].ToUpperInvariant())).Ok);
    }

    [Theory]
    [InlineData(365, "127.0.0.1", "sha256-raw:0000000000000000000000000000000000000000000000000000000000000000", "it is another one: sha256-raw:")]
    [InlineData(365, "127.0.0.1", null, "no client trusts it: ")]
    [InlineData(365, "relay.example.com", null, "it is not made out to 127.0.0.1")]
    [InlineData(365, "relay.example.com", "relay.example.com", "no client trusts it: ")]
    [InlineData(365, "relay.example.com", "other.example.com", "it is not made out to other.example.com")]
    [InlineData(-1, "127.0.0.1", "own", "it expired at ")]
    public async Task One_that_clients_refuse_fails_and_nothing_is_sent_there(int days, string name, string? certName, string says)
    {
        using var certificate = TestCertificate.Make(TimeSpan.FromDays(days), name);
        await using var relay = new FakeRelay(Quirk.None, certificate.Shown());
        var report = await Probe(relay, certName == "own" ? certificate.CertName() : certName);
        Assert.StartsWith(says, Detail(report, "certificate"));
        Assert.Equal(["certificate"], report.Steps.Where(s => s.Result == ProbeResult.Failed).Select(s => s.Name));
        Assert.All(["handshake", "ping", "relay"], s => Assert.Equal("certificate failed", Detail(report, s)));
        Assert.Equal(certificate.CertName(), report.CertName);
        Assert.Empty(relay.Heads);
    }

    [Theory]
    [InlineData(13.5, ProbeResult.Warning, "only 13 days left")]
    [InlineData(1.5, ProbeResult.Warning, "only 1 day left")]
    [InlineData(14.5, ProbeResult.Ok, "14 days left")]
    public async Task Fewer_than_14_days_are_a_warning_and_no_failure(double days, ProbeResult result, string says)
    {
        using var certificate = TestCertificate.Make(TimeSpan.FromDays(days), "127.0.0.1");
        await using var relay = new FakeRelay(Quirk.None, certificate.Shown());
        var report = await Probe(relay, certificate.CertName());
        Assert.True(report.Ok);
        Assert.Equal(result, report.Steps.Single(s => s.Name == "certificate").Result);
        Assert.StartsWith(says, Detail(report, "certificate"));
    }

    [Theory]
    [InlineData("CN=issuer", false)]
    [InlineData("CN=derpkey0123456789abcdef", true)]
    public async Task By_its_hash_it_must_come_alone_but_for_the_relay_s_key(string beside, bool taken)
    {
        var (leaf, shown) = TestCertificate.WithIssuer(beside);
        await using var relay = new FakeRelay(Quirk.None, shown);
        var report = await Probe(relay, leaf.CertName());
        Assert.True(report.Ok == taken, string.Join('\n', report.Steps));
        Assert.Contains(taken ? "days left" : "one certificate alone", Detail(report, "certificate"));
    }

    [Fact]
    public async Task By_a_host_s_name_the_hash_is_not_enough()
    {
        using var certificate = TestCertificate.Make(Year, "relay.example.com");
        await using var relay = new FakeRelay(Quirk.None, certificate.Shown());
        var report = await DerpProber.Probe(new ProbeTarget("localhost", relay.Port) { StunPort = 0, CertName = certificate.CertName() }, CancellationToken.None);
        Assert.Equal("it is not made out to localhost", Detail(report, "certificate"));
    }

    [Fact]
    public async Task Plain_HTTP_where_TLS_should_be_fails_TLS()
    {
        await using var relay = new FakeRelay(Quirk.NotHttp);
        var report = await Probe(relay, null);
        Assert.Equal(["tls"], report.Steps.Where(s => s.Result == ProbeResult.Failed).Select(s => s.Name));
        Assert.Equal("tls failed", Detail(report, "certificate"));
        Assert.Null(report.CertName);
    }

    private static Task<ProbeReport> Probe(FakeRelay relay, string? certName) =>
        DerpProber.Probe(new ProbeTarget("127.0.0.1", relay.Port) { StunPort = 0, CertName = certName }, CancellationToken.None);

    private static string Detail(ProbeReport report, string step) => report.Steps.Single(s => s.Name == step).Detail;
}
