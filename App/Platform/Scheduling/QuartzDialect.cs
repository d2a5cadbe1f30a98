using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Cronos;

namespace Gatehouse.Platform.Scheduling;

/// <summary>
/// Reads Quartz's cron expressions, in which schedules are typed and stored, into expressions of Cronos. The two differ in this: weekdays
/// count from 1 for Sunday (Cronos: 0); a day of the month and a weekday together mean either (Cronos: both); the weekday <c>L</c> is
/// Saturday; <c>31W</c> in a shorter month is its last working day (Cronos: no day); days such as <c>LW</c> may stand in a list; an
/// empty item of a list counts for nothing; <c>?</c> stands for a day only; there may be a year. Not read, though Quartz did: names longer than
/// three letters, a step after a month's name (it left it out: <c>JAN-DEC/3</c> was every month), <c>L,*</c> (<c>L</c> alone),
/// <c>MON-WED#1</c> and <c>2L#1</c>.
/// </summary>
/// <remarks>The format: https://www.quartz-scheduler.net/documentation/quartz-3.x/how-tos/crontrigger.html</remarks>
internal static class QuartzDialect
{
    private const int FirstYear = 1970, LastYear = 2199, February = 2;
    private static readonly string[] MonthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] WeekdayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    /// <param name="fields">Six or seven, in upper case.</param>
    /// <param name="any">The schedule fires when any of these does.</param>
    /// <param name="years">In which it fires; null for all.</param>
    public static bool TryRead(string[] fields, [NotNullWhen(true)] out IReadOnlyList<CronExpression>? any, out SortedSet<int>? years)
    {
        any = null;
        years = fields.Length == 7 ? Values(fields[6], FirstYear, LastYear) : null;
        var days = Days(fields[3]);
        var weekday = Weekday(fields[5]);
        if (Values(fields[0], 0, 59) is not { } second || Values(fields[1], 0, 59) is not { } minute || Values(fields[2], 0, 23) is not { } hour
            || Values(fields[4], 1, 12, MonthNames) is not { } months || days is null || weekday is null || (fields.Length == 7 && years is null))
            return false;
        var (time, month) = ($"{List(second)} {List(minute)} {List(hour)}", List(months));
        var wanted = new List<string>();
        if (Every(fields[3]) && Every(fields[5]))
            wanted.Add($"{time} * {month} *");
        if (!Every(fields[3]))
            foreach (var (day, inFebruary) in days)
                if (!inFebruary || months.Contains(February))
                    wanted.Add($"{time} {day} {(inFebruary ? February : month)} *");
        if (!Every(fields[5]))
            wanted.Add($"{time} * {month} {weekday}");
        var read = new List<CronExpression>();
        foreach (var expression in wanted)
        {
            if (!CronExpression.TryParse(expression, CronFormat.IncludeSeconds, out var cron))
                return false;
            read.Add(cron);
        }
        any = read;
        return true;
    }

    // With the other of the two days named, one that holds every day says nothing.
    private static bool Every(string field) => field == "?" || field.Split(',').Contains("*");

    private static string List(IEnumerable<int> values) => string.Join(',', values);

    // Cronos takes no list of special days: each is an expression of its own, and the plain ones make one together.
    private static List<(string Day, bool InFebruary)>? Days(string field)
    {
        if (field == "?")
            return [];
        var days = new List<(string, bool)>();
        var plain = new List<string>();
        foreach (var item in field.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (item[0] == 'L')
            {
                if (item is not ("L" or "LW") && Number(item[1..].TrimStart('-').TrimEnd('W'), 0, 30) is null)
                    return null;
                days.Add((item, false));
            }
            else if (item[^1] == 'W')
            {
                if (Number(item[..^1], 1, 31) is not { } day)
                    return null;
                // A month that has no such day takes its last: for the 31st that is the last working day of every month.
                days.Add((day == 31 ? "LW" : $"{day}W", false));
                if (day is 29 or 30)
                    days.Add(("LW", true));
            }
            else
                plain.Add(item);
        }
        if (plain.Count == 0)
            return days.Count == 0 ? null : days;
        if (Values(string.Join(',', plain), 1, 31) is not { } values || (days.Count > 0 && plain.Contains("*")))
            return null;
        days.Add((List(values), false));
        return days;
    }

    private static string? Weekday(string field)
    {
        if (field == "?")
            return "*";
        if (field == "L")
            return "6";
        if (field[^1] == 'L')
            return Value(field[..^1], 1, 7, WeekdayNames) is { } last ? $"{last - 1}L" : null;
        if (field.Split('#') is [var name, var count])
            return Value(name, 1, 7, WeekdayNames) is { } day && Number(count, 1, 5) is { } nth ? $"{day - 1}#{nth}" : null;
        return Values(field, 1, 7, WeekdayNames) is { } days ? List(days.Select(d => d - 1)) : null;
    }

    /// <summary>The values that a field of single ones, ranges and steps stands for; null when it is none.</summary>
    private static SortedSet<int>? Values(string field, int min, int max, string[]? names = null)
    {
        var values = new SortedSet<int>();
        foreach (var item in field.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = item.Split('/');
            var step = parts.Length == 1 ? 1 : Number(parts[1], 1, max);
            if (parts.Length > 2 || step is null || Ends(parts[0], parts.Length == 2, min, max, names) is not var (from, to))
                return null;
            // A range may run over the end: 22-2 is the night.
            var size = max - min + 1;
            for (var i = from; i <= (to < from ? to + size : to); i += step.Value)
                values.Add(i > max ? i - size : i);
        }
        return values.Count == 0 ? null : values;
    }

    /// <summary>The first and the last value of one item; null when it is none, or one that Quartz read otherwise than it looks.</summary>
    private static (int From, int To)? Ends(string range, bool stepped, int min, int max, string[]? names)
    {
        if (range == "*" || (range == "" && stepped))
            return (min, max);
        var ends = range.Split('-');
        var values = Array.ConvertAll(ends, e => Value(e, min, max, names));
        if (values.Length > 2 || values.Contains(null) || char.IsLetter(ends[0][0]) != char.IsLetter(ends[^1][0]) || (stepped && names == MonthNames && char.IsLetter(range[0])))
            return null;
        var from = values[0]!.Value;
        var to = values.Length == 2 ? values[1]!.Value : stepped ? max : from;
        return to < from && min == FirstYear ? null : (from, to);
    }

    private static int? Value(string text, int min, int max, string[]? names) =>
        names is not null && Array.IndexOf(names, text) is >= 0 and var i ? i + 1 : Number(text, min, max);

    private static int? Number(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= min && n <= max ? n : null;
}
