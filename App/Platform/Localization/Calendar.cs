using System.Globalization;

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

    /// <summary>The instant as a browser's input of a day and a time of day takes it: <c>2026-11-20T09:14</c>, with seconds where there are some.</summary>
    public static string Local(long at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(at), zone);
        return local.ToString(local.Second == 0 ? "yyyy-MM-dd'T'HH:mm" : "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
    }

    /// <summary>The instant of what such an input sends; null when it is none. Of an hour that comes twice, the first.</summary>
    public static long? Instant(string typed, TimeZoneInfo zone) =>
        DateTime.TryParseExact(typed, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && local.Year is > 1970 and < 9999
            ? Instant(local, zone) : null;

    // Where clocks go forward at midnight, the day begins an hour later.
    private static long Instant(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(15);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUnixTimeMilliseconds();
    }
}
