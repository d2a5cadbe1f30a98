using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Licensing.Batches;

/// <summary>/admin/batches: the list, one batch, and its sheet to print.</summary>
public static class BatchPages
{
    /// <summary>Cards on one page of a print sheet: ten sheets of A4.</summary>
    private const int SheetPage = 240;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("/admin/batches").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(LicensingPermissions.KeysRead);
        pages.MapGet("", List);
        pages.MapGet("/{id}", Show);
        pages.MapGet("/{id}/print", Print);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, BatchQueries batches)
    {
        var query = ctx.Request.Query;
        var search = SearchTerm.Of(query["q"]);
        await pages.Render<BatchListPage, BatchListModel>(ctx, new(
            await batches.List(ctx.Caller().TenantId, query["after"], Cursor.DefaultLimit, ctx.RequestAborted, search),
            search ?? "",
            !query.ContainsKey("after")));
    }

    private static async Task Show(HttpContext ctx, string id, PageRenderer pages, BatchQueries batches)
    {
        var tenant = ctx.Caller().TenantId;
        var batch = await Find(ctx, id, batches);
        await pages.Render<BatchPage, BatchModel>(ctx, new(
            batch,
            await batches.States(tenant, batch, ctx.RequestAborted),
            batch.Count > BatchService.MaxCount ? null : await batches.Keys(tenant, batch.Id, BatchService.MaxCount, ctx.RequestAborted)));
    }

    private static async Task Print(HttpContext ctx, string id, PageRenderer pages, BatchQueries batches, LicenseLists lists)
    {
        var (tenant, query) = (ctx.Caller().TenantId, ctx.Request.Query);
        var batch = await Find(ctx, id, batches);
        var (plans, _) = await lists.Filters(tenant, null, ctx.RequestAborted);
        await pages.Render<BatchPrintPage, BatchPrintModel>(ctx, new(
            batch,
            await batches.Unused(tenant, batch.Id, query["after"], SheetPage, ctx.RequestAborted),
            SiteAddress.Of(ctx),
            plans.FirstOrDefault(p => p.Id == batch.PlanId),
            query["qr"] == "key",
            !query.ContainsKey("after")));
    }

    private static async Task<Batch> Find(HttpContext ctx, string id, BatchQueries batches) =>
        await batches.Find(ctx.Caller().TenantId, id, ctx.RequestAborted) ?? throw new Refusal(BatchErrors.NotFound);
}

/// <param name="First">Is this the newest page?</param>
public sealed record BatchListModel(Slice<Batch> Batches, string Search = "", bool First = false);

/// <param name="States">State -> how many; null when there are too many to count.</param>
/// <param name="Keys">All of them; null when there are too many to show.</param>
public sealed record BatchModel(Batch Batch, IReadOnlyDictionary<string, long>? States = null, IReadOnlyList<string>? Keys = null);

/// <param name="Keys">Unused ones, in the order they were made.</param>
/// <param name="KeyOnly">The code holds the key alone instead of the address where it is activated.</param>
/// <param name="Origin">Of the address that customers reach this server by.</param>
public sealed record BatchPrintModel(Batch Batch, Slice<License> Keys, string Origin, PlanChoice? Plan = null, bool KeyOnly = false, bool First = false);
