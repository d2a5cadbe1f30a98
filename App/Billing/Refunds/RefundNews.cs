using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Refunds;

/// <summary>What a gateway tells of money that went back: of what we asked for it is asked again; the rest is for staff to decide.</summary>
public sealed class RefundNews(RefundBooks books, DisputedKeys keys, TimeProvider clock) : IReturns
{
    public async ValueTask Told(WriteTx s, string tenant, Payment payment, Order order, GatewayReturn told)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var ours = (await RefundStore.OfPayment(s, tenant, payment.Id)).Where(r => r is { Way: RefundWay.Gateway, Sent: > 0, State: RefundState.Asked or RefundState.Done }).ToList();
        // A dispute tells its own sum, the others how much is back in all.
        var asked = told.IsDispute ? 0 : ours.Sum(r => r.Amount);
        if (told.IsDispute || told.Amount(payment.Currency) is not { } back || back > asked)
        {
            var open = (await RefundStore.OfPayment(s, tenant, payment.Id)).Exists(r => r.State == RefundState.Told);
            if (open)
                return;
            var amount = (told.Amount(payment.Currency) ?? payment.Amount) - asked;
            var id = Ids.New();
            var news = new Refund(id, order.Id, payment.Id, Refund.OfSale, RefundWay.Gateway, RefundState.Told, payment.Currency, Math.Max(amount, 0), "GR" + id.Replace("-", "", StringComparison.Ordinal), "", "", "", "",
                new Message("preview.text", told.Event).ToStored(), 0, 0, null, now, null);
            await RefundStore.Insert(s, tenant, news);
            await books.Trouble(s, tenant, news, "returned");
            if (told.IsDispute)
                await keys.Suspend(s, tenant, order);
            return;
        }
        // Which of ours it is about, and whether it worked, the gateway says when it is asked.
        foreach (var refund in ours)
            await RefundStore.Update(s, tenant, refund with { AskAt = now });
    }
}
