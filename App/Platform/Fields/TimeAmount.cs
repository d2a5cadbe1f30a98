using System.Globalization;

namespace Gatehouse.Platform.Fields;

/// <summary>A span as a form shows it: a number and a unit. The units are exact: a month has 30 days, a year 365.</summary>
public sealed record TimeAmount(string Number, string Unit)
{
    public const string Perpetual = "perpetual";

    /// <summary>Each unit's seconds, the smallest first.</summary>
    public static readonly IReadOnlyList<(string Name, long Seconds)> Units =
        [("seconds", 1), ("minutes", 60), ("hours", 3600), ("days", 86400), ("months", 30 * 86400), ("years", 365 * 86400)];

    /// <summary>
    /// The greatest unit that measures it exactly: 3600 seconds are 1 hour, 400 days 400 days. Never months: whoever sold 30
    /// days reads 30 days.
    /// </summary>
    public static TimeAmount Of(long? seconds)
    {
        if (seconds is not { } span)
            return new TimeAmount("", Perpetual);
        var (name, length) = span == 0 ? Units[3] : Units.Last(u => u.Name != "months" && span % u.Seconds == 0);
        return new TimeAmount((span / length).ToString(CultureInfo.InvariantCulture), name);
    }

    public bool IsPerpetual => Unit == Perpetual;

    /// <summary>In seconds; null when it is not a whole number of a known unit, or more than can be counted.</summary>
    public long? Seconds()
    {
        var unit = Units.FirstOrDefault(u => u.Name == Unit).Seconds;
        return unit > 0 && long.TryParse(Number.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= long.MaxValue / unit
            ? number * unit : null;
    }
}
