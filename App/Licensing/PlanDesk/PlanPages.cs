using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Licensing.PlanPictures;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Fields;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Licensing.PlanDesk;

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
        write.MapPost("/{id}/picture", SetPicture).WithMetadata(new RequestSizeLimitAttribute(PlanPictureService.MaxBody));
        write.MapPost("/{id}/picture/remove", RemovePicture);
        group.MapPost("/{id}/notes", Pin).Requires(LicensingPermissions.PlansNote);
        group.MapPost("/{id}/notes/{note}/remove", Unpin).Requires(LicensingPermissions.PlansNote);
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
        if (CopyLink.Of(ctx) is { } from)
        {
            await Show(ctx, pages, null, Plan.Fields.ToForm(CopyOf(await db.Read(s => plans.Get(s, ctx.Caller().TenantId, from), ctx.RequestAborted), ctx.Text())));
            return;
        }
        // Whoever sells in dollars once sells in dollars again.
        var latest = (await db.Read(s => plans.List(s, ctx.Caller().TenantId, false, null, 1), ctx.RequestAborted)).Items.FirstOrDefault();
        var plan = ctx.Request.Query["kind"] == Plan.Relay ? new Plan { Kind = Plan.Relay, DurationSeconds = 30 * 86400, TrafficQuota = 100L << 30 } : new Plan();
        plan = plan with { Product = latest?.Kind == plan.Kind ? latest.Product : "", Currency = latest?.Currency ?? (ctx.Text().Language == "zh" ? "CNY" : "USD") };
        var form = Plan.Fields.ToForm(plan);
        form["price"] = "";
        await Show(ctx, pages, null, form);
    }

    // The keys of its batch are its own: a copy that sold those is sold once its owner says of what.
    private static Plan CopyOf(Plan plan, Localizer text)
    {
        var name = text["plans.copy_of", plan.Name];
        return plan with { Name = name.Length <= Plan.MaxName ? name : plan.Name, StockBatch = null, OnSale = plan is { OnSale: true, StockBatch: null }, Enabled = plan.Enabled || plan.RetiredAt is not null };
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

    private static Task Edit(HttpContext ctx, string id, PageRenderer pages, Database db, PlanService plans, PlanNoteService notes, LicenseQueries queries, BatchQueries batches) =>
        ShowNoted(ctx, id, pages, db, plans, notes, queries, batches);

    private static async Task ShowNoted(
        HttpContext ctx, string id, PageRenderer pages, Database db, PlanService plans, PlanNoteService notes, LicenseQueries queries, BatchQueries batches, string? typed = null, Refusal? refused = null)
    {
        var (plan, pinned) = await Find(ctx, id, db, plans, notes);
        var counts = await queries.Counts(ctx.Caller().TenantId, ctx.RequestAborted);
        var part = new PlanNotesPart(id, pinned, typed, refused);
        if (plan.RetiredAt is null && ctx.Caller().May(LicensingPermissions.PlansWrite))
            await Show(ctx, pages, plan, Plan.Fields.ToForm(plan), counts: counts, notes: part, stock: await batches.OfPlan(ctx.Caller().TenantId, id, ctx.RequestAborted));
        else
            await pages.Render<PlanViewPage, PlanViewModel>(ctx, new(plan, counts, part), refused?.Status ?? 200);
    }

    private static async Task Pin(HttpContext ctx, string id, PageRenderer pages, Database db, PlanService plans, PlanNoteService notes, LicenseQueries queries, BatchQueries batches)
    {
        var typed = (await RequestBody.Form(ctx))["text"].ToString();
        try
        {
            await db.Command(ctx.Caller(), s => notes.Add(s, ctx.Caller(), id, new PlanNote { Text = typed }), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"/admin/plans/{id}", new Toast("ok", "plans.notes.pinned"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await ShowNoted(ctx, id, pages, db, plans, notes, queries, batches, typed, refusal);
        }
    }

    private static async Task Unpin(HttpContext ctx, string id, string note, Database db, PlanNoteService notes)
    {
        await db.Command(ctx.Caller(), s => notes.Remove(s, ctx.Caller(), id, note), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"/admin/plans/{id}", new Toast("ok", "plans.notes.removed"));
    }

    private static async Task Change(HttpContext ctx, string id, PageRenderer pages, Database db, PlanService plans, PlanNoteService notes, LicenseQueries queries, BatchQueries batches)
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
        var (before, pinned) = await Find(ctx, id, db, plans, notes);
        await Show(ctx, pages, before, form, refused, refused is null, await queries.Counts(ctx.Caller().TenantId, ctx.RequestAborted), new PlanNotesPart(id, pinned),
            await batches.OfPlan(ctx.Caller().TenantId, id, ctx.RequestAborted));
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, PlanService plans)
    {
        var plan = await db.Read(s => plans.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);
        var deleted = await db.Command(ctx.Caller(), s => plans.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, "/admin/plans", new Toast("ok", deleted ? "plans.deleted" : "plans.retired_done", plan.Name));
    }

    private static async Task SetPicture(
        HttpContext ctx, string id, PageRenderer pages, Database db, PlanService plans, PlanNoteService notes, LicenseQueries queries, BatchQueries batches, PlanPictureService pictures)
    {
        try
        {
            var picture = await PlanPictureService.Sent(await RequestBody.Form(ctx), ctx.RequestAborted);
            await KeepPicture(ctx, id, db, pictures, picture.Length > 0 ? picture : throw Refusal.Field("picture", "field.required"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            var (plan, pinned) = await Find(ctx, id, db, plans, notes);
            await Show(ctx, pages, plan, Plan.Fields.ToForm(plan), refusal, counts: await queries.Counts(ctx.Caller().TenantId, ctx.RequestAborted), notes: new PlanNotesPart(id, pinned),
                stock: await batches.OfPlan(ctx.Caller().TenantId, id, ctx.RequestAborted));
        }
    }

    private static Task RemovePicture(HttpContext ctx, string id, Database db, PlanPictureService pictures) => KeepPicture(ctx, id, db, pictures, "");

    private static async Task KeepPicture(HttpContext ctx, string id, Database db, PlanPictureService pictures, string picture)
    {
        var plan = await db.Command(ctx.Caller(), s => pictures.Set(s, ctx.Caller(), id, picture), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"/admin/plans/{id}", new Toast("ok", "plans.saved", plan.Name));
    }

    private static Task<(Plan, Slice<PlanNote>)> Find(HttpContext ctx, string id, Database db, PlanService plans, PlanNoteService notes) => db.Read(async s =>
        (await plans.Get(s, ctx.Caller().TenantId, id), await notes.List(s, ctx.Caller().TenantId, id, null, Cursor.DefaultLimit)), ctx.RequestAborted);

    private static async Task Show(
        HttpContext ctx, PageRenderer pages, Plan? plan, FormValues form, Refusal? refused = null, bool more = false, LicenseCounts? counts = null, PlanNotesPart? notes = null, IReadOnlyList<Batch>? stock = null)
    {
        var others = (await ctx.RequestServices.GetRequiredService<LicenseLists>().Sellable(ctx.Caller().TenantId, ctx.RequestAborted)).FindAll(p => p.Id != plan?.Id);
        await pages.Render<PlanFormPage, PlanFormModel>(ctx, new(form, plan, refused, more, counts, notes) { Stock = stock ?? [], Others = others }, (refused ?? notes?.Refusal)?.Status ?? 200);
    }
}

/// <param name="Plan">Null while it is being made.</param>
/// <param name="More">Show more empty rows for entitlements.</param>
public sealed record PlanFormModel(FormValues Form, Plan? Plan = null, Refusal? Refusal = null, bool More = false, LicenseCounts? Counts = null, PlanNotesPart? Notes = null) : IFormModel
{
    /// <summary>The batches whose keys it could sell.</summary>
    public IReadOnlyList<Batch> Stock { get; init; } = [];

    /// <summary>The plans that its keys could be switched to.</summary>
    public IReadOnlyList<PlanChoice> Others { get; init; } = [];
}

/// <param name="Made">The plan that was made just now.</param>
/// <param name="First">Is this the newest page?</param>
public sealed record PlanListModel(Slice<Plan> Plans, LicenseCounts Counts, bool Retired = false, Plan? Made = null, bool First = false, string Search = "");

public sealed record PlanViewModel(Plan Plan, LicenseCounts Counts, PlanNotesPart Notes);

/// <summary>A plan's newest notes, and the form that pins one.</summary>
/// <param name="Typed">What was typed into a form that failed, and <paramref name="Refusal"/> why.</param>
public sealed record PlanNotesPart(string PlanId, Slice<PlanNote> Notes, string? Typed = null, Refusal? Refusal = null);
