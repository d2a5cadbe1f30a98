using System.Globalization;

namespace Gatehouse.Platform.Localization;

/// <summary>Times and spans as people say them. Instants in unix milliseconds, spans in seconds.</summary>
public static partial class Format
{
    /// <summary><c>2026-11-20 09:14:03 UTC+8</c>, for titles and tables of record.</summary>
    public static string Exact(long at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(at), zone);
        var offset = local.Offset;
        var name = offset == TimeSpan.Zero ? "UTC" : "UTC" + (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString(offset.Minutes == 0 ? "%h" : "h\\:mm");
        return local.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " " + name;
    }

    /// <summary><c>20 Nov, 09:14</c>; with the year when it is another one.</summary>
    public static string Short(Localizer text, long at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(at), zone);
        var sameYear = local.Year == TimeZoneInfo.ConvertTime(now, zone).Year;
        return text[sameYear ? "time.short" : "time.short_year", local.Day, text["time.month." + local.Month], local.ToString("HH:mm", CultureInfo.InvariantCulture), local.Year.ToString(), local.Month];
    }

    /// <summary><c>in 29 days</c>, <c>2 days ago</c>, <c>just now</c>.</summary>
    public static string Relative(Localizer text, long at, DateTimeOffset now)
    {
        var seconds = (at - now.ToUnixTimeMilliseconds()) / 1000;
        if (Math.Abs(seconds) < 5)
            return text["time.now"];
        var span = Span(text, Math.Abs(seconds));
        return seconds > 0 ? text["time.in", span] : text["time.ago", span];
    }

    /// <summary>The two greatest units of a short span (<c>2 h 14 min</c>), the greatest of a long one (<c>29 days</c>).</summary>
    public static string Span(Localizer text, long seconds) => seconds switch
    {
        < 60 => text["span.seconds", seconds],
        < 3600 => text["span.minutes", seconds / 60],
        < 86400 when seconds % 3600 >= 60 => text["span.hours_minutes", seconds / 3600, seconds % 3600 / 60],
        < 86400 => text["span.hours", seconds / 3600],
        < 2 * 365 * 86400L => text["span.days", seconds / 86400],
        _ => text["span.years", seconds / (365 * 86400L)],
    };

    /// <summary>A plan's duration: <c>3 hours</c>, <c>30 days</c>, <c>1 year</c>, <c>perpetual</c>.</summary>
    public static string Duration(Localizer text, long? seconds) => seconds switch
    {
        null => text["duration.perpetual"],
        var s when s % (365 * 86400L) == 0 => text["duration.years", s / (365 * 86400L)],
        var s when s % 86400 == 0 => text["duration.days", s / 86400],
        var s when s % 3600 == 0 => text["duration.hours", s / 3600],
        var s when s % 60 == 0 => text["duration.minutes", s / 60],
        var s => text["duration.seconds", s],
    };
}
