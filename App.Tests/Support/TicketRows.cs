using Gatehouse.Support.Permissions;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support.Tickets;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Support;

/// <summary>Tickets and canned answers, over REST and as pages.</summary>
public static class TicketRows
{
    private const string Urgent = """{"priority":"high"}""";
    private const string Told = """{"text":"Try again"}""";
    private const string Begun = """{"customer":"{customer}","subject":"{new_word}","text":"Which computer is it?","about":"","priority":"high"}""";
    private const string BegunForm = "customer={customer}&subject={new_word}&text=Which computer&priority=high";
    private const string CannedForm = "title={new_word}&text_en=Hello {{name}}&text_zh=您好";

    private static readonly EndpointRow[] Rest =
    [
        new("GET", "/api/tickets", SupportPermissions.TicketsRead)
        {
            AlsoCustomers = true, Query = "q state assignee customer after limit", Shows = ["ticket"], Finds = ["?q={ticket_subject}", "?state=todo", "?state=open&assignee=none"],
        },
        new("POST", "/api/tickets", SupportPermissions.TicketsWrite)
        {
            AlsoCustomers = true, Json = Begun, Optional = "about priority", Status = 201, Once = true, Races = [new(Post("/api/tickets", Begun), Delete("/api/users/{customer}"))],
        },
        new("GET", "/api/tickets/{id}", SupportPermissions.TicketsRead) { AlsoCustomers = true, Path = "/api/tickets/{ticket}" },
        new("PATCH", "/api/tickets/{id}", SupportPermissions.TicketsWrite)
        {
            Path = "/api/tickets/{ticket}", Json = """{"state":"waiting_us","priority":"high","assignee":"{staff}"}""", Optional = "state priority assignee",
            Races =
            [
                new(Patch("/api/tickets/{ticket}", Urgent), Patch("/api/tickets/{ticket}", """{"state":"closed"}""")),
                new(Patch("/api/tickets/{ticket}", """{"assignee":"{staff}"}"""), Patch("/api/tickets/{ticket}", """{"state":"waiting_customer","priority":"low"}""")),
                new(Patch("/api/tickets/{ticket}", """{"assignee":"{staff}"}"""), Delete("/api/staff/{staff}")),
            ],
        },
        new("POST", "/api/tickets/{id}/messages", SupportPermissions.TicketsWrite)
        {
            AlsoCustomers = true, Path = "/api/tickets/{ticket}/messages", Json = """{"text":"Try again","note":true}""", Optional = "note", Status = 201, Once = true,
            Races =
            [
                new(Post("/api/tickets/{ticket}/messages", Told), Patch("/api/tickets/{ticket}", Urgent)),
                new(Post("/api/tickets/{my_ticket}/messages", Told), Page("/account/tickets/{my_ticket}", "text=Again")),
            ],
        },
        new("POST", "/api/tickets/{id}/attachments", SupportPermissions.TicketsWrite)
        {
            AlsoCustomers = true, Path = "/api/tickets/{ticket}/attachments", Json = """{"name":"log.txt","content":"aGVsbG8="}""", Status = 201,
            Races = [new(Post("/api/tickets/{ticket}/attachments", """{"name":"log.txt","content":"aGVsbG8="}"""), Patch("/api/tickets/{ticket}", Urgent))],
        },
        new("GET", "/api/tickets/{id}/attachments/{file}", SupportPermissions.TicketsRead) { AlsoCustomers = true, Path = "/api/tickets/{ticket}/attachments/{ticket_file}", Type = "text/plain" },
        new("POST", "/api/tickets/{id}/close", SupportPermissions.TicketsWrite)
        {
            AlsoCustomers = true, Path = "/api/tickets/{ticket}/close",
            Races = [new(new("POST", "/api/tickets/{ticket}/close"), Post("/api/tickets/{ticket}/messages", Told)), new(new("POST", "/api/tickets/{ticket}/close"), new("POST", "/api/tickets/{ticket}/close"))],
        },
        new("POST", "/api/tickets/{id}/reopen", SupportPermissions.TicketsWrite)
        {
            AlsoCustomers = true, Path = "/api/tickets/{ticket_closed}/reopen", Races = [new(new("POST", "/api/tickets/{ticket_closed}/reopen"), Patch("/api/tickets/{ticket_closed}", Urgent))],
        },
        new("GET", "/api/canned-answers", SupportPermissions.TicketsRead) { Query = "q after limit", Shows = ["canned"], Finds = ["?q={canned_title}"] },
        new("POST", "/api/canned-answers", SupportPermissions.TicketsWrite)
        {
            Json = """{"title":"{new_word}","text_en":"Hello {{name}}","text_zh":"您好，{{name}}"}""", Optional = "text_en text_zh", Status = 201, Once = true,
        },
        new("GET", "/api/canned-answers/{id}", SupportPermissions.TicketsRead) { Path = "/api/canned-answers/{canned}" },
        new("PATCH", "/api/canned-answers/{id}", SupportPermissions.TicketsWrite)
        {
            Path = "/api/canned-answers/{canned}", Json = """{"title":"{new_word}","text_en":"Hello"}""", Optional = "title text_en",
            Races =
            [
                new(Patch("/api/canned-answers/{canned}", """{"text_en":"One"}"""), Patch("/api/canned-answers/{canned}", """{"text_zh":"二"}""")),
                new(Patch("/api/canned-answers/{canned}", """{"title":"Same"}"""), Patch("/api/canned-answers/{canned2}", """{"title":"Same"}""")),
            ],
        },
        new("DELETE", "/api/canned-answers/{id}", SupportPermissions.TicketsWrite)
        {
            Path = "/api/canned-answers/{canned}", Races = [new(Delete("/api/canned-answers/{canned}"), Patch("/api/canned-answers/{canned}", """{"text_en":"One"}"""))],
        },
    ];

    private static readonly EndpointRow[] Desk =
    [
        new("GET", "/admin/tickets", SupportPermissions.TicketsRead)
        {
            Query = "q state assignee customer after", Shows = ["ticket"], Finds = ["?q={ticket_subject}", "?state=all"],
        },
        new("GET", "/admin/tickets/new", SupportPermissions.TicketsWrite) { Query = "customer" },
        new("POST", "/admin/tickets/new", SupportPermissions.TicketsWrite) { Form = BegunForm, Races = [new(Page("/admin/tickets/new", BegunForm), Delete("/api/users/{customer}"))] },
        new("GET", "/admin/tickets/{id}", SupportPermissions.TicketsRead) { Path = "/admin/tickets/{ticket}" },
        new("POST", "/admin/tickets/{id}", SupportPermissions.TicketsWrite)
        {
            Path = "/admin/tickets/{ticket}", Form = "state=closed&seen=", Races = [new(Page("/admin/tickets/{ticket}", "state=closed&seen="), Patch("/api/tickets/{ticket}", Urgent))],
        },
        new("POST", "/admin/tickets/{id}/answer", SupportPermissions.TicketsWrite)
        {
            Path = "/admin/tickets/{ticket}/answer", Form = "text=Try again", Races = [new(Page("/admin/tickets/{ticket}/answer", "text=Try again"), Patch("/api/tickets/{ticket}", Urgent))],
        },
        new("POST", "/admin/tickets/close", SupportPermissions.TicketsWrite)
        {
            // What is not there any more is passed over.
            Form = "ticket={ticket}", Stranger = 303, Races = [new(Page("/admin/tickets/close", "ticket={ticket}"), Post("/api/tickets/{ticket}/messages", Told))],
        },
        new("GET", "/admin/tickets/{id}/attachments/{file}", SupportPermissions.TicketsRead) { Path = "/admin/tickets/{ticket}/attachments/{ticket_file}", Type = "text/plain" },
        new("GET", "/admin/canned-answers", SupportPermissions.TicketsRead) { Query = "q after", Shows = ["canned"], Finds = ["?q={canned_title}"] },
        new("GET", "/admin/canned-answers/new", SupportPermissions.TicketsWrite) { Path = "/admin/canned-answers/new?from={canned}", Query = "from" },
        new("POST", "/admin/canned-answers/new", SupportPermissions.TicketsWrite) { Form = CannedForm },
        new("GET", "/admin/canned-answers/{id}", SupportPermissions.TicketsRead) { Path = "/admin/canned-answers/{canned}" },
        new("POST", "/admin/canned-answers/{id}", SupportPermissions.TicketsWrite)
        {
            Path = "/admin/canned-answers/{canned}", Form = CannedForm, Races = [new(Page("/admin/canned-answers/{canned}", CannedForm), Delete("/api/canned-answers/{canned}"))],
        },
        new("POST", "/admin/canned-answers/{id}/remove", SupportPermissions.TicketsWrite)
        {
            Path = "/admin/canned-answers/{canned}/remove", Races = [new(Page("/admin/canned-answers/{canned}/remove"), Patch("/api/canned-answers/{canned}", """{"text_en":"One"}"""))],
        },
    ];

    private static readonly EndpointRow[] Own =
    [
        new("GET", "/account/tickets", Customer) { Query = "q after", Shows = ["my_ticket"], Finds = ["?q={my_subject}"] },
        new("GET", "/account/tickets/new", Customer) { Query = "about" },
        new("POST", "/account/tickets/new", Customer) { Form = "subject={new_word}&text=It does not start" },
        new("GET", "/account/tickets/{id}", Customer) { Path = "/account/tickets/{my_ticket}" },
        new("POST", "/account/tickets/{id}", Customer)
        {
            Path = "/account/tickets/{my_ticket}", Form = "text=Again",
            Races =
            [
                new(Page("/account/tickets/{my_ticket}", "text=Again"), Patch("/api/tickets/{my_ticket}", Urgent)), new(Page("/account/tickets/{my_ticket}", "text=Again"), Delete("/api/users/{me}")),
            ],
        },
        new("POST", "/account/tickets/{id}/close", Customer)
        {
            Path = "/account/tickets/{my_ticket}/close", Races = [new(Page("/account/tickets/{my_ticket}/close"), Post("/api/tickets/{my_ticket}/messages", Told))],
        },
        new("POST", "/account/tickets/{id}/reopen", Customer)
        {
            Path = "/account/tickets/{my_ticket}/reopen", Races = [new(Page("/account/tickets/{my_ticket}/close"), Page("/account/tickets/{my_ticket}/reopen"))],
        },
        new("GET", "/account/tickets/{id}/attachments/{file}", Customer) { Path = "/account/tickets/{my_ticket}/attachments/{my_file}", Type = "text/plain" },
    ];

    public static readonly EndpointRow[] Rows = [.. Rest, .. Desk, .. Own];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["ticket"] = async t => await Opened(t, await t.Server.Staff.Customer(t.Tenant), await t.Get("ticket_subject"), "ticket_file"),
        ["ticket_subject"] = t => Task.FromResult(t.Unique("asked")),
        ["ticket_file"] = async t => await Beside(t, "ticket", "ticket_file"),
        ["ticket_closed"] = async t =>
        {
            var id = await Opened(t, await t.Server.Staff.Customer(t.Tenant), t.Unique("asked"), null);
            await t.Owner.PostApi($"/api/tickets/{id}/close", new { });
            return id;
        },
        ["my_ticket"] = async t => await Opened(t, t.Account, await t.Get("my_subject"), "my_file"),
        ["my_subject"] = t => Task.FromResult(t.Unique("asked")),
        ["my_file"] = async t => await Beside(t, "my_ticket", "my_file"),
        ["canned"] = async t => await Canned(t, await t.Get("canned_title")),
        ["canned2"] = t => Canned(t, t.Unique("canned")),
        ["canned_title"] = t => Task.FromResult(t.Unique("canned")),
    };

    private static async Task<string> Opened(Things t, string account, string subject, string? file)
    {
        var ticket = await Helpdesk.Ask(t.Server, account, subject, t.Tenant, "what the program wrote"u8.ToArray());
        if (file is not null)
            t.Use(file, (await Helpdesk.Files(t.Server, ticket, t.Tenant))[0].Id);
        return ticket.Id;
    }

    private static async Task<string> Beside(Things t, string ticket, string file)
    {
        await t.Get(ticket);
        return await t.Get(file);
    }

    private static async Task<string> Canned(Things t, string title) =>
        (string)(await t.Owner.PostApi("/api/canned-answers", new { title, text_en = "Hello {{name}}", text_zh = "您好" }))["canned_answer"]!["id"]!;
}
