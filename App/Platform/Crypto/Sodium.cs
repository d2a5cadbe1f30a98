using System.Runtime.InteropServices;

namespace Gatehouse.Platform.Crypto;

/// <summary>The functions of libsodium that the product uses. Nothing else in the program calls them directly but this folder.</summary>
internal static partial class Sodium
{
    private const string Library = "libsodium";

    public const int SignatureBytes = 64;
    public const int PublicKeyBytes = 32;
    public const int SecretKeyBytes = 64;
    public const int SeedBytes = 32;
    public const int AeadKeyBytes = 32;
    public const int AeadNonceBytes = 24;
    public const int AeadTagBytes = 16;
    public const int PasswordHashBytes = 128;

    static Sodium()
    {
        if (sodium_init() < 0)
            throw new InvalidOperationException("libsodium could not be initialised.");
    }

    /// <summary>Ed25519 (RFC 8032): derives the key pair of a 32-byte seed.</summary>
    public static void SignKeyPair(Span<byte> publicKey, Span<byte> secretKey, ReadOnlySpan<byte> seed) =>
        Check(crypto_sign_seed_keypair(publicKey, secretKey, seed));

    /// <summary>Ed25519: writes the 64-byte signature of a message.</summary>
    public static void Sign(Span<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> secretKey) =>
        Check(crypto_sign_detached(signature, 0, message, (ulong)message.Length, secretKey));

    public static bool Verify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> publicKey) =>
        signature.Length == SignatureBytes && publicKey.Length == PublicKeyBytes
        && crypto_sign_verify_detached(signature, message, (ulong)message.Length, publicKey) == 0;

    /// <summary>Argon2id as a self-describing ASCII string, NUL-padded to 128 bytes.</summary>
    public static void PasswordHash(Span<byte> hash, ReadOnlySpan<byte> password, ulong passes, nuint memoryBytes) =>
        Check(crypto_pwhash_str(hash, password, (ulong)password.Length, passes, memoryBytes));

    public static bool PasswordVerify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> password) =>
        crypto_pwhash_str_verify(hash, password, (ulong)password.Length) == 0;

    /// <summary>XChaCha20-Poly1305: ciphertext is as long as the message plus the tag.</summary>
    public static void Seal(Span<byte> cipher, ReadOnlySpan<byte> message, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key) =>
        Check(crypto_aead_xchacha20poly1305_ietf_encrypt(cipher, 0, message, (ulong)message.Length, associated, (ulong)associated.Length, 0, nonce, key));

    public static bool Open(Span<byte> message, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key) =>
        crypto_aead_xchacha20poly1305_ietf_decrypt(message, 0, 0, cipher, (ulong)cipher.Length, associated, (ulong)associated.Length, nonce, key) == 0;

    /// <summary>X25519: the public key of a 32-byte secret key.</summary>
    public static void BoxPublicKey(Span<byte> publicKey, ReadOnlySpan<byte> secretKey) => Check(crypto_scalarmult_base(publicKey, secretKey));

    public static bool BoxSeal(Span<byte> cipher, ReadOnlySpan<byte> message, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> secretKey) =>
        crypto_box_easy(cipher, message, (ulong)message.Length, nonce, publicKey, secretKey) == 0;

    public static bool BoxOpen(Span<byte> message, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> secretKey) =>
        crypto_box_open_easy(message, cipher, (ulong)cipher.Length, nonce, publicKey, secretKey) == 0;

    private static void Check(int result)
    {
        if (result != 0)
            throw new InvalidOperationException("libsodium refused the operation: out of memory, or a buffer of the wrong size.");
    }

    [LibraryImport(Library)] private static partial int sodium_init();
    [LibraryImport(Library)] private static partial int crypto_scalarmult_base(Span<byte> pk, ReadOnlySpan<byte> sk);
    [LibraryImport(Library)] private static partial int crypto_box_easy(Span<byte> c, ReadOnlySpan<byte> m, ulong mlen, ReadOnlySpan<byte> n, ReadOnlySpan<byte> pk, ReadOnlySpan<byte> sk);
    [LibraryImport(Library)] private static partial int crypto_box_open_easy(Span<byte> m, ReadOnlySpan<byte> c, ulong clen, ReadOnlySpan<byte> n, ReadOnlySpan<byte> pk, ReadOnlySpan<byte> sk);
    [LibraryImport(Library)] private static partial int crypto_sign_seed_keypair(Span<byte> pk, Span<byte> sk, ReadOnlySpan<byte> seed);
    [LibraryImport(Library)] private static partial int crypto_sign_detached(Span<byte> sig, nint siglen, ReadOnlySpan<byte> m, ulong mlen, ReadOnlySpan<byte> sk);
    [LibraryImport(Library)] private static partial int crypto_sign_verify_detached(ReadOnlySpan<byte> sig, ReadOnlySpan<byte> m, ulong mlen, ReadOnlySpan<byte> pk);
    [LibraryImport(Library)] private static partial int crypto_pwhash_str(Span<byte> o, ReadOnlySpan<byte> p, ulong plen, ulong ops, nuint mem);
    [LibraryImport(Library)] private static partial int crypto_pwhash_str_verify(ReadOnlySpan<byte> s, ReadOnlySpan<byte> p, ulong plen);
    [LibraryImport(Library)] private static partial int crypto_aead_xchacha20poly1305_ietf_encrypt(Span<byte> c, nint clen, ReadOnlySpan<byte> m, ulong mlen, ReadOnlySpan<byte> ad, ulong adlen, nint nsec, ReadOnlySpan<byte> npub, ReadOnlySpan<byte> k);
    [LibraryImport(Library)] private static partial int crypto_aead_xchacha20poly1305_ietf_decrypt(Span<byte> m, nint mlen, nint nsec, ReadOnlySpan<byte> c, ulong clen, ReadOnlySpan<byte> ad, ulong adlen, ReadOnlySpan<byte> npub, ReadOnlySpan<byte> k);
}
