using System.Runtime.InteropServices;

namespace Gatehouse.Platform.Storage.Sqlite;

/// <summary>
/// The functions of SQLite that the product uses (sqlite.org/c3ref). Those that only look at memory skip the garbage
/// collector's hand-shake.
/// </summary>
internal static unsafe partial class SqliteNative
{
    public const string Library = "e_sqlite3";
    public const int Ok = 0, Busy = 5, Locked = 6, Perm = 3, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;
    public const int Row = 100, Done = 101;
    public const int Integer = 1, Float = 2, Text = 3, Null = 5;
    public const int OpenReadWrite = 2, OpenCreate = 4, OpenNoMutex = 0x8000;
    public const uint Persistent = 1;
    public const int ConfigMultiThread = 2, ConfigMemoryStatus = 9;

    [LibraryImport(Library)] public static partial byte* sqlite3_libversion();
    [LibraryImport(Library)] public static partial int sqlite3_config(int option, int value);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int sqlite3_open_v2(string path, out nint db, int flags, nint vfs);
    [LibraryImport(Library)] public static partial int sqlite3_close_v2(nint db);
    [LibraryImport(Library)] public static partial int sqlite3_extended_errcode(nint db);
    [LibraryImport(Library)] public static partial byte* sqlite3_errmsg(nint db);
    [LibraryImport(Library)] public static partial byte* sqlite3_errstr(int code);
    [LibraryImport(Library)] public static partial int sqlite3_prepare_v3(nint db, byte* sql, int bytes, uint flags, out nint statement, out byte* tail);
    [LibraryImport(Library)] public static partial int sqlite3_step(nint statement);
    [LibraryImport(Library)] public static partial int sqlite3_reset(nint statement);
    [LibraryImport(Library)] public static partial int sqlite3_finalize(nint statement);

    [LibraryImport(Library), SuppressGCTransition] public static partial int sqlite3_changes(nint db);
    [LibraryImport(Library), SuppressGCTransition] public static partial int sqlite3_stmt_readonly(nint statement);
    [LibraryImport(Library), SuppressGCTransition] public static partial int sqlite3_bind_parameter_count(nint statement);
    [LibraryImport(Library), SuppressGCTransition] public static partial int sqlite3_bind_parameter_index(nint statement, byte* name);
    [LibraryImport(Library), SuppressGCTransition] public static partial int sqlite3_bind_null(nint statement, int index);
    [LibraryImport(Library), SuppressGCTransition] public static partial int sqlite3_bind_int64(nint statement, int index, long value);
    [LibraryImport(Library)] public static partial int sqlite3_bind_text(nint statement, int index, byte* text, int bytes, nint destructor);
    [LibraryImport(Library), SuppressGCTransition] public static partial int sqlite3_column_type(nint statement, int column);
    [LibraryImport(Library), SuppressGCTransition] public static partial long sqlite3_column_int64(nint statement, int column);
    [LibraryImport(Library), SuppressGCTransition] public static partial double sqlite3_column_double(nint statement, int column);
    [LibraryImport(Library), SuppressGCTransition] public static partial byte* sqlite3_column_text(nint statement, int column);
    [LibraryImport(Library), SuppressGCTransition] public static partial int sqlite3_column_bytes(nint statement, int column);
}
