using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace Gatehouse.Platform.Hosting;

/// <summary>
/// Finds SQLite and libsodium, both as their packages bring them. Published they are embedded, and loaded from memory, so that
/// nothing is unpacked and a read-only root works; else they lie beside the program, where .NET looks by itself.
/// </summary>
public static partial class NativeLibraries
{
    static readonly Lazy<nint> Sqlite = new(() => Load("libe_sqlite3.so")), Sodium = new(() => Load("libsodium.so"));
    static readonly Lazy<bool> Registered = new(RegisterOnce), SqliteReady = new(PrepareSqlite);

    /// <summary>Call before anything else; calling it again does nothing. Nothing is loaded before it is used.</summary>
    public static void Register() => _ = Registered.Value;

    /// <summary>Call before SQLite is first used: not at start, for a relay has no database and is smaller without it.</summary>
    /// <exception cref="DllNotFoundException">It cannot be loaded.</exception>
    public static void RegisterSqlite() => _ = SqliteReady.Value;

    /// <summary>Such as 3.53.4.</summary>
    public static string SqliteVersion
    {
        get
        {
            RegisterSqlite();
            return raw.sqlite3_libversion().utf8_to_string();
        }
    }

    static bool RegisterOnce()
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
        NativeLibrary.SetDllImportResolver(typeof(NSec.Cryptography.Key).Assembly, Resolve);
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        return true;
    }

    // 0 leaves the search to .NET.
    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name switch
    {
        "libsodium" => Sodium.Value,
        "e_sqlite3" => Sqlite.Value,
        "libssl" or "libcrypto" => OpenSsl(name),
        _ => 0,
    };

    static bool PrepareSqlite()
    {
        Register();
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        // A connection is used by one thread at a time, and nobody asks how much memory they take: neither needs SQLite's locks.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        return true;
    }

    // The system's own, which .NET uses too.
    static nint OpenSsl(string name) => NativeLibrary.TryLoad(name + ".so.3", out var handle) || NativeLibrary.TryLoad(name + ".so.1.1", out handle)
        ? handle
        : throw new DllNotFoundException($"{name} was not found. Install it: apt-get install libssl3");

    static nint Load(string file)
    {
        using var resource = (UnmanagedMemoryStream?)typeof(NativeLibraries).Assembly.GetManifestResourceStream("native/" + file);
        if (resource is null)
            return 0;
        var handle = LoadFromMemory(resource, file);
        return handle != 0 ? handle : LoadFromFile(resource, file);
    }

    static unsafe nint LoadFromMemory(UnmanagedMemoryStream resource, string name)
    {
        const uint closeOnExec = 1, executable = 16;
        var descriptor = MemoryFile(name, closeOnExec | executable);
        // Kernels before 6.3 don't know the second flag, and need none.
        if (descriptor < 0) descriptor = MemoryFile(name, closeOnExec);
        if (descriptor < 0) return 0;
        // Never closed: the loader knows a library by its path, so a number used again would be the library loaded before.
        var file = new SafeFileHandle(descriptor, ownsHandle: false);
        RandomAccess.Write(file, new ReadOnlySpan<byte>(resource.PositionPointer, checked((int)resource.Length)), 0);
        Memory.ReadForTheLastTime(resource.PositionPointer, resource.Length);
        return NativeLibrary.TryLoad($"/proc/self/fd/{descriptor}", out var handle) ? handle : 0;
    }

    /// <summary>For a kernel that forbids executable memory files: a file of our own, gone once it is mapped.</summary>
    static nint LoadFromFile(UnmanagedMemoryStream resource, string name)
    {
        DirectoryInfo? folder = null;
        try
        {
            folder = Directory.CreateTempSubdirectory("gatehouse-");
            var path = Path.Combine(folder.FullName, name);
            using (var target = File.Create(path)) resource.CopyTo(target);
            return NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DllNotFoundException)
        {
            throw new DllNotFoundException($"{name} could not be loaded, neither from memory nor from a file in {Path.GetTempPath()}: {e.Message}", e);
        }
        finally
        {
            folder?.Delete(recursive: true);
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemoryFile(string name, uint flags);
}
