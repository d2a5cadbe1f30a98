using System.Text.RegularExpressions;

namespace Gatehouse.Platform.Storage.Sqlite;

/// <summary>
/// The way of an empty SQLite database to the schema: a column that a later migration adds stands in its table from the beginning.
/// SQLite reads the whole schema anew after every ALTER TABLE, which was a third of the first start.
/// </summary>
internal static partial class FreshSchema
{
    /// <summary>The same migrations in the same order, for a database without a table; they lead to the same schema and rows.</summary>
    /// <param name="all">As SQLite reads them: what is for the other engine alone is a comment.</param>
    public static IReadOnlyList<Migration> Of(IReadOnlyList<Migration> all)
    {
        var scripts = all.Select(m => m.Sql).ToArray();
        var remade = scripts.SelectMany(s => Remade().Matches(s)).Select(m => m.Groups[1].Value + m.Groups[2].Value).ToHashSet();
        for (var i = 0; i < scripts.Length; i++)
            scripts[i] = Added().Replace(scripts[i], added =>
            {
                var table = added.Groups[1].Value;
                return !remade.Contains(table) && Put(scripts.AsSpan(0, i), $"CREATE TABLE {table} (", added.Groups[2].Value) ? "" : added.Value;
            });
        return [.. all.Zip(scripts, (m, sql) => m with { Sql = sql })];
    }

    // After its last column, and before what holds for the table as a whole.
    private static bool Put(Span<string> scripts, string create, string column)
    {
        foreach (ref var script in scripts)
        {
            var start = script.IndexOf(create, StringComparison.Ordinal);
            if (start < 0)
                continue;
            var end = script.IndexOf("\n)", start, StringComparison.Ordinal);
            var whole = OfTheTable().Match(script, start, end - start);
            script = whole.Success ? script.Insert(whole.Index, $"\n  {column},") : script.Insert(end, $"\n  , {column}");
            return true;
        }
        return false;
    }

    [GeneratedRegex(@"^ALTER TABLE (\w+) ADD COLUMN ([^;]+);", RegexOptions.Multiline)]
    private static partial Regex Added();

    [GeneratedRegex(@"^(?:DROP TABLE (\w+)|ALTER TABLE \w+ RENAME TO (\w+));", RegexOptions.Multiline)]
    private static partial Regex Remade();

    [GeneratedRegex(@"\n\s*(?:PRIMARY KEY|UNIQUE|FOREIGN KEY|CHECK|CONSTRAINT)\b")]
    private static partial Regex OfTheTable();
}
