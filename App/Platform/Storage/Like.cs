using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Storage;

/// <summary>LIKE from what people type: its wildcards stand for themselves.</summary>
public static class Like
{
    /// <summary>Goes behind every LIKE whose pattern is made here.</summary>
    public const string Escaped = "ESCAPE '!'";

    /// <summary>The text as a part of a pattern.</summary>
    public static string Escape(string text) => text.Replace("!", "!!").Replace("%", "!%").Replace("_", "!_");

    /// <summary>One of the columns, which hold folded text (<see cref="SearchText"/>), contains what was typed.</summary>
    public static SqlCondition Contains(string name, string typed, params ReadOnlySpan<string> folded)
    {
        var any = new List<string>();
        foreach (var column in folded)
            any.Add($"{column} LIKE @{name} {Escaped}");
        return new SqlCondition($"({string.Join(" OR ", any)})", (name, "%" + Escape(Folding.Of(typed.Trim())) + "%"));
    }
}
