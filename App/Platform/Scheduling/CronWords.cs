using System.Globalization;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Scheduling;

/// <summary>Says a cron expression as a person would; one that has no short name is told field by field.</summary>
public static class CronWords
{
    private static readonly string[] DayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private sealed record Fields(string Second, string Minute, string Hour, string Day, string Month, string Weekday, string Year)
    {
        public bool EveryDay => Any(Day) && Any(Weekday) && Any(Month) && Any(Year);
    }

    public static string Describe(Localizer text, string expression)
    {
        var parts = expression.ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is not (6 or 7))
            return expression;
        var f = new Fields(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts.ElementAtOrDefault(6) ?? "*");
        return Short(text, f) ?? FieldByField(text, f);
    }

    private static string? Short(Localizer text, Fields f)
    {
        if (f.EveryDay && Any(f.Hour) && Any(f.Minute) && Step(f.Second, 60) is { } seconds)
            return text["cron.seconds", seconds];
        if (Number(f.Second, 59) is null)
            return null;
        if (f.EveryDay && Any(f.Hour) && Step(f.Minute, 60) is { } minutes)
            return text["cron.minutes", minutes];
        if (Number(f.Minute, 59) is { } minute && f.EveryDay && Step(f.Hour, 24) is { } hours)
            return hours == 1 ? text["cron.hourly", Two(minute)] : text["cron.hours", hours, Two(minute)];
        return TimesOfDay(text, f) is { } times ? OnDays(text, f, times) : null;
    }

    private static string? OnDays(Localizer text, Fields f, string times)
    {
        if (!Any(f.Month) || !Any(f.Year))
            return null;
        if (Any(f.Day) && Any(f.Weekday))
            return text["cron.daily", times];
        if (Any(f.Weekday))
            return f.Day == "L" ? text["cron.monthly_last", times] : Number(f.Day, 31) is { } day ? text["cron.monthly", day, times] : null;
        if (!Any(f.Day))
            return null;
        return f.Weekday is "MON-FRI" or "2-6" ? text["cron.weekdays", times] : Weekdays(text, f.Weekday) is { } days ? text["cron.weekly", days, times] : null;
    }

    private static string? TimesOfDay(Localizer text, Fields f)
    {
        if (Number(f.Minute, 59) is not { } minute)
            return null;
        var hours = f.Hour.Split(',').Select(h => Number(h, 23)).ToList();
        return hours.Contains(null) ? null : List(text, hours.Order().Select(h => $"{Two(h!.Value)}:{Two(minute)}"));
    }

    private static string? Weekdays(Localizer text, string field)
    {
        var days = field.Split(',').Select(Weekday).ToList();
        return days.Contains(-1) ? null : List(text, days.Order().Select(d => text["cron.day." + d]));
    }

    // Sunday is 1, as CronSchedule reads it.
    private static int Weekday(string name) => Array.IndexOf(DayNames, name) is >= 0 and var i ? i + 1
        : Number(name, 7) is >= 1 and var n ? n : -1;

    private static string FieldByField(Localizer text, Fields f)
    {
        (string Key, string Value)[] fields =
        [
            ("cron.field.second", f.Second), ("cron.field.minute", f.Minute), ("cron.field.hour", f.Hour), ("cron.field.day", f.Day),
            ("cron.field.month", f.Month), ("cron.field.weekday", f.Weekday), ("cron.field.year", f.Year),
        ];
        return text["cron.fields", string.Join(text["cron.fields.and"], fields.Where(x => !Any(x.Value)).Select(x => text[x.Key, x.Value]))];
    }

    private static string List(Localizer text, IEnumerable<string> items)
    {
        var all = items.ToList();
        return all.Count == 1 ? all[0] : text["cron.list", string.Join(text["cron.list.comma"], all.SkipLast(1)), all[^1]];
    }

    private static bool Any(string field) => field is "*" or "?";

    // Only a step that divides the whole is even: */7 minutes is not every seven minutes.
    private static int? Step(string field, int whole)
    {
        if (field == "*")
            return 1;
        var step = field.StartsWith("*/", StringComparison.Ordinal) || field.StartsWith("0/", StringComparison.Ordinal) ? Number(field[2..], whole - 1) : null;
        return step is > 0 && whole % step == 0 ? step : null;
    }

    private static int? Number(string field, int max) =>
        int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n <= max ? n : null;

    private static string Two(int n) => n.ToString("00", CultureInfo.InvariantCulture);
}
