using System.Text.RegularExpressions;
using Gatehouse.Platform.Http;

namespace Gatehouse.Messaging.Mail;

/// <summary>A part of a mail in its words, from the top down.</summary>
/// <param name="Address">Where a button leads.</param>
internal readonly record struct MailBlock(MailPartKind Kind, string Said, string Address = "");

/// <summary>
/// Mails as staff write them: paragraphs parted by empty lines, with placeholders such as <c>{name}</c>. A paragraph that is a code's
/// placeholder alone is shown large; one that is <c>[words](address)</c> alone is a button, its address a link's placeholder or one on the web.
/// </summary>
internal static partial class MailMarkup
{
    public const int MaxSubject = 150;
    public const int MaxBody = 5000;

    /// <summary>The subject as it goes out.</summary>
    public static string Subject(MailTemplate template, string subject, object[] values, string site) => Fill(template, subject, values, site).ReplaceLineEndings(" ");

    /// <summary>The parts of the text. What stands in a value stays text: it makes no part and no placeholder.</summary>
    public static IReadOnlyList<MailBlock> Blocks(MailTemplate template, string body, object[] values, string site) => [.. Paragraphs(body).Select(paragraph =>
    {
        if (Alone().Match(paragraph) is { Success: true } alone && template.Is(alone.Groups[1].Value, MailPartKind.Code))
            return new MailBlock(MailPartKind.Code, template.Value(alone.Groups[1].Value, values, site)!);
        if (Button().Match(paragraph) is { Success: true } button && Address(template, button.Groups[2].Value, values, site) is { } address)
            return new MailBlock(MailPartKind.Link, Fill(template, button.Groups[1].Value, values, site), address);
        return new MailBlock(MailPartKind.Text, Fill(template, paragraph, values, site));
    })];

    /// <summary>Notes what is wrong: a placeholder that the mail does not know, one that it needs and lacks, a button that leads nowhere.</summary>
    public static void Check(FieldChecks checks, MailTemplate template, string subject, string body)
    {
        Unknown(checks, template, "subject", subject);
        Unknown(checks, template, "body", body);
        if (checks.Has("body"))
            return;
        var used = Gap().Matches(body).Select(m => m.Groups[1].Value).ToHashSet();
        if (template.Needed.FirstOrDefault(n => !used.Contains(n)) is { } lacking)
            checks.Wrong("body", "mail_template.field.needed", "{" + lacking + "}");
        foreach (var paragraph in Paragraphs(body))
            if (Button().Match(paragraph) is { Success: true } button && Address(template, button.Groups[2].Value, [], "") is null)
                checks.Wrong("body", "mail_template.field.address", button.Groups[2].Value);
    }

    private static void Unknown(FieldChecks checks, MailTemplate template, string field, string text)
    {
        foreach (Match gap in Gap().Matches(text))
            if (!template.Placeholders.Contains(gap.Groups[1].Value))
                checks.Wrong(field, "mail_template.field.unknown", gap.Value, string.Join(", ", template.Placeholders.Select(p => "{" + p + "}")));
    }

    // A placeholder in an address could make any address of it: only a link's own, and alone.
    private static string? Address(MailTemplate template, string written, object[] values, string site) =>
        Alone().Match(written) is { Success: true } alone ? template.Is(alone.Groups[1].Value, MailPartKind.Link) ? template.Value(alone.Groups[1].Value, values, site) : null
        : !written.Contains('{') && Uri.TryCreate(written, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? written : null;

    private static IEnumerable<string> Paragraphs(string body) =>
        Apart().Split(body.ReplaceLineEndings("\n")).Select(p => p.Trim()).Where(p => p.Length > 0);

    private static string Fill(MailTemplate template, string text, object[] values, string site) =>
        Gap().Replace(text, m => template.Value(m.Groups[1].Value, values, site) ?? m.Value);

    [GeneratedRegex(@"\{([A-Za-z0-9_.-]{1,40})\}")]
    private static partial Regex Gap();

    [GeneratedRegex(@"^\{([A-Za-z0-9_.-]{1,40})\}$")]
    private static partial Regex Alone();

    [GeneratedRegex(@"^\[([^\[\]\n]{1,100})\]\(([^()\s]{1,500})\)$")]
    private static partial Regex Button();

    [GeneratedRegex(@"\n[ \t]*\n")]
    private static partial Regex Apart();
}
