using Gatehouse.Platform.Localization;

namespace Gatehouse.Billing.Previews;

/// <summary>One thing that a change would make different, as staff see it before they decide.</summary>
/// <param name="What">What it is.</param>
/// <param name="Now">As it is.</param>
/// <param name="After">As it would be.</param>
public sealed record PreviewRow(Message What, Message Now, Message After)
{
    /// <summary>An amount of money.</summary>
    public static PreviewRow Money(Message what, long now, long after, string currency) => new(what, Amount(now, currency), Amount(after, currency));

    private static Message Amount(long minor, string currency) =>
        new("preview.text", (minor < 0 ? "\u2212" : "") + Platform.Localization.Money.Format(Math.Abs(minor), currency));
}
