using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Support.CannedAnswers;
using Gatehouse.Support.Permissions;
using Gatehouse.Support.TicketFiles;
using Gatehouse.Support.TicketParts;
using Gatehouse.Support.Tickets;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Support.TicketDesk;

/// <summary>/admin/tickets.</summary>
public static class TicketDeskPages
{
    public const string Path = "/admin/tickets";
    private const int CannedOffered = 200;
    private const int OthersShown = 8;
    private const int OfPerson = 50;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = group.MapGroup("").Requires(SupportPermissions.TicketsRead);
        read.MapGet("", List);
        read.MapGet("/{id}", Read);
        read.MapGet("/{id}/attachments/{file}", Download);
        var write = group.MapGroup("").Requires(SupportPermissions.TicketsWrite);
        write.MapGet("/new", New);
        write.MapPost("/new", Begin).WithFiles();
        write.MapPost("/close", CloseAll);
        write.MapPost("/{id}", Change);
        write.MapPost("/{id}/answer", Answer).WithFiles();
    }

    /// <summary>A customer's tickets, on the page of the person.</summary>
    public static readonly PersonTab Tab = new("tickets", 40, "tickets.nav", SupportPermissions.TicketsRead, LoadOf) { Count = TicketService.Count };

    private static async Task<RenderFragment> LoadOf(HttpContext ctx, string customer)
    {
        var tickets = ctx.RequestServices.GetRequiredService<TicketService>();
        var latest = await ctx.RequestServices.GetRequiredService<Database>().Read(s => tickets.List(s, ctx.Caller(), new TicketFilter(Account: customer), null, OfPerson), ctx.RequestAborted);
        return ComponentFragment.Of<PersonTicketsCard>((nameof(PersonTicketsCard.Tickets), latest.Items), (nameof(PersonTicketsCard.More), latest.Next is not null), (nameof(PersonTicketsCard.Customer), customer));
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, TicketService tickets)
    {
        var (query, who) = (ctx.Request.Query, ctx.Caller());
        // Those that wait for us first; all of them by their own name. A person's are looked for in all.
        var state = query["state"].ToString() is { Length: > 0 } asked ? asked : query["customer"].ToString().Length > 0 ? All : TicketFilter.Todo;
        var filter = TicketEndpoints.Filter(new QueryCollection(query.Where(q => q.Key != "state").Append(new("state", state == All ? "" : state)).ToDictionary()), who);
        var model = await db.Read(async s => new TicketListModel(await tickets.List(s, who, filter, query["after"], Cursor.DefaultLimit), filter, state, await tickets.Staff(s, who.TenantId),
            !query.ContainsKey("after"), state == TicketFilter.Todo && (await tickets.List(s, who, new TicketFilter(), null, 1)).Items.Count == 0), ctx.RequestAborted);
        await pages.Render<TicketListPage, TicketListModel>(ctx, model);
    }

    /// <summary>The state that a list of all is asked for by.</summary>
    internal const string All = "all";

    private static Task New(HttpContext ctx, PageRenderer pages)
    {
        var form = new FormValues();
        form["customer"] = ctx.Request.Query["customer"].ToString();
        return pages.Render<TicketNewPage, TicketNewModel>(ctx, new(form));
    }

    private static async Task Begin(HttpContext ctx, PageRenderer pages, Database db, TicketService tickets, TicketFolder folder)
    {
        var sent = await RequestBody.Form(ctx);
        var form = new FormValues(sent);
        using var files = new KeptFiles(folder);
        try
        {
            await files.Add(sent, "files", ctx.RequestAborted);
            var priority = form["priority"] is { Length: > 0 } chosen ? chosen : "normal";
            var ticket = await db.Command(ctx.Caller(), s => tickets.Begin(s, ctx.Caller(), form["customer"], new NewTicket(form["subject"], form["text"], "", priority), files.All), ctx.RequestAborted);
            files.Named();
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{ticket.Id}", new Toast("ok", "tickets.begun", $"#{ticket.Number}"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await pages.Render<TicketNewPage, TicketNewModel>(ctx, new(form, refusal), 422);
        }
    }

    private static Task Read(HttpContext ctx, string id, PageRenderer pages, Database db, TicketService tickets, CustomerService customers, CannedAnswerService canned) =>
        Show(ctx, id, pages, db, tickets, customers, canned, null);

    private static async Task Answer(HttpContext ctx, string id, PageRenderer pages, Database db, TicketService tickets, CustomerService customers, CannedAnswerService canned, TicketFolder folder)
    {
        var sent = await RequestBody.Form(ctx);
        var (who, form) = (ctx.Caller(), new FormValues(sent));
        if (sent.ContainsKey("insert"))
        {
            form["text"] = await Inserted(ctx, id, db, tickets, customers, canned, form);
            await Show(ctx, id, pages, db, tickets, customers, canned, form);
            return;
        }
        var note = sent.ContainsKey("note");
        using var files = new KeptFiles(folder);
        try
        {
            var ticket = await db.Read(s => tickets.Get(s, who, id), ctx.RequestAborted);
            await files.Add(sent, "files", ctx.RequestAborted);
            await db.Command(who, s => tickets.Answer(s, who, id, form["text"], note, files.All), ctx.RequestAborted);
            files.Named();
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{ticket.Id}", new Toast("ok", note ? "tickets.noted" : "tickets.answered"));
        }
        catch (Refusal refusal) when (refusal.Status is 422 or 409)
        {
            await Show(ctx, id, pages, db, tickets, customers, canned, form, refusal);
        }
    }

    private static async Task Change(HttpContext ctx, string id, PageRenderer pages, Database db, TicketService tickets, CustomerService customers, CannedAnswerService canned)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var ticket = await db.Command(ctx.Caller(), s => tickets.Change(s, ctx.Caller(), id, t => Ticket.Fields.FromForm(t, form), form.Has("seen") ? form["seen"] : null), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{ticket.Id}", new Toast("ok", "support.saved", $"#{ticket.Number}"));
        }
        catch (Refusal refusal) when (refusal.Status is 422 or 409)
        {
            await Show(ctx, id, pages, db, tickets, customers, canned, form, refusal);
        }
    }

    private static async Task CloseAll(HttpContext ctx, Database db, TicketService tickets)
    {
        var ids = (await RequestBody.Form(ctx))["ticket"].OfType<string>().Take(Cursor.MaxLimit).ToList();
        var closed = await db.Command(ctx.Caller(), s => tickets.CloseAll(s, ctx.Caller(), ids), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "tickets.many_closed", closed));
    }

    private static async Task Download(HttpContext ctx, string id, string file, Database db, TicketService tickets, TicketFolder folder) =>
        await FileAnswer.Send(ctx, folder, await db.Read(s => tickets.File(s, ctx.Caller(), id, file), ctx.RequestAborted));

    // What is typed already, and the canned answer behind it, in the customer's language and with their values.
    private static async Task<string> Inserted(HttpContext ctx, string id, Database db, TicketService tickets, CustomerService customers, CannedAnswerService canned, FormValues form)
    {
        var who = ctx.Caller();
        var (ticket, customer, answer) = await db.Read(async s =>
        {
            var found = await tickets.Get(s, who, id);
            return (found, await customers.Get(s, who.TenantId, found.AccountId), form["canned"].Length == 0 ? null : await canned.Get(s, who.TenantId, form["canned"]));
        }, ctx.RequestAborted);
        if (answer is null)
            return form["text"];
        var values = new Dictionary<string, string>
        {
            ["name"] = customer.Called, ["number"] = $"#{ticket.Number}", ["about"] = ticket.About,
            [ReaderValue.Site.Name] = await ReaderValue.Site.Of(ctx) ?? "", [ReaderValue.SiteName.Name] = await ReaderValue.SiteName.Of(ctx) ?? "",
        };
        var text = answer.For(customer.Language.Length > 0 ? customer.Language : ctx.Text().Language, values);
        return form["text"].Length == 0 ? text : form["text"].TrimEnd() + "\n\n" + text;
    }

    private static async Task Show(
        HttpContext ctx, string id, PageRenderer pages, Database db, TicketService tickets, CustomerService customers, CannedAnswerService canned, FormValues? typed, Refusal? refusal = null)
    {
        var who = ctx.Caller();
        var (model, unread) = await db.Read(async s =>
        {
            var ticket = await tickets.Get(s, who, id);
            var (messages, files) = await tickets.Conversation(s, who, ticket);
            var form = refusal is { Status: 422 } && typed is not null && typed.Has("state") ? typed : Ticket.Fields.ToForm(ticket);
            return (new TicketModel(ticket, await customers.Get(s, who.TenantId, ticket.AccountId), messages, files, form, await tickets.Staff(s, who.TenantId),
                (await tickets.List(s, who, new TicketFilter(Account: ticket.AccountId), null, OthersShown)).Items, (await canned.List(s, who.TenantId, null, null, CannedOffered)).Items, refusal)
            {
                Typed = typed?["text"] ?? "",
            }, await tickets.IsUnread(s, who, ticket));
        }, ctx.RequestAborted);
        if (unread)
            await db.Write(s => tickets.Seen(s, who, model.Ticket), ctx.RequestAborted);
        await pages.Render<TicketPage, TicketModel>(ctx, model with { Cards = await PersonSection.All(ctx, model.Ticket.AccountId) }, refusal?.Status ?? 200);
    }
}

/// <param name="State">As it was asked for: <see cref="TicketFilter.State"/> or <c>all</c>.</param>
/// <param name="First">Is this the first page?</param>
/// <param name="None">There is no ticket at all.</param>
public sealed record TicketListModel(Slice<TicketItem> Tickets, TicketFilter Filter, string State, IReadOnlyList<(string Id, string Name)> Staff, bool First, bool None);

public sealed record TicketNewModel(FormValues Form, Refusal? Refusal = null) : IFormModel;

/// <param name="Form">State, priority and who looks after it.</param>
/// <param name="Others">The customer's latest, this one among them.</param>
public sealed record TicketModel(
    Ticket Ticket, Customer Customer, IReadOnlyList<TicketMessage> Messages, IReadOnlyList<TicketFile> Files, FormValues Form, IReadOnlyList<(string Id, string Name)> Staff,
    IReadOnlyList<TicketItem> Others, IReadOnlyList<CannedAnswer> Canned, Refusal? Refusal = null) : IFormModel
{
    /// <summary>What was typed into an answer that was not sent.</summary>
    public string Typed { get; init; } = "";

    /// <summary>What other features know of the person.</summary>
    public IReadOnlyList<RenderFragment> Cards { get; init; } = [];
}
