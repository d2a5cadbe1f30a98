using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Gatehouse.Platform.Crypto;

/// <summary>
/// Seals secrets at rest with XChaCha20-Poly1305 under the master key. A sealed text is <c>v1.NAME.BASE64</c>: the name of its key and
/// nonce with ciphertext. Texts of before keys had names are the base64 alone, and open as well.
/// </summary>
public sealed class SecretBox
{
    public const int KeySize = 32;
    private const int NonceSize = 24, TagSize = 16;
    private static readonly AeadAlgorithm Aead = AeadAlgorithm.XChaCha20Poly1305;
    private const string Version = "v1";
    private const int NameLength = 8;
    private readonly byte[] _key;

    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public SecretBox(byte[] key)
    {
        _key = key.Length == KeySize ? key : throw new ArgumentException("The secret key has 32 bytes.", nameof(key));
        Fingerprint = Convert.ToHexStringLower(Derive("fingerprint"));
    }

    /// <summary>64 lower-case hex digits that tell this key from all others and nothing about it.</summary>
    public string Fingerprint { get; }

    /// <summary>The first 8 digits of the fingerprint: what people and sealed texts call the key.</summary>
    public string Name => NameOf(Fingerprint);

    /// <summary>What a key of this fingerprint is called.</summary>
    public static string NameOf(string fingerprint) => fingerprint[..Math.Min(NameLength, fingerprint.Length)];

    /// <summary>Seals it. <paramref name="purpose"/> is bound to it: another purpose cannot open it.</summary>
    public string Seal(ReadOnlySpan<byte> secret, string purpose)
    {
        var sealedBytes = new byte[NonceSize + secret.Length + TagSize];
        var nonce = sealedBytes.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var key = ImportKey();
        Aead.Encrypt(key, nonce, Encoding.UTF8.GetBytes(purpose), secret, sealedBytes.AsSpan(NonceSize));
        return $"{Version}.{Name}.{Convert.ToBase64String(sealedBytes)}";
    }

    /// <exception cref="CryptographicException">Sealed under another key or for another purpose, or altered.</exception>
    public byte[] Open(string sealedText, string purpose)
    {
        var bytes = Bytes(sealedText);
        if (bytes.Length < NonceSize + TagSize)
            throw new CryptographicException("A sealed secret is cut short.");
        var secret = new byte[bytes.Length - NonceSize - TagSize];
        using var key = ImportKey();
        return Aead.Decrypt(key, bytes.AsSpan(0, NonceSize), Encoding.UTF8.GetBytes(purpose), bytes.AsSpan(NonceSize), secret)
            ? secret
            : throw new CryptographicException($"A sealed secret cannot be opened with the key {Name}: it was altered, or sealed under another key.");
    }

    /// <summary>A key for another use (CSRF tokens ...), derived from this one.</summary>
    public byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, 32, info: Encoding.UTF8.GetBytes(purpose));

    private Key ImportKey() => Key.Import(Aead, _key, KeyBlobFormat.RawSymmetricKey);

    private byte[] Bytes(string sealedText)
    {
        var parts = sealedText.Split('.');
        if (parts.Length > 1 && (parts is not [Version, var name, _] || name.Length != NameLength))
            throw new CryptographicException("A sealed secret is in a form that this version does not know.");
        if (parts.Length > 1 && parts[1] != Name)
            throw new CryptographicException($"A secret is sealed under the key {parts[1]}, and this is the key {Name}.");
        try
        {
            return Convert.FromBase64String(parts[^1]);
        }
        catch (FormatException e)
        {
            throw new CryptographicException("A sealed secret is not base64.", e);
        }
    }
}
