using Gatehouse.Audit.Log;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Gateways;
using Gatehouse.Billing.KeyDeals;
using Gatehouse.Billing.OrderDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Permissions;
using Gatehouse.Licensing.Licenses;
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

    private static Task New(HttpContext ctx, PageRenderer pages, Database db, KeyDealer dealer)
    {
        var (form, asked) = (new FormValues(), ctx.Request.Query);
        form["user"] = asked["customer"].ToString();
        foreach (var field in new[] { "plan", "key", "deal", "price" })
            form[field] = asked[field].ToString();
        (form["quantity"], form["send"]) = (asked["quantity"] is [{ Length: > 0 } typed] ? typed : "1", "true");
        return Form(ctx, pages, db, dealer, form, null);
    }

    private static async Task Make(HttpContext ctx, PageRenderer pages, Database db, PlanService plans, StaffOrders orders, KeyDealer dealer)
    {
        var (who, form) = (ctx.Caller(), new FormValues(await RequestBody.Form(ctx)));
        try
        {
            var order = await db.Command(who, async s =>
            {
                var (key, checks) = (form["key"].Trim(), new FieldChecks());
                var plan = key.Length > 0 ? null : await plans.Named(s, who.TenantId, form["plan"]);
                var price = plan is null || form["price"].Trim().Length == 0 ? null : Money.Parse(form["price"], plan.Currency);
                if (price is null && plan is not null && form["price"].Trim().Length > 0)
                    checks.Wrong("price", "orders.wrong.amount");
                if (!long.TryParse(form["quantity"], out var quantity))
                    checks.Wrong("quantity", "field.range", 1, plan is null ? AddOns.MaxOfKey : PlanSelling.Most(plan));
                checks.ThrowIfAny();
                // One field for whoever it is: who is no customer is a guest by that address.
                var guest = form["user"].Contains('@') && await s.Number("SELECT COUNT(*) FROM account_logins WHERE tenant_id = @tenant AND name = @name", ("tenant", who.TenantId), ("name", form["user"].Trim().ToLowerInvariant())) == 0;
                var wanted = new StaffOrder(plan?.Id, quantity, guest ? null : form["user"].Trim() is { Length: > 0 } user ? user : null, guest ? form["user"] : null, form["channel"] is { Length: > 0 } channel ? channel : null, price, form.Has("send"), ctx.Text().Language);
                return await orders.Make(s, who, plan is null ? StaffDeal.For(wanted, key, form["deal"]) : wanted);
            }, ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, OrderDeskPages.Address(order.Number), new Toast("ok", "orders.did.new", OrderNumber.Shown(order.Number)));
        }
        catch (Refusal refusal) when (refusal.Status is 404 or 409 or 422)
        {
            var field = form["key"].Trim().Length == 0 ? "plan" : refusal.Error == LicenseErrors.NotFound ? "key" : "deal";
            await Form(ctx, pages, db, dealer, form, refusal.Status == 422 ? refusal : Refusal.Field(field, refusal.Detail.Key, refusal.Detail.Args));
        }
    }

    private static async Task Form(HttpContext ctx, PageRenderer pages, Database db, KeyDealer dealer, FormValues form, Refusal? refusal)
    {
        var (who, tenant, now) = (ctx.Caller(), ctx.Caller().TenantId, ctx.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds());
        var model = await db.Read(async s => new StaffOrderModel(
            [.. (await s.All("SELECT p.id, p.name, p.price, p.currency FROM plans p WHERE p.tenant_id = @tenant AND p.enabled = 1 AND p.retired_at IS NULL ORDER BY p.name LIMIT 500", r => (r.GetString(0), $"{r.GetString(1)} · {Money.Format(r.GetInt64(2), r.GetString(3))}"), ("tenant", tenant)))],
            [.. (await PaymentChannelStore.All(s, tenant)).Where(c => c.Enabled && c.Kind != GatewayKinds.Balance.Name).Select(c => (c.Id, c.Name))], form, refusal)
        {
            Deals = LicenseKey.Parse(form["key"]) is { } typed && await LicenseStore.Find(s, tenant, typed) is { } key ? await StaffDeal.Of(s, dealer, who, key, now) : null,
        }, ctx.RequestAborted);
        await pages.Render<StaffOrderPage, StaffOrderModel>(ctx, model, refusal?.Status ?? 200);
    }
}

public sealed record StaffOrderModel(IReadOnlyList<(string Id, string Name)> Plans, IReadOnlyList<(string Id, string Name)> Channels, FormValues Form, Refusal? Refusal = null) : IFormModel
{
    /// <summary>What is sold for the key that was typed; null: there is none.</summary>
    public IReadOnlyList<StaffDeal>? Deals { get; init; }
}
