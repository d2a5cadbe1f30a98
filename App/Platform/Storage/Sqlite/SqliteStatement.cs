using System.Runtime.CompilerServices;
using System.Text;
using SQLitePCL;

namespace Gatehouse.Platform.Storage.Sqlite;

/// <summary>A prepared statement, and while it is stepped through the row it stands on.</summary>
internal sealed class SqliteStatement(SqliteConnection connection, sqlite3_stmt handle) : Row, IDisposable
{
    // SQLITE_STMTSTATUS_REPREPARE, which the library has no name for.
    private const int Reprepare = 5;
    private const int MaxOnStack = 1024;
    private string[] _names = [];
    private int[] _indexes = [];

    /// <summary>May it change something?</summary>
    public bool Changes { get; } = raw.sqlite3_stmt_readonly(handle) == 0;

    /// <summary>How often the engine has prepared it again by itself: for a changed schema, and else never.</summary>
    public int PreparedAgain => raw.sqlite3_stmt_status(handle, Reprepare, 0);

    /// <summary>Binds the arguments to the parameters of their names. Arguments that the text does not name are passed over.</summary>
    /// <exception cref="ArgumentException">A parameter has no argument, or a value is neither text nor a whole number.</exception>
    [SkipLocalsInit]
    public void Bind(ReadOnlySpan<(string Name, object? Value)> args)
    {
        Span<byte> buffer = stackalloc byte[MaxOnStack];
        if (_names.Length != args.Length || !SameNames(args))
            Resolve(args);
        for (var i = 0; i < args.Length; i++)
        {
            var index = _indexes[i];
            if (index == 0)
                continue;
            connection.Check(args[i].Value switch
            {
                null => raw.sqlite3_bind_null(handle, index),
                string text => Bind(index, text, buffer),
                long number => raw.sqlite3_bind_int64(handle, index, number),
                int number => raw.sqlite3_bind_int64(handle, index, number),
                bool flag => raw.sqlite3_bind_int64(handle, index, flag ? 1 : 0),
                var other => throw new ArgumentException($"@{args[i].Name}: parameters are text or whole numbers, not {other.GetType().Name}."),
            });
        }
    }

    // An empty text goes by the other door: no bytes at all would be NULL.
    private int Bind(int index, string text, Span<byte> buffer) =>
        text.Length == 0 ? raw.sqlite3_bind_text(handle, index, text)
        : raw.sqlite3_bind_text(handle, index, text.Length * 3 <= MaxOnStack ? buffer[..Encoding.UTF8.GetBytes(text, buffer)] : Encoding.UTF8.GetBytes(text));

    private bool SameNames(ReadOnlySpan<(string Name, object? Value)> args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (_names[i] != args[i].Name)
                return false;
        }
        return true;
    }

    private void Resolve(ReadOnlySpan<(string Name, object? Value)> args)
    {
        _names = new string[args.Length];
        _indexes = new int[args.Length];
        for (var i = 0; i < args.Length; i++)
        {
            _names[i] = args[i].Name;
            _indexes[i] = raw.sqlite3_bind_parameter_index(handle, "@" + args[i].Name);
        }
        var wanted = raw.sqlite3_bind_parameter_count(handle);
        if (_indexes.Where(i => i > 0).Distinct().Count() != wanted)
            throw new ArgumentException($"The statement has {wanted} parameters; given are: {string.Join(", ", _names)}");
    }

    /// <summary>Runs to the end and returns the number of rows changed, 0 for a statement that changes none.</summary>
    public int Run()
    {
        try
        {
            while (Step())
            {
            }
            return Changes ? connection.Changes : 0;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>To the next row; false after the last.</summary>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public bool Step() => raw.sqlite3_step(handle) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        _ => throw connection.Error(),
    };

    /// <summary>Ends the run: its locks are let go, and it can be bound again.</summary>
    // Its result repeats the error that Step has told already.
    public void Reset() => raw.sqlite3_reset(handle);

    public override bool IsDBNull(int i) => raw.sqlite3_column_type(handle, i) == raw.SQLITE_NULL;

    public override string GetString(int i) => TextOrNull(i) ?? throw IsNull(i);

    public override long GetInt64(int i) => LongOrNull(i) ?? throw IsNull(i);

    // Each question crosses over to the library: whether it is NULL is asked only where the value leaves it open. The bytes of a text are
    // what its column holds as a blob: unlike the text's own function, that one tells their number too.
    public override string? TextOrNull(int i)
    {
        var bytes = raw.sqlite3_column_blob(handle, i);
        return bytes.IsEmpty && IsDBNull(i) ? null : Encoding.UTF8.GetString(bytes);
    }

    public override long? LongOrNull(int i)
    {
        var number = raw.sqlite3_column_int64(handle, i);
        return number == 0 && IsDBNull(i) ? null : number;
    }

    public override object GetValue(int i) => raw.sqlite3_column_type(handle, i) switch
    {
        raw.SQLITE_INTEGER => raw.sqlite3_column_int64(handle, i),
        raw.SQLITE_TEXT => GetString(i),
        raw.SQLITE_NULL => DBNull.Value,
        raw.SQLITE_FLOAT => raw.sqlite3_column_double(handle, i),
        var other => throw new InvalidCastException($"Column {i} has the type {other}, which no column of ours has."),
    };

    public void Dispose() => handle.Dispose();
}
