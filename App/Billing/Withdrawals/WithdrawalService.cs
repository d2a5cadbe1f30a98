using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Commissions;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.News;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Withdrawals;

/// <summary>A distributor asks for commission, and staff decide. Each method runs inside the transaction it is given; what is asked for is set aside at once, so that two at once never have more than is there.</summary>
public sealed class WithdrawalService(LedgerService ledger, AuditWriter audit, INotices notices, CustomerNews news, TimeProvider clock)
{
    public const int MaxDetails = 500, MaxReference = 200;

    /// <summary>Staff are told when somebody asks.</summary>
    public static readonly NoticeKind Waits = new("withdrawals.waiting", NoticeKind.Warn, 320);

    /// <exception cref="Refusal">404 NO_SUCH_WITHDRAWAL.</exception>
    public async ValueTask<Withdrawal> Get(ReadTx s, string tenant, string id) => await WithdrawalStore.Find(s, tenant, id) ?? throw new Refusal(WithdrawalErrors.NotFound);

    /// <summary>Asks for an amount. Who is suspended may ask for what was earned before.</summary>
    /// <param name="details">Where to pay it; needed unless it goes to the balance.</param>
    /// <exception cref="Refusal">403 NOT_A_DISTRIBUTOR, 409 INSUFFICIENT_COMMISSION, 422 with what is wrong, by field.</exception>
    public async ValueTask<Withdrawal> Ask(WriteTx s, Caller who, long amount, string? currency, string? way, string? details)
    {
        var (tenant, checks, now) = (who.TenantId, new FieldChecks(), clock.GetUtcNow().ToUnixTimeMilliseconds());
        if (amount < 1)
            checks.Wrong("amount", "withdrawals.wrong.amount");
        if (string.IsNullOrWhiteSpace(currency))
            checks.Wrong("currency", "field.required");
        if (way is null || !WithdrawalWay.All.Contains(way))
            checks.Wrong("way", "field.one_of", string.Join(", ", WithdrawalWay.All));
        var where = checks.Text("details", details, way == WithdrawalWay.Hand ? 1 : 0, MaxDetails, lines: true);
        checks.ThrowIfAny();
        // Locked: a person who is erased in this moment asks for nothing any more.
        if (await CustomerStore.FindLocked(s, tenant, who.Id ?? "", now) is not { DisabledAt: null } customer)
            throw new Refusal(HttpErrors.Unauthorized);
        // One of a distributor's at a time.
        if (await DistributorStore.Locked(s, tenant, customer.Id) is not { State: Distributor.Active or Distributor.Suspended })
            throw new Refusal(DistributorErrors.NotOne);
        if ((await CommissionStore.Sums(s, tenant, customer.Id)).Find(b => b.Currency == currency!.Trim().ToUpperInvariant()) is not { } sum || sum.Available < amount)
            throw new Refusal(WithdrawalErrors.Insufficient);
        var asked = new Withdrawal(Ids.New(), customer.Id, sum.Currency, amount, way!, where, WithdrawalState.Asked, "", "", null, now, null);
        await WithdrawalStore.Insert(s, tenant, asked);
        await ledger.Post(s, tenant, new Posting(Posting.Withdrawal, asked.Currency, (LedgerAccount.Commission(customer.Id), amount), (LedgerAccount.Withdrawing, -amount)));
        await notices.Tell(s, tenant, Waits, new("withdrawals.notice", Money.Format(amount, asked.Currency)), $"withdrawal:{asked.Id}");
        return asked;
    }

    /// <summary>Staff pay it: to the balance with that, or they have paid it by hand.</summary>
    /// <param name="reference">By which the payment can be found; needed unless it goes to the balance.</param>
    /// <exception cref="Refusal">404 NO_SUCH_WITHDRAWAL, 409 WITHDRAWAL_STATE, 422 on <c>reference</c>.</exception>
    public ValueTask<Withdrawal> Approve(WriteTx s, Caller who, string id, string? reference) => Decide(s, who, id, WithdrawalState.Paid, "reference", reference);

    /// <summary>Staff turn it down: the commission can be asked for again.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_WITHDRAWAL, 409 WITHDRAWAL_STATE, 422 on <c>reason</c>.</exception>
    public ValueTask<Withdrawal> Refuse(WriteTx s, Caller who, string id, string? reason) => Decide(s, who, id, WithdrawalState.Refused, "reason", reason);

    /// <summary>Who asked takes it back: the commission can be asked for again.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_WITHDRAWAL, also of somebody else's; 409 WITHDRAWAL_STATE: staff were faster.</exception>
    public async ValueTask<Withdrawal> Cancel(WriteTx s, Caller who, string id)
    {
        var (tenant, now) = (who.TenantId, clock.GetUtcNow().ToUnixTimeMilliseconds());
        // The account comes first, as where staff decide.
        if (await CustomerStore.FindLocked(s, tenant, who.Id ?? "", now) is null || await WithdrawalStore.Locked(s, tenant, id) is not { } asked || asked.AccountId != who.Id)
            throw new Refusal(WithdrawalErrors.NotFound);
        if (asked.State != WithdrawalState.Asked)
            throw new Refusal(WithdrawalErrors.State);
        var posting = await ledger.Post(s, tenant, new Posting(Posting.Withdrawal, asked.Currency, (LedgerAccount.Withdrawing, asked.Amount), (LedgerAccount.Commission(asked.AccountId), -asked.Amount)));
        var cancelled = asked with { State = WithdrawalState.Cancelled, Posting = posting, DecidedAt = now };
        await WithdrawalStore.Decide(s, tenant, cancelled);
        return cancelled;
    }

    private async ValueTask<Withdrawal> Decide(WriteTx s, Caller who, string id, string state, string field, string? text)
    {
        var (tenant, pays, checks, now) = (who.TenantId, state == WithdrawalState.Paid, new FieldChecks(), clock.GetUtcNow().ToUnixTimeMilliseconds());
        var seen = await Get(s, tenant, id);
        var words = checks.Text(field, text, pays && seen.Way == WithdrawalWay.Balance ? 0 : 1, MaxReference);
        checks.ThrowIfAny();
        // The account comes first: whoever erases it has that lock as well.
        var owner = await CustomerStore.FindLocked(s, tenant, seen.AccountId, now);
        var asked = (await WithdrawalStore.Locked(s, tenant, id))!;
        if (asked.State != WithdrawalState.Asked || pays && owner is null)
            throw new Refusal(WithdrawalErrors.State);
        var to = !pays ? LedgerAccount.Commission(asked.AccountId) : asked.Way == WithdrawalWay.Balance ? LedgerAccount.Balance(asked.AccountId) : LedgerAccount.ByHand;
        var posting = await ledger.Post(s, tenant, new Posting(Posting.Withdrawal, asked.Currency, (LedgerAccount.Withdrawing, asked.Amount), (to, -asked.Amount)) { Reference = pays ? words : "", Actor = who.Name });
        var decided = asked with { State = state, Reference = words, Actor = who.Name, Posting = posting, DecidedAt = now };
        await WithdrawalStore.Decide(s, tenant, decided);
        // The reference may name somebody: it is in the ledger, which can forget it.
        await audit.Write(s, who, pays ? "withdrawal.paid" : "withdrawal.refused", new("distributor", asked.AccountId, asked.AccountId), after: $$"""{"amount":{{asked.Amount}},"currency":"{{asked.Currency}}","way":"{{asked.Way}}","withdrawal":"{{asked.Id}}"}""");
        if (owner is not null)
            await news.Tell(s, tenant, Addressee.Of(owner), Said(decided), DistributorPages.Own + DistributorPages.Commission, $"withdrawal:{decided.Id}:{state}");
        return decided;
    }

    private static Message Said(Withdrawal w) =>
        new($"withdrawals.told.{(w.State == WithdrawalState.Paid ? w.Way : w.State)}", Money.Format(w.Amount, w.Currency), w.Reference.Length == 0 ? "" : new Message(w.State == WithdrawalState.Paid ? "told.reference" : "told.reason", w.Reference));
}
