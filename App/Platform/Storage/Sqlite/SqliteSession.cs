namespace Gatehouse.Platform.Storage.Sqlite;

/// <summary>A SQLite connection with its prepared statements. Everything in it completes synchronously.</summary>
internal sealed class SqliteSession(SqliteConnection connection, TimeProvider clock) : WriteTx, IDisposable
{
    private const int MaxStatements = 256;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    /// <summary>How many more queries may run; less than 0: any number.</summary>
    internal int QueriesLeft { get; set; } = -1;

    /// <summary>Did a statement that may change something run since this was last set to false?</summary>
    internal bool Wrote { get; set; }

    // There is one writer, and it holds the whole database.
    private protected override string Lock(string? of) => "";

    public override ValueTask<long> Now() => new(clock.GetUtcNow().ToUnixTimeMilliseconds());

    public override ValueTask<int> Execute(string sql, params (string Name, object? Value)[] args) => new(Run(sql, args));

    /// <summary>As <see cref="Execute"/>.</summary>
    internal int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> args)
    {
        Wrote = true;
        if (Prepare(sql, args) is { } statement)
            return statement.Run();
        connection.Run(sql);
        return 0;
    }

    public override ValueTask<T?> One<T>(string sql, Func<Row, T> map, params (string Name, object? Value)[] args) where T : default
    {
        CountQuery();
        var statement = Query(sql, args);
        try
        {
            return new(Step(statement) ? map(statement) : default);
        }
        finally
        {
            statement.Reset();
        }
    }

    public override ValueTask<List<T>> All<T>(string sql, Func<Row, T> map, params (string Name, object? Value)[] args)
    {
        CountQuery();
        var list = new List<T>();
        var statement = Query(sql, args);
        try
        {
            while (Step(statement))
                list.Add(map(statement));
        }
        finally
        {
            statement.Reset();
        }
        return new(list);
    }

    /// <summary>Calls <paramref name="each"/> for one row after the other.</summary>
    internal async Task Walk(string sql, Func<Row, Task> each)
    {
        var statement = Query(sql);
        try
        {
            while (statement.Step())
                await each(statement);
        }
        finally
        {
            statement.Reset();
        }
    }

    public override ValueTask<int[]> ExecuteMany(string sql, IReadOnlyList<(string Name, object? Value)[]> sets)
    {
        Wrote = true;
        var changed = new int[sets.Count];
        for (var i = 0; i < sets.Count; i++)
            changed[i] = Query(sql, sets[i]).Run();
        return new(changed);
    }

    // A row of a statement that changes something, by RETURNING, is one that it has changed.
    private bool Step(SqliteStatement statement)
    {
        var found = statement.Step();
        Wrote |= found && statement.Changes;
        return found;
    }

    private void CountQuery()
    {
        if (QueriesLeft == 0)
            throw new InvalidOperationException("ReadOne runs one query: several need the snapshot of Read.");
        QueriesLeft--;
    }

    private SqliteStatement Query(string sql, params ReadOnlySpan<(string Name, object? Value)> args) =>
        Prepare(sql, args) ?? throw new ArgumentException($"One statement is wanted here: {sql}");

    // A statement is prepared once a connection and then bound anew: most calls repeat a few dozen texts. Null for a script of several.
    private SqliteStatement? Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> args)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = connection.Prepare(sql, out var rest);
            if (statement is null || rest is not null)
            {
                statement?.Dispose();
                return args.IsEmpty ? null : throw new ArgumentException($"A script takes no arguments: {sql}");
            }
            if (_statements.Count >= MaxStatements)
                Forget();
            _statements[sql] = statement;
        }
        statement.Bind(args);
        return statement;
    }

    private void Forget()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _statements.Clear();
    }

    public void Dispose()
    {
        Forget();
        connection.Dispose();
    }
}
