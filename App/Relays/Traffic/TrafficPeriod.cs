namespace Gatehouse.Relays.Traffic;

/// <summary>The time for which a quota is given.</summary>
/// <param name="Until">When it is given anew; null: never.</param>
public readonly record struct TrafficPeriod(DateTimeOffset From, DateTimeOffset? Until)
{
    public const string Never = "none", Monthly = "monthly", Calendar = "calendar";

    /// <summary>The one that a moment is in.</summary>
    /// <param name="reset"><c>none</c>, <c>monthly</c> (from the rental's start: the 31st becomes the last day of a shorter month) or <c>calendar</c> (the first of each month).</param>
    /// <param name="zone">Whose midnight and days of the month are meant.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such rule.</exception>
    public static TrafficPeriod Of(string reset, DateTimeOffset start, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (now < start)
            now = start;
        switch (reset)
        {
            case Never:
                return new(start, null);
            case Monthly:
                var first = TimeZoneInfo.ConvertTime(start, zone).DateTime;
                var local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
                // Counted from the start each time: February does not make a 28th of a 31st for good.
                var months = (local.Year - first.Year) * 12 + local.Month - first.Month;
                while (At(first.AddMonths(months), zone) > now)
                    months--;
                while (At(first.AddMonths(months + 1), zone) <= now)
                    months++;
                return new(months == 0 ? start : At(first.AddMonths(months), zone), At(first.AddMonths(months + 1), zone));
            case Calendar:
                var day = TimeZoneInfo.ConvertTime(now, zone).DateTime;
                var month = new DateTime(day.Year, day.Month, 1);
                var from = At(month, zone);
                return new(from < start ? start : from, At(month.AddMonths(1), zone));
            default:
                throw new ArgumentOutOfRangeException(nameof(reset), reset, "There is no such rule.");
        }
    }

    // An hour that the clock skips in spring begins when it is over; of one that comes twice it is the first.
    private static DateTimeOffset At(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
            local = local.AddHours(1);
        return new DateTimeOffset(local, zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
