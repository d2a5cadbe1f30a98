using System.Security.Cryptography;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Accounts.TwoFactor;

/// <summary>Codes for the day the phone is gone: 80 random bits each, so that a quick hash guards them as well as a slow one.</summary>
public static class RecoveryCodes
{
    /// <summary>How many are made at once.</summary>
    public const int Count = 10;

    private const int Letters = 16;

    // Crockford's base32: without i, l, o and u.
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>New ones, in groups of four: <c>k7qm-2rx9-tade-04hw</c>.</summary>
    public static IReadOnlyList<string> Make() => [.. Enumerable.Range(0, Count).Select(_ => string.Join('-', RandomNumberGenerator.GetString(Alphabet, Letters).Chunk(4).Select(g => new string(g))))];

    /// <summary>A code as it is compared, whatever was typed: without blanks and dashes, what is easily misread as what it must be.</summary>
    public static string Normalize(string typed) => new([.. Nfkc.Of(PastedText.Clean(typed)).ToLowerInvariant().Where(char.IsAsciiLetterOrDigit)
        .Select(c => c switch { 'o' => '0', 'i' or 'l' => '1', _ => c })]);

    /// <summary>Has it the length of one?</summary>
    public static bool Looks(string normal) => normal.Length == Letters;

    /// <param name="normal">As <see cref="Normalize"/> has made it.</param>
    public static string Hash(string normal) => OpaqueToken.Hash(normal);
}
