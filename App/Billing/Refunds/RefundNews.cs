using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Refunds;

/// <summary>What a gateway tells of money that went back: of what we asked for it is asked again; the rest is for staff to decide.</summary>
public sealed class RefundNews(RefundBooks books, DisputedKeys keys, TimeProvider clock) : IReturns
{
    private const string Closed = "dispute.closed";

    public async ValueTask Told(WriteTx s, string tenant, Payment payment, Order order, GatewayReturn told)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var all = await RefundStore.OfPayment(s, tenant, payment.Id);
        var (open, ours) = (all.Find(r => r.State == RefundState.Told), all.FindAll(r => r is { Way: RefundWay.Gateway, Sent: > 0, State: RefundState.Asked or RefundState.Done }));
        if (told is { IsDispute: true, Won: { } won } && (won || open is not null || await RefundStore.HeldOfOrder(s, tenant, order.Id) >= order.Amount))
        {
            await Ended(s, tenant, order, open, told, won, now);
            return;
        }
        // Told late, or once more: it is over.
        if (told is { IsDispute: true, Won: null } && all.Exists(r => r.Answer.Contains(Closed, StringComparison.Ordinal)))
            return;
        if (told.IsDispute)
            await keys.Suspend(s, tenant, order);
        // A dispute tells its own sum, the others how much is back in all.
        var asked = told.IsDispute ? 0 : ours.Sum(r => r.Amount);
        if (told.IsDispute || told.Amount(payment.Currency) is not { } back || back > asked)
        {
            if (open is not null)
                return;
            var amount = (told.Amount(payment.Currency) ?? payment.Amount) - asked;
            var id = Ids.New();
            var news = new Refund(id, order.Id, payment.Id, Refund.OfSale, RefundWay.Gateway, RefundState.Told, payment.Currency, Math.Max(amount, 0), "GR" + id.Replace("-", "", StringComparison.Ordinal), "", "", "", "",
                new Message("preview.text", told.Said).ToStored(), 0, 0, null, now, null);
            await RefundStore.Insert(s, tenant, news);
            await books.Trouble(s, tenant, news, "returned");
            return;
        }
        // Which of ours it is about, and whether it worked, the gateway says when it is asked.
        foreach (var refund in ours)
            await RefundStore.Update(s, tenant, refund with { AskAt = now });
    }

    // Won, no money went, and the buyer has what was bought again. Lost, staff put it on the books, where they have not yet.
    private async ValueTask Ended(WriteTx s, string tenant, Order order, Refund? open, GatewayReturn told, bool won, long now)
    {
        if (open is null)
            return;
        await RefundStore.Update(s, tenant, open with { State = won ? RefundState.Dropped : RefundState.Told, Answer = new Message("preview.text", told.Said).ToStored() });
        if (!won)
            return;
        await OrderStore.Tell(s, tenant, order.Id, now, "refund_dropped", detail: told.Said);
        await keys.Reinstate(s, Caller.System with { TenantId = tenant }, order);
    }
}
