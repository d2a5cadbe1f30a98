using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Reselling;

/// <summary>/api/distributor: what a distributor's program buys, and asks.</summary>
public static class ResellingEndpoints
{
    private static readonly ErrorCode[] Unfit = [DistributorErrors.NotOne, DistributorErrors.NoPrice, PlanErrors.NotFound, OrderErrors.NotOnSale, OrderErrors.SoldOut, LedgerErrors.InsufficientBalance];

    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/api/distributor").RequiresCustomer().RequireRateLimiting(RateLimits.Api).WithTags("Distributors");
        own.MapGet("/prices", Prices).WithSummary("My prices, balance and credit line").Produces<DistributorPriceList>();
        own.MapPost("/prices", Quote).WithSummary("What a basket costs me").WithDescription("At my level and for these quantities, with what there is to pay it from. Nothing is bought, and nothing is kept for it.")
            .Refuses(DistributorErrors.NotOne, DistributorErrors.NoPrice, PlanErrors.NotFound, OrderErrors.NotOnSale).Accepts<DistributorBasket>("application/json").Produces<DistributorQuote>();
        own.MapPatch("/notice", Watch).WithSummary("Tell me when little is left to spend").WithDescription("Once when balance and credit line together fall below it, by the channels of my account, a webhook among them; again only after they were not.")
            .Refuses(DistributorErrors.NotOne).Accepts<DistributorNoticeBody>("application/json").Produces<DistributorNotice>();
        own.MapGet("/keys", Keys).WithSummary("Keys that I bought in bulk, the newest first").Query("status", "One of " + string.Join(", ", LicenseState.All) + "; `unused` is stock.")
            .Query("plan", "The id of a plan.").Query("order", "The number of an order.").Query("reference", "The number that the order has with you.").Query("key", "A whole key.").Paged().Produces<DistributorKeyList>();
        own.MapPost("/keys", BuyKeys).WithSummary("Buy keys in bulk").WithDescription("For stock, from the balance and, where that does not do, the credit line. The keys are in the answer.")
            .Refuses(Unfit).Idempotent().Accepts<DistributorKeysBody>("application/json").Produces<DistributorOrderPlaced>(201);
        own.MapGet("/orders", Orders).WithSummary("My orders, the newest first").Query("reference", "The number that the order has with you: that one alone.").Paged().Produces<DistributorOrderList>();
        own.MapPost("/orders", BuyFor).WithSummary("Order for a customer of mine").WithDescription(
                "Like `POST /api/distributor/keys`, for an order of your own shop. `reference` is the number that it has there: however late it is sent again, there is one order for it (409, and `GET /api/distributor/orders?reference=` has it). `customer` is an e-mail address: the keys are mailed there as well, without a price.")
            .Refuses([.. Unfit, ResellingErrors.ReferenceUsed]).Idempotent().Accepts<DistributorOrderBody>("application/json").Produces<DistributorOrderPlaced>(201);
    }

    private static async Task Prices(HttpContext ctx, Database db, LedgerService ledger)
    {
        var who = ctx.Caller();
        var answer = await db.Read(async s =>
        {
            if (await DistributorStore.Find(s, who.TenantId, who.Id!) is not { } own)
                return new DistributorPriceList(true, "none", 0, "CNY", 0, 0, null, []);
            var items = own.State == Distributor.Active ? await DistributorStore.PriceList(s, who.TenantId, own.Level) : [];
            return new DistributorPriceList(true, own.State, own.Level, own.Currency, own.Credit, (await ledger.Standing(s, who.TenantId, who.Id!, own.Currency)).Balance,
                await ledger.Watched(s, who.TenantId, who.Id!, own.Currency), [.. items.Select(i => new DistributorPriceItem(i.Plan, i.Name, i.Currency, i.From, i.Price))]);
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, answer, ResellingJson.Default.DistributorPriceList);
    }

    private static async Task Quote(HttpContext ctx, Database db, ResellingService reselling)
    {
        var body = RequestBody.Parse(ctx, await RequestBody.Bytes(ctx), ResellingJson.Default.DistributorBasket);
        await SignedJson.Send(ctx, await db.Read(s => reselling.Quote(s, ctx.Caller(), body), ctx.RequestAborted), ResellingJson.Default.DistributorQuote);
    }

    private static async Task Watch(HttpContext ctx, Database db, DistributorService distributors)
    {
        var body = RequestBody.Parse(ctx, await RequestBody.Bytes(ctx), ResellingJson.Default.DistributorNoticeBody);
        var own = await db.Write(s => distributors.Watch(s, ctx.Caller(), body.Below), ctx.RequestAborted);
        await SignedJson.Send(ctx, new DistributorNotice(true, body.Below, own.Currency), ResellingJson.Default.DistributorNotice);
    }

    private static async Task Keys(HttpContext ctx, Database db)
    {
        var (who, query, limit) = (ctx.Caller(), ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]));
        var filter = DistributorKeyFilter.Of(query["status"], query["plan"], query["order"], query["reference"], query["key"]);
        var page = Slice<DistributorKey>.Of(await db.Read(s => DistributorStore.Keys(s, who.TenantId, who.Id!, filter, Cursor.Decode(query["after"]), limit + 1), ctx.RequestAborted), limit, k => k.Id);
        await SignedJson.Send(ctx, new DistributorKeyList(true, [.. page.Items.Select(k => new DistributorKeyItem(k.Key, k.Plan, k.Status, k.Order, k.Reference, k.Customer, Time(k.BoughtAt), k.ExpiresAt is { } end ? Time(end) : null))], page.Next), ResellingJson.Default.DistributorKeyList);
    }

    private static async Task BuyKeys(HttpContext ctx, Database db, DistributorService distributors, LedgerService ledger)
    {
        var (bytes, who, language) = (await RequestBody.Bytes(ctx), ctx.Caller(), ctx.Text().Language);
        var body = RequestBody.Parse(ctx, bytes, ResellingJson.Default.DistributorKeysBody);
        await Idempotency.Run(ctx, db, bytes, async s =>
        {
            var order = await distributors.Buy(s, who, body.Plan, body.Quantity, language);
            return await Placed(s, ledger, who, order, CustomerOrder.None, await OrderStore.Keys(s, who.TenantId, order.Id), false);
        }, ResellingJson.Default.DistributorOrderPlaced, 201);
    }

    private static async Task Orders(HttpContext ctx, Database db)
    {
        var (who, query, limit) = (ctx.Caller(), ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]));
        var page = await db.Read(async s =>
        {
            if (query["reference"].ToString() is not { Length: > 0 } reference)
                return Slice<(Order Order, CustomerOrder Said)>.Of(await CustomerOrderStore.List(s, who.TenantId, who.Id!, Cursor.Decode(query["after"]), limit + 1), limit, o => o.Order.Id);
            var order = await CustomerOrderStore.ByReference(s, who.TenantId, who.Id!, reference) is { } id ? await OrderStore.Find(s, who.TenantId, id) : null;
            return Slice<(Order Order, CustomerOrder Said)>.Of(order is null ? [] : [(order, await CustomerOrderStore.Of(s, who.TenantId, order.Id))], limit, o => o.Order.Id);
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, new DistributorOrderList(true, [.. page.Items.Select(o => View(o.Order, o.Said))], page.Next), ResellingJson.Default.DistributorOrderList);
    }

    private static async Task BuyFor(HttpContext ctx, Database db, ResellingService reselling, LedgerService ledger)
    {
        var (bytes, who, language) = (await RequestBody.Bytes(ctx), ctx.Caller(), ctx.Text().Language);
        var body = RequestBody.Parse(ctx, bytes, ResellingJson.Default.DistributorOrderBody);
        await Idempotency.Run(ctx, db, bytes, async s =>
        {
            var (order, keys, mailed) = await reselling.BuyFor(s, who, body, language);
            return await Placed(s, ledger, who, order, await CustomerOrderStore.Of(s, who.TenantId, order.Id), keys, mailed);
        }, ResellingJson.Default.DistributorOrderPlaced, 201);
    }

    private static async ValueTask<DistributorOrderPlaced> Placed(ReadTx s, LedgerService ledger, Caller who, Order order, CustomerOrder said, List<string> keys, bool mailed) =>
        new(true, View(order, said), keys, (await ledger.Standing(s, who.TenantId, who.Id!, order.Currency)).Balance, mailed);

    private static DistributorOrderItem View(Order o, CustomerOrder said) => new(OrderNumber.Shown(o.Number), o.State, o.Name, o.Quantity, o.Amount, o.Currency, said.Reference, said.Customer, Time(o.CreatedAt));

    private static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
}
