using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.News;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Ledger;

/// <summary>Customers' balances, as staff change them.</summary>
public sealed class BalanceService(CustomerService customers, LedgerService ledger, AuditWriter audit, CustomerNews news, TimeProvider clock)
{
    public const int MaxReference = 200;
    private const long MaxAmount = 1_000_000_000_00;

    /// <summary>Adds money that came past every channel to a customer's balance.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_USER, 422 with what is wrong, by field.</exception>
    public async ValueTask<TopUpResponse> TopUp(WriteTx s, Caller who, TopUpBody wanted)
    {
        var checks = new FieldChecks();
        var amount = checks.Range("amount", wanted.Amount, 1, MaxAmount);
        var currency = wanted.Currency?.Trim().ToUpperInvariant() ?? "";
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper))
            checks.Wrong("currency", "field.currency");
        var reference = checks.Text("reference", wanted.Reference, 1, MaxReference);
        if (string.IsNullOrWhiteSpace(wanted.User))
            checks.Wrong("user", "field.required");
        checks.ThrowIfAny();
        var id = await customers.IdOf(s, who.TenantId, wanted.User!);
        if (await CustomerStore.FindLocked(s, who.TenantId, id, clock.GetUtcNow().ToUnixTimeMilliseconds()) is not { } customer)
            throw new Refusal(CustomerErrors.NotFound);
        var transaction = await ledger.Post(s, who.TenantId, new Posting(Posting.TopUp, currency, (LedgerAccount.ByHand, amount), (LedgerAccount.Balance(id), -amount)) { Reference = reference, Actor = who.Name });
        // The reference may name somebody: it is in the ledger, which can forget it.
        await audit.Write(s, who, "balance.topped_up", CustomerService.Target(customer), after: $$"""{"amount":{{amount}},"currency":"{{currency}}","transaction":"{{transaction}}"}""");
        var has = -await ledger.Sum(s, who.TenantId, LedgerAccount.Balance(id), currency);
        await news.Tell(s, who.TenantId, Addressee.Of(customer), new("balance.told", Money.Format(amount, currency), Money.Format(has, currency)), "/account/balance", $"balance:{transaction}");
        return new(true, transaction, currency, has);
    }
}
