using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Plans;

/// <summary>/api/plans/{id}/notes.</summary>
public static class PlanNoteEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var notes = app.MapGroup("/api/plans/{id}/notes").RequireRateLimiting(RateLimits.Api).WithTags("Plans");
        notes.MapGet("", List).Requires(LicensingPermissions.PlansRead).WithSummary("List a plan's notes, newest first").Refuses(PlanErrors.NotFound).Paged().Produces<PlanNoteList>();
        notes.MapPost("", Add).Requires(LicensingPermissions.PlansNote).WithSummary("Pin a note to a plan").Refuses(PlanErrors.NotFound).Idempotent().Accepts<PlanNoteInput>("application/json").Produces<PlanNoteResponse>(201);
        notes.MapDelete("/{note}", Remove).Requires(LicensingPermissions.PlansNote).WithSummary("Remove a note from a plan").Refuses(PlanErrors.NotFound, PlanErrors.NoteNotFound).Produces<PlanNoteRemoved>();
    }

    private static async Task List(HttpContext ctx, string id, Database db, PlanNoteService notes)
    {
        var query = ctx.Request.Query;
        var limit = Cursor.Limit(query["limit"]);
        var page = await db.Read(s => notes.List(s, ctx.Caller().TenantId, id, query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new PlanNoteList(true, page.Items, page.Next), PlanNoteJson.Default.PlanNoteList);
    }

    private static async Task Add(HttpContext ctx, string id, Database db, PlanNoteService notes)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var note = PlanNote.Fields.Change(ctx, bytes)(new PlanNote());
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s => new PlanNoteResponse(true, await notes.Add(s, ctx.Caller(), id, note))),
            PlanNoteJson.Default.PlanNoteResponse, 201);
    }

    private static async Task Remove(HttpContext ctx, string id, string note, Database db, PlanNoteService notes)
    {
        await db.Command(ctx.Caller(), s => notes.Remove(s, ctx.Caller(), id, note), ctx.RequestAborted);
        await SignedJson.Send(ctx, new PlanNoteRemoved(true, note), PlanNoteJson.Default.PlanNoteRemoved);
    }
}
