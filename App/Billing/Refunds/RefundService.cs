using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.RechargeKeys;
using Gatehouse.Licensing.Actions;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Refunds;

/// <summary>
/// What staff decide about giving money back. Each method runs inside the transaction it is given, under the order's lock: two at once
/// never give back more than was paid. A gateway is asked afterwards, by <see cref="RefundCaller"/>.
/// </summary>
public sealed class RefundService(RefundBooks books, LedgerService ledger, LicenseActions licenses, DisputedKeys disputed, RechargeService recharge, IEnumerable<IOrderDelivery> deliveries, AuditWriter audit, TimeProvider clock)
{
    public const int MaxText = 200;

    /// <exception cref="Refusal">404 NO_SUCH_REFUND.</exception>
    public async ValueTask<Refund> Get(ReadTx s, string tenant, string id) => await RefundStore.Find(s, tenant, id) ?? throw new Refusal(RefundErrors.NotFound);

    /// <summary>How much of an order can still be given back: what is back, and what a switch of its key has credited, cannot.</summary>
    public async ValueTask<long> Left(ReadTx s, string tenant, Order order) => order.PaidAt is null ? 0 : Math.Max(0, order.Amount - await RefundStore.HeldOfOrder(s, tenant, order.Id) - await KeyWorth.Credited(s, tenant, order.Id));

    /// <summary>The payment that the order's gateway can give so much back from; null where none can.</summary>
    public async ValueTask<Payment?> ByGateway(ReadTx s, string tenant, Order order, long amount)
    {
        foreach (var payment in await AttemptStore.PaymentsOf(s, tenant, order.Id))
            if (payment is { AttemptId: not null } && payment.Currency == order.Currency && payment.Problem is null or PaymentProblem.Overpaid && await CanGiveBack(s, tenant, payment, amount)
                || payment is { AttemptId: not null, Resolution: "deliver" } && await CanGiveBack(s, tenant, payment, amount))
                return payment;
        return null;
    }

    /// <summary>Can the payment's gateway give so much of it back?</summary>
    public async ValueTask<bool> CanGiveBack(ReadTx s, string tenant, Payment payment, long amount) =>
        payment.AttemptId is not null && await PaymentChannelStore.Find(s, tenant, payment.ChannelId) is { Gateway: { Refund: not null } gateway }
        && (gateway.Name != "stripe" || payment.Proof.Length > 0) && payment.Amount - await RefundStore.HeldOfPayment(s, tenant, payment.Id) >= amount;

    /// <summary>Gives back of what was sold.</summary>
    /// <exception cref="Refusal">404 ORDER_NOT_FOUND, 409 ORDER_STATE: nothing is paid, or all of it is back; KEY_CHANGED_SINCE: other orders stand on what is to be taken back; 422 with what is wrong, by field.</exception>
    public async ValueTask<Refund> Ask(WriteTx s, Caller who, string number, RefundWanted wanted)
    {
        var tenant = who.TenantId;
        var order = (OrderNumber.Parse(number) is { } parsed && await OrderStore.ByNumber(s, tenant, parsed) is { } found ? await OrderStore.Locked(s, tenant, found.Id) : null) ?? throw new Refusal(OrderErrors.OrderNotFound);
        var checks = new FieldChecks();
        var reason = checks.Text("reason", wanted.Reason, 1, MaxText);
        var reference = checks.Text("reference", wanted.Reference, wanted.Way == RefundWay.Hand ? 1 : 0, MaxText);
        if (wanted.Way is { } named && !RefundWay.All.Contains(named))
            checks.Wrong("way", "field.one_of", string.Join(", ", RefundWay.All));
        if (wanted.Keys is not (null or RefundWanted.Revoke or RefundWanted.Keep))
            checks.Wrong("keys", "field.one_of", $"{RefundWanted.Revoke}, {RefundWanted.Keep}");
        // Whoever switches one of its keys in this moment spends what it cost.
        await s.LockedAll("SELECT l.id FROM licenses l WHERE l.tenant_id = @tenant AND (l.id IN (SELECT k.license_id FROM order_keys k WHERE k.order_id = @order AND k.delivered_at IS NOT NULL) OR l.id IN (SELECT c.license_id FROM order_key_changes c WHERE c.order_id = @order)) ORDER BY l.id", "l", r => r.GetString(0), ("tenant", tenant), ("order", order.Id));
        var left = await Left(s, tenant, order);
        var amount = wanted.Amount ?? left;
        if (left > 0 && (amount < 1 || amount > left))
            checks.Wrong("amount", "refunds.wrong.amount", Money.Plain(left, order.Currency), order.Currency);
        checks.ThrowIfAny();
        if (left <= 0)
            throw new Refusal(OrderErrors.OrderState);
        var payment = await ByGateway(s, tenant, order, amount);
        var buyer = order.AccountId is { } account ? await CustomerStore.FindLocked(s, tenant, account, Now()) : null;
        var way = wanted.Way ?? (payment is not null ? RefundWay.Gateway : buyer is not null && order.Kind != Order.TopUp ? RefundWay.Balance : RefundWay.Hand);
        if (way == RefundWay.Gateway && payment is null)
            throw Refusal.Field("way", "refunds.wrong.gateway");
        if (way == RefundWay.Balance && order.Kind == Order.TopUp)
            throw Refusal.Field("way", "refunds.wrong.top_up");
        if (way == RefundWay.Balance && buyer is null)
            throw Refusal.Field("way", "refunds.wrong.balance");
        var asked = new Refund(Ids.New(), order.Id, way == RefundWay.Gateway ? payment!.Id : null, Refund.OfSale, way, RefundState.Asked, order.Currency, amount, "", "", reason,
            way == RefundWay.Hand && reference.Length == 0 ? reason : reference, who.Name, "", 0, 0, null, Now(), null);
        if (await Spent(s, tenant, RefundBooks.From(asked, order, await RefundStore.HeldOfOrder(s, tenant, order.Id)), order.Currency) is { } there)
            throw Refusal.Field("amount", "refunds.wrong.spent", Money.Plain(there, order.Currency), order.Currency);
        var refund = await Decide(s, who, asked, order);
        if ((wanted.Keys ?? (amount == order.Amount ? RefundWanted.Revoke : RefundWanted.Keep)) == RefundWanted.Revoke)
            await Revoke(s, who, order);
        await Told(s, who, "order.refunded", order, refund);
        return refund;
    }

    /// <summary>Puts a refund on the books. What no gateway has to do is done with that; the rest is asked for next.</summary>
    /// <param name="order">Its order, locked; null: of a payment that no order is for.</param>
    public async ValueTask<Refund> Decide(WriteTx s, Caller who, Refund wanted, Order? order)
    {
        var from = RefundBooks.From(wanted, order, order is null ? 0 : await RefundStore.HeldOfOrder(s, who.TenantId, order.Id));
        var refund = wanted with { Number = "GR" + wanted.Id.Replace("-", "", StringComparison.Ordinal), AskAt = wanted.Way == RefundWay.Gateway ? Now() : null };
        await RefundStore.Insert(s, who.TenantId, refund);
        await books.Post(s, who.TenantId, refund, from, RefundBooks.To(refund.Way, order?.AccountId), back: false, who.Name);
        await books.Follow(s, who.TenantId, refund);
        if (refund.OrderId is { } of)
            await OrderStore.Tell(s, who.TenantId, of, Now(), "refund_asked", who.Name, refund.Reason);
        return refund.Way == RefundWay.Gateway ? refund : await books.Done(s, who.TenantId, refund, who.Name);
    }

    /// <summary>Has the gateway asked once more.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_REFUND, 409 REFUND_STATE: it does not wait for staff, or its gateway can be asked once only.</exception>
    public async ValueTask<Refund> Again(WriteTx s, Caller who, string id)
    {
        var (refund, _) = await Locked(s, who, id);
        if (refund is not { Waits: true, Way: RefundWay.Gateway, PaymentId: { } payment } || refund.State == RefundState.Told)
            throw new Refusal(RefundErrors.State);
        var channel = await PaymentChannelStore.Find(s, who.TenantId, (await AttemptStore.Payment(s, who.TenantId, payment))!.ChannelId);
        if (refund.State == RefundState.Failed && channel?.Gateway is not { RefundOnce: false })
            throw new Refusal(RefundErrors.State);
        // What was refused is asked for anew, under another number: a gateway would say the same to the same. What nobody knows of keeps its own.
        var again = refund.State == RefundState.Failed ? refund with { State = RefundState.Asked, Number = $"GR{Ids.New().Replace("-", "", StringComparison.Ordinal)}", Sent = 0 } : refund;
        again = again with { Tries = 0, AskAt = Now() };
        await RefundStore.Update(s, who.TenantId, again);
        await Told(s, who, "refund.again", null, again);
        return again;
    }

    /// <summary>Staff say how the money went back after all.</summary>
    /// <param name="way">By hand, to the balance, or by the gateway itself.</param>
    /// <param name="amount">For one that the gateway told of: how much it was.</param>
    /// <exception cref="Refusal">404 NO_SUCH_REFUND, 409 REFUND_STATE, 422 with what is wrong, by field.</exception>
    public async ValueTask<Refund> Settle(WriteTx s, Caller who, string id, string? way, string? reference, long? amount)
    {
        var checks = new FieldChecks();
        var text = checks.Text("reference", reference, 1, MaxText);
        if (way is null || !RefundWay.All.Contains(way))
            checks.Wrong("way", "field.one_of", string.Join(", ", RefundWay.All));
        checks.ThrowIfAny();
        var (refund, order) = await Locked(s, who, id);
        if (!refund.Waits)
            throw new Refusal(RefundErrors.State);
        var tenant = who.TenantId;
        if (refund.State == RefundState.Told)
        {
            var left = order?.PaidAt is null ? 0 : order.Amount - await RefundStore.HeldOfOrder(s, tenant, order.Id);
            var went = amount ?? Math.Min(refund.Amount, left);
            if (went < 1 || went > left)
                throw Refusal.Field("amount", "refunds.wrong.amount", Money.Plain(left, refund.Currency), refund.Currency);
            refund = refund with { Amount = went };
            way = RefundWay.Gateway;
            await Decided(s, tenant, order!);
        }
        if (way == RefundWay.Balance && order is { Kind: Order.TopUp })
            throw Refusal.Field("way", "refunds.wrong.top_up");
        if (way == RefundWay.Balance && (order?.AccountId is not { } account || await CustomerStore.FindLocked(s, tenant, account, Now()) is null))
            throw Refusal.Field("way", "refunds.wrong.balance");
        var settled = refund with { Way = way!, Reference = text, Actor = who.Name };
        var to = way == RefundWay.Gateway ? LedgerAccount.Clearing(await ChannelOf(s, tenant, settled)) : RefundBooks.To(way!, order?.AccountId);
        if (refund.State == RefundState.Told)
            await books.Post(s, tenant, settled, await Reached(s, tenant, settled, order!), to, back: false, who.Name);
        else
            await books.Post(s, tenant, settled, LedgerAccount.Refunding, to, who.Name);
        settled = await books.Done(s, tenant, settled, who.Name);
        await books.Follow(s, tenant, settled);
        await Told(s, who, "refund.settled", order, settled);
        return settled;
    }

    /// <summary>Gives a refund up: no money went. What did not fit waits for a decision again.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_REFUND, 409 REFUND_STATE, 422 with what is wrong, by field.</exception>
    public async ValueTask<Refund> Drop(WriteTx s, Caller who, string id, string? reason)
    {
        var checks = new FieldChecks();
        var text = checks.Text("reason", reason, 1, MaxText);
        checks.ThrowIfAny();
        var (refund, order) = await Locked(s, who, id);
        if (!refund.Waits)
            throw new Refusal(RefundErrors.State);
        var dropped = refund with { State = RefundState.Dropped, AskAt = null, Actor = who.Name };
        await RefundStore.Update(s, who.TenantId, dropped);
        if (refund.State != RefundState.Told)
            await books.Post(s, who.TenantId, dropped, RefundBooks.From(refund, order, order is null ? 0 : await RefundStore.HeldOfOrder(s, who.TenantId, order.Id)), LedgerAccount.Refunding, back: true, who.Name);
        await books.Follow(s, who.TenantId, dropped);
        if (refund.Source == Refund.OfPayment)
            await s.Execute("UPDATE payments SET open_amount = @amount, resolved_at = NULL, resolution = '' WHERE tenant_id = @tenant AND id = @id", ("amount", refund.Amount), ("tenant", who.TenantId), ("id", refund.PaymentId));
        if (order is not null)
        {
            await OrderStore.Tell(s, who.TenantId, order.Id, Now(), "refund_dropped", who.Name, text);
            if (refund.State == RefundState.Told)
                await disputed.Reinstate(s, who, order);
        }
        await Told(s, who, "refund.dropped", order, dropped);
        return dropped;
    }

    // What a balance still has, where less of it is there than is to be taken.
    private async ValueTask<long?> Spent(WriteTx s, string tenant, (string Account, long Amount)[] from, string currency) =>
        from.FirstOrDefault(f => LedgerAccount.IsBalance(f.Account)) is { Amount: > 0 } own && await ledger.Has(s, tenant, own.Account, currency) is var has && has < own.Amount ? has : null;

    // The gateway took a top-up back, unasked: what its buyer has spent of it is the operator's loss.
    private async ValueTask<(string, long)[]> Reached(WriteTx s, string tenant, Refund told, Order order)
    {
        var from = RefundBooks.From(told, order, await RefundStore.HeldOfOrder(s, tenant, order.Id));
        return await Spent(s, tenant, from, told.Currency) is { } there ? [(from[0].Account, there), (LedgerAccount.Refunds, told.Amount - there)] : from;
    }

    private static async ValueTask<string> ChannelOf(ReadTx s, string tenant, Refund r) => (await AttemptStore.Payment(s, tenant, r.PaymentId!))!.ChannelId;

    private static async ValueTask<(Refund Refund, Order? Order)> Locked(WriteTx s, Caller who, string id)
    {
        var seen = await RefundStore.Find(s, who.TenantId, id) ?? throw new Refusal(RefundErrors.NotFound);
        var order = seen.OrderId is { } of ? await OrderStore.Locked(s, who.TenantId, of) : null;
        return ((await RefundStore.Locked(s, who.TenantId, id))!, order);
    }

    // Those that are there and not revoked yet. Whoever reads the key's history sees the order.
    private async ValueTask Revoke(WriteTx s, Caller who, Order order)
    {
        var keys = await s.All("SELECT l.key FROM order_keys k JOIN licenses l ON l.id = k.license_id WHERE k.tenant_id = @tenant AND k.order_id = @order AND k.delivered_at IS NOT NULL AND l.state <> 'revoked' AND NOT EXISTS (SELECT 1 FROM recharge_uses u WHERE u.license_id = l.id) ORDER BY l.key",
            r => r.GetString(0), ("tenant", who.TenantId), ("order", order.Id));
        if (keys.Count > 0)
            await licenses.ApplyMany(s, who, keys, null, new LicenseAction(ActionName.Revoke, Reason: OrderNumber.Shown(order.Number)));
        await recharge.TakeBack(s, who.TenantId, order);
        if (Delivery(order) is { } own)
            await own.TakeBack(s, who, order.Id);
        await Decided(s, who.TenantId, order);
    }

    private async ValueTask Decided(WriteTx s, string tenant, Order order)
    {
        if (Delivery(order) is { } own)
            await own.Decided(s, tenant, order.Id);
    }

    private IOrderDelivery? Delivery(Order order) => deliveries.FirstOrDefault(d => d.Delivers(order.Delivery));

    private async ValueTask Told(WriteTx s, Caller who, string action, Order? order, Refund r) =>
        await audit.Write(s, who, action, order is null ? new AuditTarget("refund", r.Id, r.Number) : new AuditTarget("order", order.Id, OrderNumber.Shown(order.Number)),
            after: $$"""{"amount":{{r.Amount}},"currency":"{{r.Currency}}","way":"{{r.Way}}","state":"{{r.State}}"}""");

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
