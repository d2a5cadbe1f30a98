using System.Runtime.InteropServices;

namespace Gatehouse.Platform.Crypto;

/// <summary>
/// What the product needs of libsodium and NSec does not wrap: <c>crypto_box</c> and password hashes that describe themselves.
/// Nothing else in the program calls it directly but this folder.
/// </summary>
internal static partial class Sodium
{
    private const string Library = "libsodium";

    public const int PasswordHashBytes = 128;

    static Sodium()
    {
        if (sodium_init() < 0)
            throw new InvalidOperationException("libsodium could not be initialised.");
    }

    /// <summary>Argon2id as a self-describing ASCII string, NUL-padded to 128 bytes.</summary>
    public static void PasswordHash(Span<byte> hash, ReadOnlySpan<byte> password, ulong passes, nuint memoryBytes) =>
        Check(crypto_pwhash_str(hash, password, (ulong)password.Length, passes, memoryBytes));

    public static bool PasswordVerify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> password) =>
        crypto_pwhash_str_verify(hash, password, (ulong)password.Length) == 0;

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
    [LibraryImport(Library)] private static partial int crypto_pwhash_str(Span<byte> o, ReadOnlySpan<byte> p, ulong plen, ulong ops, nuint mem);
    [LibraryImport(Library)] private static partial int crypto_pwhash_str_verify(ReadOnlySpan<byte> s, ReadOnlySpan<byte> p, ulong plen);
}
