using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbox;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Console;

/// <summary>Messages that were given up: seen, tried again, discarded, and each of it in the audit log.</summary>
public sealed class OutboxPagesTests
{
    private sealed class Mailbox : IOutboxHandler
    {
        public List<OutboxMessage> Got { get; } = [];

        public string Topic => "post";

        public Task Deliver(OutboxMessage message, CancellationToken ct)
        {
            lock (Got)
                Got.Add(message);
            return Task.CompletedTask;
        }
    }

    private static Task<List<string>> Dead(TestServer server, string topic, int count) => server.Db.Write(async s =>
    {
        for (var i = 0; i < count; i++)
            await server.Service<OutboxStore>().Add(s, Caller.DefaultTenant, topic, "to be kept secret", $"{topic}{i}");
        await s.Execute("UPDATE outbox SET dead_at = created_at, next_try_at = NULL, tries = 12, fault = 'mailbox full' WHERE topic = @topic", ("topic", topic));
        return await s.All("SELECT id FROM outbox WHERE topic = @topic ORDER BY id", r => r.GetString(0), ("topic", topic));
    });

    private static async Task<TestPage> Post(TestBrowser browser, string what, params string[] ids)
    {
        var token = (await browser.Get("/admin/outbox")).One("form[action='/sign-out'] input[name=_csrf]").GetAttribute("value")!;
        return await browser.Send(() => new HttpRequestMessage(HttpMethod.Post, "/admin/outbox/" + what)
        {
            Content = new FormUrlEncodedContent(ids.Select(id => KeyValuePair.Create("id", id)).Append(new("_csrf", token))),
        }, follow: true);
    }

    [Theory, BothEngines]
    public async Task What_is_tried_again_is_delivered_and_what_is_discarded_is_not(Engine engine)
    {
        var mailbox = new Mailbox();
        await using var server = await TestServer.Start(engine, adjust: s => s.AddSingleton<IOutboxHandler>(mailbox));
        var dead = await Dead(server, "post", 3);
        var browser = await server.SignedIn(Role.Admin);
        var page = await browser.Get("/admin/outbox?state=dead");
        Assert.Equal(dead.AsEnumerable().Reverse(), page.Document.QuerySelectorAll("tbody input[name=id]").Select(e => e.GetAttribute("value")));
        Assert.Contains("mailbox full", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", page.Html, StringComparison.Ordinal);

        var told = await Post(browser, "retry", dead[0], dead[1], "nothing");
        Assert.Contains("2 deliveries are sent again.", told.Text, StringComparison.Ordinal);
        await Wait.Until(() => Task.FromResult(mailbox.Got.Count == 2), "both are delivered", seconds: 30);
        Assert.All(mailbox.Got, m => Assert.Equal((1, "to be kept secret"), (m.Tries, m.Payload)));
        told = await Post(browser, "discard", dead[2]);
        Assert.Contains("1 delivery discarded.", told.Text, StringComparison.Ordinal);
        Assert.NotNull(told.One(".gh-empty"));
        Assert.Equal(HttpStatusCode.NotFound, (await Post(browser, "retry", dead[2])).Status);
        server.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("pass", (string)(await server.Http.GetApi("/health"))["checks"]!["outbox"]!["status"]!);
        // Its key stays taken, and its payload is kept by nobody.
        await server.Db.Write(s => server.Service<OutboxStore>().Add(s, Caller.DefaultTenant, "post", "again", "post2"));
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'post' AND (payload <> '' OR done_at IS NULL)")));
        Assert.Equal(2, mailbox.Got.Count);

        var audit = (await (await server.As(Role.Admin)).GetApi("/api/audit?action=outbox"))["items"]!.AsArray();
        Assert.Equal(["outbox.discarded", "outbox.retried", "outbox.retried"], audit.Select(e => (string?)e!["action"]));
        Assert.Equal(("post", dead[2], 12L), ((string?)audit[0]!["target"], (string?)audit[0]!["target_id"], (long)audit[0]!["before"]!["tries"]!));
    }

    [Fact]
    public async Task Over_REST_they_are_listed_by_pages()
    {
        await using var server = await TestServer.Start();
        var dead = await Dead(server, Snapshot.Topic, 3);
        var http = await server.As(Role.Admin);
        var first = await http.GetApi("/api/outbox?state=dead&limit=2");
        Assert.Equal([dead[2], dead[1]], first["items"]!.AsArray().Select(i => (string?)i!["id"]));
        Assert.Equal(("mailbox full", 12), ((string?)first["items"]![0]!["last_answer"], (long)first["items"]![0]!["attempts"]!));
        Assert.DoesNotContain("secret", first.Text, StringComparison.Ordinal);
        var second = await http.GetApi("/api/outbox?state=dead&limit=2&after=" + first["next"]);
        Assert.Equal([dead[0]], second["items"]!.AsArray().Select(i => (string?)i!["id"]));
        Assert.Equal("waiting", (string?)(await http.PostApi($"/api/outbox/{dead[0]}/retry", new { }))["state"]);
        Assert.Equal("OUTBOX_MESSAGE_NOT_FOUND", (await http.PostApi($"/api/outbox/{dead[0]}/retry", new { })).Code);
        Assert.Equal("discarded", (string?)(await http.DeleteApi($"/api/outbox/{dead[1]}"))["state"]);
        Assert.Equal([dead[2]], (await http.GetApi("/api/outbox?state=dead"))["items"]!.AsArray().Select(i => (string?)i!["id"]));
        Assert.Equal(["dead", "discarded", "waiting"], (await http.GetApi("/api/outbox?channel=" + Snapshot.Topic))["items"]!.AsArray().Select(i => (string?)i!["state"]));
        Assert.Empty((await http.GetApi("/api/outbox?channel=mail"))["items"]!.AsArray());
    }

    [Theory, BothEngines]
    public async Task What_is_to_go_to_whom_is_shown_to_who_may_see_it_and_nothing_of_what_it_says(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await server.Db.Write(async tx =>
        {
            await server.Service<OutboxStore>().Add(tx, Caller.DefaultTenant, Snapshot.Topic, "to be kept secret", "for-lin", new(new Message("mail.test.title"), "Lin.Xiao@example.org"));
            await server.Service<OutboxStore>().Add(tx, Caller.DefaultTenant, Snapshot.Topic, "to be kept secret", "for-wei", new(new Message("mail.test.title"), "wei@example.org"));
        });
        var browser = await server.SignedIn(Role.Analyst);
        var list = await browser.Get("/admin/outbox?q=lin.xiao&channel=" + Snapshot.Topic);
        Assert.Contains("Lin.Xiao@example.org", list.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("wei@example.org", list.Text, StringComparison.Ordinal);
        Assert.Empty((await browser.Get("/admin/outbox?state=dead")).Document.QuerySelectorAll("tbody tr"));
        var one = await browser.Get(list.One("tbody a").GetAttribute("href")!);
        Assert.Contains("for-lin", one.Text, StringComparison.Ordinal);
        Assert.Contains("Waiting", one.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("kept secret", list.Html + one.Html, StringComparison.Ordinal);
    }
}
