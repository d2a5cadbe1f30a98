using System.Text;
using Gatehouse.Platform.Hosting;
using SQLitePCL;

namespace Gatehouse.Platform.Storage.Sqlite;

/// <summary>An open SQLite database. Used by one thread at a time.</summary>
internal sealed class SqliteConnection : IDisposable
{
    private const uint Persistent = 1;
    private readonly sqlite3 _db;

    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public SqliteConnection(string path)
    {
        NativeLibraries.RegisterSqlite();
        var code = raw.sqlite3_open_v2(path, out _db, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null);
        if (code == raw.SQLITE_OK)
        {
            // Otherwise whatever LIMIT or LIKE is bound to decides on the plan, and each run prepares its statement anew: half of what a
            // list of 50 rows costs the engine.
            Check(raw.sqlite3_db_config(_db, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _));
            Check(SqliteFunctions.AddTo(_db));
            return;
        }
        var error = _db is null or { IsInvalid: true } ? new SqliteException(code, raw.sqlite3_errstr(code).utf8_to_string()) : Error();
        Dispose();
        throw error;
    }

    /// <summary>Prepares the first statement of the text. <paramref name="rest"/> is what follows it; null when that is no statement.</summary>
    /// <exception cref="SqliteException">The text is wrong.</exception>
    /// <returns>Null when the text holds no statement.</returns>
    public SqliteStatement? Prepare(string sql, out string? rest)
    {
        Check(raw.sqlite3_prepare_v3(_db, Encoding.UTF8.GetBytes(sql), Persistent, out var statement, out var tail));
        rest = tail.Trim(" \r\n\t"u8).IsEmpty ? null : Encoding.UTF8.GetString(tail);
        return statement is null or { IsInvalid: true } ? null : new SqliteStatement(this, statement);
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
    public int Changes => raw.sqlite3_changes(_db);

    /// <exception cref="SqliteException">The code is not OK.</exception>
    public void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            throw Error();
    }

    /// <summary>What went wrong last on this connection.</summary>
    public SqliteException Error() => new(raw.sqlite3_extended_errcode(_db), raw.sqlite3_errmsg(_db).utf8_to_string());

    public void Dispose() => _db?.Dispose();
}
