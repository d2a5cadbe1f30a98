using Gatehouse.Audit.Log;
using Gatehouse.Billing.News;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Refunds;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.OrderDesk;

/// <summary>What staff do about orders. Each method runs inside the transaction it is given.</summary>
public sealed class OrderDeskService(OrderService orders, PaymentTaker taker, Fulfilment fulfilment, AuditWriter audit, CustomerNews news)
{
    public const int MaxReason = 200, MaxContent = 4000;

    /// <exception cref="Refusal">404 ORDER_NOT_FOUND.</exception>
    public async ValueTask<Order> Get(ReadTx s, string tenant, string number) =>
        (OrderNumber.Parse(number) is { } parsed ? await OrderStore.ByNumber(s, tenant, parsed) : null) ?? throw new Refusal(OrderErrors.OrderNotFound);

    /// <summary>A tenant's, newest first.</summary>
    /// <exception cref="Refusal">422 on <c>status</c>.</exception>
    public async ValueTask<Slice<Order>> List(ReadTx s, string tenant, OrderFilter filter, string? after, int limit)
    {
        if (filter.State is { } state && !OrderState.All.Contains(state))
            throw Refusal.Field("status", "field.one_of", string.Join(", ", OrderState.All));
        return Slice<Order>.Of(await OrderStore.List(s, tenant, filter, Cursor.Decode(after), limit + 1), limit, o => o.Id);
    }

    /// <summary>Staff say that the money came: the order is paid and delivered as if its gateway had said so.</summary>
    /// <exception cref="Refusal">404 ORDER_NOT_FOUND, 409 ORDER_STATE, 422 with what is wrong, by field.</exception>
    public async ValueTask<Order> Confirm(WriteTx s, Caller who, string number, string? reference, long? amount)
    {
        var checks = new FieldChecks();
        var text = checks.Text("reference", reference, 1, MaxReason);
        checks.ThrowIfAny();
        var order = await Locked(s, who, number);
        await taker.Confirm(s, who, order, text, amount);
        return await Told(s, who, "order.confirmed", order);
    }

    /// <summary>Gives up an order that is not paid; the buyer hears why.</summary>
    /// <exception cref="Refusal">404 ORDER_NOT_FOUND, 409 ORDER_STATE, 422 with what is wrong, by field.</exception>
    public async ValueTask<Order> Cancel(WriteTx s, Caller who, string number, string? reason)
    {
        var checks = new FieldChecks();
        var text = checks.Text("reason", reason, 1, MaxReason);
        checks.ThrowIfAny();
        var order = await Get(s, who.TenantId, number);
        await orders.Cancel(s, who.TenantId, order.Id, who.Name, text);
        await news.Tell(s, who.TenantId, new(order.AccountId, order.Email, order.Language), new("orders.told.cancelled", OrderNumber.Shown(order.Number), order.Name, text), "/orders/" + order.Token, $"order:{order.Id}:{OrderState.Cancelled}");
        return await Told(s, who, "order.cancelled", order);
    }

    /// <summary>Delivers an order that is paid and waits for staff: its keys, now that there are some again, or what staff fill in.</summary>
    /// <param name="content">What the buyer gets, where the plan is delivered by hand.</param>
    /// <exception cref="Refusal">404 ORDER_NOT_FOUND, 409 ORDER_STATE or SOLD_OUT, 422 with what is wrong, by field.</exception>
    public async ValueTask<Order> Deliver(WriteTx s, Caller who, string number, string? reason, string? content)
    {
        var checks = new FieldChecks();
        checks.Text("reason", reason, 0, MaxReason);
        var order = await Locked(s, who, number);
        var byHand = order.Delivery == PlanSelling.ByHand;
        var text = checks.Text("content", content, byHand ? 1 : 0, byHand ? MaxContent : 0, lines: true);
        checks.ThrowIfAny();
        // What goes back whole is not delivered any more.
        if (order.State != OrderState.Paid || order.Amount > 0 && await RefundStore.HeldOfOrder(s, who.TenantId, order.Id) >= order.Amount)
            throw new Refusal(OrderErrors.OrderState);
        var delivered = byHand ? await fulfilment.HandOver(s, who.TenantId, order, text, who.Name) : await fulfilment.Deliver(s, who.TenantId, order, who.Name);
        if (delivered.DeliveredAt is null)
            throw new Refusal(order.Delivery == PlanSelling.ByKey ? OrderErrors.SoldOut : OrderErrors.OrderState);
        return await Told(s, who, "order.delivered", order);
    }

    private static async ValueTask<Order> Locked(WriteTx s, Caller who, string number) =>
        (OrderNumber.Parse(number) is { } parsed && await OrderStore.ByNumber(s, who.TenantId, parsed) is { } found ? await OrderStore.Locked(s, who.TenantId, found.Id) : null) ?? throw new Refusal(OrderErrors.OrderNotFound);

    // Reasons and references are in the order's own story, which can be forgotten; the audit log says what was done to which.
    private async ValueTask<Order> Told(WriteTx s, Caller who, string action, Order before)
    {
        var after = (await OrderStore.Find(s, who.TenantId, before.Id))!;
        await audit.Write(s, who, action, new AuditTarget("order", after.Id, OrderNumber.Shown(after.Number)), $$"""{"state":"{{before.State}}"}""", $$"""{"state":"{{after.State}}"}""");
        return after;
    }
}
