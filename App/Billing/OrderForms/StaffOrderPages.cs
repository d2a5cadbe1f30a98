using Gatehouse.Audit.Log;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Gateways;
using Gatehouse.Billing.OrderDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Permissions;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.OrderForms;

/// <summary>/admin/orders/new: an order for somebody.</summary>
public static class StaffOrderPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(OrderDeskPages.NewPath).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(BillingPermissions.OrdersWrite);
        pages.MapGet("", New);
        pages.MapPost("", Make);
    }

    private static Task New(HttpContext ctx, PageRenderer pages, Database db, PlanService plans)
    {
        var form = new FormValues();
        form["user"] = ctx.Request.Query["customer"].ToString();
        form["plan"] = ctx.Request.Query["plan"].ToString();
        (form["quantity"], form["send"]) = ("1", "true");
        return Form(ctx, pages, db, plans, form, null);
    }

    private static async Task Make(HttpContext ctx, PageRenderer pages, Database db, PlanService plans, StaffOrders orders)
    {
        var (who, form) = (ctx.Caller(), new FormValues(await RequestBody.Form(ctx)));
        try
        {
            var order = await db.Command(who, async s =>
            {
                var plan = await plans.Named(s, who.TenantId, form["plan"]);
                var checks = new FieldChecks();
                var price = form["price"].Trim().Length == 0 ? null : Money.Parse(form["price"], plan.Currency);
                if (price is null && form["price"].Trim().Length > 0)
                    checks.Wrong("price", "orders.wrong.amount");
                if (!long.TryParse(form["quantity"], out var quantity))
                    checks.Wrong("quantity", "field.range", 1, PlanSelling.Most(plan));
                checks.ThrowIfAny();
                // One field for whoever it is: who is no customer is a guest by that address.
                var guest = form["user"].Contains('@') && await s.Number("SELECT COUNT(*) FROM account_logins WHERE tenant_id = @tenant AND name = @name", ("tenant", who.TenantId), ("name", form["user"].Trim().ToLowerInvariant())) == 0;
                return await orders.Make(s, who, new(plan.Id, quantity, guest ? null : form["user"].Trim() is { Length: > 0 } user ? user : null, guest ? form["user"] : null, form["channel"] is { Length: > 0 } channel ? channel : null, price, form.Has("send"), ctx.Text().Language));
            }, ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, OrderDeskPages.Address(order.Number), new Toast("ok", "orders.did.new", OrderNumber.Shown(order.Number)));
        }
        catch (Refusal refusal) when (refusal.Status is 404 or 409 or 422)
        {
            await Form(ctx, pages, db, plans, form, refusal.Status == 422 ? refusal : Refusal.Field("plan", refusal.Detail.Key, refusal.Detail.Args));
        }
    }

    private static async Task Form(HttpContext ctx, PageRenderer pages, Database db, PlanService plans, FormValues form, Refusal? refusal)
    {
        var tenant = ctx.Caller().TenantId;
        var model = await db.Read(async s => new StaffOrderModel(
            [.. (await s.All("SELECT p.id, p.name, p.price, p.currency FROM plans p WHERE p.tenant_id = @tenant AND p.enabled = 1 AND p.retired_at IS NULL ORDER BY p.name LIMIT 500", r => (r.GetString(0), $"{r.GetString(1)} · {Money.Format(r.GetInt64(2), r.GetString(3))}"), ("tenant", tenant)))],
            [.. (await PaymentChannelStore.All(s, tenant)).Where(c => c.Enabled && c.Kind != GatewayKinds.Balance.Name).Select(c => (c.Id, c.Name))], form, refusal), ctx.RequestAborted);
        await pages.Render<StaffOrderPage, StaffOrderModel>(ctx, model, refusal?.Status ?? 200);
    }
}

public sealed record StaffOrderModel(IReadOnlyList<(string Id, string Name)> Plans, IReadOnlyList<(string Id, string Name)> Channels, FormValues Form, Refusal? Refusal = null) : IFormModel;
