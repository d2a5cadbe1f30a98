using System.Globalization;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Statistics;

/// <summary>/admin/statistics.</summary>
public static class SalesPages
{
    public const string Path = "/admin/statistics";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(BillingPermissions.MoneyRead);
        group.MapGet("", Show);
        group.MapGet("/sales.csv", Csv);
    }

    private static async Task Show(HttpContext ctx, PageRenderer pages, SalesStatistics statistics)
    {
        var month = await statistics.Of(ctx.Caller().TenantId, ctx.Request.Query["month"], ctx.RequestAborted);
        var asked = ctx.Request.Query["currency"].ToString();
        var currency = month.Currencies.Contains(asked) ? asked : month.Currencies.FirstOrDefault();
        await pages.Render<SalesPage, SalesModel>(ctx, new(month, currency is null ? null : SalesEndpoints.Of(month, currency)));
    }

    private static async Task Csv(HttpContext ctx, SalesStatistics statistics)
    {
        var month = await statistics.Of(ctx.Caller().TenantId, ctx.Request.Query["month"], ctx.RequestAborted);
        ctx.Response.ContentType = "text/csv; charset=utf-8";
        ctx.Response.Headers.ContentDisposition = $"attachment; filename=\"sales-{month.Month}.csv\"";
        ctx.Response.Headers.CacheControl = "no-store";
        var csv = new CsvWriter(ctx.Response.BodyWriter, "day", "currency", "plan", "channel", "distributor", "orders", "quantity", "listed", "discount", "revenue");
        foreach (var sale in month.Sales)
            csv.Row(sale.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), sale.Currency, Name(month, sale.Plan), Name(month, sale.Channel), Name(month, sale.Distributor), sale.Orders.ToString(CultureInfo.InvariantCulture),
                sale.Quantity.ToString(CultureInfo.InvariantCulture), Money.Plain(sale.Listed, sale.Currency), Money.Plain(sale.Discount, sale.Currency), Money.Plain(sale.Revenue, sale.Currency));
        await ctx.Response.BodyWriter.FlushAsync(ctx.RequestAborted);
    }

    private static string? Name(SalesMonth month, string? id) => id is null ? null : month.Names.GetValueOrDefault(id, id);
}

/// <param name="Of">The figures of the currency that is shown; null: nothing was ever sold.</param>
public sealed record SalesModel(SalesMonth Month, SalesCurrency? Of);
