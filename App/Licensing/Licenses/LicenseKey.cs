using System.Collections.Frozen;
using System.Security.Cryptography;
using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Licenses;

/// <summary>How keys are written: <c>PREFIX-CODE</c>, upper case, compared without regard to case and spaces.</summary>
public static class KeyFormat
{
    public const int MaxPrefix = 16;
    public const int MinCode = 6;
    public const int MaxCode = 32;
    public const int DefaultCode = 12;
    public const int MinKey = 4;
    public const int MaxKey = 64;

    // What stands in an address where a key does (/api/keys/export): a key of that name could not be reached.
    private static readonly FrozenSet<string> Routes = FrozenSet.Create("EXPORT", "IMPORT", "GENERATE", "BULK");

    /// <summary>Whether it is the name of a page or method, which a key must not hide.</summary>
    public static bool IsRoute(string key) => Routes.Contains(key);

    /// <summary>The key as stored: upper case, spaces removed. Null when no key can look like that.</summary>
    public static string? Normalize(string? typed)
    {
        if (typed is null || typed.Length > 2 * MaxKey)
            return null;
        Span<char> buffer = stackalloc char[2 * MaxKey];
        var length = 0;
        foreach (var c in typed)
        {
            if (char.IsWhiteSpace(c))
                continue;
            var upper = char.ToUpperInvariant(c);
            if (!IsKeyCharacter(upper))
                return null;
            buffer[length++] = upper;
        }
        // A rule of a table in plain text is no key, nor is anything else without a letter or digit.
        if (length is < MinKey or > MaxKey || buffer[..length].IndexOfAnyExcept('-', '_') < 0)
            return null;
        var key = new string(buffer[..length]);
        return IsRoute(key) ? null : key;
    }

    /// <summary>The prefix in upper case; what is wrong with it goes to <paramref name="check"/>.</summary>
    public static string Prefix(FieldChecks check, string? typed)
    {
        var prefix = typed?.Trim().ToUpperInvariant() ?? "";
        if (prefix.Length > MaxPrefix)
            check.Wrong("prefix", "field.too_long", MaxPrefix);
        else if (!prefix.All(c => c is >= 'A' and <= 'Z' or >= '0' and <= '9' or '-') || prefix.StartsWith('-') || prefix.EndsWith('-'))
            check.Wrong("prefix", "field.prefix");
        return prefix;
    }

    public static string Join(string prefix, string code) => prefix.Length == 0 ? code : $"{prefix}-{code}";

    /// <summary>Prefix and code of a key that was made elsewhere: parted at the first dash.</summary>
    public static (string Prefix, string Code) Split(string key)
    {
        var dash = key.IndexOf('-');
        return dash is > 0 and <= MaxPrefix && dash < key.Length - 1 ? (key[..dash], key[(dash + 1)..]) : ("", key);
    }

    /// <summary>A code of the alphabet's letters from the system's random source, each equally likely.</summary>
    public static string NewCode(string alphabet, int length) => RandomNumberGenerator.GetString(alphabet, length);

    private static bool IsKeyCharacter(char c) => c is >= 'A' and <= 'Z' or >= '0' and <= '9' or '-' or '_';
}
