using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Commissions;

/// <summary>An order that a distributor's link led to, and what they get of it. Money in minor units, times in unix milliseconds.</summary>
/// <param name="AccountId">The distributor.</param>
/// <param name="Price">Listed price less discount, as it was paid.</param>
/// <param name="Paid">The same with the fee: what refunds are of.</param>
/// <param name="Rate">Hundredths of a percent, as it was when it was paid.</param>
/// <param name="Returned">How much of <paramref name="Paid"/> went back.</param>
/// <param name="Amount">What is on the books.</param>
/// <param name="EarnedAt">When it was delivered.</param>
/// <param name="DueAt">From then on it can be withdrawn.</param>
public sealed record Commission(string OrderId, string AccountId, string Link, string Currency, long Price, long Paid, long Rate, long Returned, long Amount, long? PaidAt, long? EarnedAt, long? DueAt)
{
    /// <summary>All there is in a percent that <see cref="Rate"/> counts.</summary>
    public const long Whole = 10_000;

    /// <summary>What is due of it as it is now: the rate of that part of the price that was not given back; half a unit and more is a whole one.</summary>
    public long Due => EarnedAt is null || Paid <= 0 ? 0 : (long)(((Int128)Price * Rate * (Paid - Returned) + (Int128)Paid * Whole / 2) / ((Int128)Paid * Whole));
}

/// <summary>A link that a distributor sells by.</summary>
/// <param name="Name">What they call it.</param>
/// <param name="Orders">How many orders that were paid came by it.</param>
public sealed record DistributorLink(string Code, string AccountId, string Name, long CreatedAt, long Orders = 0);

/// <summary>What a distributor has earned in one currency. Minor units.</summary>
/// <param name="Earned">In all, less what refunds took back.</param>
/// <param name="Held">Of that, what may still be taken back and cannot be withdrawn yet.</param>
/// <param name="Asked">What withdrawals ask for that nobody has decided about.</param>
/// <param name="Withdrawn">What was paid out.</param>
public sealed record CommissionSum(string Currency, long Earned, long Held, long Asked, long Withdrawn)
{
    /// <summary>What can be withdrawn; below zero it is owed: what is earned next goes there first.</summary>
    public long Available => Earned - Held - Asked - Withdrawn;
}

/// <summary>A line of what a distributor earned.</summary>
/// <param name="What">What was sold.</param>
public sealed record CommissionLine(Commission Commission, string What, string LinkName);

/// <summary>Somebody who bought by a distributor's link, and what in one currency.</summary>
/// <param name="Email">Empty: none is known any more.</param>
/// <param name="Spent">Minor units, less what went back.</param>
/// <param name="Last">The id of their last order.</param>
public sealed record DistributorCustomer(string Email, string Currency, long Orders, long Spent, long LastAt, string Last)
{
    /// <summary>As much of the address as a distributor needs to know one from the other: <c>w•••@e•••.com</c>.</summary>
    public string Masked
    {
        get
        {
            var at = Email.LastIndexOf('@');
            return at <= 0 ? "•••" : $"{Email[0]}•••@{(Email.Length > at + 1 ? Email[at + 1] : "")}•••{(Email.LastIndexOf('.') is var dot && dot > at ? Email[dot..] : "")}";
        }
    }
}
