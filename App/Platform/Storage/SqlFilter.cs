using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Storage;

/// <summary>A condition with the arguments that it names.</summary>
public readonly record struct SqlCondition(string Sql, params (string Name, object? Value)[] Args);

/// <summary>
/// What a query is narrowed by: conditions, all of which must hold, and their arguments. Goes into the text as
/// <c>WHERE {filter.Sql}</c> and into the call as <see cref="Args"/>.
/// </summary>
public sealed class SqlFilter
{
    private readonly List<string> _conditions = [];
    private readonly List<(string Name, object? Value)> _args = [];

    public SqlFilter(string condition, params ReadOnlySpan<(string Name, object? Value)> args) => And(condition, args);

    public string Sql => string.Join(" AND ", _conditions);

    /// <summary>The arguments of all conditions, and those that the rest of the query names.</summary>
    public (string Name, object? Value)[] Args(params ReadOnlySpan<(string Name, object? Value)> more) => [.. _args, .. more];

    public SqlFilter And(string condition, params ReadOnlySpan<(string Name, object? Value)> args)
    {
        _conditions.Add(condition);
        _args.AddRange(args);
        return this;
    }

    public SqlFilter And(SqlCondition condition) => And(condition.Sql, condition.Args);

    /// <summary>The column has that value; null or empty asks for nothing.</summary>
    public SqlFilter Is(string column, string name, string? value) => string.IsNullOrEmpty(value) ? this : And($"{column} = @{name}", (name, value));

    /// <summary>One of the columns contains what was typed (<see cref="Like.Contains"/>); null or blank asks for nothing.</summary>
    public SqlFilter Contains(string name, string? typed, params ReadOnlySpan<string> columns) =>
        string.IsNullOrWhiteSpace(typed) ? this : And(Like.Contains(name, typed, columns));

    /// <summary>The rows after a position of a list that is sorted by the column, greatest first; null is its beginning.</summary>
    public SqlFilter After(string column, string? position) => position is null ? this : And($"{column} < @after", ("after", position));
}

/// <summary>Parts of texts, from what people type: the wildcards of LIKE stand for themselves.</summary>
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
            any.Add($"strpos({column}, @{name}) > 0");
        return new SqlCondition($"({string.Join(" OR ", any)})", (name, Folding.Of(typed.Trim())));
    }
}
