using System.Runtime.CompilerServices;

namespace Gatehouse.Tests.Support;

/// <summary>Makes the native libraries known before the first test, as the program's start does.</summary>
internal static class NativeSetup
{
    [ModuleInitializer]
    internal static void Run()
    {
        if (typeof(Program).Assembly.GetType("Gatehouse.Platform.NativeLibraries") is { } libraries)
        {
            libraries.GetMethod("Register")!.Invoke(null, null);
            return;
        }
        System.Runtime.InteropServices.NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly,
            (name, _, _) => name == "e_sqlite3" ? System.Runtime.InteropServices.NativeLibrary.Load("libsqlite3.so.0") : 0);
        System.Runtime.InteropServices.NativeLibrary.SetDllImportResolver(typeof(Program).Assembly,
            (name, _, _) => name == "libsodium" ? System.Runtime.InteropServices.NativeLibrary.Load("libsodium.so.23") : 0);
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
    }
}
