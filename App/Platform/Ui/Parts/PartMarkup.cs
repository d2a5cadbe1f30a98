using System.Text.Encodings.Web;
using System.Text.Unicode;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Ui.Parts;

/// <summary>The html of the small parts. Every text in it is encoded.</summary>
internal static class PartMarkup
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>For text and for attributes in double quotes.</summary>
    public static string Encode(string text) => Encoder.Encode(text);

    public static string Badge(string kind, string text) =>
        $"<span class=\"gh-badge {Encode(kind)}\"><i></i>{Encode(text)}</span>";

    public static string Copy(PageContext p, string value)
    {
        var encoded = Encode(value);
        return $"<button type=\"button\" class=\"gh-icon-btn sm gh-copy\" data-copy=\"{encoded}\" aria-label=\"{Encode(p.Text["shell.copy_value"]).Replace("{0}", encoded, StringComparison.Ordinal)}\"></button>";
    }

    public static string Origin(PageContext p, string? ip)
    {
        var place = p.Places.Of(ip).Said(p.Text);
        return $"<span class=\"gh-mono\">{Encode(ip ?? "—")}</span>{(place.Length == 0 ? "" : $"<div class=\"gh-muted gh-small\">{Encode(place)}</div>")}";
    }

    public static string When(PageContext p, long? at, bool relative, string absent)
    {
        if (at is not { } time)
            return $"<span class=\"gh-muted\">{Encode(absent)}</span>";
        var said = relative ? Format.Relative(p.Text, time, p.Now) : Format.Short(p.Text, time, p.Now, p.Zone);
        return $"<time datetime=\"{DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\" title=\"{Format.Exact(time, p.Zone)}\">{Encode(said)}</time>";
    }
}
