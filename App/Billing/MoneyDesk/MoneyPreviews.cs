using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.OrderDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Previews;
using Gatehouse.Billing.Refunds;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.MoneyDesk;

/// <summary>What would follow from each way to settle a payment, in numbers.</summary>
public sealed class MoneyPreviews(OrderPreviews orders, LedgerService ledger)
{
    public async ValueTask<List<PreviewRow>> Of(ReadTx s, string tenant, Payment payment, Order? order, string action, string way)
    {
        var (open, currency) = (payment.OpenAmount, payment.Currency);
        var kept = action == MoneyAction.Deliver && order is { AccountId: null } && MoneyDeskService.CanDeliver(payment, order) ? MoneyDeskService.Difference(payment, order).More : 0;
        List<PreviewRow> rows = [PreviewRow.Money(new("ledger.account.suspense"), open, action == MoneyAction.Deliver && !MoneyDeskService.CanDeliver(payment, order) ? open : kept, currency)];
        switch (action)
        {
            case MoneyAction.Deliver when MoneyDeskService.CanDeliver(payment, order):
                var (less, more) = MoneyDeskService.Difference(payment, order!);
                return [.. await orders.Delivered(s, tenant, order!), .. rows, .. await orders.Sold(s, tenant, order!, order!.Discount + less, order.AccountId is null ? 0 : more)];
            case MoneyAction.Credit when order?.AccountId is { } account:
                var has = -await ledger.Sum(s, tenant, LedgerAccount.Balance(account), currency);
                return [.. rows, PreviewRow.Money(new("preview.balance"), has, has + open, currency)];
            case MoneyAction.Credit:
                return [.. rows, PreviewRow.Money(new("preview.balance_of"), 0, open, currency)];
            case MoneyAction.Refund:
                return [.. rows, PreviewRow.Money(new(way == RefundWay.Gateway ? "ledger.account.refunding" : "preview.given_back"), 0, open, currency)];
            case MoneyAction.WriteOff:
                return [.. rows, PreviewRow.Money(new("ledger.account.written_off"), 0, open, currency)];
            default:
                return rows;
        }
    }
}
