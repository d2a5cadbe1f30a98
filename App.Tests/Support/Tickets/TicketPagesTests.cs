using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;

namespace Gatehouse.Tests.Support.Tickets;

/// <summary>/account/tickets and /admin/tickets, without script.</summary>
public sealed class TicketPagesTests
{
    [Theory, BothEngines]
    public async Task From_a_question_to_its_answer(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var account = await server.Staff.Customer();
        await owner.PatchApi("/api/users/" + account, new { display_name = "Chen Yu", language = "zh", note = "Pays by invoice" });
        await owner.PostApi("/api/canned-answers", new { title = "Restart", text_en = "Hello {{name}}", text_zh = "{{name}}，您好！工单 {{number}} 已收到。{{site_name}} {{other}}" });
        var key = (await owner.MakeKeys(await owner.MakePlan())).Keys[0];
        var customer = await Helpdesk.Browser(server, account);
        await customer.Submit(await customer.Get("/account/keys"), "form[action='/account/keys']", new() { ["key"] = key });
        Assert.Contains("Something does not work?", (await customer.Get("/account")).Text, StringComparison.Ordinal);
        Assert.Contains("No tickets yet", (await customer.Get("/account/tickets")).Text, StringComparison.Ordinal);
        var form = await customer.Get("/account/tickets/new");
        var refused = await customer.Submit(form, "form[action='/account/tickets/new']", new() { ["subject"] = "", ["text"] = "Kept" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Equal("Kept", refused.One("textarea[name=text]").TextContent.Trim());
        var page = await customer.Submit(form, "form[action='/account/tickets/new']", new() { ["subject"] = "New <b>computer</b>", ["text"] = "How?\nNow?", ["about"] = key });
        var path = page.Path.Replace("/account/", "/admin/", StringComparison.Ordinal);
        Assert.Contains("#1001", page.Text, StringComparison.Ordinal);
        Assert.Contains("How?", page.One("#conversation").TextContent, StringComparison.Ordinal);

        var staff = await server.SignedIn(Role.Operator);
        var list = await staff.Get("/admin/tickets");
        Assert.Contains("Unread", list.One("tbody tr").TextContent, StringComparison.Ordinal);
        var desk = await staff.Get(path);
        // The person beside it: contacts, what is noted, keys.
        Assert.Contains("Pays by invoice", desk.One("#person").TextContent, StringComparison.Ordinal);
        Assert.Contains(key, desk.One("#person-keys").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Unread", (await staff.Get("/admin/tickets")).One("tbody tr").TextContent, StringComparison.Ordinal);
        Assert.Contains("Unread", (await (await server.SignedIn(Role.Operator)).Get("/admin/tickets")).One("tbody tr").TextContent, StringComparison.Ordinal);
        // A canned answer goes behind what is typed, in the customer's language; nothing is sent yet.
        var canned = desk.One("select[name=canned] option:last-child").GetAttribute("value")!;
        desk = await staff.Submit(desk, "#answer form", new() { ["insert"] = "1", ["canned"] = canned, ["text"] = "First:" });
        Assert.Equal("First:\n\nChen Yu，您好！工单 #1001 已收到。Gatehouse {{other}}", desk.One("textarea[name=text]").TextContent.Trim());
        desk = await staff.Submit(desk, "#answer form", new() { ["note"] = "1", ["text"] = "He called" });
        desk = await staff.Submit(desk, "#answer form", new() { ["text"] = "It is free now" });
        Assert.Contains("Waiting for customer", desk.One(".gh-head").TextContent, StringComparison.Ordinal);
        // Another member takes it over, as it was seen; then the first one's form is out of date.
        var other = await server.SignedIn(Role.Operator);
        var taken = await other.Submit(await other.Get(path), "#handling .card-header form");
        Assert.Equal(HttpStatusCode.OK, taken.Status);
        var late = await staff.Submit(desk, "#handling .card-body form", new() { ["assignee"] = "" });
        Assert.Equal(HttpStatusCode.Conflict, late.Status);
        Assert.Contains("Somebody else has taken this ticket", late.Text, StringComparison.Ordinal);

        var home = await customer.Get("/account");
        Assert.Contains("Answered: New <b>computer</b>", home.Text, StringComparison.Ordinal);
        Assert.Contains("New answer", (await customer.Get("/account/tickets")).Text, StringComparison.Ordinal);
        page = await customer.Get(page.Path);
        Assert.Contains("It is free now", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("He called", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Answered: New", (await customer.Get("/account")).Text, StringComparison.Ordinal);
        page = await customer.Submit(page, $"form[action='{page.Path}/close']");
        Assert.Contains("Closed", page.One(".gh-head").TextContent, StringComparison.Ordinal);
        page = await customer.Submit(page, $"form[action='{page.Path}/reopen']");
        page = await customer.Submit(page, "#answer form", new() { ["text"] = "Thanks" });
        Assert.Contains("With us", page.One(".gh-head").TextContent, StringComparison.Ordinal);
        // Staff see it on the person's page as well.
        Assert.Contains("#1001", (await staff.Get($"/admin/users/{account}?tab=tickets")).One("#person-tickets").TextContent, StringComparison.Ordinal);
        Assert.Empty(server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task The_desk_shows_what_is_to_do_first_and_closes_many(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var staff = await server.SignedIn(Role.Operator);
        Assert.Contains("No tickets yet", (await staff.Get("/admin/tickets")).Text, StringComparison.Ordinal);
        foreach (var subject in new[] { "One", "Two", "Three" })
            await Helpdesk.Ask(server, subject: subject);
        var page = await staff.Get("/admin/tickets");
        Assert.Equal(3, page.Document.QuerySelectorAll("tbody tr").Length);
        var boxes = page.Document.QuerySelectorAll("tbody input[name=ticket]").Select(b => b.GetAttribute("value")!).ToList();
        page = await staff.Post("/admin/tickets/close", new() { ["_csrf"] = page.Document.QuerySelector("[name=_csrf]")!.GetAttribute("value")!, ["ticket"] = boxes[0] });
        Assert.Equal(HttpStatusCode.SeeOther, page.Status);
        Assert.Equal(2, (await staff.Get("/admin/tickets")).Document.QuerySelectorAll("tbody tr").Length);
        Assert.Single((await staff.Get("/admin/tickets?state=closed")).Document.QuerySelectorAll("tbody tr"));
        Assert.Single((await staff.Get("/admin/tickets?state=all&q=two")).Document.QuerySelectorAll("tbody tr"));
        Assert.Contains("No ticket matches", (await staff.Get("/admin/tickets?assignee=me")).Text, StringComparison.Ordinal);
        // Who only reads has no way to answer.
        var reader = await server.SignedIn(Role.Analyst);
        var desk = await reader.Get("/admin/tickets/" + boxes[1]);
        Assert.Null(desk.Document.QuerySelector("#answer"));
        Assert.Null(desk.Document.QuerySelector("#handling button"));
    }

    [Fact]
    public async Task Who_asks_too_often_is_told_so_on_the_form()
    {
        await using var server = await TestServer.Start();
        var account = await server.Staff.Customer();
        for (var i = 0; i < Gatehouse.Support.Tickets.Ticket.PerDay; i++)
            await Helpdesk.Ask(server, account);
        var browser = await Helpdesk.Browser(server, account);
        var page = await browser.Submit(await browser.Get("/account/tickets/new"), "form[action='/account/tickets/new']", new() { ["subject"] = "One more", ["text"] = "Please" });
        Assert.Equal((HttpStatusCode)429, page.Status);
        Assert.Equal("86400", page.Headers.GetValues("Retry-After").Single());
        Assert.Contains("You have opened 10 tickets within a day", page.Text, StringComparison.Ordinal);
        Assert.Equal("Please", page.One("textarea[name=text]").TextContent.Trim());
    }
}
