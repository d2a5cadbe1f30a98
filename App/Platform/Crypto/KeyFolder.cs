using System.Security.Cryptography;

namespace Gatehouse.Platform.Crypto;

/// <summary>The key file is missing, no key, or not the database's. The message says what to do.</summary>
/// <param name="lost">No key of this folder is the database's.</param>
public sealed class KeyFileException(string message, bool lost = false) : Exception(message)
{
    public bool Lost { get; } = lost;
}

/// <summary>
/// The key files of a data folder. <c>gatehouse.key</c> (32 bytes, mode 0600) is in force. <c>gatehouse.key.new</c> is a key that a
/// first start or a rotation has written to the disk before the database learns its fingerprint, so that after a crash between any two
/// steps the database says which of the two is right. <c>gatehouse.key.old-NAME</c> are keys of before: nothing here deletes one.
/// </summary>
public sealed class KeyFolder(string folder)
{
    public const string FileName = "gatehouse.key";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Absolute, of <see cref="FileName"/>.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, FileName);

    private string PendingPath => Path + ".new";

    /// <summary>The key of the key file; null when there is no file.</summary>
    /// <exception cref="KeyFileException">The file is not a key, or others may read it.</exception>
    public SecretBox? Current() => Read(Path) switch
    {
        null => null,
        { Length: SecretBox.KeySize } key => new SecretBox(key),
        { Length: var length } => throw new KeyFileException(
            $"{Path} is not a key: it has {length} bytes instead of {SecretBox.KeySize}. Put back the one from your backup or from another node (mode 0600): secrets in the database cannot be read without it.", lost: true),
    };

    /// <summary>The key that waits to come into force; null when none does, or when its writing was cut short: then it was never used.</summary>
    /// <exception cref="KeyFileException">Others may read it.</exception>
    public SecretBox? Pending() => Read(PendingPath) is { Length: SecretBox.KeySize } key ? new SecretBox(key) : null;

    /// <summary>A key that is on the disk and not in force: one that was left over by an attempt that failed, else a new one.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public SecretBox MakePending()
    {
        if (Read(PendingPath) is { Length: SecretBox.KeySize } waiting && !waiting.AsSpan().SequenceEqual(Read(Path)))
            return new SecretBox(waiting);
        var key = RandomNumberGenerator.GetBytes(SecretBox.KeySize);
        Write(PendingPath, key);
        return new SecretBox(key);
    }

    /// <summary>
    /// Makes the key file hold <paramref name="inForce"/>, which is its key already or the pending one: the last step of a first start
    /// or a rotation. What the file held before is kept beside it.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Settle(SecretBox inForce)
    {
        var present = Read(Path);
        if (present is { Length: SecretBox.KeySize } && new SecretBox(present).Fingerprint == inForce.Fingerprint)
            return;
        if (Pending()?.Fingerprint != inForce.Fingerprint)
            throw new InvalidOperationException("Neither the key file nor the pending one is the key in force.");
        if (present is not null)
            Keep(present);
        File.Move(PendingPath, Path, overwrite: true);
        PrivateFile.SyncFolder(folder);
    }

    /// <summary>The name of the file in this folder that holds the key of this fingerprint, among those of before; null when none does.</summary>
    public string? Kept(string fingerprint)
    {
        var path = KeptPath(SecretBox.NameOf(fingerprint));
        return Read(path) is { Length: SecretBox.KeySize } key && new SecretBox(key).Fingerprint == fingerprint ? System.IO.Path.GetFileName(path) : null;
    }

    private string KeptPath(string name) => $"{Path}.old-{name}";

    private void Keep(byte[] content)
    {
        // What is no key has no fingerprint.
        var path = KeptPath(content.Length == SecretBox.KeySize ? new SecretBox(content).Name : SecretBox.NameOf(Convert.ToHexStringLower(SHA256.HashData(content))));
        if (Read(path) is { } kept && kept.AsSpan().SequenceEqual(content))
            return;
        Write(path, content);
    }

    private static byte[]? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        if (OperatingSystem.IsLinux() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
            throw new KeyFileException($"{path} can be read by others. Run: chmod 600 {path}");
        return File.ReadAllBytes(path);
    }

    private static void Write(string path, byte[] content) => PrivateFile.Write(path, content, path + ".part");
}
