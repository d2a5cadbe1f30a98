using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Previews;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.OrderDesk;

/// <summary>What would follow from what staff may do about an order, in numbers and before they do it.</summary>
public sealed class OrderPreviews(PlanService plans, StockKeeper stock, LedgerService ledger)
{
    /// <summary>If the money came.</summary>
    /// <param name="amount">How much; null: what the order costs.</param>
    public async ValueTask<List<PreviewRow>> Confirm(ReadTx s, string tenant, Order order, long? amount)
    {
        var paid = Math.Max(amount ?? order.Amount, order.Amount);
        var rows = await Delivered(s, tenant, order);
        rows.Add(PreviewRow.Money(new("ledger.account.by_hand"), 0, paid, order.Currency));
        rows.AddRange(await Sold(s, tenant, order, order.Discount, paid - order.Amount));
        return rows;
    }

    /// <summary>What is booked when an order is sold.</summary>
    /// <param name="discount">What is taken off its price.</param>
    /// <param name="more">What came beyond that.</param>
    public async ValueTask<List<PreviewRow>> Sold(ReadTx s, string tenant, Order order, long discount, long more)
    {
        // What is put on a balance is owed, not earned.
        List<PreviewRow> rows = [PreviewRow.Money(new(order.Kind == Order.TopUp ? "ledger.account.balance" : "ledger.account." + order.SoldTo), 0, order.Total, order.Currency)];
        if (order.Fee > 0)
            rows.Add(PreviewRow.Money(new("ledger.account.fees"), 0, order.Fee, order.Currency));
        if (discount > 0)
            rows.Add(PreviewRow.Money(new("ledger.account.discounts"), 0, discount, order.Currency));
        if (more > 0 && order.AccountId is { } account && -await ledger.Sum(s, tenant, LedgerAccount.Balance(account), order.Currency) is var has)
            rows.Add(PreviewRow.Money(new("preview.balance"), has, has + more, order.Currency));
        else if (more > 0)
            rows.Add(PreviewRow.Money(new("ledger.account.suspense"), 0, more, order.Currency));
        return rows;
    }

    /// <summary>If it is given up.</summary>
    public static async ValueTask<List<PreviewRow>> Cancel(ReadTx s, string tenant, Order order)
    {
        List<PreviewRow> rows = [State(order, OrderState.Cancelled)];
        if (order.Stocked)
            rows.Add(Count("preview.kept", order.Quantity, 0));
        if ((await AttemptStore.OfOrder(s, tenant, order.Id)).Count(a => a.State == PaymentAttempt.Pending) is > 0 and var open)
            rows.Add(Count("preview.attempts", open, 0));
        return rows;
    }

    /// <summary>If the buyer gets what was bought, as far as there is enough of it.</summary>
    public async ValueTask<List<PreviewRow>> Delivered(ReadTx s, string tenant, Order order, bool byHand = false)
    {
        var plan = order is { PlanId: { } id, Delivery: PlanSelling.ByKey } ? await plans.Get(s, tenant, id) : null;
        var left = plan is null ? null : await stock.Left(s, tenant, plan);
        var enough = order.Kind == Order.TopUp || order.ChangesKey || order.Delivery == Order.Rental || plan is not null && (order.Stocked || left is null || left >= order.Quantity);
        List<PreviewRow> rows = [State(order, enough || byHand ? order.Done : OrderState.Paid)];
        if (plan is not null)
            rows.Add(Count("preview.keys", 0, enough ? order.Quantity : 0));
        if (left is { } there && !order.Stocked)
            rows.Add(Count("preview.left", there, enough ? there - order.Quantity : there));
        return rows;
    }

    /// <summary>An order's state as it is and as it would be.</summary>
    public static PreviewRow State(Order order, string after) =>
        new(new("preview.order", OrderNumber.Shown(order.Number)), new("orders.state." + order.State), new("orders.state." + after));

    /// <summary>How many of something.</summary>
    public static PreviewRow Count(string what, long now, long after) => new(new(what), new("preview.text", now), new("preview.text", after));
}
