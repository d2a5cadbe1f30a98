using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.OrderDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Previews;
using Gatehouse.Billing.Refunds;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.MoneyDesk;

/// <summary>What would follow from a refund, in numbers.</summary>
public sealed class RefundPreviews(LedgerService ledger, TenantSettings settings, TimeProvider clock)
{
    public async ValueTask<List<PreviewRow>> Of(ReadTx s, string tenant, Order order, long amount, string way, bool revoke)
    {
        var back = await RefundStore.HeldOfOrder(s, tenant, order.Id);
        var kept = order.DeliveredAt is null ? order.State : OrderState.PartlyRefunded;
        List<PreviewRow> rows =
        [
            OrderPreviews.State(order, back + amount >= order.Amount ? OrderState.Refunded : kept),
            PreviewRow.Money(new("preview.kept_money"), order.Amount - back, order.Amount - back - amount, order.Currency),
        ];
        foreach (var (account, taken) in RefundBooks.From(new Refund("", order.Id, null, Refund.OfSale, way, RefundState.Asked, order.Currency, amount, "", "", "", "", "", "", 0, 0, null, 0, null), order, back))
            if (taken > 0)
                rows.Add(LedgerAccount.IsBalance(account) && -await ledger.Sum(s, tenant, account, order.Currency) is var now ? PreviewRow.Money(new("preview.balance"), now, now - taken, order.Currency)
                    : PreviewRow.Money(new("ledger.account.refunds"), back, back + taken, order.Currency));
        if (way == RefundWay.Balance && order.AccountId is { } buyer && -await ledger.Sum(s, tenant, LedgerAccount.Balance(buyer), order.Currency) is var has)
            rows.Add(PreviewRow.Money(new("preview.balance"), has, has + amount, order.Currency));
        else
            rows.Add(PreviewRow.Money(new(way == RefundWay.Gateway ? "ledger.account.refunding" : "preview.given_back"), 0, amount, order.Currency));
        if (await s.Number("SELECT COUNT(*) FROM order_keys k JOIN licenses l ON l.id = k.license_id WHERE k.tenant_id = @tenant AND k.order_id = @order AND k.delivered_at IS NOT NULL AND l.state <> 'revoked'",
            ("tenant", tenant), ("order", order.Id)) is > 0 and var good)
            rows.Add(OrderPreviews.Count("preview.good_keys", good, revoke ? 0 : good));
        if (!order.ChangesKey || await KeyChanger.Find(s, tenant, order.Id) is not { DoneAt: not null, UndoneAt: null } change)
            return rows;
        var at = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (change.Machines > 0 && await LicenseTime.MachineLimit(s, tenant, change.LicenseId, at) is var limit)
            rows.Add(OrderPreviews.Count("preview.machines", limit, revoke && (change.EndsAt is null || change.EndsAt > at) ? limit - change.Machines : limit));
        else if (await LicenseStore.Get(s, tenant, change.LicenseId) is { ExpireAt: { } end })
            rows.Add(new(new("preview.runs_until", change.Key), Day(end), Day(revoke ? end - change.Unused(at) : end)));
        return rows;

        Message Day(long at) => new("preview.text", Format.Exact(at, settings.Zone(tenant)));
    }
}
