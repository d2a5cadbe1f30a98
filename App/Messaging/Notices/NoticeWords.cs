using System.Globalization;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;

namespace Gatehouse.Messaging.Notices;

/// <summary>Says in one text what is told together.</summary>
public sealed class NoticeWords(IConfiguration config)
{
    // Of one kind, and of all in a digest: how many more there are is said.
    private const int Shown = 3, Kinds = 20;

    /// <param name="due">At least one, the oldest first.</param>
    /// <param name="own">It is told to a customer.</param>
    internal ChannelText Of(IReadOnlyList<Notice> due, Localizer text, string site, TimeZoneInfo zone, bool own)
    {
        var groups = due.GroupBy(n => n.Kind).Select(g => g.ToList()).ToList();
        var level = due.Any(n => n.Severity == NoticeKind.Bad) ? NoticeKind.Bad : due.Any(n => n.Severity == NoticeKind.Warn) ? NoticeKind.Warn : NoticeKind.Info;
        var url = ConfigOptions.Value(config, "Server:PublicUrl") is { Length: > 0 } address ? address.TrimEnd('/') + (own ? "/account" : "/admin") : "";
        if (groups is [var only])
            return new(site, Label(only[0], text), only.Count == 1 ? Said(only[0], text, zone) : Many(only, text, zone), level, url, only[0].Kind);
        var lines = groups.Take(Kinds).Select(g => $"• {Label(g[0], text)}: {(g.Count == 1 ? Said(g[0], text, zone) : text["notices.several", g.Count, Said(g[^1], text, zone)])}");
        return new(site, text["notices.digest", due.Count], string.Join('\n', lines), level, url, "digest");
    }

    private static string Many(List<Notice> same, Localizer text, TimeZoneInfo zone)
    {
        var minutes = Math.Max(1, (int)Math.Ceiling((same[^1].At - same[0].At) / 60_000.0));
        return string.Join('\n', same.TakeLast(Shown).Select(n => "• " + Said(n, text, zone)).Prepend(text["notices.many", same.Count, minutes]));
    }

    private static string Label(Notice notice, Localizer text) => text["notice." + notice.Kind];

    // With the time that it happened at: it may be told later.
    private static string Said(Notice notice, Localizer text, TimeZoneInfo zone) =>
        $"{Time(DateTimeOffset.FromUnixTimeMilliseconds(notice.At), zone)} {text.Say(Message.Parse(notice.What), at => Time(at, zone))}";

    private static string Time(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);
}
