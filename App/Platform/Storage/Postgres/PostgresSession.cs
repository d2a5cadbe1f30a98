using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Gatehouse.Platform.Storage.Postgres;

/// <summary>A PostgreSQL connection.</summary>
/// <param name="timeout">What a statement may take; null for what the connection string says.</param>
internal sealed class PostgresSession(NpgsqlConnection connection, TimeProvider? clock = null, TimeSpan? timeout = null) : WriteTx
{
    private const int BatchSize = 500;

    /// <summary>How many more queries may run; less than 0: any number.</summary>
    internal int QueriesLeft { get; set; } = -1;

    // Not FOR UPDATE: it waits for each transaction that adds a row which refers to this one, and those may be thousands of keys.
    private protected override string Lock(string? of) => of is null ? " FOR NO KEY UPDATE" : " FOR NO KEY UPDATE OF " + of;

    // Not the transaction's now(), which stands still while it waits for a lock.
    public override ValueTask<long> Now() => clock is null
        ? Number("SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)")
        : new(clock.GetUtcNow().ToUnixTimeMilliseconds());

    internal NpgsqlConnection Connection => connection;

    public override async ValueTask<int> Execute(string sql, params (string Name, object? Value)[] args)
    {
        await using var command = Command(sql, args);
        return await command.ExecuteNonQueryAsync();
    }

    public override async ValueTask<T?> One<T>(string sql, Func<Row, T> map, params (string Name, object? Value)[] args) where T : default
    {
        CountQuery();
        await using var command = Command(sql, args);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? map(new PostgresRow(reader)) : default;
    }

    public override async ValueTask<List<T>> All<T>(string sql, Func<Row, T> map, params (string Name, object? Value)[] args)
    {
        CountQuery();
        var list = new List<T>();
        await using var command = Command(sql, args);
        await using var reader = await command.ExecuteReaderAsync();
        var row = new PostgresRow(reader);
        while (await reader.ReadAsync())
            list.Add(map(row));
        return list;
    }

    public override async ValueTask<int[]> ExecuteMany(string sql, IReadOnlyList<(string Name, object? Value)[]> sets)
    {
        var changed = new int[sets.Count];
        for (var start = 0; start < sets.Count; start += BatchSize)
        {
            await using var batch = new NpgsqlBatch(connection);
            var end = Math.Min(start + BatchSize, sets.Count);
            for (var i = start; i < end; i++)
            {
                var command = new NpgsqlBatchCommand(sql);
                foreach (var (name, value) in sets[i])
                    command.Parameters.Add(Parameter(name, value));
                batch.BatchCommands.Add(command);
            }
            await batch.ExecuteNonQueryAsync();
            for (var i = start; i < end; i++)
                changed[i] = (int)batch.BatchCommands[i - start].RecordsAffected;
        }
        return changed;
    }

    private void CountQuery()
    {
        if (QueriesLeft == 0)
            throw new InvalidOperationException("ReadOne runs one query: several need the snapshot of Read.");
        QueriesLeft--;
    }

    private NpgsqlCommand Command(string sql, (string Name, object? Value)[] args)
    {
        var command = new NpgsqlCommand(sql, connection);
        if (timeout is { } limit)
            command.CommandTimeout = limit == Timeout.InfiniteTimeSpan ? 0 : (int)limit.TotalSeconds;
        foreach (var (name, value) in args)
            command.Parameters.Add(Parameter(name, value));
        return command;
    }

    // The engine cannot infer the type of a bare NULL, and every nullable column of ours is TEXT or BIGINT: unknown fits both.
    private static NpgsqlParameter Parameter(string name, object? value) => value switch
    {
        null => new NpgsqlParameter(name, NpgsqlDbType.Unknown) { Value = DBNull.Value },
        string text => new NpgsqlParameter<string>(name, NpgsqlDbType.Text) { TypedValue = Encodable(text) },
        long number => new NpgsqlParameter<long>(name, NpgsqlDbType.Bigint) { TypedValue = number },
        int number => new NpgsqlParameter<long>(name, NpgsqlDbType.Bigint) { TypedValue = number },
        bool flag => new NpgsqlParameter<long>(name, NpgsqlDbType.Bigint) { TypedValue = flag ? 1 : 0 },
        _ => throw new ArgumentException($"@{name}: parameters are text or whole numbers, not {value.GetType().Name}."),
    };

    // The engine takes no NUL in a text and the driver no half of a character, such as a cut leaves: what is looked up by one is found nowhere,
    // and what is stored has the sign for one that is broken, as in SQLite.
    private static string Encodable(string text)
    {
        text = text.Replace('\0', '\uFFFD');
        return text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;
    }

    private sealed class PostgresRow(NpgsqlDataReader reader) : Row
    {
        public override bool IsDBNull(int i) => reader.IsDBNull(i);
        public override string GetString(int i) => reader.GetString(i);
        public override long GetInt64(int i) => reader.GetInt64(i);
        public override object GetValue(int i) => reader.GetValue(i);
    }
}
