using System.Globalization;
using Gatehouse.Platform.Settings;
using Calendar = Gatehouse.Platform.Localization.Calendar;

namespace Gatehouse.Messaging.Notices;

/// <summary>How a tenant's staff want to be told things.</summary>
public static class NoticeSettings
{
    public static readonly SettingGroup Group = new("notices", Check);

    public static readonly SettingDefinition Language = new("notices.language", 310, SettingKind.Choice, "en", _ => true)
    {
        Group = Group, Choices = [("en", "setting.notices.language.en"), ("zh", "setting.notices.language.zh")],
    };

    /// <summary>When the night begins, by the tenant's clock; empty: there is none.</summary>
    public static readonly SettingDefinition QuietFrom = new("notices.quiet_from", 320, SettingKind.Text, "", v => Time(v) is not null) { Group = Group, Optional = true };

    public static readonly SettingDefinition QuietUntil = new("notices.quiet_until", 330, SettingKind.Text, "", v => Time(v) is not null) { Group = Group, Optional = true };

    public static readonly IReadOnlyList<SettingDefinition> All = [Language, QuietFrom, QuietUntil];

    /// <summary>When the quiet hours that it is in now end, unix milliseconds; null when it is in none.</summary>
    internal static long? QuietEnd(string from, string until, TimeZoneInfo zone, long now)
    {
        if (Time(from) is not { } begin || Time(until) is not { } end || begin == end)
            return null;
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(now), zone);
        var time = TimeOnly.FromDateTime(local.DateTime);
        // Between two times that may have midnight between them.
        if (!time.IsBetween(begin, end))
            return null;
        var day = DateOnly.FromDateTime(local.DateTime).AddDays(time < end ? 0 : 1);
        return Calendar.Instant($"{day:yyyy-MM-dd}T{end:HH\\:mm}", zone);
    }

    private static TimeOnly? Time(string value) => TimeOnly.TryParseExact(value, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    private static IEnumerable<(SettingDefinition, string)> Check(Func<SettingDefinition, string> value)
    {
        if (value(QuietFrom).Length > 0 != value(QuietUntil).Length > 0)
            yield return (value(QuietFrom).Length == 0 ? QuietFrom : QuietUntil, "setting.notices.quiet_both");
    }
}
