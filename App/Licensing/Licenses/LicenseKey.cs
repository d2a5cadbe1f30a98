using System.Security.Cryptography;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.Licenses;

/// <summary>
/// The text of a key: <c>PREFIX-CODE</c> in capitals, 4 to 64 letters, digits, dashes and underscores, and no word that stands in an
/// address where a key does. There is no other way to one: whatever makes a key, renames it or looks for it comes through here.
/// </summary>
public readonly record struct LicenseKey
{
    public const int MaxPrefix = 16;
    public const int MinCode = 6;
    public const int MaxCode = 32;
    public const int DefaultCode = 12;
    public const int MinLength = 4;
    public const int MaxLength = 64;

    /// <summary>Characters that are looked at of what was typed: room for a key with a blank or something unseen behind each of its own.</summary>
    public const int MaxTyped = 500;

    private readonly int _prefix;

    private LicenseKey(string text, int prefix) => (Text, _prefix) = (text, prefix);

    /// <summary>As it is stored, shown and compared.</summary>
    public string Text { get; }

    /// <summary>What it is looked up by, and unique in: without its dashes, which people leave out or set elsewhere.</summary>
    public string Compact => Text.Replace("-", "", StringComparison.Ordinal);

    /// <summary>What stands before the code; empty where nothing does.</summary>
    public string Prefix => Text[.._prefix];

    /// <summary>What stands behind the prefix.</summary>
    public string Code => Text[(_prefix == 0 ? 0 : _prefix + 1)..];

    /// <summary>The key that was typed or pasted (<see cref="Canonical"/>), parted at its first dash. Null when no key looks like that.</summary>
    public static LicenseKey? Parse(string? typed)
    {
        if (typed?.Length > MaxTyped)
            return null;
        var text = Canonical(typed);
        var dash = text.IndexOf('-');
        return Of(text, dash is > 0 and <= MaxPrefix && dash < text.Length - 1 ? dash : 0);
    }

    /// <summary>The key of a prefix, which may be empty, and a code. Null when they make none.</summary>
    public static LicenseKey? Join(string prefix, string code) => Of(prefix.Length == 0 ? code : $"{prefix}-{code}", prefix.Length);

    /// <summary>
    /// What was typed as keys are compared, whether one can look like that or not: NFKC, capitals, dashes of every length as the plain one,
    /// without blanks, unseen characters, and the quotes around it. What is longer than <see cref="MaxTyped"/> is cut.
    /// </summary>
    public static string Canonical(string? typed)
    {
        if (string.IsNullOrEmpty(typed))
            return "";
        var word = PastedText.Word(typed.Length > MaxTyped ? typed[..MaxTyped] : typed);
        Span<char> buffer = word.Length <= MaxTyped ? stackalloc char[word.Length] : new char[word.Length];
        var length = 0;
        foreach (var c in word)
            if (c != ' ')
                buffer[length++] = c switch
                {
                    >= 'a' and <= 'z' => (char)(c - 32),
                    // Word processors make them of the dash that was typed.
                    >= '\u2010' and <= '\u2015' or '\u2212' or '\u2043' or '\u2E3A' or '\u2E3B' or '\u02D7' or '\u058A' or '\u2796' => '-',
                    _ => c,
                };
        return new string(buffer[..length]);
    }

    /// <summary>The prefix in upper case; what is wrong with it goes to <paramref name="check"/>.</summary>
    public static string CheckedPrefix(FieldChecks check, string? typed)
    {
        var prefix = PastedText.Word(typed ?? "").ToUpperInvariant();
        if (prefix.Length > MaxPrefix)
            check.Wrong("prefix", "field.too_long", MaxPrefix);
        else if (!prefix.All(c => c is >= 'A' and <= 'Z' or >= '0' and <= '9' or '-') || prefix.StartsWith('-') || prefix.EndsWith('-'))
            check.Wrong("prefix", "field.prefix");
        return prefix;
    }

    /// <summary>A code of the alphabet's letters from the system's random source, each equally likely.</summary>
    public static string NewCode(string alphabet, int length) => RandomNumberGenerator.GetString(alphabet, length);

    public bool Equals(LicenseKey other) => Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    // A rule of a table in plain text is no key, nor is anything else without a letter or digit.
    private static LicenseKey? Of(string text, int prefix) =>
        text.Length is >= MinLength and <= MaxLength && text.All(IsKeyCharacter) && text.AsSpan().IndexOfAnyExcept('-', '_') >= 0 && !LicenseLinks.IsWord(text) ? new LicenseKey(text, prefix) : null;

    private static bool IsKeyCharacter(char c) => c is >= 'A' and <= 'Z' or >= '0' and <= '9' or '-' or '_';
}
