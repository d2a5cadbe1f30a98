using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gatehouse.Messaging.Formats;

/// <summary>A gateway of somebody's own: the request is written out, with gaps that are filled as their place asks for.</summary>
internal static partial class TemplateKind
{
    private const int MaxHeaders = 20;

    public static readonly ChannelKind Kind = new("template",
        [
            new("method") { Choices = ["POST", "GET", "PUT"], Default = "POST", Optional = true },
            new("url", v => FieldRules.Url(Gap().Replace(v, "x"))) { MaxLength = 1000, Example = "https://ntfy.example.com/alerts" },
            new("headers", v => Headers(v) is null ? "channels.wrong.headers" : null) { Optional = true, Lines = true, MaxLength = 2000, Example = "Content-Type: application/json" },
            new("body") { Optional = true, Lines = true, MaxLength = 4000, Example = """{"title":"{{title}}","message":"{{text}}"}""" },
            new("secret_token") { Optional = true, Secret = true, MaxLength = 400 },
            FieldRules.PhoneField(optional: true),
            new("success_path", v => Path().IsMatch(v) ? null : "channels.wrong.path") { Optional = true, Rare = true, MaxLength = 100, Example = "data.code" },
            new("success_value") { Optional = true, Rare = true, MaxLength = 100, Example = "0" },
        ], Write, Judge);

    private static ChannelRequest Write(ChannelCall c)
    {
        var headers = Headers(c["headers"]) ?? [];
        var type = headers.FirstOrDefault(h => h.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value ?? (c["body"].TrimStart() is ['{' or '[', ..] ? Wire.JsonType : Wire.FormType);
        Func<string, string> inBody = type.Contains("json", StringComparison.OrdinalIgnoreCase) ? Wire.InJson : type.Contains("form", StringComparison.OrdinalIgnoreCase) ? Wire.Encoded : text => text;
        var body = c["method"] == "GET" ? "" : Filled(c["body"], c, inBody);
        return new(c["method"], Filled(c["url"], c, Wire.Encoded), body, c["method"] == "GET" ? "" : type,
            [.. headers.Where(h => !h.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Select(h => (h.Name, Filled(h.Value, c, InHeader)))]);
    }

    private static ChannelVerdict Judge(ChannelCall c, ChannelReply reply)
    {
        if (!reply.Succeeded || c["success_path"].Length == 0)
            return ChannelVerdict.ByStatus(reply);
        var found = ReplyJson.Of(reply);
        foreach (var part in c["success_path"].Split('.'))
            found = found.ValueKind == JsonValueKind.Array && int.TryParse(part, out var index) && index < found.GetArrayLength() ? found[index] : found.At(part);
        return found.Text() == c["success_value"] ? ChannelVerdict.Sent(ChannelVerdict.Whole(reply)) : ChannelVerdict.Refused(ChannelVerdict.Whole(reply));
    }

    private static string Filled(string template, ChannelCall c, Func<string, string> escape) => Gap().Replace(template, gap => gap.Groups[1].Value switch
    {
        "title" => escape(c.Text.Head),
        "text" => escape(c.Text.Rest),
        "level" => escape(c.Text.Level),
        "url" => escape(c.Text.Url),
        "site" => escape(c.Text.Site),
        "to" => escape(c["phone"]),
        "token" => escape(c["secret_token"]),
        _ => gap.Value,
    });

    // RFC 9110, 5.5: what is not ASCII has no meaning of its own in a header.
    private static string InHeader(string text) => string.Concat(text.EnumerateRunes().Select(r => r.Value is >= 0x20 and < 0x7F ? r.ToString() : Wire.Encoded(r.ToString())));

    // Null when a line is no header, or one that is not theirs to set.
    private static List<(string Name, string Value)>? Headers(string lines)
    {
        var headers = new List<(string, string)>();
        foreach (var line in lines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Header().Match(line) is not { Success: true } header || headers.Count == MaxHeaders || header.Groups[1].Value.ToLowerInvariant() is "host" or "content-length" or "transfer-encoding" or "connection" or "upgrade" or "expect" or "te" or "trailer")
                return null;
            headers.Add((header.Groups[1].Value, header.Groups[2].Value));
        }
        return headers;
    }

    [GeneratedRegex(@"\{\{([a-z]{1,20})\}\}")]
    private static partial Regex Gap();

    [GeneratedRegex("^([A-Za-z0-9-]{1,60}):[ \t]*([\x20-\x7E]{0,500})$")]
    private static partial Regex Header();

    [GeneratedRegex("^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$")]
    private static partial Regex Path();
}
