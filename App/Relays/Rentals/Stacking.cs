namespace Gatehouse.Relays.Rentals;

/// <summary>
/// The rules by which what comes to a rental adds up, as lines of one table: what comes, and what it does. <see cref="Rental.With"/> decides by the
/// first of them, people read them in the help (<c>stacking.NAME.what</c> and <c>stacking.NAME.does</c>), and a property test holds the two together.
/// </summary>
public static class Stacking
{
    /// <summary>One more of its plan: behind what there is, or from now where that is over.</summary>
    public const string Longer = "longer", Again = "again";

    /// <summary>One more of the plan that follows.</summary>
    public const string LongerNext = "longer_next";

    /// <summary>Another plan: behind what there is, in its place, before the first device came, or when all is over.</summary>
    public const string OtherAtEnd = "other_end", OtherAtOnce = "other_now", OtherFirst = "other_first", OtherAgain = "other_again";

    /// <summary>The traffic of a renewal, where the quota is given once, and where it comes back by itself; and that of another plan.</summary>
    public const string QuotaOnce = "quota_once", QuotaPeriod = "quota_period", QuotaOther = "quota_other";

    /// <summary>Add-ons: traffic that is used after the quota, the quota whole again, and more devices and relays.</summary>
    public const string Pack = "pack", Reset = "reset", More = "more";

    /// <summary>What a refund takes, and what is taken while a payment is disputed.</summary>
    public const string Refund = "refund", Dispute = "dispute";

    /// <summary>In the order of the table.</summary>
    public static readonly IReadOnlyList<string> Lines = [Longer, Again, OtherAtEnd, OtherAtOnce, OtherFirst, OtherAgain, LongerNext, QuotaOnce, QuotaPeriod, QuotaOther, Pack, Reset, More, Refund, Dispute];
}
