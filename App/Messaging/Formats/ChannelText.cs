using System.Text;

namespace Gatehouse.Messaging.Formats;

/// <summary>What is to be said, whatever the channel.</summary>
/// <param name="Title">A line.</param>
/// <param name="Body">Lines.</param>
/// <param name="Level"><c>info</c>, <c>warn</c> or <c>bad</c>.</param>
/// <param name="Url">Where there is more; empty for nowhere.</param>
/// <param name="Kind">What it is about, for programs: <c>test</c>, <c>digest</c> or the name of a notice.</param>
public sealed record ChannelText(string Site, string Title, string Body, string Level = "info", string Url = "", string Kind = "test")
{
    /// <summary>The title with the site's name before it.</summary>
    public string Head => $"[{Site}] {Title}";

    /// <summary>What follows the title.</summary>
    public string Rest => Url.Length == 0 ? Body : $"{Body}\n{Url}";

    /// <summary>All of it as plain text.</summary>
    public string Plain => $"{Head}\n{Rest}".TrimEnd();
}

/// <summary>Cuts texts to a channel's limit at whole characters, with an ellipsis where something went.</summary>
public static class Cut
{
    private const string Ellipsis = "…";

    /// <summary>At most that many bytes of UTF-8.</summary>
    public static string Bytes(string text, int most) => To(text, most, rune => rune.Utf8SequenceLength, Encoding.UTF8.GetByteCount(Ellipsis));

    /// <summary>At most that many UTF-16 units.</summary>
    public static string Units(string text, int most) => To(text, most, rune => rune.Utf16SequenceLength, Ellipsis.Length);

    private static string To(string text, int most, Func<Rune, int> size, int ellipsis)
    {
        var (total, kept) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            total += size(rune);
            if (total <= most - ellipsis)
                kept += rune.Utf16SequenceLength;
        }
        return total <= most ? text : text[..kept] + Ellipsis;
    }
}
