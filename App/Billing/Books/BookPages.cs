using System.Globalization;
using Gatehouse.Billing.Permissions;
using Gatehouse.Billing.Statistics;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Books;

/// <summary>/admin/books, and /api/finance/orders.csv and entries.csv: what the book-keeper gets.</summary>
public static class BookPages
{
    public const string Path = "/admin/books";
    private const int Months = 24;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(BillingPermissions.MoneyRead);
        pages.MapGet("", Show);
        pages.MapGet("/orders.csv", (HttpContext ctx, BookExport export) => export.Orders(ctx, ctx.Request.Query["month"])).AsksForProof();
        pages.MapGet("/entries.csv", (HttpContext ctx, BookExport export) => export.Entries(ctx, ctx.Request.Query["month"])).AsksForProof();
        var api = app.MapGroup("/api/finance/export").RequireRateLimiting(RateLimits.Api).WithTags("Finance").Requires(BillingPermissions.MoneyRead);
        api.MapGet("/orders", (HttpContext ctx, BookExport export) => export.Orders(ctx, ctx.Request.Query["month"])).WithSummary("The orders that were paid in a month, as CSV").Query("month", "As `2026-11`; this month when left out.").Sends("text/csv", "Amounts in the major unit of their currency.");
        api.MapGet("/entries", (HttpContext ctx, BookExport export) => export.Entries(ctx, ctx.Request.Query["month"])).WithSummary("The entries of the ledger of a month, as CSV").Query("month", "As `2026-11`; this month when left out.").Sends("text/csv", "Debits and credits stand in two columns, in the major unit of their currency.");
    }

    private static async Task Show(HttpContext ctx, PageRenderer pages, SalesStatistics months)
    {
        var (first, _, _) = months.Bounds(ctx.Caller().TenantId, null);
        await pages.Render<BooksPage, BooksModel>(ctx, new([.. Enumerable.Range(0, Months).Select(i => first.AddMonths(-i).ToString("yyyy-MM", CultureInfo.InvariantCulture))]));
    }
}

/// <param name="Months">As <c>2026-11</c>, this one first.</param>
public sealed record BooksModel(IReadOnlyList<string> Months);
