using NSec.Cryptography;

namespace Gatehouse.Platform.Crypto;

/// <summary>A tenant's Ed25519 key pair (RFC 8032).</summary>
public sealed class SigningKey
{
    public const int SeedBytes = 32, SignatureBytes = 64;
    private readonly Key _key;

    /// <param name="seed">The 32 random bytes that the pair is derived from.</param>
    /// <exception cref="FormatException">Not 32 bytes.</exception>
    public SigningKey(string id, ReadOnlySpan<byte> seed)
    {
        Id = id;
        _key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        PublicKeyHex = Convert.ToHexStringLower(_key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
    }

    public string Id { get; }

    /// <summary>64 lower-case hex digits.</summary>
    public string PublicKeyHex { get; }

    /// <summary>Did the key of that public half (64 hex digits) sign the message?</summary>
    public static bool Verify(string publicKeyHex, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        SignatureAlgorithm.Ed25519.Verify(PublicKey.Import(SignatureAlgorithm.Ed25519, Convert.FromHexString(publicKeyHex), KeyBlobFormat.RawPublicKey), message, signature);

    /// <summary>Writes the 64-byte Ed25519 signature (RFC 8032) of the message.</summary>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => SignatureAlgorithm.Ed25519.Sign(_key, message, signature);
}
