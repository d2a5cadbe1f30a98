using System.Runtime.CompilerServices;
using Gatehouse.Platform.Hosting;

// The appliance runs on Linux, and so do its tests.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

namespace Gatehouse.Tests.Support;

/// <summary>Makes the native libraries known before the first test, as the program's start does.</summary>
internal static class NativeSetup
{
    [ModuleInitializer]
    internal static void Run() => NativeLibraries.Register();
}
