namespace Gatehouse.Billing.Ledger;

/// <summary>A movement of money between accounts, of one currency.</summary>
/// <param name="Kind">Why: its words are <c>ledger.kind.KIND</c>.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Entries">Minor units by account, above zero a debit, below zero a credit. They add up to zero; those of zero are left out.</param>
public sealed record Posting(string Kind, string Currency, params (string Account, long Amount)[] Entries)
{
    public const string Sale = "sale";
    public const string TopUp = "top_up";
    public const string Refund = "refund";

    /// <summary>Money came that fits no open order: it waits for staff, or is the customer's.</summary>
    public const string Received = "received";

    /// <summary>Staff decided what becomes of it.</summary>
    public const string Settled = "settled";

    /// <summary>A customer brought another.</summary>
    public const string Reward = "reward";

    /// <summary>A distributor earned something, or a refund took it back.</summary>
    public const string Commission = "commission";

    /// <summary>A distributor's commission is paid out: asked for, decided, or turned down.</summary>
    public const string Withdrawal = "withdrawal";

    /// <summary>A recharge key was put on a balance, or withdrawn.</summary>
    public const string Recharge = "recharge";

    /// <summary>A key was switched to a plan that costs less than what was left of it.</summary>
    public const string Switched = "switch";

    /// <summary>Two accounts became one.</summary>
    public const string Moved = "moved";

    public static readonly IReadOnlyList<string> Kinds = [Sale, TopUp, Refund, Received, Settled, Recharge, Reward, Commission, Withdrawal, Switched, Moved];

    public string? OrderId { get; init; }
    public string? PaymentId { get; init; }

    /// <summary>What staff wrote to it.</summary>
    public string Reference { get; init; } = "";

    /// <summary>The name of who of staff did it; empty: the program.</summary>
    public string Actor { get; init; } = "";
}

/// <summary>An entry of an account, as lists show it.</summary>
/// <param name="Amount">Minor units; above zero a debit, below zero a credit.</param>
/// <param name="CreatedAt">Unix milliseconds.</param>
public sealed record LedgerLine(string TransactionId, string Kind, string Account, string Currency, long Amount, string? OrderId, string Reference, string Actor, long CreatedAt);
