using System.Security.Cryptography;

namespace Gatehouse.Platform.Crypto;

/// <summary>
/// NaCl's <c>crypto_box</c> (X25519, XSalsa20-Poly1305) between a secret key of ours and a public key, each sealed text with its
/// random 24-byte nonce in front.
/// </summary>
public static class Box
{
    public const int KeySize = 32;
    public const int NonceSize = 24;
    public const int Overhead = NonceSize + 16;

    /// <summary>The public key of a secret one.</summary>
    public static byte[] PublicKey(ReadOnlySpan<byte> secretKey)
    {
        var key = new byte[KeySize];
        Sodium.BoxPublicKey(key, secretKey);
        return key;
    }

    /// <summary>Nonce and sealed text, <see cref="Overhead"/> bytes longer than the message.</summary>
    /// <exception cref="CryptographicException">The public key is one of the few that no one can own.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> message, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> secretKey)
    {
        var result = new byte[Overhead + message.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceSize));
        return Sodium.BoxSeal(result.AsSpan(NonceSize), message, result.AsSpan(0, NonceSize), publicKey, secretKey)
            ? result : throw new CryptographicException("The public key is not a usable one.");
    }

    /// <summary>The message, or null when it was not sealed for us by the owner of the public key.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> sealedText, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> secretKey)
    {
        if (sealedText.Length < Overhead)
            return null;
        var message = new byte[sealedText.Length - Overhead];
        return Sodium.BoxOpen(message, sealedText[NonceSize..], sealedText[..NonceSize], publicKey, secretKey) ? message : null;
    }
}
