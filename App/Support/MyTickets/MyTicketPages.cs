using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Support.TicketFiles;
using Gatehouse.Support.TicketParts;
using Gatehouse.Support.Tickets;

namespace Gatehouse.Support.MyTickets;

/// <summary><c>/account/tickets</c>: what a customer asks, and what they are answered.</summary>
public static class MyTicketPages
{
    public const string Path = "/account/tickets";
    private const int OnHome = 3;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).RequiresCustomer().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        pages.MapGet("", List);
        pages.MapGet("/new", New);
        pages.MapPost("/new", Ask).WithFiles();
        pages.MapGet("/{id}", Read);
        pages.MapPost("/{id}", Write).WithFiles();
        pages.MapPost("/{id}/close", (HttpContext ctx, string id, Database db, TicketService tickets) => Settle(ctx, id, db, tickets, true));
        pages.MapPost("/{id}/reopen", (HttpContext ctx, string id, Database db, TicketService tickets) => Settle(ctx, id, db, tickets, false));
        pages.MapGet("/{id}/attachments/{file}", Download);
    }

    /// <summary>The part of the customer's first page.</summary>
    public static async Task<AccountCards> Load(HttpContext ctx)
    {
        var (tickets, who) = (ctx.RequestServices.GetRequiredService<TicketService>(), ctx.Caller());
        var (newest, unread) = await ctx.RequestServices.GetRequiredService<Database>().Read(
            async s => ((await tickets.List(s, who, new TicketFilter(), null, OnHome)).Items, await tickets.Unread(s, who)), ctx.RequestAborted);
        return new AccountCards
        {
            ToDo = unread == 0 ? null : ComponentFragment.Of<UnreadTickets>((nameof(UnreadTickets.Tickets), newest.Where(t => t.Unread).ToList()), (nameof(UnreadTickets.Count), unread)),
            Side = ComponentFragment.Of<MyTicketsCard>((nameof(MyTicketsCard.Tickets), newest)),
        };
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, TicketService tickets)
    {
        var (query, search) = (ctx.Request.Query, SearchTerm.Of(ctx.Request.Query["q"]));
        var page = await db.Read(s => tickets.List(s, ctx.Caller(), new TicketFilter(search), query["after"], Cursor.DefaultLimit), ctx.RequestAborted);
        await pages.Render<MyTicketsPage, MyTicketsModel>(ctx, new(page, search, !query.ContainsKey("after")));
    }

    private static Task New(HttpContext ctx, PageRenderer pages)
    {
        var form = new FormValues();
        form["about"] = ctx.Request.Query["about"].ToString();
        return ShowNew(ctx, pages, form);
    }

    private static async Task Ask(HttpContext ctx, PageRenderer pages, Database db, TicketService tickets, TicketFolder folder)
    {
        var sent = await RequestBody.Form(ctx);
        var form = new FormValues(sent);
        using var files = new KeptFiles(folder);
        try
        {
            await TicketEndpoints.OneOfTheirs(ctx, form["about"]);
            await files.Add(sent, "files", ctx.RequestAborted);
            var ticket = await db.Write(s => tickets.Ask(s, ctx.Caller(), new NewTicket(form["subject"], form["text"], form["about"]), files.All), ctx.RequestAborted);
            files.Named();
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{ticket.Id}", new Toast("ok", "mytickets.asked", $"#{ticket.Number}"));
        }
        catch (Refusal refusal) when (refusal.Status is 422 or 429)
        {
            await ShowNew(ctx, pages, form, refusal);
        }
    }

    private static async Task ShowNew(HttpContext ctx, PageRenderer pages, FormValues form, Refusal? refusal = null)
    {
        if (refusal?.RetryAfter is { } wait)
            ctx.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString();
        await pages.Render<MyTicketNewPage, MyTicketNewModel>(ctx, new(form, await OwnThings.All(ctx), await ctx.RequestServices.GetRequiredService<TicketMails>().Reaches(ctx), refusal), refusal?.Status ?? 200);
    }

    private static Task Read(HttpContext ctx, string id, PageRenderer pages, Database db, TicketService tickets) => Show(ctx, id, pages, db, tickets, "", null);

    private static async Task Write(HttpContext ctx, string id, PageRenderer pages, Database db, TicketService tickets, TicketFolder folder)
    {
        var sent = await RequestBody.Form(ctx);
        var text = sent["text"].ToString();
        using var files = new KeptFiles(folder);
        try
        {
            // Before anything is kept for whoever has no such ticket.
            var ticket = await db.Read(s => tickets.Get(s, ctx.Caller(), id), ctx.RequestAborted);
            await files.Add(sent, "files", ctx.RequestAborted);
            await db.Write(s => tickets.Write(s, ctx.Caller(), id, text, files.All), ctx.RequestAborted);
            files.Named();
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{ticket.Id}", new Toast("ok", "mytickets.written"));
        }
        catch (Refusal refusal) when (refusal.Status is 422 or 409)
        {
            await Show(ctx, id, pages, db, tickets, text, refusal);
        }
    }

    private static async Task Show(HttpContext ctx, string id, PageRenderer pages, Database db, TicketService tickets, string typed, Refusal? refusal)
    {
        var who = ctx.Caller();
        var (model, unread) = await db.Read(async s =>
        {
            var ticket = await tickets.Get(s, who, id);
            var (messages, files) = await tickets.Conversation(s, who, ticket);
            return (new MyTicketModel(ticket, messages, files, typed, refusal), await tickets.IsUnread(s, who, ticket));
        }, ctx.RequestAborted);
        // Who looks as the customer has not read it for them.
        if (unread && who.LookedAtBy is null)
            await db.Write(s => tickets.Seen(s, who, model.Ticket), ctx.RequestAborted);
        await pages.Render<MyTicketPage, MyTicketModel>(ctx, model, refusal?.Status ?? 200);
    }

    private static async Task Settle(HttpContext ctx, string id, Database db, TicketService tickets, bool closed)
    {
        var ticket = await db.Write(s => tickets.SetClosed(s, ctx.Caller(), id, closed), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"{Path}/{ticket.Id}", new Toast("ok", closed ? "tickets.closed" : "tickets.reopened", $"#{ticket.Number}"));
    }

    private static async Task Download(HttpContext ctx, string id, string file, Database db, TicketService tickets, TicketFolder folder) =>
        await FileAnswer.Send(ctx, folder, await db.Read(s => tickets.File(s, ctx.Caller(), id, file), ctx.RequestAborted));
}

/// <param name="First">Is this the first page?</param>
public sealed record MyTicketsModel(Slice<TicketItem> Tickets, string? Search, bool First);

/// <param name="Things">What of theirs it may be about.</param>
/// <param name="Mails">They are told by mail when they are answered.</param>
public sealed record MyTicketNewModel(FormValues Form, IReadOnlyList<string> Things, bool Mails, Refusal? Refusal = null) : IFormModel;

/// <param name="Typed">What was typed into a form that was refused.</param>
public sealed record MyTicketModel(Ticket Ticket, IReadOnlyList<TicketMessage> Messages, IReadOnlyList<TicketFile> Files, string Typed = "", Refusal? Refusal = null) : IFormModel;
