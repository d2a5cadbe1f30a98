using Gatehouse.Audit.Log;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Coupons;

/// <summary>/api/coupons.</summary>
public static class CouponEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/coupons").RequireRateLimiting(RateLimits.Api).WithTags("Coupons");
        var read = group.MapGroup("").Requires(BillingPermissions.CouponsRead);
        read.MapGet("", List).WithSummary("List coupons, the newest first").Query("q", "Part of a code or a name, or a code for one use.").Paged().Produces<CouponList>();
        read.MapGet("/{id}", Get).WithSummary("One coupon").Refuses(CouponErrors.NotFound).Produces<CouponResponse>();
        read.MapGet("/{id}/codes", Codes).WithSummary("A coupon's codes for one use each, in alphabetical order").Paged().Refuses(CouponErrors.NotFound).Produces<CouponCodeList>();
        read.MapGet("/{id}/uses", Uses).WithSummary("Orders that have or had a coupon, the newest first").Paged().Refuses(CouponErrors.NotFound).Produces<CouponUseList>();
        var write = group.MapGroup("").Requires(BillingPermissions.CouponsWrite);
        write.MapPost("", Create).WithSummary("Make a coupon")
            .WithDescription("`percent` (1 to 100) or `amount` (minor units of `currency`) is taken off. `plans` holds ids, `shop_groups` the headings of the shop; with both empty it is good for everything. Limits of 0 are none. Without a `code` it has codes for one use alone: make them under `codes`.")
            .Idempotent().Accepts<CouponInput>("application/json").Produces<CouponResponse>(201);
        write.MapPatch("/{id}", Change).WithSummary("Change what is named").WithDescription("Orders that have it keep what they got.").Refuses(CouponErrors.NotFound).Accepts<CouponInput>("application/json").Produces<CouponResponse>();
        write.MapDelete("/{id}", Remove).WithSummary("Delete a coupon that no order has had").Refuses(CouponErrors.NotFound, CouponErrors.InUse).Produces<CouponRemoved>();
        write.MapPost("/{id}/codes", MakeCodes).WithSummary("Make codes that are good for one order each").Refuses(CouponErrors.NotFound).Idempotent().Accepts<CouponCodesBody>("application/json").Produces<CouponCodesMade>(201);
    }

    private static async Task List(HttpContext ctx, Database db, CouponService coupons)
    {
        var (query, limit) = (ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]));
        var page = await db.Read(s => coupons.List(s, ctx.Caller().TenantId, SearchTerm.Of(query["q"]), query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new CouponList(true, page.Items, page.Next), CouponJson.Default.CouponList);
    }

    private static async Task Get(HttpContext ctx, string id, Database db, CouponService coupons) =>
        await SignedJson.Send(ctx, new CouponResponse(true, await db.Read(s => coupons.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted)), CouponJson.Default.CouponResponse);

    private static async Task Codes(HttpContext ctx, string id, Database db, CouponService coupons)
    {
        var (query, limit) = (ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]));
        var page = await db.Read(s => coupons.Codes(s, ctx.Caller().TenantId, id, query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new CouponCodeList(true, page.Items, page.Next), CouponJson.Default.CouponCodeList);
    }

    private static async Task Uses(HttpContext ctx, string id, Database db, CouponService coupons)
    {
        var (query, limit) = (ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]));
        var page = await db.Read(s => coupons.Uses(s, ctx.Caller().TenantId, id, query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new CouponUseList(true, page.Items, page.Next), CouponJson.Default.CouponUseList);
    }

    private static async Task Create(HttpContext ctx, Database db, CouponService coupons)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var wanted = Coupon.Fields.Change(ctx, bytes)(new Coupon());
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s => new CouponResponse(true, await coupons.Create(s, ctx.Caller(), wanted))), CouponJson.Default.CouponResponse, 201);
    }

    private static async Task Change(HttpContext ctx, string id, Database db, CouponService coupons)
    {
        var change = Coupon.Fields.Change(ctx, await RequestBody.Bytes(ctx));
        var changed = await db.Command(ctx.Caller(), s => coupons.Update(s, ctx.Caller(), id, change), ctx.RequestAborted);
        await SignedJson.Send(ctx, new CouponResponse(true, changed), CouponJson.Default.CouponResponse);
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, CouponService coupons)
    {
        await db.Command(ctx.Caller(), s => coupons.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new CouponRemoved(true, id), CouponJson.Default.CouponRemoved);
    }

    private static async Task MakeCodes(HttpContext ctx, string id, Database db, CouponService coupons)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, CouponJson.Default.CouponCodesBody);
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s => new CouponCodesMade(true, await coupons.MakeCodes(s, ctx.Caller(), id, body.Count, body.Prefix))), CouponJson.Default.CouponCodesMade, 201);
    }
}
