using System.Text.Json.Serialization;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Support.Announcements;

/// <summary>What an operator tells people: a banner on the pages of its audience while it is current, and a place on the page of news. Times in unix milliseconds.</summary>
[JsonConverter(typeof(AnnouncementConverter))]
public sealed record Announcement
{
    public const int MaxTitle = 120;
    public const int MaxText = 2000;

    /// <summary>How much it matters; a warning comes first.</summary>
    public static readonly IReadOnlyList<string> Severities = ["info", "warning"];

    /// <summary>On whose pages it stands: those of customers, of staff, or both.</summary>
    public static readonly IReadOnlyList<string> Audiences = ["everyone", "customers", "staff"];

    /// <summary>What it is by now; the names of <see cref="StateAt"/>.</summary>
    public static readonly IReadOnlyList<string> States = ["upcoming", "current", "past"];

    // The program's times are unix milliseconds that a date of four digits can say.
    private static readonly long Latest = new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>All that is known of an announcement, declared once. Whatever reads it gives the time as <c>@now</c>.</summary>
    public static readonly Fields<Announcement> Fields = new Fields<Announcement>("announcements", "a")
        .Text("id", a => a.Id, (a, v) => a with { Id = v }, use: FieldUse.Shown | FieldUse.Inserted)
        .Text("title_en", a => a.TitleEn, (a, v) => a with { TitleEn = v }, Title)
        .Text("title_zh", a => a.TitleZh, (a, v) => a with { TitleZh = v }, Title)
        .Text("text_en", a => a.TextEn, (a, v) => a with { TextEn = v }, Body)
        .Text("text_zh", a => a.TextZh, (a, v) => a with { TextZh = v }, Body)
        .Text("severity", a => a.Severity, (a, v) => a with { Severity = v }, (check, field, v) => OneOf(check, field, v, Severities))
        .Text("audience", a => a.Audience, (a, v) => a with { Audience = v }, (check, field, v) => OneOf(check, field, v, Audiences))
        .MomentOrNull("starts_at", a => a.StartsAt, (a, v) => a with { StartsAt = v }, Moment)
        .MomentOrNull("ends_at", a => a.EndsAt, (a, v) => a with { EndsAt = v }, Moment)
        .Flag("by_mail", a => a.ByMail, (a, v) => a with { ByMail = v })
        .TimeOrNull("mailed_at", a => a.MailedAt, (a, v) => a with { MailedAt = v }, FieldUse.Shown)
        .Number("mails", a => a.Mails, (a, v) => a with { Mails = v }, use: FieldUse.Shown)
        .Text("state", a => a.State, (a, v) => a with { State = v }, use: FieldUse.Shown, sql: "CASE WHEN a.ends_at <= @now THEN 'past' WHEN a.starts_at > @now THEN 'upcoming' ELSE 'current' END")
        .Text("folded", a => SearchText.Of(a.TitleEn, a.TitleZh, a.TextEn, a.TextZh), (a, _) => a, use: FieldUse.Stored)
        .Time("created_at", a => a.CreatedAt, (a, v) => a with { CreatedAt = v }, FieldUse.Shown | FieldUse.Inserted)
        .Time("updated_at", a => a.UpdatedAt, (a, v) => a with { UpdatedAt = v }, FieldUse.Shown | FieldUse.Stored);

    public string Id { get; init; } = "";
    public string TitleEn { get; init; } = "";
    public string TitleZh { get; init; } = "";
    public string TextEn { get; init; } = "";
    public string TextZh { get; init; } = "";
    public string Severity { get; init; } = "info";
    public string Audience { get; init; } = "everyone";

    /// <summary>Null: from the beginning.</summary>
    public long? StartsAt { get; init; }

    /// <summary>Null: until it is deleted.</summary>
    public long? EndsAt { get; init; }

    /// <summary>Customers get it by mail as well, when it begins.</summary>
    public bool ByMail { get; init; }

    /// <summary>When the last mail was left to be sent; null: it was not, or not yet.</summary>
    public long? MailedAt { get; init; }

    /// <summary>To how many it was left to be sent.</summary>
    public long Mails { get; init; }

    /// <summary>As of when it was read.</summary>
    public string State { get; init; } = "current";
    public long CreatedAt { get; init; }
    public long UpdatedAt { get; init; }

    /// <summary>When it became known.</summary>
    public long At => StartsAt ?? CreatedAt;

    public bool IsWarning => Severity == "warning";

    public bool ForCustomers => Audience != "staff";

    public bool ForStaff => Audience != "customers";

    /// <summary>One of <see cref="States"/>.</summary>
    public string StateAt(long now) => EndsAt <= now ? "past" : StartsAt > now ? "upcoming" : "current";

    /// <summary>Title and text in the reader's language, or in the other where it has none.</summary>
    public (string Title, string Text, string Language) For(Localizer text) =>
        TitleZh.Length > 0 && (text.Language == "zh" || TitleEn.Length == 0) ? (TitleZh, TextZh, "zh-CN") : (TitleEn, TextEn, "en");

    /// <summary>The announcement, when what is said of it as a whole holds as well.</summary>
    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public static Announcement Checked(Announcement wanted)
    {
        var kept = Fields.Checked(wanted);
        var check = new FieldChecks();
        if (kept.TitleEn.Length == 0 && (kept.TextEn.Length > 0 || kept.TitleZh.Length == 0))
            check.Wrong("title_en", kept.TextEn.Length > 0 ? "support.field.title_of_text" : "support.field.title");
        if (kept.TitleZh.Length == 0 && kept.TextZh.Length > 0)
            check.Wrong("title_zh", "support.field.title_of_text");
        if (kept.EndsAt <= kept.StartsAt)
            check.Wrong("ends_at", "announcements.field.ends_before");
        if (kept is { ByMail: true, ForCustomers: false })
            check.Wrong("by_mail", "announcements.field.by_mail_staff");
        check.ThrowIfAny();
        return kept;
    }

    private static string Title(FieldChecks check, string field, string typed) => check.Text(field, typed, 0, MaxTitle);

    // Browsers end lines as they please; what was sent otherwise is the same text.
    private static string Body(FieldChecks check, string field, string typed) => check.Text(field, typed.ReplaceLineEndings("\n"), 0, MaxText, lines: true);

    // To the second, as the form has it.
    private static long? Moment(FieldChecks check, string field, long? at)
    {
        if (at < 0 || at >= Latest)
            check.Wrong(field, "field.moment");
        return at / 1000 * 1000;
    }

    private static string OneOf(FieldChecks check, string field, string typed, IReadOnlyList<string> known)
    {
        if (!known.Contains(typed))
            check.Wrong(field, "field.one_of", string.Join(", ", known));
        return typed;
    }
}

internal sealed class AnnouncementConverter() : FieldsConverter<Announcement>(Announcement.Fields);

/// <summary>An announcement as clients send it, whole or in part: described by its fields.</summary>
public sealed record AnnouncementInput;

public sealed record AnnouncementResponse(bool Success, Announcement Announcement);

public sealed record AnnouncementList(bool Success, IReadOnlyList<Announcement> Items, string? Next);

public sealed record AnnouncementRemoved(bool Success, string Id);

/// <summary>JSON of announcements. Clients' bodies are read by <see cref="Announcement.Fields"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AnnouncementInput))]
[JsonSerializable(typeof(AnnouncementResponse))]
[JsonSerializable(typeof(AnnouncementList))]
[JsonSerializable(typeof(AnnouncementRemoved))]
internal sealed partial class AnnouncementJson : JsonSerializerContext;
