using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Platform.Storage;

/// <summary>A SQLite connection with its prepared statements. Everything in it completes synchronously.</summary>
internal sealed class SqliteSession : Session, IDisposable
{
    private const int MaxCommands = 256;
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Prepared> _commands = new(StringComparer.Ordinal);

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
        if (!_commands.TryGetValue(sql, out var prepared))
        {
            if (_commands.Count >= MaxCommands)
                Forget();
            var command = _connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, _) in args)
                command.Parameters.Add(new SqliteParameter { ParameterName = "@" + name });
            _commands[sql] = prepared = new Prepared(command, Array.ConvertAll(args, a => a.Name));
        }
        if (args.Length != prepared.Names.Length)
            throw new ArgumentException($"{prepared.Names.Length} arguments were given before for: {sql}");
        for (var i = 0; i < args.Length; i++)
        {
            // By place where callers agree on the order, as they nearly always do, else by name.
            var at = prepared.Names[i] == args[i].Name ? i : Array.IndexOf(prepared.Names, args[i].Name);
            prepared.Command.Parameters[at].Value = args[i].Value ?? DBNull.Value;
        }
        return prepared.Command;
    }

    private sealed record Prepared(SqliteCommand Command, string[] Names);

    private void Forget()
    {
        foreach (var prepared in _commands.Values)
            prepared.Command.Dispose();
        _commands.Clear();
    }

    public void Dispose()
    {
        Forget();
        _connection.Dispose();
    }
}
