using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Support.Permissions;

namespace Gatehouse.Support.CannedAnswers;

/// <summary>/api/canned-answers.</summary>
public static class CannedAnswerEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/canned-answers").RequireRateLimiting(RateLimits.Api).WithTags("Canned answers");
        var read = group.MapGroup("").Requires(SupportPermissions.TicketsRead);
        read.MapGet("", List).WithSummary("List canned answers by their titles").Query("q", "Part of a title or a text.").Paged().Produces<CannedAnswerList>();
        read.MapGet("/{id}", Get).WithSummary("One canned answer").Refuses(CannedAnswerErrors.NotFound).Produces<CannedAnswerResponse>();
        var write = group.MapGroup("").Requires(SupportPermissions.TicketsWrite);
        write.MapPost("", Create).WithSummary("Write a canned answer").WithDescription("Gaps: `{{name}}` of the customer, `{{number}}` of the ticket, `{{about}}`: what it is about, `{{site}}`, `{{site_name}}`.")
            .Idempotent().Accepts<CannedAnswerInput>("application/json").Produces<CannedAnswerResponse>(201);
        write.MapPatch("/{id}", Change).WithSummary("Change what is named").Refuses(CannedAnswerErrors.NotFound).Accepts<CannedAnswerInput>("application/json").Produces<CannedAnswerResponse>();
        write.MapDelete("/{id}", Remove).WithSummary("Delete a canned answer").Refuses(CannedAnswerErrors.NotFound).Produces<CannedAnswerRemoved>();
    }

    private static async Task List(HttpContext ctx, Database db, CannedAnswerService answers)
    {
        var query = ctx.Request.Query;
        var (limit, search) = (Cursor.Limit(query["limit"]), SearchTerm.Of(query["q"]));
        var page = await db.Read(s => answers.List(s, ctx.Caller().TenantId, search, query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new CannedAnswerList(true, page.Items, page.Next), CannedAnswerJson.Default.CannedAnswerList);
    }

    private static async Task Get(HttpContext ctx, string id, Database db, CannedAnswerService answers) =>
        await Send(ctx, await db.Read(s => answers.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted));

    private static async Task Create(HttpContext ctx, Database db, CannedAnswerService answers)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var wanted = CannedAnswer.Fields.Change(ctx, bytes)(new CannedAnswer());
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s => new CannedAnswerResponse(true, await answers.Create(s, ctx.Caller(), wanted))),
            CannedAnswerJson.Default.CannedAnswerResponse, 201);
    }

    private static async Task Change(HttpContext ctx, string id, Database db, CannedAnswerService answers)
    {
        var change = CannedAnswer.Fields.Change(ctx, await RequestBody.Bytes(ctx));
        await Send(ctx, await db.Command(ctx.Caller(), s => answers.Update(s, ctx.Caller(), id, change), ctx.RequestAborted));
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, CannedAnswerService answers)
    {
        await db.Command(ctx.Caller(), s => answers.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new CannedAnswerRemoved(true, id), CannedAnswerJson.Default.CannedAnswerRemoved);
    }

    private static Task Send(HttpContext ctx, CannedAnswer answer) => SignedJson.Send(ctx, new CannedAnswerResponse(true, answer), CannedAnswerJson.Default.CannedAnswerResponse);
}
