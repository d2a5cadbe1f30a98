using System.Text;
using System.Text.Json;
using Gatehouse.Messaging.Formats;

namespace Gatehouse.Billing.Gateways;

/// <summary>What fields of payment channels may hold, and what texts for gateways are made of.</summary>
internal static class GatewayFields
{
    // What an application opens by itself from a page.
    private static readonly string[] Applications = ["weixin", "alipays", "alipay", "mqqapi", "upwrp", "uppaywallet"];

    /// <summary>The gateway's address as people paste it: with the name of a page, a slash or a query behind it, or without its beginning.</summary>
    public static ChannelField Url(string example, params string[] pages) => new("url", FieldRules.Url) { Normal = typed => Base(typed, pages), Example = example };

    /// <summary>The address of a vendor's own server, which few replace.</summary>
    public static ChannelField VendorUrl(string usual, params string[] pages) => Url(usual, pages) with { Optional = true, Rare = true, Default = usual };

    /// <summary>What signs or opens: sealed, and never empty.</summary>
    public static ChannelField Secret(string name) => new(name, v => v.All(c => c is > ' ' and < '\x7f') ? null : "payments.wrong.secret") { Secret = true };

    /// <summary>The private half of our own key pair.</summary>
    public static readonly ChannelField PrivateKey = new("private_key", RsaKeys.PrivateFault) { Secret = true, Lines = true, MaxLength = 8000 };

    /// <summary>The gateway's public key: what it signs is believed by it.</summary>
    public static readonly ChannelField PublicKey = new("public_key", RsaKeys.PublicFault) { Lines = true, MaxLength = 3000 };

    /// <summary>What is paid for, without characters that gateways escape, cut off or take for the end of a field.</summary>
    public static string Subject(string text, int most)
    {
        var plain = string.Join(' ', string.Concat(text.Select(c => char.IsControl(c) || @"&\'""<>=/".Contains(c, StringComparison.Ordinal) ? ' ' : c)).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return plain.Length == 0 ? "Order" : Cut.Bytes(plain, most);
    }

    /// <summary>An address that the payer may be sent to; null when it is none. One that begins with a slash lies with the gateway.</summary>
    public static string? Link(string home, string link, bool application = false)
    {
        if (!Uri.TryCreate(new Uri(home), link, out var url) || link.Length == 0)
            return null;
        return url.Scheme is "http" or "https" ? url.AbsoluteUri : application && Applications.Contains(url.Scheme) ? link : null;
    }

    /// <summary>What an answer says, in a line.</summary>
    public static string Said(ChannelReply reply, string code, string told)
    {
        var said = told.Length == 0 && code.Length == 0 ? ChannelVerdict.Whole(reply) : $"{code} {told}".Trim();
        return Cut.Units(said.ReplaceLineEndings(" "), 300);
    }

    /// <summary>The answer as JSON; some servers put a byte order mark before it.</summary>
    public static JsonElement Json(ChannelReply reply) => GatewayJson.Parse(Encoding.UTF8.GetBytes(reply.Body.TrimStart('\uFEFF')));

    private static string Base(string typed, string[] pages)
    {
        var url = (typed.Contains("://", StringComparison.Ordinal) || typed.Length == 0 ? typed : "https://" + typed).Split('?', '#')[0].TrimEnd('/');
        for (string? page; (page = pages.FirstOrDefault(p => url.EndsWith("/" + p, StringComparison.OrdinalIgnoreCase))) is not null;)
            url = url[..^(page.Length + 1)].TrimEnd('/');
        return url;
    }
}
