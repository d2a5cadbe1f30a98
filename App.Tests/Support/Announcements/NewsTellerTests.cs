using System.Net;
using Gatehouse.Messaging.Unsubscribe;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Support.Announcements;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Support.Announcements;

/// <summary>Customers are told of news when they begin: by their channels and by mail, once, in the words that hold then.</summary>
public sealed class NewsTellerTests
{
    private const string Mails = "FROM outbox WHERE topic = 'mail' AND dedupe_key LIKE 'news:%'";
    private const string Waits = $"SELECT COUNT(*) {Mails} AND next_try_at IS NOT NULL";

    [Theory, BothEngines]
    public async Task News_that_begin_later_are_told_by_then_as_they_are_then(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await Staff(server, port: 1);
        var (english, chinese) = (await server.Staff.Customer(), await server.Staff.Customer());
        await Set(server, chinese, "language = 'zh'");
        await Set(server, await server.Staff.Customer(), "disabled_at = 1");
        await Set(server, await server.Staff.Customer(), "pending = 1");
        await Set(server, await server.Staff.Customer(), "leaves_at = 9000000000000");
        await Set(server, await server.Staff.Customer(), "email = NULL");
        var off = await server.Staff.Customer();
        await server.Db.Write(s => MailChoices.Set(s, Caller.DefaultTenant, off, off: true));
        await MyChannelRows.Insert(server, Caller.DefaultTenant, english);

        var path = "/api/announcements/" + await Make(http, new { title_en = "A sale", title_zh = "促销", starts_at = server.Clock.GetUtcNow().AddHours(1), ends_at = server.Clock.GetUtcNow().AddHours(9), by_mail = true });
        await Make(http, new { title_en = "Ours", audience = "staff" });
        await server.Service<NewsTeller>().Tick(default);
        Assert.Equal((0, 0), (await Count(server, $"SELECT COUNT(*) {Mails}"), await Count(server, "SELECT COUNT(*) FROM outbox WHERE topic = 'notice'")));
        Assert.Equal(HttpStatusCode.OK, (await http.PatchApi(path, new { title_en = "A bigger sale" })).Status);

        server.Clock.Advance(TimeSpan.FromHours(1));
        await server.Service<NewsTeller>().Tick(default);
        Assert.Equal(new[] { english, chinese }.Order(), (await server.Db.Read(s => s.All($"SELECT account_id {Mails}", r => r.GetString(0)))).Order());
        Assert.Equal(1, await Count(server, "SELECT COUNT(*) FROM outbox WHERE topic = 'notice'"));
        await Wait.Until(async () => await Count(server, "SELECT COUNT(*) FROM outbox WHERE topic = 'channel.own' AND payload LIKE '%A bigger sale%'") == 1, "the channel is told");
        var told = (await http.GetApi(path))["announcement"]!;
        Assert.Equal((2, "2026-03-04T10:30:00.000Z"), ((int)told["mails"]!, (string?)told["mailed_at"]));

        // Nothing more, whatever else is changed.
        await http.PatchApi(path, new { title_en = "The biggest sale", ends_at = (string?)null });
        await http.PatchApi(path, new { by_mail = false });
        await http.PatchApi(path, new { by_mail = true, starts_at = (string?)null });
        await server.Staff.Customer();
        await server.Service<NewsTeller>().Tick(default);
        Assert.Equal((2, 1), (await Count(server, $"SELECT COUNT(*) {Mails}"), await Count(server, "SELECT COUNT(*) FROM outbox WHERE topic = 'notice'")));
        // Mail that is wanted afterwards goes once as well.
        var later = "/api/announcements/" + await Make(http, new { title_en = "Now" });
        await server.Service<NewsTeller>().Tick(default);
        await http.PatchApi(later, new { by_mail = true });
        await server.Service<NewsTeller>().Tick(default);
        Assert.Equal((3, 2), ((int)(await http.GetApi(later))["announcement"]!["mails"]!, await Count(server, "SELECT COUNT(*) FROM outbox WHERE topic = 'notice'")));
        Assert.Empty(server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task News_that_are_withdrawn_before_are_told_to_nobody(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await Staff(server, port: 1);
        await MyChannelRows.Insert(server, Caller.DefaultTenant, await server.Staff.Customer());
        var soon = server.Clock.GetUtcNow().AddHours(1);
        var (deleted, moved, ours) = (await Make(http, new { title_en = "1", starts_at = soon, by_mail = true }), await Make(http, new { title_en = "2", starts_at = soon, by_mail = true }), await Make(http, new { title_en = "3", starts_at = soon }));
        await http.DeleteApi("/api/announcements/" + deleted);
        await http.PatchApi("/api/announcements/" + moved, new { starts_at = soon.AddDays(1) });
        await http.PatchApi("/api/announcements/" + ours, new { audience = "staff" });
        server.Clock.Advance(TimeSpan.FromHours(1));
        await server.Service<NewsTeller>().Tick(default);
        Assert.Equal(0, await Count(server, "SELECT COUNT(*) FROM outbox WHERE topic IN ('mail', 'notice')"));
        server.Clock.Advance(TimeSpan.FromDays(1));
        // A business that is closed tells nobody until it is opened again.
        await server.Db.Write(s => s.Execute("UPDATE tenants SET state = 'closed'"));
        await server.Service<NewsTeller>().Tick(default);
        Assert.Equal(0, await Count(server, "SELECT COUNT(*) FROM outbox WHERE topic IN ('mail', 'notice')"));
        await server.Db.Write(s => s.Execute("UPDATE tenants SET state = 'open'"));
        await server.Service<NewsTeller>().Tick(default);
        Assert.Equal(2, await Count(server, "SELECT COUNT(*) FROM outbox WHERE topic IN ('mail', 'notice')"));
    }

    [Theory, BothEngines]
    public async Task The_mail_speaks_its_readers_language_and_can_be_unsubscribed_from(Engine engine)
    {
        await using var smtp = await SmtpServer.Start();
        await using var server = await TestServer.Start(engine, new() { ["Server:PublicUrl"] = "https://keys.example.com" });
        var http = await Staff(server, smtp.Port);
        var chinese = await server.Staff.Customer();
        await Set(server, chinese, "language = 'zh'");
        await server.Staff.Customer();
        var id = await Make(http, new { title_en = "Version 3", title_zh = "第三版", text_en = new string('x', 1990) + " the end", text_zh = "启动更快", by_mail = true });
        await Wait.Until(() => Task.FromResult(smtp.Taken.Count == 2), "both have it", seconds: 30);
        var mails = smtp.Taken.ToDictionary(m => m.To == $"{chinese}@example.com" ? "zh" : "en", m => m.Mime);
        Assert.Equal(("Version 3", "第三版"), (mails["en"].Subject, mails["zh"].Subject));
        Assert.Contains("x the end", mails["en"].TextBody, StringComparison.Ordinal);
        Assert.Contains("https://keys.example.com/news#" + id, mails["en"].TextBody, StringComparison.Ordinal);
        Assert.Contains("启动更快", mails["zh"].TextBody, StringComparison.Ordinal);
        Assert.All(mails.Values, m => Assert.Equal("List-Unsubscribe=One-Click", m.Headers[MimeKit.HeaderId.ListUnsubscribePost]));
        Assert.Empty(server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task Mails_that_still_wait_follow_a_change_and_are_dropped_with_the_announcement(Engine engine)
    {
        await using var smtp = await SmtpServer.Start();
        await using var server = await TestServer.Start(engine);
        var http = await Staff(server, port: 1);
        await server.Staff.Customer();
        var (changed, deleted) = (await Make(http, new { title_en = "Tonight", by_mail = true }), await Make(http, new { title_en = "Never mind", by_mail = true }));
        await Wait.Until(async () => await Count(server, $"{Waits} AND tries > 0 AND held = 0") == 2, "both have failed once", seconds: 30);
        await http.PatchApi("/api/announcements/" + changed, new { title_en = "Tomorrow" });
        await http.DeleteApi("/api/announcements/" + deleted);
        await Staff(server, smtp.Port);
        await server.Db.Write(s => s.Execute("UPDATE outbox SET next_try_at = 0 WHERE topic = 'mail' AND next_try_at IS NOT NULL AND held = 0"));
        await Wait.Until(async () => await Count(server, Waits) == 0, "both are done", seconds: 40);
        Assert.Equal("Tomorrow", (await smtp.Only()).Mime.Subject);
        Assert.Equal(1, await Count(server, $"SELECT COUNT(*) {Mails} AND fault LIKE '%mail.fault.withdrawn%'"));
    }

    [Theory, BothEngines]
    public async Task Of_many_who_tell_at_once_each_customer_hears_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await Staff(server, port: 1);
        await MyChannelRows.Insert(server, Caller.DefaultTenant, await server.Staff.Customer());
        const int more = 2 * NewsTeller.Step;
        await server.Db.Write(s => s.ExecuteMany(
            "INSERT INTO accounts (id, tenant_id, kind, username, display_name, password_hash, role_scope, created_at, password_changed_at, folded, email) VALUES (@id, 'default', 'customer', @id, '', '!', 'tenant', 0, 0, '', @email)",
            [.. Enumerable.Range(0, more).Select(i => new (string, object?)[] { ("id", $"many-{i:D5}"), ("email", $"many{i}@example.com") })]));
        var id = await Make(http, new { title_en = "All", starts_at = server.Clock.GetUtcNow().AddHours(1), by_mail = true });
        server.Clock.Advance(TimeSpan.FromHours(1));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => ActivatorUtilities.CreateInstance<NewsTeller>(server.Services).Tick(default))));
        Assert.Equal(more + 1, await Count(server, $"SELECT COUNT(DISTINCT account_id) {Mails}"));
        Assert.Equal(more + 1, await Count(server, $"SELECT COUNT(*) {Mails}"));
        Assert.Equal(more + 1, (int)(await http.GetApi("/api/announcements/" + id))["announcement"]!["mails"]!);
        Assert.Equal(1, await Count(server, "SELECT COUNT(*) FROM outbox WHERE topic = 'notice'"));
    }

    [Theory]
    [InlineData("en", "1 customer gets it", "Mail is not set up", "choose who sees it", "It has gone to 1 customer.")]
    [InlineData("zh", "将发送给 1 位客户", "尚未配置邮件", "邮件只发给客户", "已发送给 1 位客户")]
    public async Task The_form_says_how_many_get_a_mail(string language, string readers, string off, string refused, string sent)
    {
        await using var server = await TestServer.Start();
        await server.Staff.Customer();
        var browser = await server.SignedIn(Role.Operator, language: language);
        var page = await browser.Get("/admin/announcements/new");
        Assert.Contains(off, page.Text, StringComparison.Ordinal);
        Assert.True(page.One("#by_mail").HasAttribute("disabled"));
        var http = await server.As(Role.Operator);
        (await http.PostApi("/api/announcements", new { title_en = "x", by_mail = true })).IsProblem(HttpStatusCode.Conflict, "MAIL_NOT_SET_UP");
        await Staff(server, port: 1);
        (await http.PostApi("/api/announcements", new { title_en = "x", by_mail = true, audience = "staff" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "by_mail");
        page = await browser.Get("/admin/announcements/new");
        Assert.Contains(readers, page.Text, StringComparison.Ordinal);
        page = await browser.Submit(page, "#announcement", new() { ["title_en"] = "x", ["by_mail"] = "true", ["audience"] = "staff" });
        Assert.Contains(refused, page.Text, StringComparison.Ordinal);
        await browser.Submit(page, "#announcement", new() { ["audience"] = "customers" });
        await server.Service<NewsTeller>().Tick(default);
        page = await browser.Get("/admin/announcements/" + (string)(await http.GetApi("/api/announcements")).Items().Single()!["id"]!);
        Assert.Contains(sent, page.Text, StringComparison.Ordinal);
    }

    private static async Task<HttpClient> Staff(TestServer server, int port)
    {
        await (await server.As(Role.Owner)).PatchApi("/api/settings", new { mail = new { host = "localhost", port, security = "none", from = "shop@example.com" } });
        return await server.As(Role.Operator);
    }

    private static async Task<string> Make(HttpClient http, object announcement) => (string)(await http.PostApi("/api/announcements", announcement))["announcement"]!["id"]!;

    private static Task<int> Set(TestServer server, string account, string what) => server.Db.Write(s => s.Execute($"UPDATE accounts SET {what} WHERE id = @id", ("id", account)));

    private static Task<long> Count(TestServer server, string sql) => server.Db.Read(s => s.Number(sql));
}
