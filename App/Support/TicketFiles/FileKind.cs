using System.Text;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Support.TicketFiles;

/// <summary>What a file is by its content, whatever it is called: pictures, short films, PDF, archives and text. Nothing else is taken.</summary>
/// <param name="Type">Its media type.</param>
/// <param name="Endings">That fit it, the usual one first.</param>
public sealed record FileKind(string Type, params string[] Endings)
{
    /// <summary>How much of a file is looked at.</summary>
    public const int HeadBytes = 4096;

    private const int MaxName = 120;
    private static readonly FileKind Text = new("text/plain", "txt", "log", "csv", "json", "xml", "md", "ini", "conf", "cfg", "yaml", "yml", "toml", "reg", "sql", "diff", "patch", "srt", "pem");

    // The first bytes as their formats say; a null is any byte.
    private static readonly (byte?[] Begin, FileKind Kind)[] Known =
    [
        ([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a], new("image/png", "png")),
        ([0xff, 0xd8, 0xff], new("image/jpeg", "jpg", "jpeg")),
        ([.. Of("GIF87a")], new("image/gif", "gif")),
        ([.. Of("GIF89a")], new("image/gif", "gif")),
        ([.. Of("RIFF"), null, null, null, null, .. Of("WEBP")], new("image/webp", "webp")),
        ([.. Of("%PDF-")], new("application/pdf", "pdf")),
        ([(byte)'P', (byte)'K', 3, 4], new("application/zip", "zip", "docx", "xlsx", "pptx", "odt", "ods")),
        ([0x1f, 0x8b, 8], new("application/gzip", "gz", "tgz")),
        ([.. Of("7z"), 0xbc, 0xaf, 0x27, 0x1c], new("application/x-7z-compressed", "7z")),
        ([null, null, null, null, .. Of("ftyp")], new("video/mp4", "mp4", "mov", "m4v")),
        ([0x1a, 0x45, 0xdf, 0xa3], new("video/webm", "webm")),
        // Text of Windows' editors, in UTF-16.
        ([0xff, 0xfe], Text),
        ([0xfe, 0xff], Text),
    ];

    /// <summary>What it is by how it begins; null when it is none of these.</summary>
    public static FileKind? Of(ReadOnlySpan<byte> head)
    {
        foreach (var (begin, kind) in Known)
            if (Begins(head, begin))
                return kind;
        // In whatever encoding: of the control characters, text has tab, line ends, form feed and those that colour a terminal.
        return head.Length > 0 && IsText(head) ? Text : null;
    }

    /// <summary>The file's name for people: the last part of what was sent, without what a file system or a terminal would stumble over, with an ending that fits its kind.</summary>
    public string Named(string? sent)
    {
        var name = new StringBuilder();
        foreach (var rune in (sent ?? "").Split('/', '\\')[^1].EnumerateRunes())
            if (rune.Value >= ' ' && rune != Rune.ReplacementChar && !Rune.IsControl(rune) && Rune.GetUnicodeCategory(rune) is not (System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator or System.Globalization.UnicodeCategory.PrivateUse)
                && !"<>:\"|?*".Contains(rune.ToString(), StringComparison.Ordinal))
                name.Append(rune);
        var clean = PastedText.Clean(name.ToString()).Trim('.', ' ');
        var dot = clean.LastIndexOf('.');
        var (stem, ending) = dot > 0 ? (clean[..dot], clean[(dot + 1)..].ToLowerInvariant()) : (clean, "");
        if (!Endings.Contains(ending))
            (stem, ending) = (clean, Endings[0]);
        if (stem.Length > MaxName)
            stem = stem[..(char.IsHighSurrogate(stem[MaxName - 1]) ? MaxName - 1 : MaxName)];
        return $"{(stem.Length > 0 ? stem : "file")}.{ending}";
    }

    private static bool Begins(ReadOnlySpan<byte> head, byte?[] begin)
    {
        if (head.Length < begin.Length)
            return false;
        for (var i = 0; i < begin.Length; i++)
            if (begin[i] is { } wanted && head[i] != wanted)
                return false;
        return true;
    }

    private static bool IsText(ReadOnlySpan<byte> head)
    {
        foreach (var b in head)
            if (b is < 0x20 or 0x7f && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f' or 0x1b))
                return false;
        return true;
    }

    private static IEnumerable<byte?> Of(string ascii) => Encoding.ASCII.GetBytes(ascii).Select(b => (byte?)b);
}
