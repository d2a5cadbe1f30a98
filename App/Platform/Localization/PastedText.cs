using System.Globalization;
using System.Text;

namespace Gatehouse.Platform.Localization;

/// <summary>
/// What people paste, before anything is judged or counted: chats, mails and spreadsheets put characters in between that nobody sees and
/// nobody meant.
/// </summary>
public static class PastedText
{
    // Blank like a letter that is none, or without a glyph of its own, and not of the category Format (Default_Ignorable_Code_Point of the standard).
    private const string NoGlyph = "\u034F\u115F\u1160\u17B4\u17B5\u180B\u180C\u180D\u180F\u2800\u3164\uFFA0";

    // Around a copied word: quotes, brackets, and the marks of the sentence it stood in.
    private static readonly char[] Around = [.. "\"'`´‘’‚‛“”„‟‹›«»「」『』《》〈〉【】〔〕()[]{}<>*.,;:!?。、…·"];

    /// <summary>Without what cannot be seen, every kind of blank and line end as a plain one, and none at either end.</summary>
    public static string Clean(string typed)
    {
        // What programs send is plain.
        if (typed.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
            return typed.Trim();
        var clean = new StringBuilder(typed.Length);
        foreach (var rune in typed.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
                clean.Append(' ');
            else if (!Unseen(rune))
                clean.Append(rune.ToString());
        }
        return clean.ToString().Trim();
    }

    /// <summary>The text without blanks and unseen characters at its ends; what stands inside stays.</summary>
    public static string Trim(string typed)
    {
        var (from, to) = (0, typed.Length);
        while (from < to && AtEnd(typed[from]))
            from++;
        while (to > from && AtEnd(typed[to - 1]))
            to--;
        return typed[from..to];
    }

    /// <summary>What <see cref="Clean"/> gives in NFKC, and without the quotes, brackets and full stops that stood around it: a word such as a key, copied out of a text.</summary>
    public static string Word(string typed) => Nfkc.Of(Clean(typed)).Trim().Trim(Around).Trim();

    private static bool AtEnd(char c) => char.IsWhiteSpace(c) || (!char.IsSurrogate(c) && Unseen(new Rune(c)));

    private static bool Unseen(Rune rune) => !rune.IsAscii && (Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format
        || rune.Value is >= 0xFE00 and <= 0xFE0F or >= 0xE0000 and <= 0xE0FFF || (rune.IsBmp && NoGlyph.Contains((char)rune.Value)));
}
