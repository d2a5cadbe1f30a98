using System.Runtime.InteropServices;
using Gatehouse.Platform.Keys;

namespace Gatehouse.Platform.Hosting;

/// <summary>The data folder cannot be used. The message says why and what to do.</summary>
public sealed class DataFolderException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The one folder that holds everything: database, key file, settings. <see cref="Installation"/> opens what lies in it.</summary>
public sealed class DataFolder
{
    public const string DatabaseFile = "gatehouse.db";
    private const string LockFile = "gatehouse.lock";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private DataFolder(string path) => Path = path;

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>Is there an SQLite database in it, with at least a byte?</summary>
    public bool HasDatabase => Length(DatabaseFile) > 0;

    /// <summary>Is there a write-ahead log with changes that its database may not have yet?</summary>
    public bool HasLog => Length(DatabaseFile + "-wal") > 0;

    /// <summary>Makes the folder (mode 0700) where it is missing.</summary>
    /// <exception cref="DataFolderException">Others may read the folder, or it cannot be made or written to.</exception>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            if (!Directory.Exists(path))
                Create(path);
            if (OperatingSystem.IsLinux() && (File.GetUnixFileMode(path) & ~Private) != 0)
                throw new DataFolderException($"Other users may read {path}. Run: chmod 700 {path}");
            return new DataFolder(path);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw Unusable(path, e);
        }
    }

    /// <summary>Opens a folder that exists and makes nothing: a mistyped path must not become a new installation.</summary>
    /// <exception cref="DataFolderException"/>
    public static DataFolder OpenExisting(string path) => Directory.Exists(path) ? Open(path) : throw NothingIn(System.IO.Path.GetFullPath(path));

    /// <summary>There is no installation in this folder.</summary>
    internal static DataFolderException NothingIn(string path) => new(
        $"There is no Gatehouse data in {path} that user {OperatingUser.Name} can see. Name its folder with --data; gatehouse serve makes a new one.");

    /// <summary>The folder, or a file in it that is needed, cannot be read or written.</summary>
    internal static DataFolderException Unusable(string path, Exception e) => new(e is UnauthorizedAccessException
        ? $"{path} cannot be used as data folder by user {OperatingUser.Name}: {e.Message}"
        : $"{path} cannot be used as data folder: {e.Message}", e);

    /// <summary>Held by the one process that serves from this folder; null when another one does. Ends with the process, however it ends.</summary>
    /// <exception cref="DataFolderException">The folder cannot be written to.</exception>
    public IDisposable? TryLock()
    {
        var path = System.IO.Path.Combine(Path, LockFile);
        try
        {
            // FileShare.None is flock(2) here. The file stays: removing it would let two processes lock two files of one name.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DataFolderException($"{path} cannot be written to by user {OperatingUser.Name}.", e);
        }
        catch (IOException e) when (e.HResult is 11 or unchecked((int)0x80070020)) // EWOULDBLOCK
        {
            return null;
        }
        catch (IOException e)
        {
            throw new DataFolderException($"{path} cannot be written to: {e.Message}", e);
        }
    }

    private long Length(string file) => new FileInfo(System.IO.Path.Combine(Path, file)) is { Exists: true } found ? found.Length : 0;

    private static void Create(string path)
    {
        if (OperatingSystem.IsLinux())
            Directory.CreateDirectory(path, Private);
        else
            Directory.CreateDirectory(path);
    }
}

/// <summary>The user of the operating system that the program runs as.</summary>
public static partial class OperatingUser
{
    /// <summary>Its name; <c>uid 1000</c> where the system knows none, as in a container that is given a number.</summary>
    public static string Name { get; } = Named(() => Environment.UserName);

    internal static string Named(Func<string> ask)
    {
        try
        {
            if (ask() is { Length: > 0 } name)
                return name;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Without /etc/passwd the runtime throws instead of answering nothing.
        }
        return $"uid {Uid()}";
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint Uid();
}
