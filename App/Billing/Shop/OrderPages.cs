using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Shop;

/// <summary><c>/orders/{token}</c>: where payers come back to, and where mails lead. It believes nothing that the address says but the token.</summary>
public static class OrderPages
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/orders/{token}", Show).OpenToAll().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();

    private static async Task Show(HttpContext ctx, string token, Database db, PageRenderer pages, OrderService orders, ShopService shop, PaymentStarter payments)
    {
        var who = ctx.Caller();
        var live = ctx.Request.Query.ContainsKey("live");
        var (order, view) = await db.Read(async s =>
        {
            var found = await orders.ByToken(s, who.TenantId, token);
            return (found, await shop.View(s, who.TenantId, found));
        }, ctx.RequestAborted);
        // What looks again only wants to know whether it is paid: no gateway is asked for that.
        var attempt = live || order.State != OrderState.Pending ? null : await payments.Begin(who.TenantId, order, who.Ip, false, ctx.RequestAborted);
        var payment = attempt is null ? null : attempt.Prompt is { } prompt ? ShopPayment.Of(prompt) : new ShopPayment("later");
        ctx.Response.Headers.CacheControl = "no-store";
        await pages.Render<OrderPage, OrderModel>(ctx, new(token, view, order.HandedOver, payment, live));
    }
}

/// <param name="Payment">How it is paid; null where nothing is to be paid.</param>
/// <param name="Live">The page looks again by itself.</param>
public sealed record OrderModel(string Token, ShopOrder View, string HandedOver, ShopPayment? Payment, bool Live);
