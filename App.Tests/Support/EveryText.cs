using Gatehouse.Platform.Storage;

namespace Gatehouse.Tests.Support;

/// <summary>Every text that a database holds, of whatever table: where somebody who is forgotten may not be found.</summary>
public static class EveryText
{
    public static async Task<List<string>> Of(Database db, Engine engine) => [.. (await WithPlaces(db, engine)).Select(t => t.Text)];

    /// <summary>The same with where each stands: <c>table.column</c>.</summary>
    public static Task<List<(string Place, string Text)>> WithPlaces(Database db, Engine engine) => db.Read(async s =>
    {
        var columns = await Columns(s, engine);
        Assert.True(columns.Count > 50, $"{columns.Count} columns");
        var texts = new List<(string, string)>();
        foreach (var (table, column) in columns)
            texts.AddRange(await s.All($"SELECT {column} FROM {table} WHERE {column} IS NOT NULL", r => ($"{table}.{column}", r.GetString(0))));
        return texts;
    });

    /// <summary>All columns that hold text.</summary>
    public static ValueTask<List<(string Table, string Column)>> Columns(ReadTx s, Engine engine) => s.All(engine == Engine.Sqlite
        ? "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'TEXT'"
        : "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() AND data_type = 'text'",
        r => (r.GetString(0), r.GetString(1)));
}
