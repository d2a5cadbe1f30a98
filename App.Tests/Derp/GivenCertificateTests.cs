using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Derp.Tls;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>Certificates that somebody else renews in their files, looked after by hand and by a clock of the test's.</summary>
public sealed class GivenCertificateTests : IDisposable
{
    private const string Host = "relay.example.com";
    private readonly TestFolder _folder = new();
    private readonly FakeClock _clock = new();
    private readonly LogLines _log = new();

    private string Certificate => _folder.File("own.crt");

    private string Key => _folder.File("own.key");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_new_pair_is_taken_once_it_stays_or_at_once_when_told(bool told)
    {
        Write(90);
        using var given = Open();
        given.Look();
        Assert.Equal(After(90), given.InForce.Until);
        Write(120);
        given.Look(atOnce: told);
        if (!told)
        {
            // Such as one that is still being written.
            Assert.Equal(After(90), given.InForce.Until);
            given.Look();
        }
        Assert.Equal(After(120), given.InForce.Until);
        given.Look();
        Assert.Equal(After(120), given.InForce.Until);
        Assert.Single(_log.All);
    }

    /// <summary>What the date and the length of a file do not tell.</summary>
    [Fact]
    public void One_with_the_date_and_length_of_the_last_is_seen()
    {
        Write(90);
        var date = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Certificate, date);
        using var given = Open();
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Key));
        byte[]? shown = null;
        for (var i = 0; i < 100; i++)
        {
            // With the same key, until one has just the length of the first: a signature of ECDSA has one of a few.
            var request = new CertificateRequest("CN=relay", key, HashAlgorithmName.SHA256) { CertificateExtensions = { TestCertificate.Names(Host) } };
            using var next = request.CreateSelfSigned(FakeClock.Start.AddDays(-1), FakeClock.Start.AddDays(91));
            var pem = next.ExportCertificatePem();
            if (pem.Length != new FileInfo(Certificate).Length)
                continue;
            File.WriteAllText(Certificate, pem);
            File.SetLastWriteTimeUtc(Certificate, date);
            shown = next.RawData;
            break;
        }
        Assert.NotNull(shown);
        Look(given);
        Assert.Equal(After(91), given.InForce.Until);
    }

    public static TheoryData<string> Faults => ["only the certificate is new", "only the key is new", "cut short", "empty", "garbage", "gone", "a folder", "another name", "expired", "not yet valid"];

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_cannot_be_shown_leaves_the_one_in_force_and_is_told_once(string fault)
    {
        Write(90);
        using var given = Open();
        var (certificate, key) = (File.ReadAllText(Certificate), File.ReadAllText(Key));
        Write(120, fault == "another name" ? "other.example.com" : Host, fault == "not yet valid" ? 1 : -1);
        switch (fault)
        {
            case "only the certificate is new":
                File.WriteAllText(Key, key);
                break;
            case "only the key is new":
                File.WriteAllText(Certificate, certificate);
                break;
            case "cut short":
                File.WriteAllText(Certificate, File.ReadAllText(Certificate)[..300]);
                break;
            case "empty":
                File.WriteAllText(Certificate, "");
                break;
            case "garbage":
                File.WriteAllBytes(Key, RandomNumberGenerator.GetBytes(500));
                break;
            case "gone":
                File.Delete(Certificate);
                break;
            case "a folder":
                File.Delete(Key);
                Directory.CreateDirectory(Key);
                break;
            case "expired":
                Write(-1, from: -30);
                break;
        }
        for (var i = 0; i < 5; i++)
            given.Look();
        Assert.Equal(After(90), given.InForce.Until);
        var line = Assert.Single(_log.All);
        Assert.Contains("stays as it is", line);
        Assert.Contains(_folder.Path, line);
        // Told again, since somebody asks.
        given.Look(atOnce: true);
        Assert.Equal(2, _log.All.Count);

        if (Directory.Exists(Key))
            Directory.Delete(Key);
        Write(150);
        Look(given);
        Assert.Equal(After(150), given.InForce.Until);
    }

    [Theory]
    [InlineData(Host, "relay.example.com", true)]
    [InlineData(Host, "*.example.com", true)]
    [InlineData("203.0.113.10", "203.0.113.10", true)]
    [InlineData("2001:db8::1", "2001:db8::1", true)]
    [InlineData(Host, "example.com", false)]
    [InlineData(Host, "other.example.com", false)]
    [InlineData("203.0.113.10", "203.0.113.11", false)]
    [InlineData("relay", null, false)]
    public void It_must_be_made_out_to_the_relays_name(string hostname, string? name, bool fits)
    {
        using var certificate = name is null ? TestCertificate.Make(TimeSpan.FromDays(9)) : TestCertificate.Make(TimeSpan.FromDays(9), name);
        certificate.WriteTo(Certificate, Key);
        if (fits)
        {
            using var given = Open(hostname);
            Assert.Null(given.InForce.Name);
            return;
        }
        var refused = Assert.Throws<InvalidDataException>(() => Open(hostname));
        Assert.Contains($"is made out to {name ?? "no name"}", refused.Message);
        Assert.Contains($"not to {hostname}", refused.Message);
    }

    [Fact]
    public void Another_ones_key_is_refused_at_start()
    {
        Write(90);
        var key = File.ReadAllText(Key);
        Write(90);
        File.WriteAllText(Key, key);
        Assert.Contains("the key belongs to another certificate", Assert.Throws<CryptographicException>(() => Open()).Message);
    }

    [Fact]
    public void A_clock_that_is_hours_off_is_told_and_told_to_be_right_again()
    {
        using var certificate = TestCertificate.Make(FakeClock.Start.AddHours(3), FakeClock.Start.AddDays(90), Host);
        certificate.WriteTo(Certificate, Key);
        using var given = Open();
        given.Look();
        given.Look();
        Assert.Equal(CertificateValidity.NotYetValid, given.Validity);
        Assert.Equal("The certificate is valid only from 2026-03-04 12:30 UTC, 3 hours after what this machine's clock says (2026-03-04 09:30 UTC): is the clock right? Devices refuse the certificate until then", Assert.Single(_log.All));
        _clock.Advance(TimeSpan.FromHours(4));
        given.Look();
        Assert.Equal(CertificateValidity.Valid, given.Validity);
        Assert.Contains("is valid until", _log.All.Last());
    }

    [Fact]
    public void The_end_is_told_before_it_comes_and_when_it_has()
    {
        Write(90);
        using var given = Open();
        _clock.Advance(TimeSpan.FromDays(80));
        given.Look();
        Assert.Empty(_log.All);
        _clock.Advance(TimeSpan.FromDays(2));
        given.Look();
        given.Look();
        Assert.Equal(CertificateValidity.Ending, given.Validity);
        Assert.Contains("in 8 days, and no other has come", Assert.Single(_log.All));
        _clock.Advance(TimeSpan.FromDays(8) + TimeSpan.FromHours(5));
        given.Look();
        Assert.Equal(CertificateValidity.Expired, given.Validity);
        Assert.Contains("5 hours before what this machine's clock says", _log.All.Last());
        // Any other is better now, and the relay did not have to be started again for it.
        Write(200);
        Look(given);
        Assert.Equal(CertificateValidity.Valid, given.Validity);
    }

    [Fact]
    public async Task It_looks_by_itself()
    {
        Write(90);
        using var given = Open();
        given.Watch();
        Write(120);
        await Wait.Until(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            return Task.FromResult(given.InForce.Until == After(120));
        }, "the new one is in force");
    }

    private GivenCertificate Open(string hostname = Host) => new(Certificate, Key, hostname, null, _clock, _log);

    private static void Look(RelayCertificate given)
    {
        given.Look();
        given.Look();
    }

    private void Write(int days, string name = Host, int from = -1)
    {
        using var certificate = TestCertificate.Make(FakeClock.Start.AddDays(from), FakeClock.Start.AddDays(days), name);
        certificate.WriteTo(Certificate, Key);
    }

    private static DateTimeOffset After(int days) => FakeClock.Start.AddDays(days);

    public void Dispose() => _folder.Dispose();
}
