using Gatehouse.Platform.Storage;

namespace Gatehouse.Tests.Support;

/// <summary>Every text that a database holds, of whatever table: where somebody who is forgotten may not be found.</summary>
public static class EveryText
{
    public static Task<List<string>> Of(Database db, Engine engine) => db.Read(async s =>
    {
        var columns = await s.All(engine == Engine.Sqlite
            ? "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'TEXT'"
            : "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() AND data_type = 'text'",
            r => (Table: r.GetString(0), Column: r.GetString(1)));
        Assert.True(columns.Count > 50, $"{columns.Count} columns");
        var texts = new List<string>();
        foreach (var (table, column) in columns)
            texts.AddRange(await s.All($"SELECT {column} FROM {table} WHERE {column} IS NOT NULL", r => r.GetString(0)));
        return texts;
    });
}
