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
        group.MapGet("/renewals.csv", RenewalsCsv);
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
        var sales = await statistics.WithRefunds(ctx.Caller().TenantId, month, ctx.RequestAborted);
        var csv = Begin(ctx, $"sales-{month.Month}", "day", "currency", "plan", "channel", "distributor", "orders", "quantity", "listed", "discount", "revenue", "refunds");
        foreach (var sale in sales)
            csv.Row(sale.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), sale.Currency, Name(month, sale.Plan), Name(month, sale.Channel), Name(month, sale.Distributor), sale.Orders.ToString(CultureInfo.InvariantCulture),
                sale.Quantity.ToString(CultureInfo.InvariantCulture), Money.Plain(sale.Listed, sale.Currency), Money.Plain(sale.Discount, sale.Currency), Money.Plain(sale.Revenue, sale.Currency), Money.Plain(sale.Refunds, sale.Currency));
        await ctx.Response.BodyWriter.FlushAsync(ctx.RequestAborted);
    }

    private static async Task RenewalsCsv(HttpContext ctx, SalesStatistics statistics)
    {
        var month = await statistics.Of(ctx.Caller().TenantId, ctx.Request.Query["month"], ctx.RequestAborted);
        var csv = Begin(ctx, $"renewals-{month.Month}", "plan", "due", "renewed");
        foreach (var plan in SalesEndpoints.Renewals(month).Plans)
            csv.Row(plan.Plan, plan.Due.ToString(CultureInfo.InvariantCulture), plan.Renewed.ToString(CultureInfo.InvariantCulture));
        await ctx.Response.BodyWriter.FlushAsync(ctx.RequestAborted);
    }

    private static CsvWriter Begin(HttpContext ctx, string name, params string[] columns)
    {
        ctx.Response.ContentType = "text/csv; charset=utf-8";
        ctx.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}.csv\"";
        ctx.Response.Headers.CacheControl = "no-store";
        return new CsvWriter(ctx.Response.BodyWriter, columns);
    }

    private static string? Name(SalesMonth month, string? id) => id is null ? null : month.Names.GetValueOrDefault(id, id);
}

/// <param name="Of">The figures of the currency that is shown; null: nothing was ever sold.</param>
public sealed record SalesModel(SalesMonth Month, SalesCurrency? Of);
