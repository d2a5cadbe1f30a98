using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Support.Permissions;
using Gatehouse.Support.TicketFiles;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Support.Tickets;

/// <summary><c>/api/tickets</c>: customers with their own, staff with all. <c>{id}</c> is an id or a number.</summary>
public static class TicketEndpoints
{
    // As base64, with its name.
    private const int MaxUpload = FileLimits.MaxBytes / 3 * 4 + 16 * 1024;

    // A file that is sent as JSON is in memory, twice.
    private const int UploadsAtOnce = 8;
    private static readonly TimeSpan UploadPatience = TimeSpan.FromSeconds(60);
    private static readonly SemaphoreSlim Uploads = new(UploadsAtOnce);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/tickets").RequireRateLimiting(RateLimits.Api).WithTags("Tickets");
        var read = group.MapGroup("").RequiresOrCustomer(SupportPermissions.TicketsRead);
        read.MapGet("", List).WithSummary("List tickets, the one that was written in last first").Query("q", "Part of a subject, a number or a key; for staff, of the customer's name as well.")
            .Query("state", "`open` (nobody has answered yet), `waiting_us` (the customer has written again), `waiting_customer`, `closed`, or `todo`: the first two; all when left out.")
            .Query("assignee", "For staff: an account's id, `me` or `none`.").Query("customer", "For staff: a customer's id.").Paged().Produces<TicketList>();
        read.MapGet("/{id}", Get).WithSummary("One ticket with all that was written, by id or number").Refuses(TicketErrors.NotFound).Produces<TicketDetails>();
        read.MapGet("/{id}/attachments/{file}", Download).WithSummary("A file that hangs on a ticket").Refuses(TicketErrors.NotFound, FileAnswer.NotFound).Sends("application/octet-stream", "The file, by its own media type.");
        var write = group.MapGroup("").RequiresOrCustomer(SupportPermissions.TicketsWrite);
        write.MapPost("", Open).WithSummary("Open a ticket").WithDescription("A customer asks; staff write to a customer first.").Idempotent().Refuses(TicketErrors.TooMany)
            .Accepts<TicketBody>("application/json").Produces<TicketResponse>(201);
        write.MapPost("/{id}/messages", Write).WithSummary("Write in a ticket").WithDescription("A closed ticket is open again when its customer writes. Notes of staff are told to nobody.")
            .Idempotent().Refuses(TicketErrors.NotFound, TicketErrors.Full).Accepts<TicketMessageBody>("application/json").Produces<TicketResponse>(201);
        write.MapPost("/{id}/attachments", Attach).WithSummary("Attach a file")
            .WithDescription("It hangs on what you wrote last, or stands alone. Pictures, short films, PDF, archives and text, told by their content, up to 5 MB each.")
            .Refuses(TicketErrors.NotFound, TicketErrors.Full).WithMetadata(new RequestSizeLimitAttribute(MaxUpload)).Accepts<TicketFileBody>("application/json").Produces<TicketFileResponse>(201);
        write.MapPost("/{id}/close", (HttpContext ctx, string id, Database db, TicketService tickets) => Settle(ctx, id, db, tickets, true)).WithSummary("Close a ticket").Refuses(TicketErrors.NotFound).Produces<TicketResponse>();
        write.MapPost("/{id}/reopen", (HttpContext ctx, string id, Database db, TicketService tickets) => Settle(ctx, id, db, tickets, false)).WithSummary("Open a closed ticket again").Refuses(TicketErrors.NotFound).Produces<TicketResponse>();
        group.MapPatch("/{id}", Change).Requires(SupportPermissions.TicketsWrite).WithSummary("Change state, priority or who looks after it").Refuses(TicketErrors.NotFound).Accepts<TicketInput>("application/json").Produces<TicketResponse>();
    }

    /// <summary>What a query asks for.</summary>
    /// <exception cref="Refusal">422 by the name of the parameter.</exception>
    internal static TicketFilter Filter(IQueryCollection query, Caller who)
    {
        var state = query["state"].ToString();
        if (state.Length > 0 && state != TicketFilter.Todo && !Ticket.States.Contains(state))
            throw Refusal.Field("state", "field.one_of", string.Join(", ", Ticket.States.Append(TicketFilter.Todo)));
        var (assignee, customer) = (query["assignee"].ToString(), query["customer"].ToString());
        foreach (var (name, value) in new[] { ("assignee", assignee), ("customer", customer) })
            if (value.Length > 64 || value.Any(char.IsControl))
                throw Refusal.Field(name, "field.too_long", 64);
        return new TicketFilter(SearchTerm.Of(query["q"]), state.Length == 0 ? null : state, assignee.Length == 0 ? null : assignee == "me" ? who.AccountId ?? TicketFilter.Nobody : assignee, customer.Length == 0 ? null : customer);
    }

    private static async Task List(HttpContext ctx, Database db, TicketService tickets)
    {
        var (query, who) = (ctx.Request.Query, ctx.Caller());
        var (limit, filter) = (Cursor.Limit(query["limit"]), Filter(query, who));
        var page = await db.Read(s => tickets.List(s, who, filter, query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new TicketList(true, [.. page.Items.Select(t => TicketView.Of(t, who))], page.Next), TicketJson.Default.TicketList);
    }

    private static async Task Get(HttpContext ctx, string id, Database db, TicketService tickets, CustomerService customers)
    {
        var who = ctx.Caller();
        var answer = await db.Read(async s =>
        {
            var ticket = await tickets.Get(s, who, id);
            var (messages, files) = await tickets.Conversation(s, who, ticket);
            var view = TicketView.Of(ticket, who);
            return new TicketDetails(true, who.IsCustomer ? view : view with { Customer = TicketPerson.Of(await customers.Get(s, who.TenantId, ticket.AccountId)) }, TicketMessageView.Of(messages, files));
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, answer, TicketJson.Default.TicketDetails);
    }

    private static async Task Open(HttpContext ctx, Database db, TicketService tickets)
    {
        var (who, bytes) = (ctx.Caller(), await RequestBody.Bytes(ctx));
        var body = RequestBody.Parse(ctx, bytes, TicketJson.Default.TicketBody);
        var wanted = new NewTicket(body.Subject, body.Text, body.About ?? "", body.Priority ?? "normal");
        if (who.IsCustomer)
        {
            OnlyStaff("customer", body.Customer);
            OnlyStaff("priority", body.Priority);
            await OneOfTheirs(ctx, wanted.About);
        }
        else if (string.IsNullOrWhiteSpace(body.Customer))
            throw Refusal.Field("customer", "field.required");
        await Done(ctx, db, bytes, s => who.IsCustomer ? tickets.Ask(s, who, wanted, []) : tickets.Begin(s, who, body.Customer!, wanted, []));
    }

    private static async Task Write(HttpContext ctx, string id, Database db, TicketService tickets)
    {
        var (who, bytes) = (ctx.Caller(), await RequestBody.Bytes(ctx));
        var body = RequestBody.Parse(ctx, bytes, TicketJson.Default.TicketMessageBody);
        if (who.IsCustomer)
            OnlyStaff("note", body.Note);
        await Done(ctx, db, bytes, s => who.IsCustomer ? tickets.Write(s, who, id, body.Text, []) : tickets.Answer(s, who, id, body.Text, body.Note is true, []));
    }

    private static async Task Attach(HttpContext ctx, string id, Database db, TicketService tickets, TicketFolder folder)
    {
        if (!await Uploads.WaitAsync(TimeSpan.FromSeconds(10), ctx.RequestAborted))
            throw new Refusal(HttpErrors.Busy) { RetryAfter = TimeSpan.FromSeconds(10) };
        try
        {
            var who = ctx.Caller();
            // Before anything is read of whoever has no such ticket.
            await db.Read(s => tickets.Get(s, who, id), ctx.RequestAborted);
            var body = await ReadUpload(ctx);
            if (string.IsNullOrWhiteSpace(body.Name))
                throw Refusal.Field("name", "field.required");
            using var files = new KeptFiles(folder);
            await files.Add(new MemoryStream(body.Content), body.Name, "content", ctx.RequestAborted);
            var work = (WriteTx s) => tickets.Attach(s, who, id, files.All[0]);
            var file = await (who.IsCustomer ? db.Write(work, ctx.RequestAborted) : db.Command(who, work, ctx.RequestAborted));
            files.Named();
            await SignedJson.Send(ctx, new TicketFileResponse(true, TicketFileView.Of(file)), TicketJson.Default.TicketFileResponse, 201);
        }
        finally
        {
            Uploads.Release();
        }
    }

    // Whoever sends slower holds a place that others wait for.
    private static async Task<TicketFileBody> ReadUpload(HttpContext ctx)
    {
        using var patience = new CancellationTokenSource(UploadPatience);
        await using var late = patience.Token.Register(ctx.Abort);
        return await RequestBody.Read(ctx, TicketJson.Default.TicketFileBody);
    }

    private static async Task Download(HttpContext ctx, string id, string file, Database db, TicketService tickets, TicketFolder folder) =>
        await FileAnswer.Send(ctx, folder, await db.Read(s => tickets.File(s, ctx.Caller(), id, file), ctx.RequestAborted));

    private static async Task Settle(HttpContext ctx, string id, Database db, TicketService tickets, bool closed)
    {
        var who = ctx.Caller();
        await Send(ctx, await (who.IsCustomer ? db.Write(s => tickets.SetClosed(s, who, id, closed), ctx.RequestAborted) : db.Command(who, s => tickets.Settle(s, who, id, closed), ctx.RequestAborted)));
    }

    private static async Task Change(HttpContext ctx, string id, Database db, TicketService tickets)
    {
        var change = Ticket.Fields.Change(ctx, await RequestBody.Bytes(ctx));
        await Send(ctx, await db.Command(ctx.Caller(), s => tickets.Change(s, ctx.Caller(), id, change), ctx.RequestAborted));
    }

    // Once however often it is sent; staff in their turn.
    private static Task Done(HttpContext ctx, Database db, byte[] bytes, Func<WriteTx, ValueTask<Ticket>> work)
    {
        var who = ctx.Caller();
        async ValueTask<TicketResponse> Answer(WriteTx s) => new(true, TicketView.Of(await work(s), who));
        return Idempotency.Run(ctx, db, bytes, who.IsCustomer ? Answer : Commands.InTurn(who, Answer), TicketJson.Default.TicketResponse, 201);
    }

    /// <summary>A customer asks about what is theirs.</summary>
    /// <exception cref="Refusal">422 on <c>about</c>.</exception>
    internal static async Task OneOfTheirs(HttpContext ctx, string about)
    {
        if (about.Length > 0 && !(await OwnThings.All(ctx)).Contains(about))
            throw Refusal.Field("about", "tickets.field.about");
    }

    private static void OnlyStaff(string field, object? value)
    {
        if (value is not null)
            throw Refusal.Field(field, "field.unknown");
    }

    private static Task Send(HttpContext ctx, Ticket ticket) => SignedJson.Send(ctx, new TicketResponse(true, TicketView.Of(ticket, ctx.Caller())), TicketJson.Default.TicketResponse);
}
