using Gatehouse.Audit.Log;
using Gatehouse.Billing.OrderDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Permissions;
using Gatehouse.Billing.Previews;
using Gatehouse.Billing.Refunds;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.MoneyDesk;

/// <summary>/admin/orders/{number}/refund, and /admin/refunds/{id}: a refund and what staff do about one that waits.</summary>
public static class RefundPages
{
    private const string Again = "again", Settle = "settle", Drop = "drop";

    public static void Map(IEndpointRouteBuilder app)
    {
        var order = app.MapGroup(OrderDeskPages.Path + "/{number}/refund").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(BillingPermissions.MoneyWrite);
        order.MapGet("", New);
        order.MapPost("", Ask);
        var one = app.MapGroup("/admin/refunds/{id}").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        one.MapGroup("").Requires(BillingPermissions.MoneyRead).MapGet("", Show);
        one.MapGroup("").Requires(BillingPermissions.MoneyWrite).MapPost("/{action}", Act);
    }

    /// <summary>A refund's page.</summary>
    public static string Address(string id) => "/admin/refunds/" + id;

    private static Task New(HttpContext ctx, string number, PageRenderer pages, Database db, OrderDeskService desk, RefundService refunds, RefundPreviews previews)
    {
        var form = new FormValues();
        foreach (var name in new[] { "amount", "way", "keys" })
            if (ctx.Request.Query[name].ToString() is { Length: > 0 } given)
                form[name] = given;
        return Form(ctx, number, pages, db, desk, refunds, previews, form, null);
    }

    private static async Task Form(HttpContext ctx, string number, PageRenderer pages, Database db, OrderDeskService desk, RefundService refunds, RefundPreviews previews, FormValues form, Refusal? refusal)
    {
        var tenant = ctx.Caller().TenantId;
        var model = await db.Read(async s =>
        {
            var order = await desk.Get(s, tenant, number);
            var left = await refunds.Left(s, tenant, order);
            var typed = Money.Parse(form["amount"], order.Currency);
            var amount = typed is > 0 && typed <= left ? typed.Value : left;
            var ways = new List<string>();
            if (await refunds.ByGateway(s, tenant, order, amount) is not null)
                ways.Add(RefundWay.Gateway);
            if (order is { AccountId: not null, Kind: not Order.TopUp })
                ways.Add(RefundWay.Balance);
            ways.Add(RefundWay.Hand);
            if (!form.Has("amount"))
                form["amount"] = Money.Plain(left, order.Currency);
            if (!form.Has("way"))
                form["way"] = ways[0];
            if (!form.Has("keys"))
                form["keys"] = left == order.Amount ? RefundWanted.Revoke : RefundWanted.Keep;
            return new OrderRefundModel(order, left, ways, await previews.Of(s, tenant, order, amount, form["way"], form["keys"] == RefundWanted.Revoke), form, refusal);
        }, ctx.RequestAborted);
        await pages.Render<OrderRefundPage, OrderRefundModel>(ctx, model, refusal?.Status ?? 200);
    }

    private static async Task Ask(HttpContext ctx, string number, PageRenderer pages, Database db, OrderDeskService desk, RefundService refunds, RefundPreviews previews, RefundCaller caller)
    {
        var (who, form) = (ctx.Caller(), new FormValues(await RequestBody.Form(ctx)));
        try
        {
            var refund = await db.Command(who, async s => await refunds.Ask(s, who, number, new(Typed(form, (await desk.Get(s, who.TenantId, number)).Currency), form["reason"], form["way"], form["reference"], form["keys"])), ctx.RequestAborted);
            var heard = await caller.Send(who.TenantId, refund.Id, ctx.RequestAborted) ?? refund;
            PageRenderer.RedirectWithToast(ctx, Address(refund.Id), new Toast(heard.State == RefundState.Failed ? "bad" : heard.State == RefundState.Done ? "ok" : "warn", "refunds.did." + heard.State));
        }
        catch (Refusal refusal) when (refusal.Status == 409)
        {
            PageRenderer.RedirectWithToast(ctx, OrderDeskPages.Address(OrderNumber.Parse(number)!), new Toast("warn", refusal.Detail));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Form(ctx, number, pages, db, desk, refunds, previews, form, refusal);
        }
    }

    private static Task Show(HttpContext ctx, string id, PageRenderer pages, Database db, RefundService refunds) => Render(ctx, id, pages, db, refunds, new FormValues(), null, "");

    private static async Task Render(HttpContext ctx, string id, PageRenderer pages, Database db, RefundService refunds, FormValues form, Refusal? refusal, string action)
    {
        var tenant = ctx.Caller().TenantId;
        var model = await db.Read(async s =>
        {
            var refund = await refunds.Get(s, tenant, id);
            var order = refund.OrderId is { } of ? await OrderStore.Find(s, tenant, of) : null;
            return new RefundModel(refund, order, form, action, refusal);
        }, ctx.RequestAborted);
        await pages.Render<RefundPage, RefundModel>(ctx, model, refusal?.Status ?? 200);
    }

    private static async Task Act(HttpContext ctx, string id, string action, PageRenderer pages, Database db, RefundService refunds, RefundCaller caller)
    {
        var (who, form) = (ctx.Caller(), new FormValues(await RequestBody.Form(ctx)));
        try
        {
            var refund = await db.Command(who, async s => action switch
            {
                Again => await refunds.Again(s, who, id),
                Settle => await refunds.Settle(s, who, id, form["way"], form["reference"], form.Has("amount") ? Typed(form, (await refunds.Get(s, who.TenantId, id)).Currency) : null),
                Drop => await refunds.Drop(s, who, id, form["reason"]),
                _ => throw new Refusal(HttpErrors.NoSuchPage),
            }, ctx.RequestAborted);
            var heard = await caller.Send(who.TenantId, refund.Id, ctx.RequestAborted) ?? refund;
            PageRenderer.RedirectWithToast(ctx, Address(id), new Toast(heard.State is RefundState.Done or RefundState.Dropped ? "ok" : "warn", "refunds.did." + heard.State));
        }
        catch (Refusal refusal) when (refusal.Status == 409)
        {
            PageRenderer.RedirectWithToast(ctx, Address(id), new Toast("warn", refusal.Detail));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Render(ctx, id, pages, db, refunds, form, refusal, action);
        }
    }

    private static long? Typed(FormValues form, string currency) =>
        form["amount"].Trim().Length == 0 ? null : Money.Parse(form["amount"], currency) ?? throw Refusal.Field("amount", "orders.wrong.amount");
}

/// <param name="Left">How much can still be given back.</param>
/// <param name="Ways">That are possible, the best first.</param>
public sealed record OrderRefundModel(Order Order, long Left, IReadOnlyList<string> Ways, IReadOnlyList<PreviewRow> Preview, FormValues Form, Refusal? Refusal = null) : IFormModel;

/// <param name="Action">Of the form that was refused.</param>
public sealed record RefundModel(Refund Refund, Order? Order, FormValues Form, string Action, Refusal? Refusal = null) : IFormModel;
