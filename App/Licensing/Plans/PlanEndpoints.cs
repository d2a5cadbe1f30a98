using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Plans;

/// <summary>/api/plans.</summary>
public static class PlanEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/plans").RequireRateLimiting(RateLimits.Api).WithTags("Plans");
        var read = group.MapGroup("").Requires(LicensingPermissions.PlansRead);
        read.MapGet("", List).WithSummary("List plans, newest first").Query("q", "Part of a plan's name, prefix or notes.").Query("retired", "`true`: retired plans too.", "boolean").Paged().Produces<PlanList>();
        read.MapGet("/{id}", Get).WithSummary("One plan").Refuses(PlanErrors.NotFound).Produces<PlanResponse>();
        var write = group.MapGroup("").Requires(LicensingPermissions.PlansWrite);
        write.MapPost("", Create).WithSummary("Make a plan").Idempotent().Accepts<PlanInput>("application/json").Produces<PlanResponse>(201);
        write.MapPatch("/{id}", Change).WithSummary("Change what is named").Refuses(PlanErrors.NotFound, PlanErrors.Retired).Accepts<PlanInput>("application/json").Produces<PlanResponse>();
        write.MapDelete("/{id}", Remove).WithSummary("Delete a plan; one in use is retired").Refuses(PlanErrors.NotFound, PlanErrors.Retired).Produces<PlanRemoved>();
    }

    private static async Task List(HttpContext ctx, Database db, PlanService plans)
    {
        var query = ctx.Request.Query;
        var (limit, search) = (Cursor.Limit(query["limit"]), SearchTerm.Of(query["q"]));
        var page = await db.Read(s => plans.List(s, ctx.Caller().TenantId, query["retired"] == "true", query["after"], limit, search), ctx.RequestAborted);
        await SignedJson.Send(ctx, new PlanList(true, page.Items, page.Next), PlanJson.Default.PlanList);
    }

    private static async Task Get(HttpContext ctx, string id, Database db, PlanService plans) =>
        await Send(ctx, await db.Read(s => plans.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted));

    private static async Task Create(HttpContext ctx, Database db, PlanService plans)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var plan = Plan.Fields.Change(ctx, bytes)(new Plan());
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s => new PlanResponse(true, await plans.Create(s, ctx.Caller(), plan))),
            PlanJson.Default.PlanResponse, 201);
    }

    private static async Task Change(HttpContext ctx, string id, Database db, PlanService plans)
    {
        var change = Plan.Fields.Change(ctx, await RequestBody.Bytes(ctx));
        await Send(ctx, await db.Command(ctx.Caller(), s => plans.Update(s, ctx.Caller(), id, change), ctx.RequestAborted));
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, PlanService plans)
    {
        var deleted = await db.Command(ctx.Caller(), s => plans.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new PlanRemoved(true, deleted, !deleted), PlanJson.Default.PlanRemoved);
    }

    private static Task Send(HttpContext ctx, Plan plan) => SignedJson.Send(ctx, new PlanResponse(true, plan), PlanJson.Default.PlanResponse);
}
