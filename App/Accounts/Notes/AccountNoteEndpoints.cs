using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Notes;

/// <summary><c>/api/users/{id}/notes</c>.</summary>
public static class AccountNoteEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var notes = app.MapGroup("/api/users/{id}/notes").RequireRateLimiting(RateLimits.Api).WithTags("Customers");
        notes.MapGet("", List).Requires(AccountsPermissions.UsersRead).WithSummary("What staff noted of a customer, newest first").Refuses(CustomerErrors.NotFound).Paged().Produces<AccountNoteList>();
        notes.MapPost("", Add).Requires(AccountsPermissions.UsersWrite).WithSummary("Note something of a customer").Refuses(CustomerErrors.NotFound).Idempotent()
            .Accepts<AccountNoteInput>("application/json").Produces<AccountNoteResponse>(201);
        notes.MapDelete("/{note}", Remove).Requires(AccountsPermissions.UsersWrite).WithSummary("Remove a note").Refuses(CustomerErrors.NotFound, AccountNoteService.NotFound).Produces<AccountNoteRemoved>();
    }

    private static async Task List(HttpContext ctx, string id, Database db, CustomerService customers, AccountNoteService notes)
    {
        var (query, tenant) = (ctx.Request.Query, ctx.Caller().TenantId);
        var limit = Cursor.Limit(query["limit"]);
        var page = await db.Read(async s => await notes.List(s, tenant, await customers.IdOf(s, tenant, id), query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new AccountNoteList(true, page.Items, page.Next), AccountNoteJson.Default.AccountNoteList);
    }

    private static async Task Add(HttpContext ctx, string id, Database db, AccountNoteService notes)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var note = AccountNote.Fields.Change(ctx, bytes)(new AccountNote());
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s => new AccountNoteResponse(true, await notes.Add(s, ctx.Caller(), id, note))),
            AccountNoteJson.Default.AccountNoteResponse, 201);
    }

    private static async Task Remove(HttpContext ctx, string id, string note, Database db, AccountNoteService notes)
    {
        await db.Command(ctx.Caller(), s => notes.Remove(s, ctx.Caller(), id, note), ctx.RequestAborted);
        await SignedJson.Send(ctx, new AccountNoteRemoved(true, note), AccountNoteJson.Default.AccountNoteRemoved);
    }
}
