namespace Gatehouse.Platform.Localization;

/// <summary>Where hours, days and months begin for people of a time zone. Instants in unix milliseconds.</summary>
public static class Calendar
{
    private const long Hour = 3_600_000;

    /// <summary>The beginning of each of the last hours, the current one last.</summary>
    public static long[] Hours(DateTimeOffset now, TimeZoneInfo zone, int count)
    {
        var offset = (long)zone.GetUtcOffset(now).TotalMilliseconds;
        var current = (now.ToUnixTimeMilliseconds() + offset) / Hour * Hour - offset;
        return [.. Enumerable.Range(0, count).Select(i => current - (count - 1 - i) * Hour)];
    }

    /// <summary>The beginning of each of the last days, today last.</summary>
    public static long[] Days(DateTimeOffset now, TimeZoneInfo zone, int count)
    {
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        return [.. Enumerable.Range(0, count).Select(i => Instant(today.AddDays(i - count + 1), zone))];
    }

    /// <summary>The beginning of each of the days to come, today first, and of the one after the last.</summary>
    public static long[] DaysAhead(DateTimeOffset now, TimeZoneInfo zone, int count)
    {
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        return [.. Enumerable.Range(0, count + 1).Select(i => Instant(today.AddDays(i), zone))];
    }

    /// <summary>The beginning of each of the last months, the current one last.</summary>
    public static long[] Months(DateTimeOffset now, TimeZoneInfo zone, int count)
    {
        var today = TimeZoneInfo.ConvertTime(now, zone);
        var first = new DateTime(today.Year, today.Month, 1);
        return [.. Enumerable.Range(0, count).Select(i => Instant(first.AddMonths(i - count + 1), zone))];
    }

    // Where clocks go forward at midnight, the day begins an hour later.
    private static long Instant(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(15);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUnixTimeMilliseconds();
    }
}
