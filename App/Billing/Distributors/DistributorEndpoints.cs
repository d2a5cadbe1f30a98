using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Permissions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Distributors;

/// <param name="From">From so many on.</param>
/// <param name="Price">Each, in minor units.</param>
public sealed record DistributorPriceItem(string Plan, string Name, string Currency, long From, long Price);

/// <param name="Status"><c>none</c>, or what the distributor is: <c>applied</c>, <c>active</c>, <c>suspended</c>, <c>rejected</c>.</param>
/// <param name="Credit">How far below nothing the balance may fall, in minor units of <paramref name="Currency"/>.</param>
/// <param name="Balance">In the same; below zero it is owed.</param>
public sealed record DistributorPriceList(bool Success, string Status, long Level, string Currency, long Credit, long Balance, IReadOnlyList<DistributorPriceItem> Items);

public sealed record DistributorKeyItem(string Key, string Plan, string Status, string Order);

public sealed record DistributorKeyList(bool Success, IReadOnlyList<DistributorKeyItem> Items, string? Next);

/// <param name="Plan">An id or a name.</param>
public sealed record DistributorOrderBody(string? Plan = null, long Quantity = 0);

public sealed record DistributorOrderItem(string Number, string Status, string Plan, long Quantity, long Amount, string Currency, DateTime CreatedAt);

/// <param name="Balance">What is left, in minor units; below zero it is owed.</param>
public sealed record DistributorOrderPlaced(bool Success, DistributorOrderItem Order, IReadOnlyList<string> Keys, long Balance);

public sealed record DistributorOrderList(bool Success, IReadOnlyList<DistributorOrderItem> Items, string? Next);

public sealed record DistributorItem(string User, string Name, string Status, long Level, string Currency, long Credit, string Application, string Reason, DateTime CreatedAt, DateTime UpdatedAt);

public sealed record DistributorList(bool Success, IReadOnlyList<DistributorItem> Items, string? Next);

public sealed record DistributorResponse(bool Success, DistributorItem Distributor);

/// <param name="Status"><c>active</c>, <c>rejected</c> or <c>suspended</c>; what is left out stays.</param>
/// <param name="Credit">How far below nothing the balance may fall, in minor units of <paramref name="Currency"/>.</param>
/// <param name="Reason">The distributor sees it.</param>
public sealed record DistributorBody(string? Status = null, long? Level = null, long? Credit = null, string? Currency = null, string? Reason = null);

/// <param name="Plan">An id or a name.</param>
/// <param name="Prices">All of the plan's, anew.</param>
public sealed record DistributorPricesBody(string? Plan = null, IReadOnlyList<DistributorPrice>? Prices = null);

public sealed record DistributorPricesResponse(bool Success, string Plan, IReadOnlyList<DistributorPrice> Prices);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(DistributorPriceList))]
[JsonSerializable(typeof(DistributorKeyList))]
[JsonSerializable(typeof(DistributorOrderBody))]
[JsonSerializable(typeof(DistributorOrderPlaced))]
[JsonSerializable(typeof(DistributorOrderList))]
[JsonSerializable(typeof(DistributorList))]
[JsonSerializable(typeof(DistributorResponse))]
[JsonSerializable(typeof(DistributorBody))]
[JsonSerializable(typeof(DistributorPricesBody))]
[JsonSerializable(typeof(DistributorPricesResponse))]
internal sealed partial class DistributorJson : JsonSerializerContext;

/// <summary>/api/distributor, for distributors themselves, and /api/distributors, for staff.</summary>
public static class DistributorEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/api/distributor").RequiresCustomer().RequireRateLimiting(RateLimits.Api).WithTags("Distributors");
        own.MapGet("/prices", Prices).WithSummary("My prices, balance and credit line").Produces<DistributorPriceList>();
        own.MapGet("/keys", Keys).WithSummary("Keys that I bought in bulk, the newest first").Query("status", "One of " + string.Join(", ", LicenseState.All) + "; `unused` is stock.").Paged().Produces<DistributorKeyList>();
        own.MapGet("/orders", Orders).WithSummary("My bulk orders, the newest first").Paged().Produces<DistributorOrderList>();
        own.MapPost("/orders", Buy).WithSummary("Buy keys in bulk").WithDescription("From the balance and, where that does not do, the credit line. The keys are in the answer.")
            .Refuses(DistributorErrors.NotOne, DistributorErrors.NoPrice, OrderErrors.NotOnSale, OrderErrors.SoldOut, LedgerErrors.InsufficientBalance).Idempotent().Accepts<DistributorOrderBody>("application/json").Produces<DistributorOrderPlaced>(201);
        var staff = app.MapGroup("/api/distributors").Requires(BillingPermissions.DistributorsManage).RequireRateLimiting(RateLimits.Api).WithTags("Distributors");
        staff.MapGet("", List).WithSummary("List distributors and who asks to be one").Query("status", "One of " + string.Join(", ", Distributor.States) + ".").Paged().Produces<DistributorList>();
        staff.MapPatch("/{user}", Change).WithSummary("Take a distributor on, stop them, or change their terms").Refuses(DistributorErrors.NotFound, DistributorErrors.State).Accepts<DistributorBody>("application/json").Produces<DistributorResponse>();
        staff.MapPost("/prices", SetPrices).WithSummary("Set what a plan costs distributors").WithDescription("By level (1 to 9) and quantity; what was set before is gone.").Idempotent().Accepts<DistributorPricesBody>("application/json").Produces<DistributorPricesResponse>();
    }

    /// <summary>A distributor's balance in the currency of the credit line.</summary>
    internal static async ValueTask<long> Balance(ReadTx s, LedgerService ledger, string tenant, string account, string currency) =>
        (await ledger.Balances(s, tenant, account)).Find(b => b.Currency == currency).Amount;

    private static async Task Prices(HttpContext ctx, Database db, LedgerService ledger)
    {
        var who = ctx.Caller();
        var answer = await db.Read(async s =>
        {
            if (await DistributorStore.Find(s, who.TenantId, who.Id!) is not { } own)
                return new DistributorPriceList(true, "none", 0, "CNY", 0, 0, []);
            var items = own.State == Distributor.Active ? await DistributorStore.PriceList(s, who.TenantId, own.Level) : [];
            return new DistributorPriceList(true, own.State, own.Level, own.Currency, own.Credit, await Balance(s, ledger, who.TenantId, who.Id!, own.Currency), [.. items.Select(i => new DistributorPriceItem(i.Plan, i.Name, i.Currency, i.From, i.Price))]);
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, answer, DistributorJson.Default.DistributorPriceList);
    }

    private static async Task Keys(HttpContext ctx, Database db)
    {
        var (who, query, limit) = (ctx.Caller(), ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]));
        var status = query["status"].ToString() is { Length: > 0 } asked ? asked : null;
        if (status is not null && !LicenseState.All.Contains(status))
            throw Refusal.Field("status", "field.one_of", string.Join(", ", LicenseState.All));
        var page = Slice<DistributorKey>.Of(await db.Read(s => DistributorStore.Keys(s, who.TenantId, who.Id!, status, Cursor.Decode(query["after"]), limit + 1), ctx.RequestAborted), limit, k => k.Id);
        await SignedJson.Send(ctx, new DistributorKeyList(true, [.. page.Items.Select(k => new DistributorKeyItem(k.Key, k.Plan, k.Status, k.Order))], page.Next), DistributorJson.Default.DistributorKeyList);
    }

    private static async Task Orders(HttpContext ctx, Database db)
    {
        var (who, limit) = (ctx.Caller(), Cursor.Limit(ctx.Request.Query["limit"]));
        var page = Slice<Order>.Of(await db.Read(s => OrderStore.OfAccount(s, who.TenantId, who.Id!, Cursor.Decode(ctx.Request.Query["after"]), limit + 1, Order.Bulk), ctx.RequestAborted), limit, o => o.Id);
        await SignedJson.Send(ctx, new DistributorOrderList(true, [.. page.Items.Select(View)], page.Next), DistributorJson.Default.DistributorOrderList);
    }

    private static async Task Buy(HttpContext ctx, Database db, DistributorService distributors, LedgerService ledger)
    {
        var (bytes, who, language) = (await RequestBody.Bytes(ctx), ctx.Caller(), ctx.Text().Language);
        var body = RequestBody.Parse(ctx, bytes, DistributorJson.Default.DistributorOrderBody);
        await Idempotency.Run(ctx, db, bytes, async s =>
        {
            var order = await distributors.Buy(s, who, body.Plan, body.Quantity, language);
            return new DistributorOrderPlaced(true, View(order), await OrderStore.Keys(s, who.TenantId, order.Id), await Balance(s, ledger, who.TenantId, who.Id!, order.Currency));
        }, DistributorJson.Default.DistributorOrderPlaced, 201);
    }

    private static async Task List(HttpContext ctx, Database db)
    {
        var (query, limit) = (ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]));
        var status = query["status"].ToString() is { Length: > 0 } asked ? asked : null;
        if (status is not null && !Distributor.States.Contains(status))
            throw Refusal.Field("status", "field.one_of", string.Join(", ", Distributor.States));
        var page = Slice<DistributorLine>.Of(await db.Read(s => DistributorStore.List(s, ctx.Caller().TenantId, status, Cursor.Decode(query["after"]), limit + 1), ctx.RequestAborted), limit, d => d.Distributor.AccountId);
        await SignedJson.Send(ctx, new DistributorList(true, [.. page.Items.Select(d => View(d.Distributor, d.Name))], page.Next), DistributorJson.Default.DistributorList);
    }

    private static async Task Change(HttpContext ctx, string user, Database db, DistributorService distributors)
    {
        var body = RequestBody.Parse(ctx, await RequestBody.Bytes(ctx), DistributorJson.Default.DistributorBody);
        var changed = await db.Command(ctx.Caller(), s => distributors.Change(s, ctx.Caller(), user, new(body.Status, body.Level, body.Credit, body.Currency, body.Reason)), ctx.RequestAborted);
        await SignedJson.Send(ctx, new DistributorResponse(true, View(changed, changed.AccountId)), DistributorJson.Default.DistributorResponse);
    }

    private static async Task SetPrices(HttpContext ctx, Database db, DistributorService distributors)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, DistributorJson.Default.DistributorPricesBody);
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
        {
            var plan = await distributors.SetPrices(s, ctx.Caller(), body.Plan, body.Prices ?? throw Refusal.Field("prices", "field.required"));
            return new DistributorPricesResponse(true, plan.Id, await DistributorStore.Prices(s, ctx.Caller().TenantId, plan.Id));
        }), DistributorJson.Default.DistributorPricesResponse);
    }

    private static DistributorOrderItem View(Order o) => new(OrderNumber.Shown(o.Number), o.State, o.Name, o.Quantity, o.Amount, o.Currency, Time(o.CreatedAt));

    private static DistributorItem View(Distributor d, string name) => new(d.AccountId, name, d.State, d.Level, d.Currency, d.Credit, d.Application, d.Reason, Time(d.CreatedAt), Time(d.UpdatedAt));

    private static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
}
