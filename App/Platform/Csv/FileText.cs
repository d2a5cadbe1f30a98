using System.Text;

namespace Gatehouse.Platform.Csv;

/// <summary>
/// The text of a file as spreadsheets and editors save it: UTF-8, UTF-16 with its mark or without, or GB18030 (which GBK and GB2312 are parts
/// of), what Chinese Windows saves without being asked. Nothing is replaced: what cannot be read for certain is refused.
/// </summary>
public static class FileText
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding LittleEndian = new(false, false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding BigEndian = new(true, false, throwOnInvalidBytes: true);

    // Asked for directly: registered, it would change what every other Encoding.GetEncoding knows.
    private static readonly Encoding Gb18030 =
        CodePagesEncodingProvider.Instance.GetEncoding("gb18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    /// <summary>The text of the bytes, without the mark.</summary>
    /// <exception cref="CsvException"><see cref="CsvFault.Encoding"/> with the line and, in bytes, the column of the first that cannot be read.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var (encoding, mark) = bytes switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (Utf8, 3),
            [0xFF, 0xFE, ..] => (LittleEndian, 2),
            [0xFE, 0xFF, ..] => ((Encoding)BigEndian, 2),
            _ => (Unmarked(bytes), 0),
        };
        bytes = bytes[mark..];
        if (Try(encoding, bytes) is { } text)
            // No text has NUL in it: it is UTF-16 without its mark, or no text at all.
            return text.IndexOf('\0') is >= 0 and var nul ? throw Wrong(encoding.GetBytes(text[..nul])) : text;
        if (mark == 0 && LooksChinese(bytes) && Try(Gb18030, bytes) is { } chinese)
            return chinese;
        throw Wrong(bytes[..Good(encoding, bytes)]);
    }

    // Letters and line ends of Latin have a zero byte each in UTF-16, all in the same place; keys are such, and notes beside them need not
    // be. Other text has no zero at all.
    private static Encoding Unmarked(ReadOnlySpan<byte> bytes)
    {
        var (even, odd) = (0, 0);
        for (var i = 0; i < bytes.Length; i++)
            if (bytes[i] == 0)
                (even, odd) = i % 2 == 0 ? (even + 1, odd) : (even, odd + 1);
        return bytes.Length % 2 != 0 || Math.Min(even, odd) > 0 || (even + odd) * 5 < bytes.Length ? Utf8 : even > 0 ? BigEndian : LittleEndian;
    }

    private static string? Try(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // Nearly all bytes can be read as GB18030, other languages' too. In Chinese nearly all characters are those of GB2312 (two
    // bytes from A1 up) or have four bytes; in what Western, Japanese or Traditional Chinese Windows saves, far fewer look so.
    private static bool LooksChinese(ReadOnlySpan<byte> bytes)
    {
        var (likely, other) = (0, 0);
        while (bytes.IndexOfAnyExceptInRange((byte)0, (byte)0x7F) is >= 0 and var at)
        {
            bytes = bytes[at..];
            var size = bytes is [>= 0x81, >= 0x30 and <= 0x39, >= 0x81, >= 0x30 and <= 0x39, ..] ? 4 : 2;
            if (size == 4 || bytes is [>= 0xA1 and <= 0xF7, >= 0xA1, ..])
                likely++;
            else
                other++;
            bytes = bytes[Math.Min(size, bytes.Length)..];
        }
        return other * 3 <= likely;
    }

    // How many bytes can be read before the first that cannot.
    private static int Good(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        try
        {
            encoding.GetCharCount(bytes);
            return bytes.Length;
        }
        catch (DecoderFallbackException e)
        {
            return Math.Clamp(e.Index, 0, bytes.Length);
        }
    }

    private static CsvException Wrong(ReadOnlySpan<byte> before)
    {
        var lines = before.Count((byte)'\n');
        return new CsvException(CsvFault.Encoding, lines + 1, before.Length - before.LastIndexOf((byte)'\n'));
    }
}
