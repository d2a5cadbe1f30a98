using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Licensing.Plans;

/// <summary>/admin/plans.</summary>
public static class PlanPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/admin/plans").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        group.MapGet("", List).Requires(LicensingPermissions.PlansRead);
        group.MapGet("/{id}", Edit).Requires(LicensingPermissions.PlansRead);
        var write = group.MapGroup("").Requires(LicensingPermissions.PlansWrite);
        write.MapGet("/new", New);
        write.MapPost("/new", Create);
        write.MapPost("/{id}", Change);
        write.MapPost("/{id}/remove", Remove);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, PlanService plans, LicenseQueries queries)
    {
        var (tenant, query) = (ctx.Caller().TenantId, ctx.Request.Query);
        var retired = query["retired"] == "true";
        var search = SearchTerm.Of(query["q"]);
        var page = await db.Read(s => plans.List(s, tenant, retired, query["after"], Cursor.DefaultLimit, search), ctx.RequestAborted);
        var made = query["made"].ToString() is { Length: > 0 } id ? page.Items.FirstOrDefault(p => p.Id == id) : null;
        await pages.Render<PlanListPage, PlanListModel>(ctx, new(page, await queries.Counts(tenant, ctx.RequestAborted), retired, made, !query.ContainsKey("after"), search ?? ""));
    }

    private static async Task New(HttpContext ctx, PageRenderer pages, Database db, PlanService plans)
    {
        // Whoever sells in dollars once sells in dollars again.
        var latest = (await db.Read(s => plans.List(s, ctx.Caller().TenantId, false, null, 1), ctx.RequestAborted)).Items;
        var plan = new Plan { Product = latest.FirstOrDefault()?.Product ?? "", Currency = latest.FirstOrDefault()?.Currency ?? (ctx.Text().Language == "zh" ? "CNY" : "USD") };
        var form = Plan.Fields.ToForm(plan);
        form["price"] = "";
        await Show(ctx, pages, null, form);
    }

    private static async Task Create(HttpContext ctx, PageRenderer pages, Database db, PlanService plans)
    {
        var sent = await RequestBody.Form(ctx);
        var form = new FormValues(sent);
        if (sent.ContainsKey("more_rows"))
        {
            await Show(ctx, pages, null, form, more: true);
            return;
        }
        try
        {
            var plan = await db.Command(ctx.Caller(), s => plans.Create(s, ctx.Caller(), Plan.Fields.FromForm(new Plan(), form)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"/admin/plans?made={plan.Id}", new Toast("ok", "plans.made", plan.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, pages, null, form, refusal);
        }
    }

    private static async Task Edit(HttpContext ctx, string id, PageRenderer pages, Database db, PlanService plans, LicenseQueries queries)
    {
        var plan = await Find(ctx, id, db, plans);
        var counts = await queries.Counts(ctx.Caller().TenantId, ctx.RequestAborted);
        if (plan.RetiredAt is null && ctx.Caller().May(LicensingPermissions.PlansWrite))
            await Show(ctx, pages, plan, Plan.Fields.ToForm(plan), counts: counts);
        else
            await pages.Render<PlanViewPage, PlanViewModel>(ctx, new(plan, counts));
    }

    private static async Task Change(HttpContext ctx, string id, PageRenderer pages, Database db, PlanService plans, LicenseQueries queries)
    {
        var sent = await RequestBody.Form(ctx);
        var form = new FormValues(sent);
        Refusal? refused = null;
        if (!sent.ContainsKey("more_rows"))
            try
            {
                var plan = await db.Command(ctx.Caller(), s => plans.Update(s, ctx.Caller(), id, plan => Plan.Fields.FromForm(plan, form)), ctx.RequestAborted);
                PageRenderer.RedirectWithToast(ctx, "/admin/plans", new Toast("ok", "plans.saved", plan.Name));
                return;
            }
            catch (Refusal refusal) when (refusal.Status == 422)
            {
                refused = refusal;
            }
        await Show(ctx, pages, await Find(ctx, id, db, plans), form, refused, refused is null, await queries.Counts(ctx.Caller().TenantId, ctx.RequestAborted));
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, PlanService plans)
    {
        var plan = await Find(ctx, id, db, plans);
        var deleted = await db.Command(ctx.Caller(), s => plans.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, "/admin/plans", new Toast("ok", deleted ? "plans.deleted" : "plans.retired_done", plan.Name));
    }

    private static Task<Plan> Find(HttpContext ctx, string id, Database db, PlanService plans) =>
        db.Read(s => plans.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);

    private static Task Show(HttpContext ctx, PageRenderer pages, Plan? plan, FormValues form, Refusal? refused = null, bool more = false, LicenseCounts? counts = null) =>
        pages.Render<PlanFormPage, PlanFormModel>(ctx, new(form, plan, refused, more, counts), refused?.Status ?? 200);
}

/// <param name="Plan">Null while it is being made.</param>
/// <param name="More">Show more empty rows for entitlements.</param>
public sealed record PlanFormModel(FormValues Form, Plan? Plan = null, Refusal? Refusal = null, bool More = false, LicenseCounts? Counts = null) : IFormModel;

/// <param name="Made">The plan that was made just now.</param>
/// <param name="First">Is this the newest page?</param>
public sealed record PlanListModel(Slice<Plan> Plans, LicenseCounts Counts, bool Retired = false, Plan? Made = null, bool First = false, string Search = "");

public sealed record PlanViewModel(Plan Plan, LicenseCounts Counts);
