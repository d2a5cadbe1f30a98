using System.Globalization;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Permissions;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Fields;

namespace Gatehouse.Billing.Coupons;

/// <summary>/admin/coupons.</summary>
public static class CouponPages
{
    private const int Step = 500;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/admin/coupons").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = group.MapGroup("").Requires(BillingPermissions.CouponsRead);
        read.MapGet("", List);
        read.MapGet("/{id}", Edit);
        read.MapGet("/{id}/uses", Uses);
        read.MapGet("/{id}/codes.csv", Codes);
        var write = group.MapGroup("").Requires(BillingPermissions.CouponsWrite);
        write.MapGet("/new", New);
        write.MapPost("/new", Create);
        write.MapPost("/{id}", Change);
        write.MapPost("/{id}/codes", MakeCodes);
        write.MapPost("/{id}/remove", Remove);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, CouponService coupons)
    {
        var query = ctx.Request.Query;
        var search = SearchTerm.Of(query["q"]);
        var page = await db.Read(s => coupons.List(s, ctx.Caller().TenantId, search, query["after"], Cursor.DefaultLimit), ctx.RequestAborted);
        await pages.Render<CouponListPage, CouponListModel>(ctx, new(page, search ?? "", !query.ContainsKey("after")));
    }

    // A new one, or a copy of another: all but its code and what became of it.
    private static async Task New(HttpContext ctx, PageRenderer pages, Database db, CouponService coupons, PlanService plans, TenantSettings settings)
    {
        var coupon = CopyLink.Of(ctx) is not { } from ? new Coupon { Percent = 10, Currency = ctx.Text().Language == "zh" ? "CNY" : "USD" }
            : await db.Read(s => coupons.Get(s, ctx.Caller().TenantId, from), ctx.RequestAborted) with { Code = "", Enabled = true };
        await Show(ctx, pages, db, plans, null, ToForm(ctx, coupon, settings));
    }

    private static async Task Create(HttpContext ctx, PageRenderer pages, Database db, CouponService coupons, PlanService plans, TenantSettings settings)
    {
        var form = await Typed(ctx, settings);
        try
        {
            var made = await db.Command(ctx.Caller(), s => coupons.Create(s, ctx.Caller(), Coupon.Fields.FromForm(new Coupon(), form)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, made.Code.Length > 0 ? "/admin/coupons" : $"/admin/coupons/{made.Id}#codes", new Toast("ok", "coupons.made", made.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, pages, db, plans, null, form, refusal);
        }
    }

    private static async Task Edit(HttpContext ctx, string id, PageRenderer pages, Database db, CouponService coupons, PlanService plans, TenantSettings settings)
    {
        var coupon = await Find(ctx, id, db, coupons);
        await Show(ctx, pages, db, plans, coupon, ToForm(ctx, coupon, settings));
    }

    private static async Task Change(HttpContext ctx, string id, PageRenderer pages, Database db, CouponService coupons, PlanService plans, TenantSettings settings)
    {
        var form = await Typed(ctx, settings);
        try
        {
            var changed = await db.Command(ctx.Caller(), s => coupons.Update(s, ctx.Caller(), id, c => Coupon.Fields.FromForm(c, form)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, "/admin/coupons", new Toast("ok", "coupons.saved", changed.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, pages, db, plans, await Find(ctx, id, db, coupons), form, refusal);
        }
    }

    private static async Task MakeCodes(HttpContext ctx, string id, PageRenderer pages, Database db, CouponService coupons, PlanService plans, TenantSettings settings)
    {
        var sent = new FormValues(await RequestBody.Form(ctx));
        try
        {
            if (!long.TryParse(sent["count"].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                throw Refusal.Field("count", "field.whole_number");
            var made = await db.Command(ctx.Caller(), s => coupons.MakeCodes(s, ctx.Caller(), id, count, sent["prefix"]), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"/admin/coupons/{id}#codes", new Toast("ok", "coupons.codes.made", made.Count));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            var coupon = await Find(ctx, id, db, coupons);
            var form = ToForm(ctx, coupon, settings);
            (form["count"], form["prefix"]) = (sent["count"], sent["prefix"]);
            await Show(ctx, pages, db, plans, coupon, form, refusal);
        }
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, CouponService coupons)
    {
        var gone = await db.Command(ctx.Caller(), s => coupons.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, "/admin/coupons", new Toast("ok", "coupons.deleted", gone.Name));
    }

    private static async Task Uses(HttpContext ctx, string id, PageRenderer pages, Database db, CouponService coupons)
    {
        var after = ctx.Request.Query["after"].ToString();
        var (coupon, page) = await db.Read(async s => (await coupons.Get(s, ctx.Caller().TenantId, id), await coupons.Uses(s, ctx.Caller().TenantId, id, after, Cursor.DefaultLimit)), ctx.RequestAborted);
        await pages.Render<CouponUsesPage, CouponUsesModel>(ctx, new(coupon, page, after.Length == 0));
    }

    // Step by step, in little memory.
    private static async Task Codes(HttpContext ctx, string id, Database db, CouponService coupons)
    {
        var tenant = ctx.Caller().TenantId;
        var page = await db.Read(s => coupons.Codes(s, tenant, id, null, Step), ctx.RequestAborted);
        ctx.Response.ContentType = "text/csv; charset=utf-8";
        ctx.Response.Headers.ContentDisposition = "attachment; filename=\"coupon-codes.csv\"";
        ctx.Response.Headers.CacheControl = "no-store";
        for (var csv = new CsvWriter(ctx.Response.BodyWriter, "code", "order"); ;)
        {
            foreach (var code in page.Items)
                csv.Row(code.Code, code.Order);
            await ctx.Response.BodyWriter.FlushAsync(ctx.RequestAborted);
            if (page.Next is not { } next)
                return;
            page = await db.Read(s => coupons.Codes(s, tenant, id, next, Step), ctx.RequestAborted);
        }
    }

    private static Task<Coupon> Find(HttpContext ctx, string id, Database db, CouponService coupons) => db.Read(s => coupons.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);

    // On the form, how much is taken off is one number, and its unit says of what.
    private static FormValues ToForm(HttpContext ctx, Coupon coupon, TenantSettings settings)
    {
        var form = Coupon.Fields.ToForm(coupon, settings.Zone(ctx.Caller().TenantId));
        form["off_unit"] = coupon.Percent > 0 ? "percent" : "amount";
        form["off"] = coupon.Percent > 0 ? form["percent"] : form["amount"];
        return form;
    }

    private static async Task<FormValues> Typed(HttpContext ctx, TenantSettings settings)
    {
        var form = new FormValues(await RequestBody.Form(ctx), settings.Zone(ctx.Caller().TenantId));
        var percent = form["off_unit"] != "amount";
        (form["percent"], form["amount"]) = percent ? (form["off"], "0") : ("0", form["off"]);
        return form;
    }

    private static async Task Show(HttpContext ctx, PageRenderer pages, Database db, PlanService plans, Coupon? coupon, FormValues form, Refusal? refused = null)
    {
        var offered = (await db.Read(s => plans.List(s, ctx.Caller().TenantId, false, null, Step), ctx.RequestAborted)).Items;
        await pages.Render<CouponFormPage, CouponFormModel>(ctx, new(form, offered, coupon, refused), refused?.Status ?? 200);
    }
}

/// <param name="First">Is this the newest page?</param>
public sealed record CouponListModel(Slice<Coupon> Coupons, string Search, bool First);

/// <param name="Plans">That it can be limited to.</param>
/// <param name="Coupon">Null while it is being made.</param>
public sealed record CouponFormModel(FormValues Form, IReadOnlyList<Plan> Plans, Coupon? Coupon = null, Refusal? Refusal = null) : IFormModel;

/// <param name="First">Is this the newest page?</param>
public sealed record CouponUsesModel(Coupon Coupon, Slice<CouponUseItem> Uses, bool First);
