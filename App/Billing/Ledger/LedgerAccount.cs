using Gatehouse.Platform.Localization;

namespace Gatehouse.Billing.Ledger;

/// <summary>The accounts of the ledger, by name. Debits raise what the operator has and spends, credits what is owed and earned.</summary>
public static class LedgerAccount
{
    /// <summary>What was sold, at the listed price. Credited by sales.</summary>
    public const string Revenue = "revenue";

    /// <summary>Recharge keys that were sold, at the listed price: owed until they are on a balance.</summary>
    public const string Vouchers = "vouchers";

    /// <summary>What recharge keys put on balances beyond what was paid for them.</summary>
    public const string Gifts = "gifts";

    /// <summary>What was taken off listed prices.</summary>
    public const string Discounts = "discounts";

    /// <summary>What was given back of sales.</summary>
    public const string Refunds = "refunds";

    /// <summary>What is to go back by a gateway that has not said yet that it did.</summary>
    public const string Refunding = "refunding";

    /// <summary>Money that fits nothing and is kept: staff said why.</summary>
    public const string WrittenOff = "written_off";

    /// <summary>Money that came in and has no place yet: it waits for staff.</summary>
    public const string Suspense = "suspense";

    /// <summary>Money that staff received or gave by themselves, past every channel.</summary>
    public const string ByHand = "by_hand";

    /// <summary>What payments cost: debited where the operator carries it, credited by what buyers paid for it.</summary>
    public const string Fees = "fees";

    /// <summary>What customers got on their balances for bringing others.</summary>
    public const string Rewards = "rewards";

    /// <summary>What distributors get of what their links sell: debited when it is earned.</summary>
    public const string Commissions = "commissions";

    /// <summary>Commission that is asked for, and that staff have not decided about.</summary>
    public const string Withdrawing = "withdrawing";

    private const string CommissionPrefix = "commission:";
    private const string ClearingPrefix = "clearing:";
    private const string BalancePrefix = "balance:";

    /// <summary>What a channel has taken in and owes the operator.</summary>
    public static string Clearing(string channel) => ClearingPrefix + channel;

    /// <summary>What the operator owes a customer: their balance, as credits.</summary>
    public static string Balance(string account) => BalancePrefix + account;

    /// <summary>The id of the customer whose balance it is.</summary>
    public static string Owner(string balance) => balance[BalancePrefix.Length..];

    /// <summary>What the operator owes a distributor of commission, as credits; a debit is owed by them.</summary>
    public static string Commission(string account) => CommissionPrefix + account;

    /// <summary>The account as it is stored, where its person may be named by a user name, an e-mail address or a phone number.</summary>
    /// <param name="idOf">The id of whom a name means; null: nobody's, or that of somebody who is gone.</param>
    public static async ValueTask<string> Named(string account, Func<string, ValueTask<string?>> idOf)
    {
        var prefix = new[] { BalancePrefix, CommissionPrefix }.FirstOrDefault(p => account.StartsWith(p, StringComparison.Ordinal) && account.Length > p.Length);
        return prefix is not null && await idOf(account[prefix.Length..]) is { } id ? prefix + id : account;
    }

    /// <summary>What it is called.</summary>
    /// <param name="channels">What channels are called, by their ids.</param>
    public static Message Label(string account, IReadOnlyDictionary<string, string> channels) =>
        IsBalance(account) ? new("ledger.account.balance")
        : account.StartsWith(CommissionPrefix, StringComparison.Ordinal) ? new("ledger.account.commission")
        : account.StartsWith(ClearingPrefix, StringComparison.Ordinal) ? channels.TryGetValue(account[ClearingPrefix.Length..], out var name) ? new("ledger.account.clearing", name) : new("payments.channel_gone")
        : new("ledger.account." + account);

    /// <summary>Is it a customer's, which may never fall below nothing?</summary>
    public static bool IsBalance(string account) => account.StartsWith(BalancePrefix, StringComparison.Ordinal);
}
