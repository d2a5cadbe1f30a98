using System.Globalization;

namespace Gatehouse.Cli.Shell;

/// <summary>Moments as people type them.</summary>
internal static class TimeArgument
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:sszzz"];

    /// <summary><c>30m</c>, <c>12h</c>, <c>90d</c>, <c>2w</c> or <c>1y</c> from now, or a date or time, in UTC unless it says otherwise. Null when it is neither.</summary>
    public static DateTimeOffset? Parse(string typed, DateTimeOffset now)
    {
        typed = typed.Trim();
        if (Counted(typed) is ('y', var years and <= 100))
            return now.AddYears(years);
        if (Span(typed) is { } seconds)
            return now.AddSeconds(seconds);
        return DateTimeOffset.TryParseExact(typed, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
    }

    /// <summary><c>30m</c>, <c>12h</c>, <c>90d</c>, <c>2w</c> or <c>1y</c> (365 days) in seconds; null when it is none.</summary>
    public static long? Span(string typed) => Counted(typed.Trim()) switch
    {
        ('m', var count) => count * 60L,
        ('h', var count) => count * 3600L,
        ('d', var count) => count * 86400L,
        ('w', var count) => count * 7 * 86400L,
        ('y', var count and <= 100) => count * 365 * 86400L,
        _ => null,
    };

    private static (char Unit, int Count)? Counted(string typed) =>
        typed.Length >= 2 && int.TryParse(typed.AsSpan(0, typed.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 100_000 ? (typed[^1], count) : null;
}
