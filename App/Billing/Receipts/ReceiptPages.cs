using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Receipts;

/// <summary><c>/orders/{token}/receipt</c>: for whoever has the order's link, and for staff by its number.</summary>
public static class ReceiptPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/orders/{token}/receipt").OpenToAll().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        group.MapGet("", Show);
        group.MapPost("", Issue);
        app.MapGet("/admin/orders/{number}/receipt", ForStaff).Requires(BillingPermissions.OrdersRead).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
    }

    private static async Task Show(HttpContext ctx, string token, PageRenderer pages, Database db, OrderService orders) => await Render(ctx, token, pages, db, orders, null, null);

    private static async Task Issue(HttpContext ctx, string token, PageRenderer pages, Database db, OrderService orders, ReceiptService receipts)
    {
        var (tenant, buyer) = (ctx.Caller().TenantId, (await RequestBody.Form(ctx))["buyer"].ToString());
        try
        {
            await db.Write(async s => await receipts.Issue(s, tenant, (await orders.ByToken(s, tenant, token)).Id, buyer), ctx.RequestAborted);
            PageRenderer.Redirect(ctx, $"/orders/{token}/receipt");
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Render(ctx, token, pages, db, orders, buyer, refusal);
        }
    }

    // Staff see the very page that the buyer has.
    private static async Task ForStaff(HttpContext ctx, string number, Database db)
    {
        var order = OrderNumber.Parse(number) is { } parsed ? await db.Read(s => OrderStore.ByNumber(s, ctx.Caller().TenantId, parsed), ctx.RequestAborted) : null;
        PageRenderer.Redirect(ctx, $"/orders/{(order ?? throw new Refusal(OrderErrors.OrderNotFound)).Token}/receipt");
    }

    private static async Task Render(HttpContext ctx, string token, PageRenderer pages, Database db, OrderService orders, string? typed, Refusal? refused)
    {
        var tenant = ctx.Caller().TenantId;
        var (order, receipt, channel) = await db.Read(async s =>
        {
            var found = await orders.ByToken(s, tenant, token);
            return (found, await ReceiptStore.Of(s, tenant, found.Id), await s.One("SELECT name FROM payment_channels WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", found.ChannelId)));
        }, ctx.RequestAborted);
        if (order is not { PaidAt: not null, Amount: > 0 })
            throw new Refusal(OrderErrors.OrderState);
        ctx.Response.Headers.CacheControl = "no-store";
        await pages.Render<ReceiptPage, ReceiptModel>(ctx, new(order, receipt, channel, typed, refused), refused?.Status ?? 200);
    }
}

/// <param name="Receipt">Null: none was made out yet.</param>
/// <param name="Channel">What it was paid by.</param>
/// <param name="Typed">Who it should be made out to.</param>
public sealed record ReceiptModel(Order Order, Receipt? Receipt, string? Channel, string? Typed, Refusal? Refusal) : IFormModel;
