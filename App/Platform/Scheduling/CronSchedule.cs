using System.Diagnostics.CodeAnalysis;
using Quartz;

namespace Gatehouse.Platform.Scheduling;

/// <summary>A Quartz cron expression: seconds, minutes, hours, day of month, month, day of week and perhaps a year, in UTC.</summary>
public sealed class CronSchedule
{
    public const int MaxLength = 120;

    // How far back the latest firing is sought, nearest first: a schedule by the second is found without walking through months.
    private static readonly TimeSpan[] Windows = [TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(32), TimeSpan.FromDays(366)];

    private readonly CronExpression _cron;

    private CronSchedule(CronExpression cron, string expression)
    {
        _cron = cron;
        Expression = expression;
    }

    /// <summary>In upper case, its fields parted by one space.</summary>
    public string Expression { get; }

    public static bool TryParse(string? text, [NotNullWhen(true)] out CronSchedule? schedule)
    {
        schedule = null;
        if (text is null || text.Length > MaxLength || text.Any(c => c > '~'))
            return false;
        var expression = string.Join(' ', text.ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (expression.Count(c => c == ' ') is not (5 or 6) || !CronExpression.TryParse(expression, out var cron))
            return false;
        schedule = new CronSchedule(cron.WithTimeZone(TimeZoneInfo.Utc), expression);
        return true;
    }

    /// <summary>The first firing after that time; null when there is none any more.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => _cron.GetNextValidTimeAfter(after);

    /// <summary>The last firing after <paramref name="since"/> and not after <paramref name="now"/>; null when there was none.</summary>
    public DateTimeOffset? Latest(DateTimeOffset since, DateTimeOffset now)
    {
        foreach (var window in Windows)
        {
            if (now - window <= since)
                break;
            if (LastWithin(now - window, now) is { } found)
                return found;
        }
        return LastWithin(since, now);
    }

    private DateTimeOffset? LastWithin(DateTimeOffset since, DateTimeOffset now)
    {
        DateTimeOffset? last = null;
        for (var next = Next(since); next <= now; next = Next(next.Value))
            last = next;
        return last;
    }
}
