using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Licensing.Keys;

/// <summary>/admin/keys: the list, and one key with what can be done to it.</summary>
public static class LicensePages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(LicenseLinks.List).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = pages.MapGroup("").Requires(LicensingPermissions.KeysRead);
        read.MapGet("", List);
        read.MapGet($"/{LicenseLinks.ExportWord}", Export).AsksForProof();
        read.MapPost($"/{LicenseLinks.ExportWord}", ExportSelected);
        read.MapGet("/{key}", Show);
        var write = pages.MapGroup("").Requires(LicensingPermissions.KeysWrite);
        write.MapGet("/{key}/{action}", Ask);
        write.MapPost("/{key}/{action}", Act);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, LicenseQueries queries, LicenseLists lists)
    {
        var (tenant, query) = (ctx.Caller().TenantId, ctx.Request.Query);
        var filter = LicenseFilter.From(query);
        var page = await queries.Lines(tenant, filter, query["after"], Cursor.DefaultLimit, ctx.RequestAborted);
        var (plans, batches) = await lists.Filters(tenant, filter.Batch, ctx.RequestAborted);
        await pages.Render<LicenseListPage, LicenseListModel>(ctx, new(
            page,
            filter,
            await queries.Counts(tenant, ctx.RequestAborted),
            plans,
            batches,
            query["all"] == "1",
            !query.ContainsKey("after")));
    }

    private static Task Export(HttpContext ctx, LicenseExport export) => export.Send(ctx, LicenseFilter.From(ctx.Request.Query), ctx.Request.Query["format"]);

    private static async Task ExportSelected(HttpContext ctx, LicenseExport export, LicenseLists lists)
    {
        var form = await RequestBody.Form(ctx);
        var format = LicenseExport.Checked(form["format"]);
        if (form["all"] == "1")
            PageRenderer.Redirect(ctx, LicenseLinks.Export(LicenseLinks.Parse(form["filter"].ToString()), format));
        else
            await export.Send(ctx, await lists.Named(ctx.Caller().TenantId, [.. form["key"].Take(BatchService.MaxCount).OfType<string>()], ctx.RequestAborted), format);
    }

    private static async Task Show(HttpContext ctx, string key, PageRenderer pages, LicenseLists lists)
    {
        var (detail, plans) = await lists.One(ctx.Caller().TenantId, key, ctx.RequestAborted);
        await pages.Render<LicensePage, LicenseModel>(ctx, new(detail.Key, detail.Machines, detail.History, plans, detail.MachineLimit));
    }

    // The form of one action as a page of its own: where a form that failed is shown again.
    private static async Task Ask(HttpContext ctx, string key, string action, PageRenderer pages, LicenseQueries queries, LicenseLists lists) =>
        await AskAgain(ctx, await queries.Get(ctx.Caller().TenantId, key, ctx.RequestAborted), action, null, null, pages, lists);

    private static async Task Act(HttpContext ctx, string key, string action, PageRenderer pages, Database db, LicenseActions life, LicenseQueries queries, LicenseLists lists)
    {
        var words = Words(action);
        var form = ActionForm.Read(await RequestBody.Form(ctx));
        var before = await queries.Get(ctx.Caller().TenantId, key, ctx.RequestAborted);
        try
        {
            var after = await db.Command(ctx.Caller(), s => life.Apply(s, ctx.Caller(), before.Key, form.ToAction(action)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, after is null ? LicenseLinks.List : LicenseLinks.Key(after.Key), new Toast("ok", words.Done, (after ?? before).Key));
        }
        catch (Refusal refusal) when (refusal.Status == 409)
        {
            PageRenderer.RedirectWithToast(ctx, LicenseLinks.Key(before.Key), new Toast("warn", refusal.Detail));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await AskAgain(ctx, before, action, form, refusal, pages, lists);
        }
    }

    private static async Task AskAgain(HttpContext ctx, License key, string action, ActionForm? form, Refusal? refusal, PageRenderer pages, LicenseLists lists)
    {
        Words(action);
        await pages.Render<LicenseActionPage, LicenseActionModel>(ctx, new(
            key,
            action,
            form ?? new ActionForm { Prefix = key.Prefix, Note = key.Note },
            await lists.Sellable(ctx.Caller().TenantId, ctx.RequestAborted),
            refusal), refusal?.Status ?? 200);
    }

    // What is no action is no address either.
    private static ActionWords Words(string action) => ActionWords.Of.TryGetValue(action, out var words) ? words : throw new Refusal(HttpErrors.NoSuchPage);
}

/// <param name="All">All that match are chosen, not only those on this page.</param>
/// <param name="First">Is this the newest page?</param>
public sealed record LicenseListModel(Slice<LicenseLine> Keys, LicenseFilter Filter, LicenseCounts Counts, IReadOnlyList<PlanChoice> Plans, IReadOnlyList<(string Id, string Name)> Batches, bool All = false, bool First = false);

public sealed record LicenseModel(License Key, IReadOnlyList<Binding> Machines, IReadOnlyList<LicenseEvent> History, IReadOnlyList<PlanChoice> Plans, long MachineLimit);
