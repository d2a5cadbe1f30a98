using System.Runtime.InteropServices;
using System.Text;
using Gatehouse.Platform.Hosting;
using static Gatehouse.Platform.Storage.Sqlite.SqliteNative;

namespace Gatehouse.Platform.Storage.Sqlite;

/// <summary>An open SQLite database. Used by one thread at a time.</summary>
internal sealed unsafe class SqliteConnection : IDisposable
{
    private nint _handle;

    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public SqliteConnection(string path)
    {
        NativeLibraries.RegisterSqlite();
        var code = sqlite3_open_v2(path, out _handle, OpenReadWrite | OpenCreate | OpenNoMutex, 0);
        if (code == Ok)
            return;
        var error = _handle == 0 ? new SqliteException(code, Marshal.PtrToStringUTF8((nint)sqlite3_errstr(code))!) : Error();
        Dispose();
        throw error;
    }

    /// <summary>Prepares the first statement of the text. <paramref name="rest"/> is what follows it; null when that is no statement.</summary>
    /// <exception cref="SqliteException">The text is wrong.</exception>
    /// <returns>Null when the text holds no statement.</returns>
    public SqliteStatement? Prepare(string sql, out string? rest)
    {
        var bytes = Encoding.UTF8.GetBytes(sql);
        fixed (byte* begin = bytes)
        {
            Check(sqlite3_prepare_v3(_handle, begin, bytes.Length, Persistent, out var statement, out var tail));
            var used = begin is null ? 0 : (int)(tail - begin);
            rest = bytes.AsSpan(used).Trim(" \r\n\t"u8).IsEmpty ? null : Encoding.UTF8.GetString(bytes, used, bytes.Length - used);
            return statement == 0 ? null : new SqliteStatement(this, statement);
        }
    }

    /// <summary>Runs all statements of a text.</summary>
    public void Run(string script)
    {
        for (var rest = script; rest is not null;)
        {
            using var statement = Prepare(rest, out rest);
            statement?.Run();
        }
    }

    /// <summary>How many rows the last statement changed.</summary>
    public int Changes => sqlite3_changes(_handle);

    /// <exception cref="SqliteException">The code is not OK.</exception>
    public void Check(int code)
    {
        if (code != Ok)
            throw Error();
    }

    /// <summary>What went wrong last on this connection.</summary>
    public SqliteException Error() => new(sqlite3_extended_errcode(_handle), Marshal.PtrToStringUTF8((nint)sqlite3_errmsg(_handle))!);

    public void Dispose()
    {
        if (_handle != 0)
            sqlite3_close_v2(_handle);
        _handle = 0;
    }
}
