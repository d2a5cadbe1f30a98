using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Derp.Server;
using Gatehouse.Derp.Tls;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>The relay's own certificate through the years, by a clock of the test's.</summary>
public sealed class SelfSignedCertificateTests : IDisposable
{
    private const string Host = "203.0.113.10";
    private readonly TestFolder _folder = new();
    private readonly FakeClock _clock = new();
    private readonly LogLines _log = new();

    private string Next => _folder.File(SelfSignedCertificate.NextFile);

    [Fact]
    public void The_next_name_is_told_45_days_before_the_end_and_shown_7_days_before_it()
    {
        string first, next;
        using (var own = Open())
        {
            first = own.InForce.Name!;
            Assert.Equal(FakeClock.Start.AddDays(365), own.InForce.Until);
            Pass(319, own);
            Assert.Null(own.InForce.NextName);
            Pass(2, own);
            next = own.InForce.NextName!;
            Assert.NotEqual(first, next);
            Assert.Equal((first, FakeClock.Start.AddDays(358)), (own.InForce.Name, own.InForce.NextAt));
            Assert.Contains(_log.All, l => l.Contains(first) && l.Contains(next) && l.Contains("their maps need it by then"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Next));
        }
        // A start in between keeps what was told.
        Pass(36);
        using (var own = Open())
        {
            own.Look();
            Assert.Equal((first, next, FakeClock.Start.AddDays(358)), (own.InForce.Name, own.InForce.NextName, own.InForce.NextAt));
            Pass(2, own);
            Assert.Equal((next, null, null), (own.InForce.Name, own.InForce.NextName, own.InForce.NextAt));
            Assert.Equal(CertificateValidity.Valid, own.Validity);
        }
        Assert.False(File.Exists(Next));
        using var again = Open();
        Assert.Equal((next, null), (again.InForce.Name, again.InForce.NextName));
    }

    /// <summary>So it was before: a start late in the year changed the name that all maps hold, without a word.</summary>
    [Theory]
    [InlineData(20, 13)]
    [InlineData(6, 3)]
    public void A_start_near_the_end_tells_first_and_changes_later(int left, int changeIn)
    {
        string first;
        using (var own = Open())
            first = own.InForce.Name!;
        Pass(365 - left);
        using var late = Open();
        late.Look();
        Assert.Equal((first, _clock.GetUtcNow().AddDays(changeIn)), (late.InForce.Name, late.InForce.NextAt));
        var next = late.InForce.NextName;
        Pass(changeIn, late);
        Assert.Equal(next, late.InForce.Name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_that_has_ended_is_not_shown_and_the_told_one_is_if_there_is_any(bool told)
    {
        string first;
        string? next = null;
        using (var own = Open())
        {
            first = own.InForce.Name!;
            if (told)
            {
                Pass(330, own);
                next = own.InForce.NextName;
            }
        }
        Pass(told ? 40 : 370);
        using var late = Open();
        Assert.NotEqual(first, late.InForce.Name);
        Assert.True(!told || late.InForce.Name == next);
        Assert.Equal(CertificateValidity.Valid, late.Validity);
        Assert.Contains(_log.All, l => l.Contains(first) && l.Contains("this machine's clock says"));
    }

    [Fact]
    public void A_change_that_was_cut_short_is_made_at_the_next_start()
    {
        string next;
        using (var own = Open())
        {
            Pass(330, own);
            next = own.InForce.NextName!;
        }
        // The key was written, and then nothing more.
        using (var made = X509Certificate2.CreateFromPem(File.ReadAllText(Next), File.ReadAllText(Next)))
        using (var key = made.GetECDsaPrivateKey()!)
            File.WriteAllText(_folder.File(SelfSignedCertificate.KeyFile), key.ExportPkcs8PrivateKeyPem());
        using (var own = Open())
            Assert.Equal((next, null), (own.InForce.Name, own.InForce.NextName));
        Assert.False(File.Exists(Next));
        using var again = Open();
        Assert.Equal(next, again.InForce.Name);
    }

    [Fact]
    public void Files_that_do_not_belong_together_are_told_and_not_made_anew()
    {
        Open().Dispose();
        using (var other = TestCertificate.Make(TimeSpan.FromDays(9), Host))
            File.WriteAllText(_folder.File(SelfSignedCertificate.CertificateFile), other.ExportCertificatePem());
        Assert.Contains("Put the right files back, or remove both", Assert.Throws<CryptographicException>(() => Open()).Message);
    }

    [Fact]
    public void A_change_can_be_made_at_once()
    {
        using var own = Open();
        var first = own.InForce.Name;
        own.ChangeNow();
        var second = own.InForce.Name;
        Assert.NotEqual(first, second);
        Assert.Contains($"{second} and no longer {first}", Assert.Single(_log.All));
        Pass(330, own);
        var told = own.InForce.NextName;
        own.ChangeNow();
        Assert.Equal((told, null), (own.InForce.Name, own.InForce.NextName));
    }

    /// <summary>Ahead for an hour, then right again: nothing is shown that is not yet valid, and nothing is forgotten.</summary>
    [Fact]
    public void A_clock_that_was_ahead_changes_no_name()
    {
        using var own = Open();
        var first = own.InForce.Name;
        Pass(340, own);
        var next = own.InForce.NextName;
        Assert.NotNull(next);
        _clock.Advance(TimeSpan.FromDays(-340));
        own.Look();
        Assert.Equal((first, next, CertificateValidity.Valid), (own.InForce.Name, own.InForce.NextName, own.Validity));
    }

    /// <summary>A first start with a clock that is a day ahead.</summary>
    [Fact]
    public void A_clock_set_back_by_a_day_leaves_it_valid()
    {
        using var own = Open();
        _clock.Advance(TimeSpan.FromDays(-1));
        own.Look();
        Assert.Equal(CertificateValidity.Valid, own.Validity);
        _clock.Advance(TimeSpan.FromDays(-3));
        own.Look();
        Assert.Contains("is the clock right?", Assert.Single(_log.All));
    }

    /// <summary>Such as of a program before this one, or put there by hand.</summary>
    [Fact]
    public void A_file_that_was_left_half_written_lends_its_rights_to_no_key()
    {
        string[] files = [SelfSignedCertificate.KeyFile, SelfSignedCertificate.NextFile, DerpKey.FileName];
        foreach (var file in files)
        {
            File.WriteAllText(_folder.File(file + ".new"), "left");
            File.SetUnixFileMode(_folder.File(file + ".new"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
        DerpKey.LoadOrCreate(_folder.Path);
        using var own = Open();
        Pass(330, own);
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File(file))));
    }

    [Fact]
    public void What_cannot_be_written_is_told_and_tried_again()
    {
        using var own = Open();
        Directory.CreateDirectory(Next + ".new");
        Pass(330, own);
        own.Look();
        Assert.Null(own.InForce.NextName);
        Assert.Contains("stays as it is", Assert.Single(_log.All));
        var name = own.InForce.Name;
        Assert.ThrowsAny<Exception>(own.ChangeNow);
        Assert.Equal(name, own.InForce.Name);
        Directory.Delete(Next + ".new");
        own.Look();
        Assert.NotNull(own.InForce.NextName);
    }

    private SelfSignedCertificate Open() => new(_folder.Path, Host, _clock, _log);

    private void Pass(int days, RelayCertificate? own = null)
    {
        _clock.Advance(TimeSpan.FromDays(days));
        own?.Look();
    }

    public void Dispose() => _folder.Dispose();
}
