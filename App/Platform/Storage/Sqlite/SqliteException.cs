using System.Data.Common;

namespace Gatehouse.Platform.Storage.Sqlite;

/// <summary>SQLite refused something.</summary>
/// <param name="extendedCode">Its extended result code (sqlite.org/rescode.html).</param>
internal sealed class SqliteException(int extendedCode, string message) : DbException($"SQLite error {extendedCode}: {message}")
{
    /// <summary>The primary result code, such as <see cref="SQLitePCL.raw.SQLITE_FULL"/>.</summary>
    public int Code => extendedCode & 0xff;

    public int ExtendedCode => extendedCode;

    /// <summary>SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY or _ROWID: a row like it is there already.</summary>
    public bool IsUniqueViolation => extendedCode is 2067 or 1555 or 2579;
}
