using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;

namespace Gatehouse.Tests.Support.Tickets;

/// <summary>/api/tickets, as customers and staff call it, and whom it tells by mail.</summary>
public sealed class TicketApiTests
{
    private static readonly string[] Shown = ["id", "number", "subject", "about", "state", "unread", "created_at", "updated_at"];

    [Theory, BothEngines]
    public async Task A_customer_asks_and_reads_no_more_than_is_theirs(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var (account, http) = await Helpdesk.Customer(server);
        var (_, other) = await Helpdesk.Customer(server);
        var key = (await owner.MakeKeys(await owner.MakePlan())).Keys[0];
        var body = new { subject = "New computer", text = "How do I\r\nmove my key?", about = key };
        // Of another's, or of what is none, nobody asks.
        (await http.PostApi("/api/tickets", body)).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "about");
        var browser = await Helpdesk.Browser(server, account);
        await browser.Submit(await browser.Get("/account/keys"), "form[action='/account/keys']", new() { ["key"] = key });
        Assert.Contains(key, (await browser.Get("/account/tickets/new")).One("select[name=about]").TextContent, StringComparison.Ordinal);
        var made = await http.PostApi("/api/tickets", body);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(Shown, made["ticket"].Names());
        Assert.Equal(("New computer", key, "open"), ((string)made["ticket"]!["subject"]!, (string)made["ticket"]!["about"]!, (string)made["ticket"]!["state"]!));
        var path = "/api/tickets/" + (string)made["ticket"]!["id"]!;
        await owner.PostApi(path + "/messages", new { text = "Between us", note = true });
        await owner.PostApi(path + "/messages", new { text = "We set it free." });
        var seen = await http.GetApi(path);
        Assert.Equal(["success", "ticket", "messages"], seen.Body.Names());
        Assert.Equal(Shown, seen["ticket"].Names());
        Assert.Equal(["How do I\nmove my key?", "We set it free."], seen["messages"]!.AsArray().Select(m => (string)m!["text"]!));
        Assert.Equal(["customer", "staff"], seen["messages"]!.AsArray().Select(m => (string)m!["by"]!));
        Assert.DoesNotContain("Between us", seen.Text, StringComparison.Ordinal);
        Assert.Equal("waiting_us", (string)(await http.PostApi(path + "/messages", new { text = "Thank you" }))["ticket"]!["state"]!);
        Assert.Equal("closed", (string)(await http.PostApi(path + "/close", new { }))["ticket"]!["state"]!);
        Assert.Equal("waiting_us", (string)(await http.PostApi(path + "/reopen", new { }))["ticket"]!["state"]!);
        // What staff alone do.
        (await http.PostApi("/api/tickets", new { subject = "x", text = "x", customer = "y" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "customer");
        (await http.PostApi("/api/tickets", new { subject = "x", text = "x", priority = "high" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "priority");
        (await http.PostApi(path + "/messages", new { text = "x", note = true })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "note");
        (await http.PatchApi(path, new { priority = "high" })).IsProblem(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await http.GetApi("/api/canned-answers")).IsProblem(HttpStatusCode.Forbidden, "FORBIDDEN");
        // And what is another's.
        Assert.Empty((await other.GetApi("/api/tickets?customer=" + account))["items"]!.AsArray());
        Assert.Single((await http.GetApi("/api/tickets?assignee=none&customer=x"))["items"]!.AsArray());
        foreach (var answer in new[]
        {
            await other.GetApi(path), await other.PostApi(path + "/messages", new { text = "x" }), await other.PostApi(path + "/close", new { }), await other.PostApi(path + "/reopen", new { }),
            await other.PostApi(path + "/attachments", new { name = "a.txt", content = "aGVsbG8=" }),
        })
            answer.IsProblem(HttpStatusCode.NotFound, "NO_SUCH_TICKET");
        // Whoever must choose a password first asks nothing yet, and whoever was shut out writes nothing more.
        var (newcomer, early) = await Helpdesk.Customer(server);
        await server.Db.Write(s => s.Execute("UPDATE accounts SET password_one_time = 1 WHERE id = @id", ("id", newcomer)));
        Assert.Equal(HttpStatusCode.Forbidden, (await early.GetApi("/api/tickets")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await early.PostApi("/api/tickets", new { subject = "x", text = "x" })).Status);
        await owner.PostApi($"/api/users/{account}/disable", new { });
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetApi(path)).Status);
    }

    [Theory, BothEngines]
    public async Task Staff_find_steer_and_write_first(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Operator);
        var (mei, customer) = (await server.Staff.Account(Role.Operator, username: "mei"), await server.Staff.Customer(username: "chen"));
        var made = await http.PostApi("/api/tickets", new { customer = "chen", subject = "Your order", text = "Which computer is it for?", priority = "high" });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(("waiting_customer", "high", 1001L), ((string)made["ticket"]!["state"]!, (string)made["ticket"]!["priority"]!, (long)made["ticket"]!["number"]!));
        (await http.PostApi("/api/tickets", new { customer = "nobody", subject = "x", text = "x" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "customer");
        var second = await Helpdesk.Ask(server, customer, "Another matter");
        var changed = await http.PatchApi("/api/tickets/1001", new { assignee = mei, state = "waiting_us" });
        Assert.Equal((mei, "waiting_us", "high"), ((string)changed["ticket"]!["assignee"]!, (string)changed["ticket"]!["state"]!, (string)changed["ticket"]!["priority"]!));
        (await http.PatchApi("/api/tickets/1001", new { assignee = customer })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "assignee");
        (await http.PatchApi("/api/tickets/1001", new { state = "lost" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "state");
        foreach (var (query, numbers) in new[]
        {
            ("", "1002 1001"), ("state=todo", "1002 1001"), ("state=open", "1002"), ("assignee=none", "1002"), ("assignee=" + mei, "1001"), ("q=ORDER", "1001"), ("q=%231002", "1002"), ("q=test customer", "1002 1001"),
            ("customer=" + customer, "1002 1001"), ("customer=nobody", ""), ("state=closed", ""),
        })
            Assert.Equal(numbers, string.Join(' ', (await http.GetApi("/api/tickets?" + query)).Items().Select(t => (long)t!["number"]!)));
        var page = await http.GetApi("/api/tickets?limit=1");
        Assert.Equal(1001, (long)(await http.GetApi("/api/tickets?limit=1&after=" + (string)page["next"]!)).Items().Single()!["number"]!);
        foreach (var (query, field) in new[] { ("state=x", "state"), ("after=?", "after"), ("after=eHg", "after"), ("limit=501", "limit") })
            (await http.GetApi("/api/tickets?" + query)).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", field);
        Assert.Equal(customer, (string)(await http.GetApi("/api/tickets/" + second.Id))["ticket"]!["customer"]!["id"]!);
        // Who goes looks after nothing any more.
        await (await server.As(Role.Owner)).DeleteApi("/api/staff/" + mei);
        Assert.Equal("", (string)(await http.GetApi("/api/tickets/1001"))["ticket"]!["assignee"]!);
        // The chained log has numbers, and no word of them.
        var log = (await (await server.As(Role.Owner)).GetApi("/api/audit?action=ticket")).Text;
        Assert.Contains("ticket.opened", log, StringComparison.Ordinal);
        Assert.Contains("#1001", log, StringComparison.Ordinal);
        Assert.DoesNotContain("Your order", log, StringComparison.Ordinal);
    }

    [Theory, BothEngines]
    public async Task Each_side_is_told_what_the_other_wrote_and_nobody_of_notes(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var ticket = "/api/tickets/" + (await Helpdesk.Ask(server)).Id;
        await owner.PostApi(ticket + "/messages", new { text = "Without a mail server nothing waits." });
        Assert.Empty(await Mails(server));
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = 1, security = "none", from = "shop@example.com" }, tickets = new { mail = "help@example.com" } });
        var (account, http) = await Helpdesk.Customer(server);
        ticket = "/api/tickets/" + (string)(await http.PostApi("/api/tickets", new { subject = "Help", text = "It does not start" }))["ticket"]!["id"]!;
        Assert.Equal(["help@example.com"], await Mails(server));
        await owner.PostApi(ticket + "/messages", new { text = "Between us", note = true });
        Assert.Single(await Mails(server));
        await owner.PostApi(ticket + "/messages", new { text = "Restart it" });
        Assert.Equal(["help@example.com", $"{account}@example.com"], await Mails(server));
        // Who looks after it and has an address is told instead.
        await owner.PatchApi(ticket, new { assignee = await server.Staff.Account(Role.Operator, username: "mei@example.com") });
        await http.PostApi(ticket + "/messages", new { text = "Thanks" });
        Assert.Equal("mei@example.com", (await Mails(server))[^1]);
        await owner.PatchApi(ticket, new { assignee = await server.Staff.Account(Role.Operator, username: "wei") });
        await http.PostApi(ticket + "/messages", new { text = "One more thing" });
        Assert.Equal("help@example.com", (await Mails(server))[^1]);
        Assert.DoesNotContain(await EveryText.Of(server.Db, engine), text => text.Contains("Between us", StringComparison.Ordinal) && text.Contains("\"to\"", StringComparison.Ordinal));
    }

    private static Task<List<string>> Mails(TestServer server) => server.Db.Read(s => s.All(
        "SELECT payload FROM outbox WHERE topic = 'mail' ORDER BY created_at, id", r => (string)System.Text.Json.Nodes.JsonNode.Parse(r.GetString(0))!["to"]!));
}
