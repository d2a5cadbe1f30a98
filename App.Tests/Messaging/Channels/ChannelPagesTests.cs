using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Messaging.Channels;

/// <summary>/admin/channels, /admin/notices and /api/channels.</summary>
public sealed class ChannelPagesTests
{
    private static readonly Dictionary<string, string?> Allowed = new() { ["Outbound:AllowedHosts"] = "127.0.0.1" };

    [Theory]
    [InlineData(Engine.Sqlite, "en", "is saved. Send a test", "Sent. The answer: 0 ok", "It was not sent. 93000 bad key", "is deleted")]
    [InlineData(Engine.Postgres, "zh", "已保存。请发送测试", "已发送。对方答复：0 ok", "未能发送。93000 bad key", "已删除")]
    public async Task An_admin_makes_tests_chooses_and_deletes_a_channel(Engine engine, string language, string made, string sent, string failed, string deleted)
    {
        await using var gateway = await Gateway.Start();
        await using var server = await TestServer.Start(engine, Allowed);
        var browser = await server.SignedIn(Role.Admin, language: language);
        var page = await browser.Get("/admin/channels/new");
        Assert.Equal(17, page.Document.QuerySelectorAll(".gh-help a").Length);
        page = await browser.Get("/admin/channels/new?kind=wecom_robot");
        Assert.Empty(page.Document.QuerySelectorAll("[name='settings.bot_token']"));
        page = await browser.Submit(page, "#channel", new() { ["settings.base_url"] = "ftp://x" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Equal(2, page.Document.QuerySelectorAll(".invalid-feedback").Length);
        page = await browser.Submit(page, "#channel", new() { ["name"] = "Night shift", ["settings.key"] = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcd-1234", ["settings.base_url"] = gateway.Address });
        Assert.Contains(made, page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("abcd-1234", page.Text, StringComparison.Ordinal);
        gateway.Says(200, """{"errcode":0,"errmsg":"ok"}""");
        page = await browser.Submit(page, "#test-form");
        Assert.Contains(sent, page.Text, StringComparison.Ordinal);
        Assert.Equal("/cgi-bin/webhook/send?key=abcd-1234", gateway.All.Single().Target);
        gateway.Says(200, """{"errcode":93000,"errmsg":"bad key abcd-1234"}""");
        page = await browser.Submit(page, "#test-form");
        Assert.Contains(failed, page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("abcd-1234", page.Text, StringComparison.Ordinal);
        // Saved again without the secret, it stays.
        page = await browser.Submit(page, "#channel", new() { ["name"] = "Day shift" });
        await browser.Submit(page, "#test-form");
        Assert.Equal("/cgi-bin/webhook/send?key=abcd-1234", gateway.All.Last().Target);

        page = await browser.Get("/admin/notices");
        var boxes = page.Document.QuerySelectorAll("input[name=told]");
        Assert.Equal(["channels.off", "distributors.applied", "jobs.failed", "orders.waiting", "payments.waiting", "security.bad", "security.warn", "servers.health", "servers.moves", "staff.owner", "stock.low", "storage.low", "tickets.asked", "withdrawals.waiting"], boxes.Select(b => b.GetAttribute("value")!.Split(':')[1]).Order(StringComparer.Ordinal));
        // What merely happened is told to who asks for it.
        Assert.All(boxes, b => Assert.Equal(!b.GetAttribute("value")!.EndsWith(":tickets.asked", StringComparison.Ordinal), b.HasAttribute("checked")));
        await browser.Submit(page, "#matrix", new() { ["told"] = boxes.Single(b => b.GetAttribute("value")!.EndsWith("jobs.failed", StringComparison.Ordinal)).GetAttribute("value") });
        page = await browser.Get("/admin/notices");
        Assert.EndsWith("jobs.failed", Assert.Single(page.Document.QuerySelectorAll("input[name=told][checked]")).GetAttribute("value"), StringComparison.Ordinal);

        page = await browser.Get((await browser.Get("/admin/channels")).One("tbody .gh-plan").GetAttribute("href")!);
        page = await browser.Submit(page, "#remove form");
        Assert.Contains(deleted, page.Text, StringComparison.Ordinal);
        Assert.Empty(server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task A_channel_is_made_changed_and_tested_over_REST_and_its_secrets_are_never_read_back(Engine engine)
    {
        await using var gateway = await Gateway.Start();
        await using var server = await TestServer.Start(engine, Allowed);
        var http = await server.As(Role.Admin);
        var made = await http.PostApi("/api/channels", new { kind = "webhook", name = "Ops", settings = new { url = gateway.Address + "/a", signing_secret = "very secret" }, events = new Dictionary<string, bool> { ["jobs.failed"] = false } });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var body = made["channel"]!;
        Assert.Equal(["id", "kind", "name", "enabled", "settings", "secrets", "events", "created_at", "updated_at", "last_at", "last_ok", "last_answer"], body.Names());
        Assert.Equal(("""{"url":"URL/a"}""", """["signing_secret"]""", """{"jobs.failed":false}"""),
            (body["settings"]!.ToJsonString().Replace(gateway.Address, "URL", StringComparison.Ordinal), body["secrets"]!.ToJsonString(), body["events"]!.ToJsonString()));
        var path = "/api/channels/" + (string)body["id"]!;
        var changed = (await http.PatchApi(path, new { settings = new { url = gateway.Address + "/b" }, events = new Dictionary<string, bool> { ["security.warn"] = false } }))["channel"]!;
        Assert.Equal("""{"jobs.failed":false,"security.warn":false}""", changed["events"]!.ToJsonString());
        Assert.Equal("200 ok", (string?)(await http.PostApi(path + "/test", new { }))["answer"]);
        Assert.Equal(("/b", "test"), (gateway.All.Single().Path, gateway.All.Single().Headers["X-Gatehouse-Event"]));
        gateway.Says(500, "away");
        var failed = await http.PostApi(path + "/test", new { });
        failed.IsProblem(HttpStatusCode.UnprocessableEntity, "CHANNEL_FAILED");
        Assert.Contains("500 away", (string?)failed["detail"], StringComparison.Ordinal);
        var read = (await http.GetApi(path))["channel"]!;
        Assert.Equal((false, "500 away"), ((bool)read["last_ok"]!, (string?)read["last_answer"]));
        // Neither in the log nor in the database.
        var audit = await http.GetApi("/api/audit?action=channel");
        Assert.Equal(["channel.tested", "channel.tested", "channel.changed", "channel.created"], audit.Items().Select(e => (string?)e!["action"]));
        Assert.DoesNotContain("very secret", audit.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(gateway.Address, audit.Text, StringComparison.Ordinal);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM channels WHERE settings LIKE '%secret%' OR sealed_secrets LIKE '%secret%'")));
        // A secret that is needed cannot be taken away; one that is not can.
        (await http.PatchApi(path, new { settings = new Dictionary<string, string?> { ["signing_secret"] = null } })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "settings.signing_secret");
        await http.PatchApi(path, new { settings = new { old_secret = "before" } });
        Assert.Equal("""["signing_secret"]""", (await http.PatchApi(path, new { settings = new { old_secret = "" } }))["channel"]!["secrets"]!.ToJsonString());
        Assert.Equal(["success", "id"], (await http.DeleteApi(path)).Body.Names());
        (await http.GetApi(path)).IsProblem(HttpStatusCode.NotFound, "NO_SUCH_CHANNEL");
    }

    [Fact]
    public async Task What_cannot_be_is_told_by_field()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        foreach (var (body, field) in new (object, string)[]
                 {
                     (new { name = "x" }, "kind"), (new { kind = "pigeon", name = "x" }, "kind"), (new { kind = "mail", name = "" , settings = new { to = "a@example.com" } }, "name"), (new { kind = "mail", name = "x", settings = new { to = "" } }, "settings.to"),
                     (new { kind = "mail", name = "x", settings = new { to = "nobody" } }, "settings.to"), (new { kind = "mail", name = "x", settings = new { to = "a@example.com", cc = "b" } }, "settings.cc"),
                     (new { kind = "mail", name = "x", settings = "a@example.com" }, "settings"), (new { kind = "mail", name = "x", settings = new { to = new[] { "a" } } }, "settings"), (new { kind = "mail", name = "x", settings = new { to = "a@example.com" }, events = new { a = 1 } }, "events"),
                     (new { kind = "telegram", name = "x", settings = new { bot_token = "1/../2", chat_id = "1" } }, "settings.bot_token"), (new { kind = "telegram", name = "x", settings = new { bot_token = "1:a", chat_id = "me" } }, "settings.chat_id"),
                     (new { kind = "sms_twilio", name = "x", settings = new { account_sid = "A", auth_token = "t", from = "MG1", phone = "12" } }, "settings.phone"),
                     (new { kind = "template", name = "x", settings = new { url = "https://x.example", headers = "Host: y" } }, "settings.headers"), (new { kind = "template", name = "x", settings = new { url = "https://x.example", method = "DELETE" } }, "settings.method"),
                     (new { kind = "webhook", name = "x", settings = new { url = "https://user:pass@x.example", signing_secret = "s" } }, "settings.url"),
                 })
            (await http.PostApi("/api/channels", body)).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", field);
        var id = (string)(await http.PostApi("/api/channels", new { kind = "mail", name = "x", settings = new { to = "a@example.com" } }))["channel"]!["id"]!;
        (await http.PatchApi("/api/channels/" + id, new { kind = "slack" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "kind", "settings.to", "settings.webhook_url");
        Assert.Single((await http.GetApi("/api/channels")).Items());
    }

    [Fact]
    public async Task A_new_owner_a_job_that_fails_and_what_looks_wrong_are_told()
    {
        await using var gateway = await Gateway.Start();
        await using var server = await TestServer.Start(settings: Allowed);
        var http = await server.As(Role.Owner);
        await http.PostApi("/api/channels", new { kind = "webhook", name = "Ops", settings = new { url = gateway.Address + "/", signing_secret = "s" } });
        await http.PostApi("/api/staff", new { username = "mei", role = "owner", password = "seven quiet rivers" });
        await Wait.Until(() => Task.FromResult(gateway.All.Any(g => g.Headers["X-Gatehouse-Event"] == "staff.owner" && g.Body.Contains("mei is an owner now", StringComparison.Ordinal))), "the new owner is told");
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'channel.webhook'")));
    }
}
