using System.Globalization;
using System.Text.Json.Serialization;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Http;

namespace Gatehouse.Billing.Statistics;

/// <param name="Day">As <c>2026-11-20</c>.</param>
/// <param name="Revenue">Minor units: listed prices less discounts.</param>
public sealed record SalesDayItem(string Day, long Orders, long Revenue);

/// <param name="Id">Null: of no plan, no channel, or no distributor.</param>
/// <param name="Name">The id again where it is gone.</param>
public sealed record SalesPartItem(string? Id, string Name, long Orders, long Quantity, long Revenue);

/// <summary>One currency's figures. Money in minor units.</summary>
/// <param name="Revenue">Of the month: listed prices less discounts. Refunds are not taken off.</param>
/// <param name="TotalRevenue">Of all time.</param>
/// <param name="Balances">What customers have with the operator now.</param>
/// <param name="Distributors">By the user ids of whose link an order came by, and of who bought in bulk.</param>
public sealed record SalesCurrency(string Currency, long Orders, long Revenue, long Discounts, long Refunds, long TotalOrders, long TotalRevenue, long Balances,
    IReadOnlyList<SalesDayItem> Days, IReadOnlyList<SalesPartItem> Plans, IReadOnlyList<SalesPartItem> Channels, IReadOnlyList<SalesPartItem> Distributors);

/// <param name="Made">Orders that were made in the month.</param>
/// <param name="Paid">How many of them are paid.</param>
/// <param name="ByStatus">What they are now.</param>
public sealed record SalesOrders(long Made, long Paid, IReadOnlyDictionary<string, long> ByStatus);

/// <param name="Due">Keys whose time was over in the month, or would have been. Trials and recharge keys are left out, and keys that staff extended, suspended or revoked.</param>
/// <param name="Renewed">How many of them were renewed by an order, before their end or after it.</param>
public sealed record RenewalItem(string PlanId, string Plan, long Due, long Renewed);

/// <param name="Plans">The same by plan.</param>
public sealed record SalesRenewals(long Due, long Renewed, IReadOnlyList<RenewalItem> Plans);

/// <param name="TimeZone">In which days and months begin.</param>
public sealed record SalesResponse(bool Success, string Month, string TimeZone, SalesOrders Orders, SalesRenewals Renewals, IReadOnlyList<SalesCurrency> Currencies);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SalesResponse))]
internal sealed partial class SalesJson : JsonSerializerContext;

/// <summary>/api/finance/statistics.</summary>
public static class SalesEndpoints
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/finance/statistics", Get).RequireRateLimiting(RateLimits.Api).WithTags("Finance").Requires(BillingPermissions.MoneyRead).WithSummary("What was sold in a month, and in all")
            .WithDescription("By day, plan, channel and distributor, for each currency. Days begin in the time zone of the settings.").Query("month", "As `2026-11`; this month when left out.").Produces<SalesResponse>();

    /// <summary>A month's figures of one currency.</summary>
    public static SalesCurrency Of(SalesMonth month, string currency)
    {
        var sales = month.Sales.Where(s => s.Currency == currency).ToList();
        var byDay = sales.ToLookup(s => s.Day);
        return new(currency, sales.Sum(s => s.Orders), sales.Sum(s => s.Revenue), sales.Sum(s => s.Discount), month.Refunds.GetValueOrDefault(currency), month.Total.GetValueOrDefault(currency).Orders,
            month.Total.GetValueOrDefault(currency).Revenue, month.Balances.GetValueOrDefault(currency),
            [.. month.Days.Select(d => new SalesDayItem(d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), byDay[d].Sum(s => s.Orders), byDay[d].Sum(s => s.Revenue)))],
            Parts(month, sales, s => s.Plan), Parts(month, sales, s => s.Channel), Parts(month, sales, s => s.Distributor));
    }

    /// <summary>What was renewed in a month.</summary>
    public static SalesRenewals Renewals(SalesMonth month) => new(month.Renewals.Sum(r => r.Due), month.Renewals.Sum(r => r.Renewed), [.. month.Renewals.Select(r => new RenewalItem(r.Plan, month.Names.GetValueOrDefault(r.Plan, r.Plan), r.Due, r.Renewed))]);

    private static List<SalesPartItem> Parts(SalesMonth month, List<Sale> sales, Func<Sale, string?> by) =>
        [.. sales.GroupBy(by).Select(g => new SalesPartItem(g.Key, g.Key is { } id ? month.Names.GetValueOrDefault(id, id) : "", g.Sum(s => s.Orders), g.Sum(s => s.Quantity), g.Sum(s => s.Revenue)))
            .OrderByDescending(p => p.Revenue).ThenBy(p => p.Name, StringComparer.Ordinal)];

    private static async Task Get(HttpContext ctx, SalesStatistics statistics)
    {
        var month = await statistics.Of(ctx.Caller().TenantId, ctx.Request.Query["month"], ctx.RequestAborted);
        await SignedJson.Send(ctx, new SalesResponse(true, month.Month, month.Zone, new(month.Made.Values.Sum(), month.Paid, month.Made), Renewals(month), [.. month.Currencies.Select(c => Of(month, c))]), SalesJson.Default.SalesResponse);
    }
}
