using System.Globalization;
using System.Reflection;
using System.Text;

namespace Gatehouse.Platform.Localization;

/// <summary>
/// Texts as they are compared in a search. NFKC and full case folding of the Unicode standard, from a table of our own: without ICU
/// <c>string.Normalize</c> changes nothing and case goes letter by letter. Accents on Latin, Greek and Cyrillic letters do not count,
/// nor do invisible characters.
/// </summary>
public static class Folding
{
    private const char Voiced = '\u3099', SemiVoiced = '\u309A';
    private static readonly Lazy<Table> Letters = new(Table.Load);

    /// <summary>
    /// The text folded: <c>Ärger</c>, <c>ARGER</c> and <c>ärger</c> are one, so are <c>ＡＢＣ</c> and <c>abc</c>, <c>ΣΟΦΊΑΣ</c> and
    /// <c>σοφιας</c>, <c>Straße</c> and <c>STRASSE</c>, <c>İ</c>, <c>I</c>, <c>ı</c> and <c>i</c>. Folding twice changes nothing more.
    /// A full-width % becomes one that LIKE knows: escape after folding.
    /// </summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= 0x300 and <= 0x36F or >= 0xFE00 and <= 0xFE0F || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format)
                continue;
            if (rune.IsAscii)
                folded.Append(char.ToLowerInvariant((char)rune.Value));
            else if (Letters.Value.Find(rune.Value) is { } letters)
                foreach (var letter in letters)
                    Add(folded, letter);
            else
                foreach (var letter in Rune.ToLowerInvariant(rune).ToString())
                    Add(folded, letter);
        }
        return folded.ToString();
    }

    // Adds a character, put together with the one before it where the two make one.
    private static void Add(StringBuilder folded, char c)
    {
        if (folded.Length > 0 && Compose(folded[^1], c) is { } one)
            folded[^1] = one;
        else
            folded.Append(c);
    }

    private static char? Compose(char before, char c) => c switch
    {
        Voiced or SemiVoiced => Kana(before, c),
        // Hangul by arithmetic, section 3.12 of the standard: a leading consonant and a vowel, then a trailing consonant.
        >= '\u1161' and <= '\u1175' when before is >= '\u1100' and <= '\u1112' => (char)(0xAC00 + ((before - 0x1100) * 21 + c - 0x1161) * 28),
        >= '\u11A8' and <= '\u11C2' when before is >= '\uAC00' and <= '\uD7A3' && (before - 0xAC00) % 28 == 0 => (char)(before + c - 0x11A7),
        _ => null,
    };

    // In each row the voiced syllable follows its plain one, in that of H the half-voiced follows too.
    private static char? Kana(char before, char mark)
    {
        var hiragana = before is >= '\u30A1' and <= '\u30F6' ? before - 0x60 : before;
        var rowOfH = hiragana is >= 0x306F and <= 0x307B && (hiragana - 0x306F) % 3 == 0;
        if (mark == SemiVoiced)
            return rowOfH ? (char)(before + 2) : null;
        return rowOfH || (hiragana is >= 0x304B and <= 0x3061 && hiragana % 2 == 1) || hiragana is 0x3064 or 0x3066 or 0x3068 ? (char)(before + 1)
            : hiragana == 0x3046 ? (char)(before + 0x4E) : null;
    }

    /// <summary>Runs of characters that fold to something else than their lower case, in their order.</summary>
    private sealed class Table(int[] first, int[] last, string[] folded)
    {
        /// <summary>What the character folds to; null when it stands in no run.</summary>
        public string? Find(int code)
        {
            var at = Array.BinarySearch(first, code);
            if (at < 0)
                at = ~at - 1;
            if (at < 0 || code > last[at])
                return null;
            // The characters of a run fold to characters in the same order.
            return code == first[at] ? folded[at] : char.ConvertFromUtf32(char.ConvertToUtf32(folded[at], 0) + code - first[at]);
        }

        public static Table Load()
        {
            using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("folding.txt")!);
            List<int> first = [], last = [];
            List<string> folded = [];
            while (reader.ReadLine() is { } line)
            {
                if (line.StartsWith('#'))
                    continue;
                var parts = line.Split(' ');
                var run = parts[0].Split('-');
                first.Add(Code(run[0]));
                last.Add(Code(run[^1]));
                folded.Add(string.Concat(parts[1..].Select(p => char.ConvertFromUtf32(Code(p)))));
            }
            return new Table([.. first], [.. last], [.. folded]);
        }

        private static int Code(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
