using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Platform.Crypto;

/// <summary>Seals secrets at rest with XChaCha20-Poly1305 under the key file of the data folder (32 bytes, mode 0600).</summary>
public sealed class SecretBox
{
    private readonly byte[] _key;

    public SecretBox(byte[] key) => _key = key.Length == Sodium.AeadKeyBytes
        ? key : throw new ArgumentException("The secret key has 32 bytes.", nameof(key));

    /// <summary>Reads <c>gatehouse.key</c> of the data folder, making it where there is none.</summary>
    /// <exception cref="InvalidOperationException">The file is not a key, or others may read it.</exception>
    public static SecretBox OpenKeyFile(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "gatehouse.key");
        if (!File.Exists(path))
            Create(path);
        if (OperatingSystem.IsLinux() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
            throw new InvalidOperationException($"{path} can be read by others. Run: chmod 600 {path}");
        var key = File.ReadAllBytes(path);
        return key.Length == Sodium.AeadKeyBytes
            ? new SecretBox(key)
            : throw new InvalidOperationException($"{path} is not a key of 32 bytes. Put back the one from your backup: secrets in the database cannot be read without it.");
    }

    /// <summary>Base64 of nonce and ciphertext. <paramref name="purpose"/> is bound to it: another purpose cannot open it.</summary>
    public string Seal(ReadOnlySpan<byte> secret, string purpose)
    {
        var sealedBytes = new byte[Sodium.AeadNonceBytes + secret.Length + Sodium.AeadTagBytes];
        var nonce = sealedBytes.AsSpan(0, Sodium.AeadNonceBytes);
        RandomNumberGenerator.Fill(nonce);
        Sodium.Seal(sealedBytes.AsSpan(Sodium.AeadNonceBytes), secret, Encoding.UTF8.GetBytes(purpose), nonce, _key);
        return Convert.ToBase64String(sealedBytes);
    }

    /// <exception cref="CryptographicException">Sealed under another key or for another purpose, or altered.</exception>
    public byte[] Open(string sealedText, string purpose)
    {
        var bytes = Convert.FromBase64String(sealedText);
        if (bytes.Length < Sodium.AeadNonceBytes + Sodium.AeadTagBytes)
            throw new CryptographicException("A sealed secret is cut short.");
        var secret = new byte[bytes.Length - Sodium.AeadNonceBytes - Sodium.AeadTagBytes];
        return Sodium.Open(secret, bytes.AsSpan(Sodium.AeadNonceBytes), Encoding.UTF8.GetBytes(purpose), bytes.AsSpan(0, Sodium.AeadNonceBytes), _key)
            ? secret
            : throw new CryptographicException("A sealed secret cannot be opened with gatehouse.key of this data folder. Put back the key file that belongs to this database.");
    }

    /// <summary>A key for another use (CSRF tokens ...), derived from this one.</summary>
    public byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, 32, info: Encoding.UTF8.GetBytes(purpose));

    private static void Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsLinux())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using var file = new FileStream(path, options);
            file.Write(RandomNumberGenerator.GetBytes(Sodium.AeadKeyBytes));
            file.Flush(flushToDisk: true);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process made it first.
        }
    }
}
