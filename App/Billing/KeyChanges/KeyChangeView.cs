namespace Gatehouse.Billing.KeyChanges;

/// <summary>What an order does to a key beside renewing it.</summary>
/// <param name="AddOn">The add-on of its plan, such as <c>machines-1</c>.</param>
/// <param name="Machines">So many more machines it may have.</param>
/// <param name="Days">So many days are put behind its end.</param>
/// <param name="Until">When they go again, once it is delivered; null: not yet known, or never.</param>
/// <param name="TakenBackAt">When a refund took them back.</param>
public sealed record KeyChangeView(string Key, string AddOn, long Machines, long Days, bool ForGood, DateTime? Until, DateTime? TakenBackAt)
{
    /// <summary>Null where the order does nothing of that kind.</summary>
    internal static KeyChangeView? Of(KeyChange? c) =>
        c is { Kind: KeyChange.AddOn } ? new(c.Key, c.AddOnId, c.Machines, c.Seconds / 86400, c.ForGood, Time(c.EndsAt), Time(c.UndoneAt)) : null;

    private static DateTime? Time(long? at) => at is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known).UtcDateTime : null;
}
