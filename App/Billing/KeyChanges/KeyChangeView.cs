namespace Gatehouse.Billing.KeyChanges;

/// <summary>What an order does to a key beside renewing it. Money in minor units of the order's currency.</summary>
/// <param name="Kind"><c>add_on</c> or <c>switch</c>.</param>
/// <param name="AddOn">The add-on of its plan, such as <c>machines-1</c>.</param>
/// <param name="Machines">So many more machines it may have.</param>
/// <param name="Days">So many days are put behind its end, or are under the new plan; 0: none, or for ever.</param>
/// <param name="Until">When they go again, or where it ends then, once it is delivered; null: not yet known, or never.</param>
/// <param name="TakenBackAt">When a refund took it back.</param>
/// <param name="From">The plan that it is switched from, as it was called, and to which.</param>
/// <param name="AtEnd">It is switched when its time is over.</param>
/// <param name="Price">What the new plan costs.</param>
/// <param name="Credit">What of what was paid before is credited.</param>
/// <param name="ToBalance">What of that went to the buyer's balance.</param>
/// <param name="SwitchesAt">When its time under the old plan is over.</param>
/// <param name="SwitchedAt">When it got the new plan.</param>
public sealed record KeyChangeView(
    string Key, string Kind, string AddOn, long Machines, long Days, bool ForGood, DateTime? Until, DateTime? TakenBackAt, string From, string To, bool AtEnd, long Price, long Credit, long ToBalance, DateTime? SwitchesAt, DateTime? SwitchedAt)
{
    /// <summary>Null where the order does nothing of that kind.</summary>
    internal static KeyChangeView? Of(KeyChange? c) => c is null or { Kind: KeyChange.Renew } ? null
        : new(c.Key, c.Kind, c.AddOnId, c.Machines, c.Seconds / 86400, c.ForGood, Time(c.EndsAt), Time(c.UndoneAt), c.FromName, c.ToName, c.AtEnd, c.Price, c.Credit, c.Rest, c is { AtEnd: true, DoneAt: not null } ? Time(c.WasEnd) : null, Time(c.SwitchedAt));

    private static DateTime? Time(long? at) => at is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known).UtcDateTime : null;
}
