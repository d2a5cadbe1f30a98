using System.Runtime.InteropServices;

namespace Gatehouse.Platform.Crypto;

/// <summary>Writes files that only their owner may read (mode 0600), each there as a whole or not at all, and durable.</summary>
public static partial class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // EINVAL: a file system that keeps no names of its own, such as some network ones.
    private const int ReadOnly = 0, CloseOnExec = 0x80000, NotSupported = 22;

    /// <summary>Puts the content in the place of what the file held. Durable when this returns.</summary>
    /// <param name="partial">Where it is written before it takes its place; two who write the same file at once need two.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, byte[] content, string partial)
    {
        File.Delete(partial);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsLinux())
            options.UnixCreateMode = OwnerOnly;
        using (var file = new FileStream(partial, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(partial, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes what was renamed in the folder durable: a name is durable when its folder is.</summary>
    /// <exception cref="IOException">It cannot be written to the disk.</exception>
    public static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var fd = open(folder, ReadOnly | CloseOnExec);
        if (fd < 0)
            throw new IOException($"{folder} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        var failed = fsync(fd) < 0 && Marshal.GetLastPInvokeError() != NotSupported;
        var why = Marshal.GetLastPInvokeErrorMessage();
        _ = close(fd);
        if (failed)
            throw new IOException($"{folder} cannot be written to the disk: {why}");
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)] private static partial int open(string path, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial int fsync(int fd);
    [LibraryImport("libc")] private static partial int close(int fd);
}
