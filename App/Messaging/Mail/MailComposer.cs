using System.Net;
using System.Text;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using MimeKit;

namespace Gatehouse.Messaging.Mail;

/// <summary>Puts mails into words: a subject, plain text, and the same as simple HTML without anything to fetch.</summary>
public sealed class MailComposer(IEnumerable<MailTemplate> templates, TenantSettings settings, IConfiguration config, TimeProvider clock)
{
    private const string Page = "margin:0;padding:24px 12px;background:#f6f7f9;color:#1d2733;font:16px/1.5 -apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',sans-serif";
    private const string Card = "max-width:520px;margin:0 auto;padding:28px;background:#ffffff;border:1px solid #e3e7ec;border-radius:8px";
    private const string CodeBox = "margin:20px 0;padding:14px;background:#f0f3f7;border-radius:6px;font:700 28px/1.2 Consolas,Menlo,monospace;letter-spacing:6px;text-align:center";
    private const string Button = "display:inline-block;padding:10px 20px;background:#0f766e;color:#ffffff;border-radius:6px;text-decoration:none;font-weight:600";
    private const string Faint = "color:#5f6b7a;font-size:13px";

    private readonly Dictionary<string, MailTemplate> _templates = templates.ToDictionary(t => t.Name);

    /// <summary>The template of that name; null when no feature declares it.</summary>
    internal MailTemplate? Find(string name) => _templates.GetValueOrDefault(name);

    /// <summary>All that features declare, by name.</summary>
    public IEnumerable<MailTemplate> Templates => _templates.Values;

    /// <summary>The mail as it goes out. The tenant's settings are known already. Its Message-ID is the same at each try: receivers know by it one that comes twice.</summary>
    internal MimeMessage Compose(MailServer server, Outgoing mail)
    {
        var text = Localizer.For(mail.Language);
        var site = settings.Get(mail.Tenant, TenantSettings.SiteName);
        var said = Say(mail.Template, text, site, mail.Content.Args ?? [], mail.Text, mail.Unsubscribe);
        var mime = new MimeMessage
        {
            Subject = said.Subject,
            Date = clock.GetUtcNow(),
            MessageId = $"{mail.Id}@{EmailAddress.Domain(server.From)}",
            Body = new BodyBuilder { TextBody = said.Plain, HtmlBody = said.Html }.ToMessageBody(),
        };
        mime.From.Add(new MailboxAddress(server.FromName, server.From));
        mime.To.Add(new MailboxAddress("", mail.To));
        if (server.ReplyTo.Length > 0)
            mime.ReplyTo.Add(new MailboxAddress("", server.ReplyTo));
        // RFC 3834: nobody's absence notice answers it.
        mime.Headers.Add("Auto-Submitted", "auto-generated");
        if (mail.Unsubscribe is { } address)
        {
            mime.Headers.Add(HeaderId.ListUnsubscribe, $"<{address}>");
            // RFC 8058: by one press of a button of the mail program, over https alone.
            if (address.StartsWith("https://", StringComparison.Ordinal))
                mime.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        }
        server.Dkim?.Sign(mime, EmailAddress.Domain(server.From));
        return mime;
    }

    /// <summary>A mail in words: subject, plain text and HTML.</summary>
    /// <param name="written">Words that take the place of the template's own.</param>
    /// <param name="unsubscribe">The address at which whoever gets it wants no more.</param>
    internal (string Subject, string Plain, string Html) Say(MailTemplate template, Localizer text, string site, object[] values, MailText? written = null, string? unsubscribe = null)
    {
        var subject = written is null ? text[template.Subject, site] : MailMarkup.Subject(template, written.Subject, values, site);
        var blocks = written is null ? [.. template.Parts.Select(p => Built(p, text, site, values))] : MailMarkup.Blocks(template, written.Body, values, site);
        return (subject, Plain(blocks, text, site, unsubscribe), Html(subject, blocks, text, site, unsubscribe));
    }

    private string Plain(IEnumerable<MailBlock> blocks, Localizer text, string site, string? unsubscribe)
    {
        var lines = blocks.Select(block => block.Kind == MailPartKind.Link ? $"{block.Said}\n{block.Address}" : block.Said);
        var foot = unsubscribe is null ? Footer(site) : $"{Footer(site)}\n{text["mail.unsubscribe"]}\n{unsubscribe}";
        return string.Join("\n\n", lines.Append($"-- \n{foot}")) + "\n";
    }

    private string Html(string subject, IEnumerable<MailBlock> blocks, Localizer text, string site, string? unsubscribe)
    {
        var html = new StringBuilder($"<!doctype html><html lang=\"{text.HtmlLanguage}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Encoded(subject)}</title></head>");
        html.Append($"<body style=\"{Page}\"><div style=\"{Card}\"><p style=\"margin:0 0 20px;font-weight:600\">{Encoded(site)}</p>");
        foreach (var block in blocks)
            html.Append(block.Kind switch
            {
                MailPartKind.Code => $"<p style=\"{CodeBox}\">{Encoded(block.Said)}</p>",
                MailPartKind.Link => Link(block.Said, block.Address),
                _ => $"<p style=\"margin:0 0 16px\">{Encoded(block.Said).Replace("\n", "<br>")}</p>",
            });
        html.Append($"<p style=\"margin:24px 0 0;{Faint}\">{Encoded(Footer(site))}</p>");
        if (unsubscribe is not null)
            html.Append($"<p style=\"margin:8px 0 0;{Faint}\">{Encoded(text["mail.unsubscribe"])}<br><a href=\"{Encoded(unsubscribe)}\" style=\"color:#5f6b7a;word-break:break-all\">{Encoded(unsubscribe)}</a></p>");
        return html.Append("</div></body></html>").ToString();
    }

    private static MailBlock Built(MailPart part, Localizer text, string site, object[] values) => part.Kind switch
    {
        MailPartKind.Code => new(MailPartKind.Code, Value(values, part.Value)),
        MailPartKind.Link => new(MailPartKind.Link, text[part.Words], Value(values, part.Value)),
        _ => new(MailPartKind.Text, Said(part, text, site, values)),
    };

    private static string Link(string label, string address) =>
        $"<p style=\"margin:20px 0\"><a href=\"{Encoded(address)}\" style=\"{Button}\">{Encoded(label)}</a></p><p style=\"margin:0 0 16px;word-break:break-all;{Faint}\">{Encoded(address)}</p>";

    private string Footer(string site) => ConfigOptions.Value(config, "Server:PublicUrl") is { Length: > 0 } address ? $"{site} · {address}" : site;

    private static string Said(MailPart part, Localizer text, string site, object[] values) =>
        text[part.Words, [.. part.Gaps.Select(gap => gap == MailPart.Site ? site : values.ElementAtOrDefault(gap) ?? "")]];

    private static string Value(object[] values, int number) => values.ElementAtOrDefault(number)?.ToString() ?? "";

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
