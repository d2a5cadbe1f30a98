using Gatehouse.Platform.Crypto;

namespace Gatehouse.Platform;

/// <summary>The one folder that holds everything: database, key file, settings.</summary>
public sealed class DataFolder
{
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
    /// <exception cref="InvalidOperationException">Others may read the folder or the key, or it cannot be made. The message says what to do.</exception>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            if (!Directory.Exists(path))
                Create(path);
            if (OperatingSystem.IsLinux() && (File.GetUnixFileMode(path) & ~Private) != 0)
                throw new InvalidOperationException($"Other users may read {path}. Run: chmod 700 {path}");
            return new DataFolder(path, SecretBox.OpenKeyFile(path));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new InvalidOperationException($"{path} cannot be used as data folder: {e.Message}", e);
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
