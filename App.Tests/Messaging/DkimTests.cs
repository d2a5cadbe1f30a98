using System.Security.Cryptography;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;

namespace Gatehouse.Tests.Messaging;

/// <summary>Signatures hold as another implementation reads them, after a real mail server has taken the mail.</summary>
public sealed class DkimTests
{
    private static readonly Lazy<string> Pem = new(() =>
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportPkcs8PrivateKeyPem();
    });

    /// <summary>The DNS, with one record.</summary>
    private sealed class Dns(string record) : DkimPublicKeyLocatorBase
    {
        private readonly string[] _parts = record.Split(" TXT ");

        public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken ct = default) =>
            $"{selector}._domainkey.{domain}" == _parts[0] ? GetPublicKey(_parts[1]) : throw new InvalidOperationException($"{selector} of {domain}");

        public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken ct = default) =>
            Task.FromResult(LocatePublicKey(methods, domain, selector, ct));
    }

    [Theory]
    [InlineData("en")]
    [InlineData("zh")]
    public async Task What_a_mail_server_took_is_signed_for_the_senders_domain(string language)
    {
        await using var smtp = await SmtpServer.Start();
        await using var post = await PostOffice.Open();
        await post.SetUp(smtp.Port, selector: "mail2026", key: Pem.Value);
        await post.Add(Mails.PasswordReset(PostOffice.To, language, "https://keys.example.com/reset/" + new string('a', 200), 30));
        await post.Look();
        var mail = (await smtp.Only()).Mime;
        var header = mail.Headers[HeaderId.DkimSignature];
        Assert.Contains("d=example.com; s=mail2026;", header, StringComparison.Ordinal);
        Assert.Contains("h=from:to:subject:date:message-id:mime-version:content-type;", header, StringComparison.Ordinal);
        var verifier = new DkimVerifier(new Dns(new DkimKey("mail2026", Pem.Value).Record("example.com")));
        var signature = mail.Headers.Single(h => h.Id == HeaderId.DkimSignature);
        Assert.True(await verifier.VerifyAsync(mail, signature));
        mail.Subject += " altered";
        Assert.False(await verifier.VerifyAsync(mail, signature));
        Assert.Equal(0, await post.Test.Database.Read(tx => tx.Number("SELECT COUNT(*) FROM settings WHERE value LIKE '%PRIVATE%'")));
    }

    /// <summary>The examples of RFC 6376, section 3.4.5.</summary>
    [Fact]
    public void What_is_signed_does_not_depend_on_blanks()
    {
        Assert.Equal("a:X", DkimKey.RelaxedHeader("A", " X\r\n"));
        Assert.Equal("b:Y Z", DkimKey.RelaxedHeader("B ", " Y\t\r\n\tZ  \r\n"));
        Assert.Equal(" C\r\nD E\r\n", DkimKey.RelaxedBody(" C \r\nD \t E\r\n\r\n\r\n"));
        Assert.Equal("", DkimKey.RelaxedBody("\r\n\r\n"));
        Assert.Equal("x\r\n", DkimKey.RelaxedBody("x"));
    }

    [Fact]
    public void A_key_is_one_that_receivers_take()
    {
        using var small = RSA.Create(512);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var good = RSA.Create(1024);
        Assert.True(DkimKey.IsValid(good.ExportRSAPrivateKeyPem()));
        foreach (var bad in new[] { "", "x", small.ExportPkcs8PrivateKeyPem(), curve.ExportPkcs8PrivateKeyPem(), good.ExportSubjectPublicKeyInfoPem() })
            Assert.False(DkimKey.IsValid(bad), bad);
        Assert.True(DkimKey.IsSelector("mail2026") && DkimKey.IsSelector("a.b-c"));
        Assert.False(DkimKey.IsSelector("") || DkimKey.IsSelector("a b") || DkimKey.IsSelector("-a") || DkimKey.IsSelector("a;b=c") || DkimKey.IsSelector("a..b"));
        Assert.DoesNotContain("PRIVATE", new DkimKey("s", Pem.Value).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Staff_set_the_key_and_are_told_what_the_DNS_must_say()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Owner);
        var mail = new { host = "smtp.example.com", from = "shop@example.com" };
        Assert.NotNull((await http.PatchApi("/api/settings", new { mail = new { mail.host, mail.from, dkim_key = Pem.Value } })).Error("mail.dkim_selector"));
        Assert.NotNull((await http.PatchApi("/api/settings", new { mail = new { mail.host, mail.from, dkim_key = "x", dkim_selector = "s" } })).Error("mail.dkim_key"));
        var browser = await server.SignedIn(Role.Owner);
        var page = await browser.Submit(await browser.Get("/admin/settings"), "#mail-form", new() { ["mail.host"] = mail.host, ["mail.from"] = mail.from, ["mail.dkim_selector"] = "mail2026", ["mail.dkim_key"] = Pem.Value });
        Assert.Equal("/admin/settings", page.Path);
        Assert.Contains(new DkimKey("mail2026", Pem.Value).Record("example.com"), page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", page.Html, StringComparison.Ordinal);
        var settings = await http.GetApi("/api/settings");
        Assert.True((bool)settings["settings"]!["mail"]!["has_dkim_key"]!);
        Assert.DoesNotContain("PRIVATE KEY", settings.Text + (await http.GetApi("/api/audit")).Text, StringComparison.Ordinal);
        page = await browser.Submit(page, "#mail-form", new() { ["mail.dkim_selector"] = "" });
        Assert.False((bool)(await http.GetApi("/api/settings"))["settings"]!["mail"]!["has_dkim_key"]!);
    }
}
