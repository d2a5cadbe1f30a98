using System.Net;
using Gatehouse.Messaging.Unsubscribe;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Messaging;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>One thing done to many customers, a mail to many, and the file of all.</summary>
public sealed class CustomerBulkTests
{
    private static async Task<List<string>> Make(TestServer server, HttpClient staff, int count)
    {
        var ids = new List<string>();
        for (var i = 1; i <= count; i++)
            ids.Add((string)(await staff.PostApi("/api/users", new { username = $"person{i}", email = $"person{i}@example.com", display_name = $"Person {i}", language = i % 2 == 0 ? "zh" : "en" }))["user"]!["id"]!);
        return ids;
    }

    [Theory, BothEngines]
    public async Task Those_named_or_all_that_match_are_disabled_enabled_and_deleted(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var staff = await server.As(Role.Operator);
        var ids = await Make(server, staff, 3);
        var done = await staff.PostApi("/api/users/bulk", new { action = "disable", users = new[] { ids[0], "person2@example.com", "person2" } });
        Assert.Equal((2, 2), ((long)done["matched"]!, (long)done["changed"]!));
        done = await staff.PostApi("/api/users/bulk", new { action = "disable", filter = new { q = "person" } });
        Assert.Equal((3, 1), ((long)done["matched"]!, (long)done["changed"]!));
        done = await staff.PostApi("/api/users/bulk", new { action = "enable", filter = new { state = "disabled", q = "person3" } });
        Assert.Equal((1, 1), ((long)done["matched"]!, (long)done["changed"]!));
        // All or none.
        var refused = await staff.PostApi("/api/users/bulk", new { action = "delete", users = new[] { ids[0], "nobody" } });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "There is no customer nobody."), (refused.Status, (string)refused["errors"]!["users"]![0]!));
        Assert.Equal(3, (await staff.GetApi("/api/users"))["items"]!.AsArray().Count);
        done = await staff.PostApi("/api/users/bulk", new { action = "delete", filter = new { state = "disabled" } });
        Assert.Equal((2, 2), ((long)done["matched"]!, (long)done["changed"]!));
        Assert.Equal(["person3"], (await staff.GetApi("/api/users"))["items"]!.AsArray().Select(u => (string?)u!["username"]));
        foreach (var wrong in new object[] { new { action = "delete" }, new { action = "delete", users = ids, filter = new { } }, new { action = "delete", filter = new { q = "" } }, new { action = "ban", users = ids }, new { action = "delete", filter = new { state = "gone" } } })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await staff.PostApi("/api/users/bulk", wrong)).Status);
        var audit = (await (await server.As(Role.Admin)).GetApi("/api/audit?action=customer"))["items"]!.AsArray().Select(e => (string?)e!["action"]).ToList();
        Assert.Equal((3, 1, 2), (audit.Count(a => a == "customer.disabled"), audit.Count(a => a == "customer.enabled"), audit.Count(a => a == "customer.removed")));
    }

    [Theory, BothEngines]
    public async Task A_letter_reaches_those_who_read_mail_and_want_it_each_in_their_language_once(Engine engine)
    {
        await using var smtp = await SmtpServer.Start();
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var ids = await Make(server, owner, 5);
        Assert.Equal("MAIL_NOT_SET_UP", (await owner.PostApi("/api/users/message", new { users = ids, subject_en = "a", body_en = "b" })).Code);
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = smtp.Port, security = "none", from = "shop@example.com" } });
        await owner.PostApi($"/api/users/{ids[2]}/disable", new { });
        await server.Db.Write(s => MailChoices.Set(s, Caller.DefaultTenant, ids[3], off: true));
        await owner.PostApi("/api/users", new { username = "nomail" });
        var body = new { filter = new { }, subject_en = "News from {site}", body_en = "Dear {name},\n\nnews.", subject_zh = "{site} 的消息", body_zh = "{name}，您好！" };
        var started = await owner.PostApi("/api/users/message", body);
        Assert.Equal((HttpStatusCode.Accepted, 6), (started.Status, (long)started["count"]!));
        var operation = "/api/operations/" + started["operation"];
        await Wait.Until(async () => (string?)(await owner.GetApi(operation))["operation"]!["state"] == "succeeded", "the letters are written", seconds: 30);
        var result = (await owner.GetApi(operation))["operation"]!["result"]!;
        Assert.Equal((3, 3), ((long)result["queued"]!, (long)result["skipped"]!));
        await Wait.Until(() => Task.FromResult(smtp.Taken.Count == 3), "three mails are there", seconds: 30);
        Assert.Equal([("person1@example.com", "News from Gatehouse"), ("person2@example.com", "Gatehouse 的消息"), ("person5@example.com", "News from Gatehouse")],
            smtp.Taken.Select(m => (m.To, m.Mime.Subject!)).Order());
        var second = smtp.Taken.Single(m => m.To == "person2@example.com");
        Assert.StartsWith("Person 2，您好！", second.Mime.TextBody!, StringComparison.Ordinal);
        var link = second.Mime.Headers["List-Unsubscribe"]!.Trim('<', '>');
        Assert.Equal(HttpStatusCode.OK, (await server.Http.PostAsync(new Uri(link).AbsolutePath, new FormUrlEncodedContent([KeyValuePair.Create("List-Unsubscribe", "One-Click")]))).StatusCode);
        Assert.True(await server.Db.Read(s => MailChoices.IsOff(s, Caller.DefaultTenant, ids[1])));
        var shown = (await owner.GetApi("/api/outbox?channel=mail&q=person1"))["items"]!.AsArray().Single()!;
        Assert.Equal(("sent", "Message from staff"), ((string?)shown["state"], (string?)shown["what"]));
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM audit_entries WHERE action = 'customers.written_to'")));
        foreach (var (wrong, field) in new (object, string)[]
        {
            (new { users = ids, subject_en = "a {nobody}", body_en = "b" }, "subject_en"), (new { users = ids, subject_zh = "a" }, "body_zh"), (new { users = ids }, "subject_en"),
            (new { users = Array.Empty<string>(), subject_en = "a", body_en = "b" }, "users"),
        })
            Assert.NotNull((await owner.PostApi("/api/users/message", wrong))["errors"]![field]);
    }

    [Fact]
    public async Task On_the_page_they_are_ticked_asked_about_and_written_to()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var ids = await Make(server, owner, 2);
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = 1, security = "none", from = "shop@example.com" } });
        var browser = await server.SignedIn(Role.Operator);
        var list = await browser.Get("/admin/users");
        Assert.Equal(ids.AsEnumerable().Reverse(), list.Document.QuerySelectorAll("tbody input[name=user]").Select(e => e.GetAttribute("value")));
        var ask = await Post(browser, "/admin/users/bulk", [("action", "disable"), ("user", ids[0]), ("user", ids[1])]);
        Assert.Contains("Disable 2 customers?", ask.Text, StringComparison.Ordinal);
        Assert.Contains("Person 1", ask.Text, StringComparison.Ordinal);
        var done = await browser.Submit(ask, "form[action='/admin/users/bulk/disable']", []);
        Assert.Contains("2 customers disabled.", done.Text, StringComparison.Ordinal);
        ask = await Post(browser, "/admin/users/bulk", [("action", "enable"), ("all", "1"), ("q", ""), ("state", "disabled")]);
        done = await browser.Submit(ask, "form[action='/admin/users/bulk/enable']", []);
        Assert.Contains("2 customers enabled.", done.Text, StringComparison.Ordinal);

        var write = await Post(browser, "/admin/users/message", [("all", "1")]);
        Assert.Contains("2 customers", write.Text, StringComparison.Ordinal);
        var run = write.One("input[name=run]").GetAttribute("value")!;
        var wrong = await Post(browser, "/admin/users/message", [("all", "1"), ("run", run), ("step", "send"), ("subject_en", "a {b}"), ("body_en", "c")]);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "c"), (wrong.Status, wrong.One("textarea[name=body_en]").TextContent));
        Assert.Contains("{b} is not known here. This mail knows: {name}, {site}", wrong.Text, StringComparison.Ordinal);
        // Sent twice, written once.
        for (var i = 0; i < 2; i++)
            Assert.Contains("The mails to 2 customers are being written.", (await Post(browser, "/admin/users/message", [("all", "1"), ("run", run), ("step", "send"), ("subject_en", "a"), ("body_en", "c")])).Text, StringComparison.Ordinal);
        await Wait.Until(async () => await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'mail'")) == 2, "both are queued");
        var preview = await Post(browser, "/admin/users/message/preview", [("subject_en", "Hello {name}"), ("body_en", "<script>")]);
        Assert.Contains("Hello Wei", preview.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", preview.Html, StringComparison.Ordinal);
    }

    [Theory, BothEngines]
    public async Task The_file_has_all_that_match_and_no_formulas(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await Make(server, owner, 3);
        await owner.PostApi("/api/users", new { username = "formula", note = "=1+1, \"x\"" });
        var lines = (await owner.GetStringAsync("/api/users/export")).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("username,email,phone,display_name,language,time_zone,note,state,created_at,last_sign_in_at", lines[0]);
        Assert.StartsWith("formula,,,,,,\"'=1+1, \"\"x\"\"\",active,", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("person3,person3@example.com,,Person 3,en,,,active,", lines[2], StringComparison.Ordinal);
        Assert.Equal(5, lines.Length);
        Assert.Equal(2, (await owner.GetStringAsync("/api/users/export?q=person2")).TrimEnd().Split("\r\n").Length);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await owner.GetApi("/api/users/export?state=gone")).Status);
    }

    private static async Task<TestPage> Post(TestBrowser browser, string path, (string, string)[] fields)
    {
        var token = (await browser.Get("/admin")).One("form[action='/sign-out'] input[name=_csrf]").GetAttribute("value")!;
        return await browser.Send(() => new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Item1, f.Item2)).Append(new("_csrf", token))),
        }, follow: true);
    }
}
