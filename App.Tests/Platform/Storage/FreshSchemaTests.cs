using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Storage.Sqlite;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Storage;

public sealed class FreshSchemaTests
{
    private static readonly IReadOnlyList<Migration> Sqlite = [.. Migration.All.Select(m => m.For("SQLite"))];

    // What a table is to statements: all but how it was written.
    private const string ShapeSql =
        """
        SELECT 'column ' || t.name || ' ' || c.cid || ' ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || COALESCE(c.dflt_value, '-') || ' ' || c.pk FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table'
        UNION ALL SELECT 'index ' || t.name || ' ' || i.name || ' ' || i."unique" || ' ' || i.origin || ' ' || i.partial FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table'
        UNION ALL SELECT 'part ' || t.name || ' ' || p.seqno || ' ' || COALESCE(p.name, '-') || ' ' || p."desc" || ' ' || COALESCE(p.coll, '-') || ' ' || p."key" FROM sqlite_schema t, pragma_index_xinfo(t.name) p WHERE t.type = 'index'
        UNION ALL SELECT 'key ' || t.name || ' ' || f.seq || ' ' || f."table" || ' ' || f."from" || ' ' || COALESCE(f."to", '-') || ' ' || f.on_update || ' ' || f.on_delete FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'
        UNION ALL SELECT t.type || ' ' || t.name || ' ' || CASE WHEN t.type = 'table' THEN t.sql LIKE '%WITHOUT ROWID%' ELSE COALESCE(t.sql, '-') END FROM sqlite_schema t
        ORDER BY 1
        """;

    [Fact]
    public async Task A_fresh_database_is_as_one_that_every_migration_altered()
    {
        await using var fresh = await TestDatabase.Empty(Engine.Sqlite);
        await using var opened = await fresh.OpenAnother();
        await using var test = await TestDatabase.Empty(Engine.Sqlite);
        await using var moved = SqliteDatabase.Create(Path.Combine(test.Folder.Path, DataFolder.DatabaseFile), test.Clock);
        await Migrator.Apply(moved, [Migration.All[0]]);
        await Migrator.Apply(moved, Migration.All);

        Assert.Equal(await Shape(moved), await Shape(opened));
        foreach (var table in await moved.Read(s => s.All("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_version'", r => r.GetString(0))))
            Assert.Equal(await Rows(moved, table), await Rows(opened, table));

        static Task<List<string>> Shape(Database db) => db.Read(s => s.All(ShapeSql, r => r.GetString(0)));
        static async Task<List<string>> Rows(Database db, string table)
        {
            var columns = await db.Read(s => s.All("SELECT name FROM pragma_table_xinfo(@table)", r => $"quote({r.GetString(0)})", ("table", table)));
            return await db.Read(s => s.All($"SELECT {string.Join(" || ' ' || ", columns)} FROM {table} ORDER BY 1", r => r.GetString(0)));
        }
    }

    [Fact]
    public void No_column_is_added_after_its_table_was_made_but_to_one_that_was_remade()
    {
        var tables = FreshSchema.Of(Sqlite).SelectMany(m => m.Sql.Split('\n')).Where(l => l.Contains(" ADD COLUMN ", StringComparison.Ordinal)).Select(l => l.Split(' ')[2]);
        Assert.Equal(["audit_entries"], tables.Distinct());
    }

    [Theory]
    [InlineData("CREATE TABLE a (\n  id BIGINT -- the first\n);", "CREATE TABLE a (\n  id BIGINT -- the first\n  , b TEXT NOT NULL DEFAULT ''\n);")]
    [InlineData("CREATE TABLE a (\n  id BIGINT, -- the first\n  UNIQUE (id)\n) WITHOUT ROWID;", "CREATE TABLE a (\n  id BIGINT, -- the first\n  b TEXT NOT NULL DEFAULT '',\n  UNIQUE (id)\n) WITHOUT ROWID;")]
    public void The_column_stands_after_the_last_one(string made, string expected)
    {
        const string added = "ALTER TABLE a ADD COLUMN b TEXT NOT NULL DEFAULT ''; -- why\n";
        Assert.Equal([expected, " -- why\n"], FreshSchema.Of([new("1", made), new("2", added)]).Select(m => m.Sql));
        Assert.Equal([made, added, "DROP TABLE a;"], FreshSchema.Of([new("1", made), new("2", added), new("3", "DROP TABLE a;")]).Select(m => m.Sql));
    }
}
