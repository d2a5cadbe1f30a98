using Gatehouse.Platform.Crypto;

namespace Gatehouse.Platform.Hosting;

/// <summary>The data folder cannot be used. The message says why and what to do.</summary>
public sealed class DataFolderException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The one folder that holds everything: database, key file, settings.</summary>
public sealed class DataFolder
{
    public const string DatabaseFile = "gatehouse.db";
    private const string LockFile = "gatehouse.lock";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private DataFolder(string path, SecretBox secrets)
    {
        Path = path;
        Secrets = secrets;
    }

    /// <summary>Absolute.</summary>
    public string Path { get; }

    public SecretBox Secrets { get; }

    /// <summary>Makes the folder (mode 0700) and its key file where they are missing.</summary>
    /// <exception cref="DataFolderException">Others may read the folder or the key, or it cannot be made or written to.</exception>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            if (!Directory.Exists(path))
                Create(path);
            if (OperatingSystem.IsLinux() && (File.GetUnixFileMode(path) & ~Private) != 0)
                throw new DataFolderException($"Other users may read {path}. Run: chmod 700 {path}");
            return new DataFolder(path, SecretBox.OpenKeyFile(path));
        }
        catch (InvalidOperationException e)
        {
            throw new DataFolderException(e.Message, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DataFolderException($"{path} cannot be used as data folder by user {Environment.UserName}: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new DataFolderException($"{path} cannot be used as data folder: {e.Message}", e);
        }
    }

    /// <summary>Opens the folder of an existing installation and makes nothing: a mistyped path must not become a new one.</summary>
    /// <exception cref="DataFolderException"/>
    public static DataFolder OpenExisting(string path) =>
        File.Exists(System.IO.Path.Combine(path, "gatehouse.key"))
            ? Open(path)
            : throw new DataFolderException(
                $"There is no Gatehouse data in {System.IO.Path.GetFullPath(path)} that user {Environment.UserName} can see. Name its folder with --data; gatehouse serve makes a new one.");

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
            throw new DataFolderException($"{path} cannot be written to by user {Environment.UserName}.", e);
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

    private static void Create(string path)
    {
        if (OperatingSystem.IsLinux())
            Directory.CreateDirectory(path, Private);
        else
            Directory.CreateDirectory(path);
    }
}
