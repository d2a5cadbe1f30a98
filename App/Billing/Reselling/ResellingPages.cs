using System.Text;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Reselling;

/// <summary><c>/account/distributor/keys</c>: a distributor's keys, to look at, to copy and to take along.</summary>
public static class ResellingPages
{
    private const int OnPage = 100, Step = 1000;

    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup(DistributorPages.OwnKeys).RequiresCustomer().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        own.MapGet("", Show);
        app.MapGet(DistributorPages.OwnKeys + ".csv", Csv).RequiresCustomer().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        app.MapGet(DistributorPages.OwnKeys + ".txt", Text).RequiresCustomer().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
    }

    private static async Task Show(HttpContext ctx, Database db, PageRenderer pages)
    {
        var (who, filter, after) = (ctx.Caller(), Filter(ctx), ctx.Request.Query["after"].ToString());
        var model = await db.Read(async s =>
        {
            var order = filter.Order.Length == 0 ? null : await OrderStore.ByNumber(s, who.TenantId, filter.Order);
            if (filter.Order.Length > 0 && (order?.Kind != Order.Bulk || order.AccountId != who.Id))
                throw new Refusal(OrderErrors.OrderNotFound);
            return new OwnKeysModel(Slice<DistributorKey>.Of(await DistributorStore.Keys(s, who.TenantId, who.Id!, filter, Cursor.Decode(after), OnPage + 1), OnPage, k => k.Id), filter, order, await DistributorStore.Counts(s, who.TenantId, who.Id!), after.Length == 0);
        }, ctx.RequestAborted);
        ctx.Response.Headers.CacheControl = "no-store";
        await pages.Render<OwnKeysPage, OwnKeysModel>(ctx, model);
    }

    private static Task Csv(HttpContext ctx, Database db) => Send(ctx, db, "csv", "text/csv; charset=utf-8", () =>
    {
        var csv = new CsvWriter(ctx.Response.BodyWriter, "key", "plan", "status", "order", "reference", "customer", "bought_at", "expires_at");
        return k => csv.Row(k.Key, k.Plan, k.Status, k.Order, k.Reference, k.Customer, Format.Iso(k.BoughtAt), Format.Iso(k.ExpiresAt));
    });

    private static Task Text(HttpContext ctx, Database db) => Send(ctx, db, "txt", "text/plain; charset=utf-8", () => k => Encoding.UTF8.GetBytes(k.Key + "\n", ctx.Response.BodyWriter));

    // Step by step, in little memory.
    private static async Task Send(HttpContext ctx, Database db, string end, string type, Func<Action<DistributorKey>> begin)
    {
        var (who, filter) = (ctx.Caller(), Filter(ctx));
        var step = await db.Read(s => DistributorStore.Keys(s, who.TenantId, who.Id!, filter, null, Step), ctx.RequestAborted);
        ctx.Response.ContentType = type;
        ctx.Response.Headers.ContentDisposition = $"attachment; filename=\"keys{(filter.Order.Length > 0 ? "-" + filter.Order : "")}.{end}\"";
        ctx.Response.Headers.CacheControl = "no-store";
        for (var line = begin(); ;)
        {
            step.ForEach(line);
            await ctx.Response.BodyWriter.FlushAsync(ctx.RequestAborted);
            if (step.Count < Step)
                return;
            var last = step[^1].Id;
            step = await db.Read(s => DistributorStore.Keys(s, who.TenantId, who.Id!, filter, last, Step), ctx.RequestAborted);
        }
    }

    // A status that is none shows all: addresses are typed by people.
    private static DistributorKeyFilter Filter(HttpContext ctx)
    {
        var query = ctx.Request.Query;
        var status = query["status"].ToString();
        return DistributorKeyFilter.Of(LicenseState.All.Contains(status) ? status : "", "", query["order"], "", "") with { Search = query["q"].ToString().Trim() };
    }
}

/// <param name="Order">Whose keys alone they are; null: of any.</param>
/// <param name="Counts">Of all their keys, by state.</param>
/// <param name="First">Is this the newest page?</param>
public sealed record OwnKeysModel(Slice<DistributorKey> Keys, DistributorKeyFilter Filter, Order? Order, IReadOnlyDictionary<string, long> Counts, bool First);
