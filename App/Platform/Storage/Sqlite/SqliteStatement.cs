using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Gatehouse.Accounts.Staff;
using static Gatehouse.Platform.Storage.Sqlite.SqliteNative;

namespace Gatehouse.Platform.Storage.Sqlite;

/// <summary>A prepared statement, and while it is stepped through the row it stands on.</summary>
internal sealed unsafe class SqliteStatement(SqliteConnection connection, nint handle) : Row, IDisposable
{
    private const nint Static = 0, Transient = -1;
    private const int MaxKept = 4096;
    private readonly bool _changes = sqlite3_stmt_readonly(handle) == 0;
    private string[] _names = [];
    private int[] _indexes = [];
    // Texts are bound where they lie, here, until the next call binds others.
    private byte* _texts;
    private int _capacity;

    /// <summary>Binds the arguments to the parameters of their names. Arguments that the text does not name are passed over.</summary>
    /// <exception cref="ArgumentException">A parameter has no argument, or a value is neither text nor a whole number.</exception>
    public void Bind(ReadOnlySpan<(string Name, object? Value)> args)
    {
        if (_names.Length != args.Length || !SameNames(args))
            Resolve(args);
        var needed = 0;
        foreach (var (_, value) in args)
            needed += value is string text ? text.Length * 3 : 0;
        if (needed > MaxKept)
        {
            var large = ArrayPool<byte>.Shared.Rent(needed);
            fixed (byte* buffer = large)
                Bind(args, buffer, needed, Transient);
            ArrayPool<byte>.Shared.Return(large);
            return;
        }
        if (needed > _capacity)
            _texts = (byte*)NativeMemory.Realloc(_texts, (nuint)(_capacity = Math.Max(256, needed)));
        Bind(args, _texts, _capacity, Static);
    }

    private void Bind(ReadOnlySpan<(string Name, object? Value)> args, byte* buffer, int capacity, nint lifetime)
    {
        var used = 0;
        for (var i = 0; i < args.Length; i++)
        {
            var index = _indexes[i];
            if (index == 0)
                continue;
            switch (args[i].Value)
            {
                case null:
                    connection.Check(sqlite3_bind_null(handle, index));
                    break;
                case string text:
                    var length = Encoding.UTF8.GetBytes(text, new Span<byte>(buffer + used, capacity - used));
                    // A null pointer would be NULL: an empty text is bound to memory all the same.
                    var empty = (byte)0;
                    connection.Check(length == 0 ? sqlite3_bind_text(handle, index, &empty, 0, Transient) : sqlite3_bind_text(handle, index, buffer + used, length, lifetime));
                    used += length;
                    break;
                case long number:
                    connection.Check(sqlite3_bind_int64(handle, index, number));
                    break;
                case int number:
                    connection.Check(sqlite3_bind_int64(handle, index, number));
                    break;
                case bool flag:
                    connection.Check(sqlite3_bind_int64(handle, index, flag ? 1 : 0));
                    break;
                case var other:
                    throw new ArgumentException($"@{args[i].Name}: parameters are text or whole numbers, not {other.GetType().Name}.");
            }
        }
    }

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
            fixed (byte* name = Encoding.UTF8.GetBytes($"@{args[i].Name}\0"))
                _indexes[i] = sqlite3_bind_parameter_index(handle, name);
        }
        var wanted = sqlite3_bind_parameter_count(handle);
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
            return _changes ? connection.Changes : 0;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>To the next row; false after the last.</summary>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public bool Step() => sqlite3_step(handle) switch
    {
        SqliteNative.Row => true,
        Done => false,
        _ => throw connection.Error(),
    };

    /// <summary>Ends the run: its locks are let go, and it can be bound again.</summary>
    // Its result repeats the error that Step has told already.
    public void Reset() => sqlite3_reset(handle);

    public override bool IsDBNull(int i) => sqlite3_column_type(handle, i) == Null;

    public override string GetString(int i)
    {
        var text = sqlite3_column_text(handle, i);
        return text is null ? throw IsNull(i) : Encoding.UTF8.GetString(text, sqlite3_column_bytes(handle, i));
    }

    public override long GetInt64(int i) => IsDBNull(i) ? throw IsNull(i) : sqlite3_column_int64(handle, i);

    public override object GetValue(int i) => sqlite3_column_type(handle, i) switch
    {
        Integer => sqlite3_column_int64(handle, i),
        Text => GetString(i),
        Null => DBNull.Value,
        Float => sqlite3_column_double(handle, i),
        var other => throw new InvalidCastException($"Column {i} has the type {other}, which no column of ours has."),
    };

    public void Dispose()
    {
        sqlite3_finalize(handle);
        NativeMemory.Free(_texts);
        _texts = null;
        _capacity = 0;
    }
}
