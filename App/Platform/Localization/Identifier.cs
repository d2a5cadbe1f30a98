namespace Gatehouse.Platform.Localization;

/// <summary>Identifiers that programs make up (of machines, say), as they are compared.</summary>
public static class Identifier
{
    private static readonly string[] Forms = ["D", "N", "B", "P"];

    // Where they stand in a folded UUID.
    private static readonly int[] Dashes = [8, 13, 18, 23];

    /// <summary>
    /// The form in which case and braces do not count: <c>{9F2C77B0-41AA-4C0E-9D53-0A1E53D0A1E1}</c> is <c>9f2c77b0-41aa-4c0e-9d53-0a1e53d0a1e1</c>,
    /// with or without its dashes, <c>{WEI-PC}</c> is <c>wei-pc</c>.
    /// </summary>
    public static string Folded(string identifier)
    {
        var exact = Nfkc.Of(identifier).Trim();
        if (Uuid(exact) is { } uuid)
            return uuid;
        var bare = exact is ['{', _, .., '}'] or ['(', _, .., ')'] ? exact[1..^1].Trim() : exact;
        // Up first: two small letters may have one capital.
        return bare.ToUpperInvariant().ToLowerInvariant();
    }

    /// <summary>The beginning of a UUID, typed without dashes, as it stands in the folded one; anything else as it is.</summary>
    public static string PartOfUuid(string folded)
    {
        if (folded.Length is <= 8 or > 32 || !folded.All(char.IsAsciiHexDigit))
            return folded;
        foreach (var dash in Dashes)
            if (folded.Length > dash)
                folded = folded.Insert(dash, "-");
        return folded;
    }

    /// <summary>Is a folded one a UUID?</summary>
    public static bool IsUuid(string folded) => folded.Length == 36 && Guid.TryParseExact(folded, "D", out _);

    private static string? Uuid(string text)
    {
        foreach (var form in Forms)
            if (Guid.TryParseExact(text, form, out var uuid))
                return uuid.ToString();
        return null;
    }
}
