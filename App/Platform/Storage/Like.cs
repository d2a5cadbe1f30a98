namespace Gatehouse.Platform.Storage;

/// <summary>LIKE from what people type: its wildcards stand for themselves.</summary>
public static class Like
{
    /// <summary>Goes behind every LIKE whose pattern is made here.</summary>
    public const string Escaped = "ESCAPE '!'";

    /// <summary>The text as a part of a pattern.</summary>
    public static string Escape(string text) => text.Replace("!", "!!").Replace("%", "!%").Replace("_", "!_");

    /// <summary>
    /// One of the columns contains the text, without regard to the case of ASCII letters. On SQLite, whose LOWER folds no others,
    /// these are found as they were typed.
    /// </summary>
    public static SqlCondition Contains(string name, string typed, params ReadOnlySpan<string> columns)
    {
        var text = typed.Trim();
        var lower = text.ToLowerInvariant();
        var asTyped = text.Where(c => !char.IsAscii(c)).Any(c => c != char.ToLowerInvariant(c));
        var any = new List<string>();
        foreach (var column in columns)
        {
            any.Add($"LOWER({column}) LIKE @{name} {Escaped}");
            if (asTyped)
                any.Add($"{column} LIKE @{name}_typed {Escaped}");
        }
        (string, object?) pattern = (name, "%" + Escape(lower) + "%");
        return new SqlCondition($"({string.Join(" OR ", any)})", asTyped ? [pattern, (name + "_typed", "%" + Escape(text) + "%")] : [pattern]);
    }
}
