using Gatehouse.Audit.Security;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Coupons;
using Gatehouse.Billing.Gateways;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Payments;

/// <summary>Money that a gateway says has come.</summary>
/// <param name="GatewayNumber">The gateway's own: the same for one payment however often it is told.</param>
/// <param name="Amount">How much it is in minor units of a currency; null where it is no plain amount of that one.</param>
/// <param name="Currency">Null: the attempt's.</param>
public sealed record Income(string TradeNumber, string GatewayNumber, Func<string, long?> Amount, string? Currency, string Proof = "");

/// <summary>What became of it.</summary>
public enum Taken
{
    /// <summary>It was for an open order, which is paid now.</summary>
    Settled,

    /// <summary>It came before: nothing was done.</summary>
    Known,

    /// <summary>It does not fit, and is kept: on the buyer's balance, or for staff to decide.</summary>
    Kept,

    /// <summary>No order here is for it. It is kept for staff, and until they have decided its gateway is not told that it was accepted.</summary>
    Stray,

    /// <summary>The gateway's number belongs to another attempt: somebody plays an old call again.</summary>
    Replayed,

    /// <summary>What it says of the amount is no amount.</summary>
    Unreadable,
}

/// <summary>
/// Takes money in, in one transaction: whatever the order is by then, nothing is lost and nothing is delivered twice. Whoever calls it has
/// made sure that the gateway said so: the channel is the attempt's own, and the signature, the merchant and the state were looked at.
/// </summary>
public sealed class PaymentTaker(Fulfilment fulfilment, StockKeeper stock, CouponTaker coupons, PlanService plans, LedgerService ledger, IReturns returns, SecurityEvents security, INotices notices, TimeProvider clock)
{
    /// <summary>Staff are told of money that waits for them.</summary>
    public static readonly NoticeKind Waits = new("payments.waiting", NoticeKind.Warn, 310);

    /// <summary>Takes in what came by a channel.</summary>
    public async ValueTask<Taken> Take(WriteTx s, string tenant, PaymentChannel channel, Income income)
    {
        var attempt = await AttemptStore.ByNumber(s, tenant, income.TradeNumber);
        if (attempt is not null && attempt.ChannelId != channel.Id)
            attempt = null;
        // The order's lock comes first; behind it attempt and payments stand still.
        var order = attempt is null ? null : await OrderStore.Locked(s, tenant, attempt.OrderId);
        if (await AttemptStore.PaymentOf(s, channel.Id, income.GatewayNumber) is { } known)
        {
            if (known.AttemptId == attempt?.Id)
                return attempt is null && known.ResolvedAt is null ? Taken.Stray : Taken.Known;
            await security.Record(s, Caller.System with { TenantId = tenant }, "payments.replayed", "bad", channel.Name, income.GatewayNumber);
            return Taken.Replayed;
        }
        var (now, currency) = (clock.GetUtcNow().ToUnixTimeMilliseconds(), income.Currency ?? attempt?.Currency ?? channel.CurrencyCodes[0]);
        if (income.Amount(currency) is not { } amount || amount <= 0)
            return Taken.Unreadable;
        var payment = new Payment(Ids.New(), channel.Id, income.GatewayNumber, income.Proof, attempt?.Id, order?.Id, currency, amount, null, 0, now, null, "");
        if (order is null || attempt is null)
        {
            // Staff hear of it by the money that waits for them: once.
            await security.Record(s, Caller.System with { TenantId = tenant }, "payments.unknown", "warn", channel.Name, income.TradeNumber, told: true);
            await Keep(s, tenant, payment with { Named = income.TradeNumber }, PaymentProblem.Unknown, null, payment.Amount);
            return Taken.Stray;
        }
        if (payment.Currency != attempt.Currency)
            return await Keep(s, tenant, payment, PaymentProblem.Currency, order, payment.Amount);
        if (order.PaidAt is not null)
            return await Keep(s, tenant, payment, PaymentProblem.Twice, order, payment.Amount);
        // The price of the way that was taken, whichever the order names by now.
        var charged = order with { ChannelId = channel.Id, Fee = attempt.Fee, Amount = attempt.Amount };
        var enough = payment.Amount >= charged.Amount;
        await AttemptStore.Move(s, tenant, attempt.Id, enough ? PaymentAttempt.Paid : PaymentAttempt.Closed, income.GatewayNumber, enough ? now : null);
        if (!enough)
            return await Keep(s, tenant, payment, PaymentProblem.Underpaid, order, payment.Amount);
        if (order.State == OrderState.Cancelled)
        {
            await OrderStore.Tell(s, tenant, order.Id, now, "paid_late", detail: income.GatewayNumber);
            if (!await Revived(s, tenant, order, anyway: false))
                return await Keep(s, tenant, payment, PaymentProblem.Late, order, payment.Amount);
        }
        if (charged != order)
            await OrderStore.Charge(s, tenant, charged);
        await Settle(s, tenant, payment, LedgerAccount.Clearing(channel.Id), charged, "", attempt.Kept);
        return Taken.Settled;
    }

    /// <summary>Staff say that an order's money came past every channel: what follows is the very same.</summary>
    /// <param name="reference">By which the money can be found: good for one order.</param>
    /// <param name="amount">Null: what the order costs.</param>
    /// <exception cref="Refusal">409 ORDER_STATE: it is paid; 422 on <c>amount</c>: too little, or on <c>reference</c>: it was used.</exception>
    public async ValueTask Confirm(WriteTx s, Caller who, Order locked, string reference, long? amount)
    {
        if (locked.PaidAt is not null)
            throw new Refusal(OrderErrors.OrderState);
        var paid = amount ?? locked.Amount;
        if (paid < locked.Amount)
            throw Refusal.Field("amount", "orders.wrong.too_little", Money.Plain(locked.Amount, locked.Currency), locked.Currency);
        var byHand = $"{LedgerAccount.ByHand}/{who.TenantId}";
        if (await AttemptStore.PaymentOf(s, byHand, reference) is not null)
            throw Refusal.Field("reference", "orders.wrong.reference");
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (locked.State == OrderState.Cancelled)
            await Revived(s, who.TenantId, locked, anyway: true);
        var payment = new Payment(Ids.New(), byHand, reference, "", null, locked.Id, locked.Currency, paid, null, 0, now, null, "");
        await Settle(s, who.TenantId, payment, LedgerAccount.ByHand, locked, who.Name);
    }

    /// <summary>Nobody will pay an attempt any more. Its order waits on, to be paid another way.</summary>
    public async ValueTask Close(WriteTx s, string tenant, PaymentChannel channel, string tradeNumber, string gatewayNumber)
    {
        if (await Locked(s, tenant, channel, tradeNumber) is { State: PaymentAttempt.Pending } attempt)
            await AttemptStore.Move(s, tenant, attempt.Id, PaymentAttempt.Closed, gatewayNumber, null);
    }

    /// <summary>Money went back at the gateway, or is disputed.</summary>
    public async ValueTask Returned(WriteTx s, string tenant, PaymentChannel channel, GatewayReturn told)
    {
        var number = told.TradeNumber.Length > 0 || told.Proof.Length == 0 ? told.TradeNumber : await AttemptStore.NumberByProof(s, channel.Id, told.Proof) ?? "";
        if (await Locked(s, tenant, channel, number) is not { } attempt || await AttemptStore.PaymentBy(s, tenant, attempt.Id) is not { } payment || await OrderStore.Find(s, tenant, attempt.OrderId) is not { } order)
            return;
        await OrderStore.Tell(s, tenant, order.Id, clock.GetUtcNow().ToUnixTimeMilliseconds(), "returned_at_gateway", detail: told.Said);
        await returns.Told(s, tenant, payment, order, told);
    }

    private static async ValueTask<PaymentAttempt?> Locked(WriteTx s, string tenant, PaymentChannel channel, string tradeNumber)
    {
        var found = await AttemptStore.ByNumber(s, tenant, tradeNumber);
        if (found is null || found.ChannelId != channel.Id || await OrderStore.Locked(s, tenant, found.OrderId) is null)
            return null;
        return await AttemptStore.Find(s, tenant, found.Id);
    }

    // The money is the sale's, what was too much is the buyer's, and the buyer gets what was bought.
    private async ValueTask Settle(WriteTx s, string tenant, Payment payment, string from, Order order, string actor, long kept = 0)
    {
        var now = payment.CreatedAt;
        var more = payment.Amount - order.Amount;
        var isGuest = order.AccountId is null;
        await AttemptStore.Insert(s, tenant, more == 0 ? payment : payment with { Problem = isGuest ? PaymentProblem.Overpaid : null, OpenAmount = isGuest ? more : 0 });
        var rest = isGuest ? LedgerAccount.Suspense : LedgerAccount.Balance(order.AccountId!);
        // What is put on a balance is owed, not earned.
        var isTopUp = order.Kind == Order.TopUp;
        await ledger.Post(s, tenant, new Posting(isTopUp ? Posting.TopUp : Posting.Sale, order.Currency,
            (from, payment.Amount - kept), (LedgerAccount.Fees, kept - order.Fee), (LedgerAccount.Discounts, order.Discount), (order.SoldTo, isTopUp ? 0 : -order.Total), (rest, isTopUp ? -more - order.Total : -more)) { OrderId = order.Id, PaymentId = payment.Id, Actor = actor });
        await OrderStore.Tell(s, tenant, order.Id, now, "paid", actor, payment.GatewayNumber);
        if (more > 0)
        {
            await OrderStore.Tell(s, tenant, order.Id, now, isGuest ? "overpaid" : "rest_to_balance", detail: payment.GatewayNumber);
            if (isGuest)
                await Alert(s, tenant, PaymentProblem.Overpaid, payment, order);
        }
        await fulfilment.Deliver(s, tenant, order with { PaidAt = now, ClosedAt = null }, actor);
    }

    /// <summary>Takes an order up again that was given up, where what it was for, and the price that it was for, are still there. Its row is locked.</summary>
    /// <param name="anyway">Also where they are not: then staff deliver it.</param>
    internal async ValueTask<bool> Revived(WriteTx s, string tenant, Order order, bool anyway)
    {
        var plan = order is { PlanId: { } id, Delivery: PlanSelling.ByKey } ? await plans.Get(s, tenant, id) : null;
        if (plan?.StockBatch is not null)
        {
            await StockKeeper.LockPlan(s, tenant, plan.Id);
            if (!await stock.Keep(s, tenant, plan, order.Id, order.Quantity) && !anyway)
                return false;
        }
        if (await coupons.Again(s, tenant, order.Id, anyway))
            return true;
        await stock.Release(s, tenant, order.Id);
        return false;
    }

    // The money is on the books before anybody decides about it.
    private async ValueTask<Taken> Keep(WriteTx s, string tenant, Payment payment, string problem, Order? order, long amount)
    {
        // A customer's own is at their disposal at once; whether it was meant as a part payment is for staff to say.
        var toBalance = order?.AccountId is not null && (problem is PaymentProblem.Twice or PaymentProblem.Late);
        await AttemptStore.Insert(s, tenant, payment with { Problem = toBalance ? null : problem, OpenAmount = toBalance ? 0 : amount });
        await ledger.Post(s, tenant, new Posting(Posting.Received, payment.Currency,
            (LedgerAccount.Clearing(payment.ChannelId), amount), (toBalance ? LedgerAccount.Balance(order!.AccountId!) : LedgerAccount.Suspense, -amount)) { OrderId = order?.Id, PaymentId = payment.Id });
        if (order is not null)
            await OrderStore.Tell(s, tenant, order.Id, payment.CreatedAt, toBalance ? "to_balance" : problem, detail: payment.GatewayNumber);
        await Alert(s, tenant, problem, payment, order);
        return Taken.Kept;
    }

    private ValueTask Alert(WriteTx s, string tenant, string problem, Payment payment, Order? order) =>
        notices.Tell(s, tenant, Waits, new("payments.notice." + problem, order is null ? payment.GatewayNumber : OrderNumber.Shown(order.Number)), $"payment:{payment.Id}");
}
