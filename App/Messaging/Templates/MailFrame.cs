using System.Net;
using System.Text;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Messaging.Templates;

/// <summary>A mail as a document of its own, for a frame of a page: with the styles that mail programs need, and shut off from all else.</summary>
public static class MailFrame
{
    private const string Head = "margin:0;padding:16px;background:#ffffff;color:#1d2733;font:14px/1.5 system-ui,'PingFang SC','Microsoft YaHei',sans-serif";

    /// <summary>Subject, the HTML, and the text for who reads that instead.</summary>
    public static string Of(Localizer text, MailPreview mail) =>
        $"""
        <p style="margin:0 0 12px"><b>{Encoded(mail.Subject)}</b></p>
        {Inner(mail.Html)}
        <h2 style="font-size:14px;margin:20px 0 6px">{Encoded(text["mail_template.as_text"])}</h2>
        <pre style="margin:0;padding:12px;background:#f6f7f9;white-space:pre-wrap;overflow-wrap:anywhere">{Encoded(mail.Text)}</pre>
        """;

    /// <summary>What is wrong, in the place of a mail.</summary>
    public static string Of(Localizer text, Refusal refusal) =>
        string.Concat(refusal.Fields.Values.Select(wrong => $"<p style=\"color:#b42318\">{Encoded(text[wrong])}</p>"));

    public static Task Send(HttpContext ctx, string html, int status = 200)
    {
        SecurityHeaders.AsFramed(ctx);
        ctx.Response.StatusCode = status;
        ctx.Response.ContentType = "text/html; charset=utf-8";
        ctx.Response.Headers.CacheControl = "no-store";
        return ctx.Response.WriteAsync(
            $"<!doctype html><html lang=\"{ctx.Text().HtmlLanguage}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Encoded(ctx.Text()["mail_template.preview"])}</title></head><body style=\"{Head}\">{html}</body></html>",
            Encoding.UTF8, ctx.RequestAborted);
    }

    // The mail's body without the document around it, its ground with it.
    private static string Inner(string html) =>
        html[html.IndexOf("<body", StringComparison.Ordinal)..].Replace("<body", "<div", StringComparison.Ordinal).Replace("</body></html>", "</div>", StringComparison.Ordinal);

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
