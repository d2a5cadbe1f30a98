using System.Diagnostics.CodeAnalysis;
using Cronos;

namespace Gatehouse.Platform.Scheduling;

/// <summary>
/// A cron expression: seconds, minutes, hours, day of month, month, weekday (1 is Sunday) and perhaps a year, in UTC. It is written in
/// the dialect of Quartz; <see cref="QuartzDialect"/> tells what that means.
/// </summary>
public sealed class CronSchedule
{
    public const int MaxLength = 120;

    private readonly IReadOnlyList<CronExpression> _any;
    private readonly SortedSet<int>? _years;

    private CronSchedule(string expression, IReadOnlyList<CronExpression> any, SortedSet<int>? years) => (Expression, _any, _years) = (expression, any, years);

    /// <summary>In upper case, its fields parted by one space.</summary>
    public string Expression { get; }

    public static bool TryParse(string? text, [NotNullWhen(true)] out CronSchedule? schedule)
    {
        schedule = null;
        if (text is null || text.Length > MaxLength || text.Any(c => c > '~'))
            return false;
        var fields = text.ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (6 or 7) || !QuartzDialect.TryRead(fields, out var any, out var years))
            return false;
        schedule = new CronSchedule(string.Join(' ', fields), any, years);
        return true;
    }

    /// <summary>The first firing after that time; null when there is none any more.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => _any.Select(cron => Next(cron, after.UtcDateTime)).Min();

    /// <summary>The last firing after <paramref name="since"/> and not after <paramref name="now"/>; null when there was none.</summary>
    public DateTimeOffset? Latest(DateTimeOffset since, DateTimeOffset now) =>
        _any.Select(cron => Previous(cron, now.UtcDateTime)).Max() is { } latest && latest > since ? latest : null;

    private DateTimeOffset? Next(CronExpression cron, DateTime after)
    {
        var next = cron.GetNextOccurrence(after);
        while (next is { } at && _years?.Contains(at.Year) == false)
        {
            var year = _years.FirstOrDefault(y => y > at.Year);
            next = year == 0 ? null : cron.GetNextOccurrence(new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc), inclusive: true);
        }
        return next;
    }

    private DateTimeOffset? Previous(CronExpression cron, DateTime now)
    {
        var last = cron.GetPreviousOccurrence(now, inclusive: true);
        while (last is { } at && _years?.Contains(at.Year) == false)
        {
            var year = _years.LastOrDefault(y => y < at.Year);
            last = year == 0 ? null : cron.GetPreviousOccurrence(new DateTime(year + 1, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }
        return last;
    }
}
