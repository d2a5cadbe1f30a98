using Gatehouse.Platform.Storage.Postgres;
using Gatehouse.Platform.Storage.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace Gatehouse.Platform.Storage;

/// <summary>A table that was copied and read back.</summary>
/// <param name="Checksum">Of all rows, the same on both sides.</param>
public sealed record CopiedTable(string Name, long Rows, string Checksum);

/// <summary>The copy was not made; the target is as it was. The message says why.</summary>
public sealed class DatabaseCopyException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Moves a whole SQLite database to an empty PostgreSQL one: one snapshot of the source, one transaction on the target, every row
/// read back and compared before it commits. Which tables and columns there are is asked of the source, so that none is forgotten.
/// </summary>
public static class DatabaseCopy
{
    private static readonly TimeSpan TableTime = TimeSpan.FromHours(6);

    private sealed record Column(string Name, bool IsText);

    private sealed record Table(string Name, IReadOnlyList<Column> Columns, string Order)
    {
        public string List => string.Join(", ", Columns.Select(c => $"\"{c.Name}\""));
    }

    /// <param name="source">A SQLite database with this program's schema.</param>
    /// <param name="progress">Hears the name of each table as it begins.</param>
    /// <exception cref="DatabaseCopyException">The target is not empty, or what arrived differs.</exception>
    /// <exception cref="StorageException">One of the two cannot be reached.</exception>
    public static async Task<IReadOnlyList<CopiedTable>> Run(Database source, string postgres, Action<string> progress, CancellationToken ct = default)
    {
        await using var target = new PostgresDatabase(postgres);
        // One snapshot of the source: writers beside us go on.
        return await source.Read(async s =>
        {
            try
            {
                return await target.Write(t => CopyAll(target, (SqliteSession)s, (PostgresSession)t, progress, ct), ct);
            }
            catch (PostgresException e)
            {
                throw new DatabaseCopyException($"PostgreSQL refused the copy: {e.MessageText} {e.Detail}".TrimEnd(), e);
            }
        }, ct);
    }

    private static async ValueTask<IReadOnlyList<CopiedTable>> CopyAll(Database db, SqliteSession from, PostgresSession to, Action<string> progress, CancellationToken ct)
    {
        var there = await to.All("SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY tablename LIMIT 4", r => r.GetString(0));
        if (there.Count > 0)
            throw new DatabaseCopyException($"The target database is not empty: it has the table {there[0]}. Make a new one (createdb) and copy to that.");
        await Migrator.ApplyAll(db, to);
        var tables = await Tables(from, to);
        // The rows that the migrations themselves put in come from the source like all others.
        foreach (var table in tables.Reverse())
            await to.Execute($"DELETE FROM \"{table.Name}\"");
        var copied = new List<CopiedTable>();
        foreach (var table in tables)
        {
            progress(table.Name);
            var sent = await Copy(from, to.Connection, table, ct);
            var arrived = await ReadBack(to.Connection, table, ct);
            if (sent.Rows != arrived.Rows || sent.Text != arrived.Text)
                throw new DatabaseCopyException($"Table {table.Name} differs after the copy: {sent.Rows} rows ({sent.Text}) were sent, {arrived.Rows} ({arrived.Text}) are there.");
            copied.Add(new CopiedTable(table.Name, sent.Rows, sent.Text));
        }
        await to.Execute("ANALYZE");
        return copied;
    }

    private static async Task<TableChecksum> Copy(SqliteSession from, NpgsqlConnection to, Table table, CancellationToken ct)
    {
        var sum = new TableChecksum();
        await using var writer = await to.BeginBinaryImportAsync($"COPY \"{table.Name}\" ({table.List}) FROM STDIN (FORMAT BINARY)", ct);
        writer.Timeout = TableTime;
        await from.Walk($"SELECT {table.List} FROM \"{table.Name}\"{table.Order}", async row =>
        {
            await writer.StartRowAsync(ct);
            for (var i = 0; i < table.Columns.Count; i++)
            {
                var value = row.GetValue(i);
                sum.Add(value);
                switch (value)
                {
                    case DBNull:
                        await writer.WriteNullAsync(ct);
                        break;
                    case string text when table.Columns[i].IsText:
                        await writer.WriteAsync(text, NpgsqlDbType.Text, ct);
                        break;
                    case long number when !table.Columns[i].IsText:
                        await writer.WriteAsync(number, NpgsqlDbType.Bigint, ct);
                        break;
                    default:
                        throw new DatabaseCopyException($"Table {table.Name} holds a {value.GetType().Name} in the column {table.Columns[i].Name}, which cannot be there.");
                }
            }
            sum.EndRow();
        });
        await writer.CompleteAsync(ct);
        return sum;
    }

    private static async Task<TableChecksum> ReadBack(NpgsqlConnection connection, Table table, CancellationToken ct)
    {
        var sum = new TableChecksum();
        await using var select = new NpgsqlCommand($"SELECT {table.List} FROM \"{table.Name}\"", connection) { CommandTimeout = (int)TableTime.TotalSeconds };
        await using var reader = await select.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            for (var i = 0; i < table.Columns.Count; i++)
                sum.Add(reader.GetValue(i));
            sum.EndRow();
        }
        return sum;
    }

    // Every table with the columns both sides agree on, those that others refer to first.
    private static async Task<IReadOnlyList<Table>> Tables(SqliteSession from, PostgresSession to)
    {
        var names = await from.All("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name", r => r.GetString(0));
        var parents = new Dictionary<string, List<string>>();
        foreach (var name in names)
            parents[name] = await from.All("SELECT \"table\" FROM pragma_foreign_key_list(@name)", r => r.GetString(0), ("name", name));
        var ordered = new List<Table>();
        while (names.Count > 0)
        {
            var next = names.FirstOrDefault(n => parents[n].All(p => p == n || !names.Contains(p)))
                ?? throw new DatabaseCopyException($"The tables {string.Join(", ", names)} refer to each other in a circle.");
            names.Remove(next);
            ordered.Add(await Describe(from, to, next));
        }
        return ordered;
    }

    private static async Task<Table> Describe(SqliteSession from, PostgresSession to, string name)
    {
        var here = await from.All("SELECT name, pk FROM pragma_table_info(@name) ORDER BY cid", r => (Name: r.GetString(0), Key: r.GetInt64(1)), ("name", name));
        var there = (await to.All("SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = @name",
            r => (Name: r.GetString(0), Type: r.GetString(1)), ("name", name))).ToDictionary(c => c.Name, c => c.Type);
        if (!there.Keys.ToHashSet().SetEquals(here.Select(c => c.Name)) || there.Values.Any(t => t is not ("text" or "bigint")))
            throw new DatabaseCopyException($"The table {name} is not the same on both sides: this program's schema does not describe it.");
        var key = here.Where(c => c.Key > 0).OrderBy(c => c.Key).Select(c => $"\"{c.Name}\"").ToList();
        return new Table(name, [.. here.Select(c => new Column(c.Name, there[c.Name] == "text"))], key.Count == 0 ? "" : " ORDER BY " + string.Join(", ", key));
    }
}
