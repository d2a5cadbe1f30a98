using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Billing.Commissions;
using Gatehouse.Billing.Coupons;
using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Shop;

/// <summary>/api/shop, for whoever buys, and a customer's own orders and balance.</summary>
public static class ShopEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var shop = app.MapGroup("/api/shop").OpenToAll().RequireRateLimiting(RateLimits.Api).WithTags("Shop");
        shop.MapGet("/plans", Plans).WithSummary("What is on sale").Produces<ShopPlanList>();
        shop.MapPost("/orders", Place).WithSummary("Order something").WithDescription("Guests give an e-mail address and, if they like, a word to find the order by. With `renew`, the time of a key that is there goes on instead; with `add_to` and `add_on` it gets one of its plan's add-ons, and with `switch` another plan (`POST /api/shop/changes` tells which). With `rental`, one of my rentals gets one more of `plan`, which is its own, or the `add_on` of it. What costs nothing, and what is paid from the balance, is delivered at once. An address from which guests make orders and pay none, and all guests while the shop is flooded, bring a solved `challenge` with each (`GET /api/challenge`).")
            .Refuses([ChallengeErrors.Required, PlanErrors.NotFound, OrderErrors.NotOnSale, OrderErrors.SoldOut, OrderErrors.LimitReached, OrderErrors.TrialUsed, LedgerErrors.InsufficientBalance, LicenseErrors.NotFound, ActivationErrors.TooManyWrongKeys, ActionErrors.NotActivated, ActionErrors.NeverExpires, ActionErrors.AlreadyRevoked, ActionErrors.RechargeKey, .. KeyChangeErrors.Ordering, .. CouponErrors.Unfit]).Idempotent().Accepts<ShopOrderBody>("application/json").Produces<ShopOrderPlaced>(201);
        shop.MapGet("/orders/{number}", Get).WithSummary("One order").WithDescription("By its number and the token of its address, or the word or e-mail address that it was made with.")
            .Query("token", "The last part of the order's address.").Query("lookup", "The word, or the e-mail address, that the order was made with.").Query("challenge", "The id of a challenge of `/api/challenge`, asked for after several wrong guesses.").Query("nonce", "What solves it.")
            .Refuses(OrderErrors.OrderNotFound, ActivationErrors.TooManyWrongKeys, ChallengeErrors.Required).Produces<ShopOrderResponse>();
        var own = app.MapGroup("/api/user").RequiresCustomer().RequireRateLimiting(RateLimits.Api).WithTags("My account");
        own.MapGet("/orders", Own).WithSummary("My orders, the newest first").Paged().Produces<ShopOrderList>();
        own.MapGet("/balance", Balance).WithSummary("My balance, by currency, and what came and went").Paged().Produces<BalanceResponse>();
    }

    private static async Task Plans(HttpContext ctx, Database db, ShopService shop) =>
        await SignedJson.Send(ctx, new ShopPlanList(true, await db.Read(s => shop.Plans(s, ctx.Caller(), ctx.Text().Language), ctx.RequestAborted)), ShopJson.Default.ShopPlanList);

    private static async Task Place(HttpContext ctx, Database db, ActivationService activation, ShopDoor door, PaymentStarter payments, ShopService shop, Referrals referrals)
    {
        var (bytes, who) = (await RequestBody.Bytes(ctx), ctx.Caller());
        var body = RequestBody.Parse(ctx, bytes, ShopJson.Default.ShopOrderBody);
        var buyer = new Buyer(null, body.Email ?? "", body.Lookup ?? "", ctx.Text().Language, who.Ip);
        // Whoever names a key may be guessing.
        async Task<string?> Key(string? key) => key is { Length: > 0 } ? (await activation.Look(who, new TypedKey(key, body.Challenge), ctx.RequestAborted) ?? throw new Refusal(LicenseErrors.NotFound)).Id : null;
        var wanted = new NewOrder(body.Plan, body.Quantity ?? 1, body.Channel, CouponCodes.Of(body.Coupon), body.Form) { Renew = await Key(body.Renew), AddTo = await Key(body.AddTo), AddOn = body.AddOn, Switch = await Key(body.Switch), AtEnd = KeyChange.IsAtEnd(body.When), Expect = body.Expect, Rental = string.IsNullOrWhiteSpace(body.Rental) ? null : body.Rental, Sent = referrals.Of(ctx) };
        var placed = await Idempotency.Once(ctx, db, bytes, s => door.Place(s, who, buyer, wanted, body.Challenge), ShopJson.Default.PlacedOrder);
        var order = (await db.Read(s => OrderStore.Find(s, who.TenantId, placed.Id), ctx.RequestAborted))!;
        var attempt = await payments.Begin(who.TenantId, order, who.Ip, false, ctx.RequestAborted);
        var payment = attempt is null ? new ShopPayment("none") : attempt.Prompt is null ? new ShopPayment("later") : ShopPayment.Of(attempt.Prompt);
        await SignedJson.Send(ctx, new ShopOrderPlaced(true, await db.Read(s => shop.View(s, who.TenantId, order), ctx.RequestAborted), payment), ShopJson.Default.ShopOrderPlaced, 201);
    }

    private static async Task Get(HttpContext ctx, string number, Database db, OrderService orders, ShopService shop, GuessGuard guesses)
    {
        var (who, query) = (ctx.Caller(), ctx.Request.Query);
        var order = query["token"].ToString() is { Length: > 0 } token
            ? await db.Read(s => orders.Find(s, who.TenantId, number, token, query["lookup"]), ctx.RequestAborted)
            : await FindPages.Find(who, db, orders, guesses, number, query["lookup"], new SolvedChallenge(query["challenge"], query["nonce"]), false, ctx.RequestAborted);
        var view = await db.Read(s => shop.View(s, who.TenantId, order), ctx.RequestAborted);
        ctx.Response.Headers.CacheControl = "no-store";
        await SignedJson.Send(ctx, new ShopOrderResponse(true, view), ShopJson.Default.ShopOrderResponse);
    }

    private static async Task Own(HttpContext ctx, Database db, ShopService shop)
    {
        var (who, limit) = (ctx.Caller(), Cursor.Limit(ctx.Request.Query["limit"]));
        var page = await db.Read(async s =>
        {
            var found = Slice<Order>.Of(await OrderStore.OfAccount(s, who.TenantId, who.Id!, Cursor.Decode(ctx.Request.Query["after"]), limit + 1), limit, o => o.Id);
            var views = new List<ShopOrder>();
            foreach (var order in found.Items)
                views.Add(await shop.View(s, who.TenantId, order));
            return new ShopOrderList(true, views, found.Next);
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, page, ShopJson.Default.ShopOrderList);
    }

    private static async Task Balance(HttpContext ctx, Database db, LedgerService ledger)
    {
        var (who, limit) = (ctx.Caller(), Cursor.Limit(ctx.Request.Query["limit"]));
        var (found, lines) = await db.Read(async s => (await ledger.Balances(s, who.TenantId, who.Id!), await ledger.List(s, who.TenantId, LedgerAccount.Balance(who.Id!), ctx.Request.Query["after"], limit)), ctx.RequestAborted);
        // What the operator owes is the customer's: a credit is more for them.
        await SignedJson.Send(ctx, new BalanceResponse(true, [.. found.Select(b => new BalanceItem(b.Currency, b.Amount))],
            [.. lines.Items.Select(l => new BalanceEntry(l.TransactionId, DateTimeOffset.FromUnixTimeMilliseconds(l.CreatedAt).UtcDateTime, l.Kind, -l.Amount, l.Currency))], lines.Next), LedgerJson.Default.BalanceResponse);
    }
}
