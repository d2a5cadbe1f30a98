using System.Runtime.CompilerServices;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Storage.Sqlite;

// The appliance runs on Linux, and so do its tests.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

namespace Gatehouse.Tests.Support;

/// <summary>
/// Makes the native libraries known before the first test, as the program's start does, and lets no write wait for anything but
/// its transaction.
/// </summary>
internal static class NativeSetup
{
    [ModuleInitializer]
    internal static void Run()
    {
        NativeLibraries.Register();
        SqliteWriter.RefuseWaiting = true;
    }
}
