using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.News;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Refunds;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.MoneyDesk;

/// <summary>What staff want done with a payment that did not fit.</summary>
/// <param name="Action">A name of <see cref="MoneyAction"/>.</param>
/// <param name="Reference">What it rests on; it goes into the books.</param>
/// <param name="Order">Of a payment that no order is for: which it was meant for.</param>
/// <param name="User">Of one whose buyer is not known: whose balance it goes to.</param>
/// <param name="Way">Of a refund: <c>gateway</c> or <c>hand</c>.</param>
public sealed record MoneyDecision(string Action, string? Reference = null, string? Order = null, string? User = null, string? Way = null);

/// <summary>What may be done with a payment that did not fit.</summary>
public static class MoneyAction
{
    /// <summary>Accept what came for the order.</summary>
    public const string Deliver = "deliver";

    /// <summary>Put it on the customer's balance.</summary>
    public const string Credit = "credit";

    /// <summary>Give it back.</summary>
    public const string Refund = "refund";

    /// <summary>Keep it, and say why.</summary>
    public const string WriteOff = "write-off";

    public static readonly IReadOnlyList<string> All = [Deliver, Credit, Refund, WriteOff];
}

/// <summary>
/// The inbox of money that does not fit. Each decision is made in the transaction it is given, under the locks of the order and of the
/// payment: of two at once one settles it.
/// </summary>
public sealed class MoneyDeskService(PaymentTaker taker, Fulfilment fulfilment, RefundService refunds, LedgerService ledger, CustomerService customers, AuditWriter audit, CustomerNews news, TimeProvider clock)
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_PAYMENT");
    public static readonly ErrorCode Settled = new(409, "PAYMENT_SETTLED");

    public const int MaxReference = 200;

    /// <exception cref="Refusal">404 NO_SUCH_PAYMENT.</exception>
    public async ValueTask<Payment> Get(ReadTx s, string tenant, string id) => await AttemptStore.Payment(s, tenant, id) is { Problem: not null } payment ? payment : throw new Refusal(NotFound);

    /// <summary>Newest first; those that wait, or those that are settled.</summary>
    /// <param name="search">A number of the payment's or of its order, a person or a key; null: any.</param>
    /// <exception cref="Refusal">422 on <c>problem</c> or <c>after</c>.</exception>
    public async ValueTask<Slice<Payment>> List(ReadTx s, string tenant, bool settled, string? problem, string? after, int limit, string? search = null)
    {
        if (problem is not null && !PaymentProblem.All.Contains(problem))
            throw Refusal.Field("problem", "field.one_of", string.Join(", ", PaymentProblem.All));
        return Slice<Payment>.Of(await MoneyDeskStore.List(s, tenant, settled, problem, search, Cursor.Decode(after), limit + 1), limit, p => p.Id);
    }

    /// <summary>The order that a payment is, or is meant to be, for; null: none that it can be.</summary>
    public async ValueTask<Order?> OrderOf(ReadTx s, string tenant, Payment payment, string? named) =>
        payment.OrderId is { } id ? await OrderStore.Find(s, tenant, id) : OrderNumber.Parse(named) is { } number ? await OrderStore.ByNumber(s, tenant, number) : null;

    /// <summary>Can the order be delivered for what came? A part of a top-up goes to the balance as it is.</summary>
    public static bool CanDeliver(Payment payment, Order? order) => order is { PaidAt: null, Kind: not Order.TopUp } && order.Currency == payment.Currency;

    /// <summary>Decides what becomes of a payment.</summary>
    /// <returns>The payment, and the refund that its gateway is to be asked for.</returns>
    /// <exception cref="Refusal">404 NO_SUCH_PAYMENT, 409 PAYMENT_SETTLED or ORDER_STATE, 422 with what is wrong, by field.</exception>
    public async ValueTask<(Payment Payment, Refund? Refund)> Decide(WriteTx s, Caller who, string id, MoneyDecision wanted)
    {
        var checks = new FieldChecks();
        var needs = wanted.Action != MoneyAction.Refund || wanted.Way != RefundWay.Gateway;
        var reference = checks.Text("reference", wanted.Reference, needs ? 1 : 0, MaxReference);
        if (wanted is { Action: MoneyAction.Refund, Way: not (null or RefundWay.Gateway or RefundWay.Hand) })
            checks.Wrong("way", "field.one_of", $"{RefundWay.Gateway}, {RefundWay.Hand}");
        checks.ThrowIfAny();
        var seen = await Get(s, who.TenantId, id);
        var meant = wanted.Action == MoneyAction.Deliver ? wanted.Order : null;
        var order = await OrderOf(s, who.TenantId, seen, meant) is { } found ? await OrderStore.Locked(s, who.TenantId, found.Id) : null;
        if (wanted.Action == MoneyAction.Credit && order?.AccountId is null && string.IsNullOrWhiteSpace(wanted.User))
            throw Refusal.Field("user", "field.required");
        var payment = (await MoneyDeskStore.Locked(s, who.TenantId, id))!;
        // Somebody may have found its order meanwhile.
        if (payment.ResolvedAt is not null || payment.OrderId != seen.OrderId)
            throw new Refusal(Settled);
        var (decided, refund) = wanted.Action switch
        {
            MoneyAction.Deliver => (await Deliver(s, who, payment, order, reference), null),
            MoneyAction.Credit => (await Credit(s, who, payment, order, wanted.User, reference), null),
            MoneyAction.Refund => await GiveBack(s, who, payment, order, wanted.Way ?? RefundWay.Hand, reference),
            _ => (await WriteOff(s, who, payment, reference), (Refund?)null),
        };
        await MoneyDeskStore.Decide(s, who.TenantId, decided);
        if (order is not null && wanted.Action != MoneyAction.Deliver)
            await OrderStore.Tell(s, who.TenantId, order.Id, Now(), "settled_" + decided.Resolution, who.Name, reference);
        var told = wanted.Action switch { MoneyAction.Deliver => "payment.taken", MoneyAction.Credit => "payment.credited", MoneyAction.Refund => "payment.given_back", _ => "payment.written_off" };
        await audit.Write(s, who, told, new AuditTarget("payment", payment.Id, payment.GatewayNumber),
            after: $$"""{"amount":{{payment.OpenAmount}},"currency":"{{payment.Currency}}","problem":"{{payment.Problem}}"}""");
        return (decided, refund);
    }

    // The difference is a discount; what is more is the buyer's.
    private async ValueTask<Payment> Deliver(WriteTx s, Caller who, Payment payment, Order? order, string reference)
    {
        if (order is null)
            throw Refusal.Field("order", payment.OrderId is null ? "money.wrong.order" : "money.wrong.gone");
        if (order.Currency != payment.Currency)
            throw Refusal.Field("order", "money.wrong.currency", order.Currency, payment.Currency);
        if (order.PaidAt is not null)
            throw new Refusal(OrderErrors.OrderState);
        if (order.Kind == Order.TopUp)
            throw Refusal.Field("order", "money.wrong.top_up");
        if (order.State == OrderState.Cancelled)
            await taker.Revived(s, who.TenantId, order, anyway: true);
        var (less, more) = Difference(payment, order);
        var sold = order with { Discount = order.Discount + less, Amount = order.Amount - less };
        await OrderStore.Reprice(s, who.TenantId, sold);
        var kept = order.AccountId is null ? more : 0;
        await ledger.Post(s, who.TenantId, new Posting(Posting.Settled, order.Currency, (LedgerAccount.Suspense, payment.OpenAmount - kept), (LedgerAccount.Discounts, sold.Discount), (order.SoldTo, -order.Total), (LedgerAccount.Fees, -order.Fee),
            (order.AccountId is { } account ? LedgerAccount.Balance(account) : LedgerAccount.ByHand, kept - more)) { OrderId = order.Id, PaymentId = payment.Id, Reference = reference, Actor = who.Name });
        await OrderStore.Tell(s, who.TenantId, order.Id, Now(), "paid", who.Name, reference);
        await fulfilment.Deliver(s, who.TenantId, sold with { PaidAt = Now(), ClosedAt = null }, who.Name);
        return kept > 0 ? payment with { OrderId = order.Id, Problem = PaymentProblem.Overpaid, OpenAmount = kept } : Done(payment, MoneyAction.Deliver) with { OrderId = order.Id };
    }

    private async ValueTask<Payment> Credit(WriteTx s, Caller who, Payment payment, Order? order, string? user, string reference)
    {
        var account = order?.AccountId;
        try
        {
            account ??= await customers.IdOf(s, who.TenantId, user!);
        }
        catch (Refusal refusal) when (refusal.Error == CustomerErrors.NotFound)
        {
            throw Refusal.Field("user", "money.wrong.user");
        }
        if (await CustomerStore.FindLocked(s, who.TenantId, account, Now()) is not { } customer)
            throw Refusal.Field("user", "money.wrong.user");
        await Post(s, who, payment, Posting.Settled, LedgerAccount.Balance(account), reference);
        var has = -await ledger.Sum(s, who.TenantId, LedgerAccount.Balance(account), payment.Currency);
        await news.Tell(s, who.TenantId, Addressee.Of(customer), new("balance.told", Money.Format(payment.OpenAmount, payment.Currency), Money.Format(has, payment.Currency)), "/account/balance", $"payment:{payment.Id}:credited");
        return Done(payment, MoneyAction.Credit);
    }

    private async ValueTask<(Payment, Refund?)> GiveBack(WriteTx s, Caller who, Payment payment, Order? order, string way, string reference)
    {
        if (way == RefundWay.Gateway && !await refunds.CanGiveBack(s, who.TenantId, payment, payment.OpenAmount))
            throw Refusal.Field("way", "refunds.wrong.gateway");
        var refund = await refunds.Decide(s, who, new Refund(Ids.New(), order?.Id, payment.Id, Refund.OfPayment, way, RefundState.Asked, payment.Currency, payment.OpenAmount, "", "", "", reference, who.Name, "", 0, 0, null, Now(), null), order);
        return (Done(payment, MoneyAction.Refund), refund);
    }

    private async ValueTask<Payment> WriteOff(WriteTx s, Caller who, Payment payment, string reason)
    {
        await Post(s, who, payment, Posting.Settled, LedgerAccount.WrittenOff, reason);
        return Done(payment, "write_off");
    }

    /// <summary>How much less, and how much more, came than the order costs.</summary>
    public static (long Less, long More) Difference(Payment payment, Order order) => (Math.Max(0, order.Amount - payment.OpenAmount), Math.Max(0, payment.OpenAmount - order.Amount));

    private async ValueTask Post(WriteTx s, Caller who, Payment payment, string kind, string to, string reference) =>
        await ledger.Post(s, who.TenantId, new Posting(kind, payment.Currency, (LedgerAccount.Suspense, payment.OpenAmount), (to, -payment.OpenAmount)) { OrderId = payment.OrderId, PaymentId = payment.Id, Reference = reference, Actor = who.Name });

    private Payment Done(Payment payment, string how) => payment with { OpenAmount = 0, ResolvedAt = Now(), Resolution = how };

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
