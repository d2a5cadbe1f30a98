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
        if (typed.Length >= 2 && int.TryParse(typed.AsSpan(0, typed.Length - 1), NumberStyles.None, null, out var count) && count <= 100_000)
            return typed[^1] switch
            {
                'm' => now.AddMinutes(count),
                'h' => now.AddHours(count),
                'd' => now.AddDays(count),
                'w' => now.AddDays(7.0 * count),
                'y' when count <= 100 => now.AddYears(count),
                _ => null,
            };
        return DateTimeOffset.TryParseExact(typed, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
    }
}
