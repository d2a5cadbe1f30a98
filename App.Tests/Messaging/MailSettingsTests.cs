using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Settings;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Messaging;

/// <summary>Staff set the mail server up over REST and on the page, see what it answers, and nobody reads its password.</summary>
public sealed class MailSettingsTests
{
    private const string Secret = "hunter2 hunter2";

    private static object Mail(int port, string password = Secret, string security = "none", string host = "localhost") =>
        new { mail = new { host, port, security, user = "", password, from = "shop@example.com", from_name = "Shop", reply_to = "" } };

    [Theory, BothEngines]
    public async Task The_password_is_sealed_and_read_back_nowhere(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Owner);
        Assert.Equal(("", 587, "starttls", false), Of(await http.GetApi("/api/settings")));
        var changed = await http.PatchApi("/api/settings", Mail(2525));
        Assert.Equal(("localhost", 2525, "none", true), Of(changed));
        Assert.Null(changed["settings"]!["mail"]!["password"]);
        var page = await (await server.SignedIn(Role.Owner)).Get("/admin/settings");
        Assert.Equal("", page.Document.QuerySelector("[name='mail.password']")!.GetAttribute("value") ?? "");
        Assert.Contains("One is stored", page.Text, StringComparison.Ordinal);
        var audit = (await http.GetApi("/api/audit?action=settings")).Text;
        Assert.Contains("••••", Regex.Unescape(audit), StringComparison.Ordinal);
        var rows = await server.Db.Read(s => s.One("SELECT sealed_value FROM setting_secrets", r => r.GetString(0)));
        Assert.StartsWith("v1.", rows, StringComparison.Ordinal);
        foreach (var text in new[] { changed.Text, page.Html, audit, rows!, string.Join('\n', server.Errors.Lines) })
            Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM settings WHERE value LIKE '%hunter2%'")));
        Assert.Equal(Secret, server.Service<TenantSettings>().Secret(Caller.DefaultTenant, Gatehouse.Messaging.Mail.MailSettings.Password));
        // What is not named stays; an empty one goes.
        Assert.True((bool)(await http.PatchApi("/api/settings", new { mail = new { port = 26 } }))["settings"]!["mail"]!["has_password"]!);
        Assert.Equal(("localhost", 26, "none", false), Of(await http.PatchApi("/api/settings", new { mail = new { password = "" } })));

        static (string, int, string, bool) Of(ApiAnswer answer)
        {
            var mail = answer["settings"]!["mail"]!;
            return ((string)mail["host"]!, (int)mail["port"]!, (string)mail["security"]!, (bool)mail["has_password"]!);
        }
    }

    [Theory]
    [InlineData("""{"host":"smtp.example.com:25"}""", "mail.host")]
    [InlineData("""{"host":"localhost"}""", "mail.from")]
    [InlineData("""{"host":"smtp.example.com","from":"a@example.com","security":"none"}""", "mail.security")]
    [InlineData("""{"security":"ssl"}""", "mail.security")]
    [InlineData("""{"port":0}""", "mail.port")]
    [InlineData("""{"port":"25"}""", "mail.port")]
    [InlineData("""{"from":"shop"}""", "mail.from")]
    [InlineData("""{"from":"a@example.com\r\nBcc: b@example.com"}""", "mail.from")]
    [InlineData("""{"from_name":"a\nb"}""", "mail.from_name")]
    [InlineData("""{"reply_to":"x"}""", "mail.reply_to")]
    [InlineData("""{"pass":"x"}""", "pass")]
    public async Task What_is_wrong_is_named_and_nothing_changes(string mail, string field)
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var answer = await http.Call(new HttpRequestMessage(HttpMethod.Patch, "/api/settings") { Content = new StringContent($$"""{"mail":{{mail}}}""", Encoding.UTF8, "application/json") });
        Assert.True(answer.Status == HttpStatusCode.UnprocessableEntity && answer.Error(field) is not null, answer.ToString());
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM settings")));
    }

    [Fact]
    public async Task A_test_tells_what_the_mail_server_answers()
    {
        await using var smtp = await SmtpServer.Start();
        await using var refusing = await SmtpServer.Start("--refuse", "554 5.7.1 We do not know you");
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Owner);
        Assert.Equal((HttpStatusCode.Conflict, "MAIL_NOT_SET_UP"), await Send());
        await http.PatchApi("/api/settings", Mail(smtp.Port));
        var sent = await http.PostApi("/api/settings/mail/test", new { to = "me@example.org" });
        Assert.Equal((HttpStatusCode.OK, "2.0.0 queued as 4711"), (sent.Status, (string?)sent["answer"]));
        Assert.Equal("Test from Gatehouse", (await smtp.Next()).Mime.Subject);
        Assert.NotNull((await http.PostApi("/api/settings/mail/test", new { to = "nobody" })).Error("to"));
        await http.PatchApi("/api/settings", Mail(refusing.Port));
        var refused = await http.PostApi("/api/settings/mail/test", new { to = "me@example.org" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "MAIL_FAILED"), (refused.Status, refused.Code));
        Assert.Equal("The mail was not sent. The mail server answered: 554 5.7.1 We do not know you", (string?)refused["detail"]);
        var audit = (await http.GetApi("/api/audit?action=settings.mail_tested"))["items"]!.AsArray();
        Assert.Equal(["The mail server answered: 554 5.7.1 We do not know you", "2.0.0 queued as 4711"], audit.Select(e => (string?)e!["after"]!["answer"]));

        async Task<(HttpStatusCode, string?)> Send()
        {
            var answer = await http.PostApi("/api/settings/mail/test", new { to = "me@example.org" });
            return (answer.Status, answer.Code);
        }
    }

    [Theory]
    [InlineData("en", "Sent. The mail server answered: 2.0.0 queued as 4711", "The mail server cannot be reached")]
    [InlineData("zh", "已发送。邮件服务器的答复：2.0.0 queued as 4711", "无法连接邮件服务器")]
    public async Task On_the_page_mail_is_set_up_tried_and_switched_off(string language, string done, string failed)
    {
        var smtp = await SmtpServer.Start();
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Owner, language: language);
        var page = await browser.Get("/admin/settings");
        Assert.Empty(page.Document.QuerySelectorAll("#mail-test-form button"));
        var wrong = await browser.Submit(page, "#mail-form", new() { ["mail.host"] = "localhost", ["mail.port"] = $"{smtp.Port}", ["mail.security"] = "none", ["mail.user"] = "", ["mail.password"] = "x", ["mail.from"] = "" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal("localhost", wrong.Document.QuerySelector("[name='mail.host']")!.GetAttribute("value"));
        Assert.DoesNotContain("value=\"x\"", wrong.Html, StringComparison.Ordinal);
        var saved = await browser.Submit(wrong, "#mail-form", new() { ["mail.from"] = "shop@example.com", ["mail.user"] = "shop", ["mail.password"] = "secret" });
        Assert.Equal("/admin/settings", saved.Path);
        // Nothing typed: it stays. Without a user name it is of no use.
        saved = await browser.Submit(saved, "#mail-form", new() { ["mail.from_name"] = "Shop" });
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM setting_secrets WHERE sealed_value <> ''")));
        saved = await browser.Submit(saved, "#mail-form", new() { ["mail.user"] = "" });
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM setting_secrets WHERE sealed_value <> ''")));

        var tested = await browser.Submit(saved, "#mail-test-form", new() { ["to"] = "me@example.org" });
        Assert.Contains(done, tested.Text, StringComparison.Ordinal);
        await smtp.DisposeAsync();
        var refused = await browser.Submit(tested, "#mail-test-form", new() { ["to"] = "me@example.org" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains(failed, refused.One("#mail-test-form [role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("me@example.org", refused.One("#to").GetAttribute("value"));
        var off = await browser.Submit(refused, "#mail-form", new() { ["mail.host"] = "" });
        Assert.Empty(off.Document.QuerySelectorAll("#mail-test-form button"));
    }

    [Theory, BothEngines]
    public async Task The_password_outlives_a_new_master_key_and_not_the_loss_of_it(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await (await server.As(Role.Owner)).PatchApi("/api/settings", Mail(2525));
        var fresh = new SecretBox(RandomNumberGenerator.GetBytes(32));
        Assert.Equal(1, await server.Db.Write(s => new SealedTexts([TenantSettings.Sealed], server.Storage.Secrets, server.Clock).Reseal(s, fresh)));
        Assert.Equal(Secret, Encoding.UTF8.GetString(fresh.Open((await server.Db.Read(s => s.One("SELECT sealed_value FROM setting_secrets", r => r.GetString(0))))!, TenantSettings.Sealed.Purpose)));
        // This process has the old key: the text is shut to it, and a new password can be set.
        var http = await server.As(Role.Owner);
        Assert.Equal("MAIL_FAILED", (await http.PostApi("/api/settings/mail/test", new { to = "me@example.org" })).Code);
        await http.PatchApi("/api/settings", Mail(2525, "another"));
        Assert.Equal("another", server.Service<TenantSettings>().Secret(Caller.DefaultTenant, Gatehouse.Messaging.Mail.MailSettings.Password));
        await server.Db.Write(s => s.Execute(TenantSettings.Sealed.GiveUp, ("now", 0L)));
        Assert.False((bool)(await http.GetApi("/api/settings"))["settings"]!["mail"]!["has_password"]!);
    }
}
