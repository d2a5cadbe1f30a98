using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Licensing.Batches;

/// <summary>/admin/batches: the list, one batch, and its sheet to print.</summary>
public static class BatchPages
{
    /// <summary>Cards on one page of a print sheet: ten sheets of A4.</summary>
    private const int SheetPage = 240;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("/admin/batches").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(Permission.KeysRead);
        pages.MapGet("", List);
        pages.MapGet("/{id}", Show);
        pages.MapGet("/{id}/print", Print);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, BatchQueries batches)
    {
        var query = ctx.Request.Query;
        var search = query["q"].ToString() is { Length: > 100 } ? throw Refusal.Field("q", "field.too_long", 100) : query["q"].ToString();
        await pages.Render<BatchListPage>(ctx, new()
        {
            [nameof(BatchListPage.Batches)] = await batches.List(ctx.Caller().TenantId, query["after"], Cursor.DefaultLimit, ctx.RequestAborted, search),
            [nameof(BatchListPage.Search)] = search, [nameof(BatchListPage.First)] = !query.ContainsKey("after"),
        });
    }

    private static async Task Show(HttpContext ctx, string id, PageRenderer pages, BatchQueries batches)
    {
        var tenant = ctx.Caller().TenantId;
        var batch = await Find(ctx, id, batches);
        await pages.Render<BatchPage>(ctx, new()
        {
            [nameof(BatchPage.Batch)] = batch, [nameof(BatchPage.States)] = await batches.States(tenant, batch, ctx.RequestAborted),
            [nameof(BatchPage.Keys)] = batch.Count > BatchService.MaxCount ? null : await batches.Keys(tenant, batch.Id, BatchService.MaxCount, ctx.RequestAborted),
        });
    }

    private static async Task Print(HttpContext ctx, string id, PageRenderer pages, BatchQueries batches, LicenseLists lists, IConfiguration config)
    {
        var (tenant, query) = (ctx.Caller().TenantId, ctx.Request.Query);
        var batch = await Find(ctx, id, batches);
        var (plans, _) = await lists.Filters(tenant, null, ctx.RequestAborted);
        var origin = ConfigOptions.Value(config, "Server:PublicUrl") is { Length: > 0 } set ? set.TrimEnd('/') : $"{ctx.Request.Scheme}://{ctx.Request.Host}";
        await pages.Render<BatchPrintPage>(ctx, new()
        {
            [nameof(BatchPrintPage.Batch)] = batch, [nameof(BatchPrintPage.Keys)] = await batches.Unused(tenant, batch.Id, query["after"], SheetPage, ctx.RequestAborted),
            [nameof(BatchPrintPage.Plan)] = plans.FirstOrDefault(p => p.Id == batch.PlanId), [nameof(BatchPrintPage.KeyOnly)] = query["qr"] == "key",
            [nameof(BatchPrintPage.Origin)] = origin, [nameof(BatchPrintPage.First)] = !query.ContainsKey("after"),
        });
    }

    private static async Task<Batch> Find(HttpContext ctx, string id, BatchQueries batches) =>
        await batches.Find(ctx.Caller().TenantId, id, ctx.RequestAborted) ?? throw new Refusal(BatchErrors.NotFound);
}
