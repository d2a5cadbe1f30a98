using System.Collections.Concurrent;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Tests.Support;

/// <summary>
/// What saves a test from making and migrating a database: on SQLite a copy of a migrated file; on PostgreSQL a database that
/// goes from test to test with its connections, emptied in between. To make one, connect and drop it costs ten times as much.
/// </summary>
internal static class SharedDatabases
{
    // All that a test may have done to a database but rows; not what TRUNCATE changes.
    private const string ShapeSql =
        """
        SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
          SELECT 'class ' || oid || relname || relkind::text AS part FROM pg_class WHERE relnamespace = current_schema()::regnamespace
          UNION ALL SELECT 'column ' || a.attrelid || a.attname || a.atttypid || a.attnotnull FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = current_schema()::regnamespace
          UNION ALL SELECT 'default ' || oid FROM pg_attrdef
          UNION ALL SELECT 'constraint ' || oid || conname FROM pg_constraint
          UNION ALL SELECT 'trigger ' || oid || tgenabled::text FROM pg_trigger
          UNION ALL SELECT 'function ' || oid FROM pg_proc WHERE oid >= 16384
          UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg!_%' ESCAPE '!'
          UNION ALL SELECT 'setting ' || setconfig::text FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
        ) parts
        """;

    private static readonly Lazy<Task<byte[]>> SqliteFile = new(MakeSqlite);
    private static readonly ConcurrentStack<Lent> Idle = new();

    /// <summary>A PostgreSQL database that one test has.</summary>
    internal sealed class Lent
    {
        public required string Name { get; init; }
        public required string ConnectionString { get; init; }

        /// <summary>Open; whoever closes it puts another here.</summary>
        public required Database Database { get; set; }

        // As it was when it was migrated.
        public required string Shape { get; init; }
        public required string Tables { get; init; }
        public required IReadOnlyList<(string Table, string Row)> Seeds { get; init; }
    }

    /// <summary>The file of a migrated SQLite database.</summary>
    public static Task<byte[]> Sqlite => SqliteFile.Value;

    /// <summary>A migrated PostgreSQL database with nothing in it but what the migrations put there.</summary>
    public static async Task<Lent> Rent() => Idle.TryPop(out var idle) ? idle : await MakePostgres();

    /// <summary>Empties it for the next test, or drops it when the test left more than rows.</summary>
    public static async Task Return(Lent lent)
    {
        if (await Emptied(lent))
            Idle.Push(lent);
        else
            await Drop(lent);
    }

    /// <summary>Drops all that lie idle.</summary>
    public static async Task Drop()
    {
        while (Idle.TryPop(out var idle))
            await Drop(idle);
    }

    private static async Task Drop(Lent lent)
    {
        await lent.Database.DisposeAsync();
        await TestDatabase.Administer($"DROP DATABASE {lent.Name} WITH (FORCE)");
    }

    private static async Task<bool> Emptied(Lent lent)
    {
        try
        {
            return await lent.Database.Write(async s =>
            {
                await s.Execute("SET LOCAL lock_timeout = '1s'");
                if (await s.Number("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'") > 0
                    || await s.One(ShapeSql, r => r.GetString(0)) != lent.Shape)
                    return false;
                await s.Execute($"TRUNCATE {lent.Tables}");
                foreach (var (table, row) in lent.Seeds)
                    await s.Execute($"INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table}, @row::json)", ("row", row));
                return true;
            });
        }
        catch (Exception e) when (e is StorageException or System.Data.Common.DbException or ObjectDisposedException)
        {
            // Somebody holds a lock, or the test has closed it or cut its connections.
            return false;
        }
    }

    private static async Task<byte[]> MakeSqlite()
    {
        using var folder = new TestFolder();
        await (await Database.Open(folder.Path, null)).DisposeAsync();
        return await File.ReadAllBytesAsync(folder.File(DataFolder.DatabaseFile));
    }

    private static async Task<Lent> MakePostgres()
    {
        var connection = await TestDatabase.CreatePostgres();
        var db = await Database.Open("", connection);
        return await db.Read(async s =>
        {
            // In the order they were made, so that what others refer to comes first.
            var tables = await s.All("SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY oid", r => r.GetString(0));
            var seeds = new List<(string, string)>();
            foreach (var table in tables)
                seeds.AddRange((await s.All($"SELECT row_to_json(t)::text FROM {table} t", r => r.GetString(0))).Select(row => (table, row)));
            return new Lent
            {
                Name = (await s.One("SELECT current_database()::text", r => r.GetString(0)))!, ConnectionString = connection, Database = db,
                Shape = (await s.One(ShapeSql, r => r.GetString(0)))!, Tables = string.Join(", ", tables), Seeds = seeds,
            };
        });
    }
}
