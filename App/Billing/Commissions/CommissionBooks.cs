using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Commissions;

/// <summary>
/// Keeps whose link an order came by, and books what that is worth: in the transaction that delivers it, and in the one that gives money
/// back. The order's row is locked in each, so that two at once never book it twice.
/// </summary>
public sealed class CommissionBooks(LedgerService ledger, TimeProvider clock) : IOrderObserver
{
    /// <summary>How long a link counts from when it was followed.</summary>
    public static readonly TimeSpan Counts = TimeSpan.FromDays(30);

    private const long Day = 86_400_000;

    public async ValueTask Placed(WriteTx s, string tenant, Order order, Referral? sent)
    {
        // What is bought from the balance counts then: what puts money on one does not.
        if (order.Recharge > 0 || await Sender(s, tenant, order, sent) is not { } link || await DistributorStore.Find(s, tenant, link.AccountId) is not { State: Distributor.Active } || await IsOwn(s, tenant, order, link.AccountId))
            return;
        await CommissionStore.Insert(s, tenant, order, link);
        await OrderStore.Tell(s, tenant, order.Id, order.CreatedAt, "referred", detail: link.Code);
    }

    public async ValueTask Moved(WriteTx s, string tenant, Order order)
    {
        if (await CommissionStore.Find(s, tenant, order.Id) is not { } known)
            return;
        if (known.PaidAt is null)
        {
            // Whoever is stopped by then, or is the buyer, earns nothing.
            var level = order.AccountId != known.AccountId && await DistributorStore.Find(s, tenant, known.AccountId) is { State: Distributor.Active } by ? by.Level : 0;
            known = known with { PaidAt = order.PaidAt, Price = order.Total - order.Discount, Paid = order.Amount, Rate = level == 0 ? 0 : await DistributorRates.Of(s, tenant, order.PlanId, level) };
        }
        if (known.EarnedAt is null && order.DeliveredAt is { } at)
            known = known with { EarnedAt = at, DueAt = at + await DistributorRates.HoldDays(s, tenant) * Day };
        await Book(s, tenant, known);
    }

    /// <summary>So much of what was paid for an order is back, or on its way: commission follows it, also what was withdrawn already.</summary>
    public async ValueTask Returned(WriteTx s, string tenant, string order, long returned)
    {
        if (await CommissionStore.Find(s, tenant, order) is { PaidAt: not null } known)
            await Book(s, tenant, known with { Returned = returned });
    }

    /// <summary>Does a link that was followed then still count?</summary>
    internal static bool IsFresh(Referral? sent, long now) => sent is not null && sent.At <= now && now - sent.At < (long)Counts.TotalMilliseconds;

    private async ValueTask Book(WriteTx s, string tenant, Commission c)
    {
        var more = c.Due - c.Amount;
        if (more != 0)
        {
            await ledger.Post(s, tenant, new Posting(Posting.Commission, c.Currency, (LedgerAccount.Commissions, more), (LedgerAccount.Commission(c.AccountId), -more)) { OrderId = c.OrderId });
            await OrderStore.Tell(s, tenant, c.OrderId, clock.GetUtcNow().ToUnixTimeMilliseconds(), more > 0 ? "commission" : "commission_back", detail: Money.Format(Math.Abs(more), c.Currency));
        }
        await CommissionStore.Update(s, tenant, c with { Amount = c.Due });
    }

    // The last link counts: what the browser says, or what is known of the account. A customer's row is locked.
    private static async ValueTask<DistributorLink?> Sender(WriteTx s, string tenant, Order order, Referral? sent)
    {
        var last = IsFresh(sent, order.CreatedAt) ? sent : null;
        if (order.AccountId is { } customer)
        {
            var known = await CommissionStore.Referral(s, tenant, customer);
            if (last is not null && (known is null || last.At > known.At) && await CommissionStore.Link(s, tenant, last.Link) is not null)
                await CommissionStore.Remember(s, tenant, customer, last);
            else if (IsFresh(known, order.CreatedAt))
                last = known;
        }
        return last is null ? null : await CommissionStore.Link(s, tenant, last.Link);
    }

    // By the account, or as a guest with the address of the account, however it is spelt.
    private static async ValueTask<bool> IsOwn(ReadTx s, string tenant, Order order, string distributor)
    {
        if (order.AccountId == distributor)
            return true;
        var own = await s.One("SELECT email FROM accounts WHERE tenant_id = @tenant AND id = @id", r => r.TextOrNull(0), ("tenant", tenant), ("id", distributor));
        return own is { Length: > 0 } && order.Email.Length > 0 && Trials.Canonical(own).Mailbox == Trials.Canonical(order.Email).Mailbox;
    }
}
