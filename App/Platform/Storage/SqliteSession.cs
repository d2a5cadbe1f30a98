using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Platform.Storage;

/// <summary>A SQLite connection with its prepared statements. Everything in it completes synchronously.</summary>
internal sealed class SqliteSession : Session, IDisposable
{
    private const int MaxCommands = 256;
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    public SqliteSession(SqliteConnection connection) => _connection = connection;

    public override string ForUpdate => "";

    internal SqliteConnection Connection => _connection;

    public override ValueTask<int> Execute(string sql, params (string Name, object? Value)[] args)
    {
        var command = Prepare(sql, args);
        return new(command.ExecuteNonQuery());
    }

    public override ValueTask<T?> One<T>(string sql, Func<DbDataReader, T> map, params (string Name, object? Value)[] args) where T : default
    {
        using var reader = Prepare(sql, args).ExecuteReader();
        return new(reader.Read() ? map(reader) : default);
    }

    public override ValueTask<List<T>> All<T>(string sql, Func<DbDataReader, T> map, params (string Name, object? Value)[] args)
    {
        var list = new List<T>();
        using var reader = Prepare(sql, args).ExecuteReader();
        while (reader.Read())
            list.Add(map(reader));
        return new(list);
    }

    public override ValueTask<int[]> ExecuteMany(string sql, IReadOnlyList<(string Name, object? Value)[]> sets)
    {
        var changed = new int[sets.Count];
        for (var i = 0; i < sets.Count; i++)
            changed[i] = Prepare(sql, sets[i]).ExecuteNonQuery();
        return new(changed);
    }

    // A statement is prepared once a connection and then bound anew: most calls repeat a few dozen texts.
    private SqliteCommand Prepare(string sql, (string Name, object? Value)[] args)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            if (_commands.Count >= MaxCommands)
                Forget();
            command = _connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, _) in args)
                command.Parameters.Add(new SqliteParameter { ParameterName = "@" + name });
            _commands[sql] = command;
        }
        var parameters = command.Parameters;
        for (var i = 0; i < args.Length; i++)
            parameters[i].Value = args[i].Value ?? DBNull.Value;
        return command;
    }

    private void Forget()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        _commands.Clear();
    }

    public void Dispose()
    {
        Forget();
        _connection.Dispose();
    }
}
