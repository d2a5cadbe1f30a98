using System.Data.Common;

namespace Gatehouse.Platform.Storage.Sqlite;

/// <summary>SQLite refused something.</summary>
/// <param name="extendedCode">Its extended result code (sqlite.org/rescode.html).</param>
internal sealed class SqliteException(int extendedCode, string message) : DbException($"SQLite error {extendedCode}: {message}")
{
    /// <summary>The primary result code, such as <see cref="SqliteNative.Full"/>.</summary>
    public int Code => extendedCode & 0xff;

    public int ExtendedCode => extendedCode;
}
