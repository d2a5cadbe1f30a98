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

    /// <summary>The mail as it goes out. The tenant's settings are known already.</summary>
    /// <param name="id">Part of its Message-ID: the same at each try, by which receivers know one that comes twice.</param>
    internal MimeMessage Compose(MailServer server, string tenant, MailTemplate template, string to, string language, Message content, string id)
    {
        var text = Localizer.For(language);
        var site = settings.Get(tenant, TenantSettings.SiteName);
        var values = content.Args ?? [];
        var mime = new MimeMessage
        {
            Subject = text[template.Subject, site],
            Date = clock.GetUtcNow(),
            MessageId = $"{id}@{EmailAddress.Domain(server.From)}",
            Body = new BodyBuilder { TextBody = Plain(template, text, site, values), HtmlBody = Html(template, text, site, values) }.ToMessageBody(),
        };
        mime.From.Add(new MailboxAddress(server.FromName, server.From));
        mime.To.Add(new MailboxAddress("", to));
        if (server.ReplyTo.Length > 0)
            mime.ReplyTo.Add(new MailboxAddress("", server.ReplyTo));
        // RFC 3834: nobody's absence notice answers it.
        mime.Headers.Add("Auto-Submitted", "auto-generated");
        server.Dkim?.Sign(mime, EmailAddress.Domain(server.From));
        return mime;
    }

    internal string Plain(MailTemplate template, Localizer text, string site, object[] values)
    {
        var lines = template.Parts.Select(part => part.Kind switch
        {
            MailPartKind.Code => Value(values, part.Value),
            MailPartKind.Link => $"{text[part.Words]}\n{Value(values, part.Value)}",
            _ => Said(part, text, site, values),
        });
        return string.Join("\n\n", lines.Append($"-- \n{Footer(site)}")) + "\n";
    }

    internal string Html(MailTemplate template, Localizer text, string site, object[] values)
    {
        var html = new StringBuilder($"<!doctype html><html lang=\"{text.HtmlLanguage}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Encoded(text[template.Subject, site])}</title></head>");
        html.Append($"<body style=\"{Page}\"><div style=\"{Card}\"><p style=\"margin:0 0 20px;font-weight:600\">{Encoded(site)}</p>");
        foreach (var part in template.Parts)
            html.Append(part.Kind switch
            {
                MailPartKind.Code => $"<p style=\"{CodeBox}\">{Encoded(Value(values, part.Value))}</p>",
                MailPartKind.Link => Link(text[part.Words], Value(values, part.Value)),
                _ => $"<p style=\"margin:0 0 16px;white-space:pre-line\">{Encoded(Said(part, text, site, values))}</p>",
            });
        return html.Append($"<p style=\"margin:24px 0 0;{Faint}\">{Encoded(Footer(site))}</p></div></body></html>").ToString();
    }

    private static string Link(string label, string address) =>
        $"<p style=\"margin:20px 0\"><a href=\"{Encoded(address)}\" style=\"{Button}\">{Encoded(label)}</a></p><p style=\"margin:0 0 16px;word-break:break-all;{Faint}\">{Encoded(address)}</p>";

    private string Footer(string site) => ConfigOptions.Value(config, "Server:PublicUrl") is { Length: > 0 } address ? $"{site} · {address}" : site;

    private static string Said(MailPart part, Localizer text, string site, object[] values) =>
        text[part.Words, [.. part.Gaps.Select(gap => gap == MailPart.Site ? site : values.ElementAtOrDefault(gap) ?? "")]];

    private static string Value(object[] values, int number) => values.ElementAtOrDefault(number)?.ToString() ?? "";

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
