using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>A device's key pair, and the NaCl box under it through a P/Invoke of the tests' own.</summary>
internal sealed partial class TestKey
{
    private const string Sodium = "libsodium";
    private const int NonceBytes = 24, MacBytes = 16;

    private TestKey(byte[] open, byte[] secret) => (Public, Secret) = (open, secret);

    public byte[] Public { get; }

    public byte[] Secret { get; }

    public string Hex => Wire.Hex(Public);

    /// <summary>As lists and answers write it.</summary>
    public string Node => "nodekey:" + Hex;

    public static TestKey New()
    {
        byte[] open = new byte[32], secret = new byte[32];
        return crypto_box_keypair(open, secret) == 0 ? new TestKey(open, secret) : throw new CryptographicException("No key pair.");
    }

    /// <summary>The pair of a private key.</summary>
    public static TestKey Of(byte[] secret)
    {
        var open = new byte[32];
        return crypto_scalarmult_base(open, secret) == 0 ? new TestKey(open, secret) : throw new CryptographicException("No public key.");
    }

    /// <summary>A public key of which nobody has the private one.</summary>
    public static TestKey Fake(byte[] open) => new(open, new byte[32]);

    /// <summary>A random nonce and the box.</summary>
    public byte[] Seal(byte[] plain, byte[] theirs)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        var box = new byte[MacBytes + plain.Length];
        return crypto_box_easy(box, plain, (ulong)plain.Length, nonce, theirs, Secret) == 0 ? [.. nonce, .. box] : throw new CryptographicException("Not sealed.");
    }

    /// <summary>What is in nonce and box.</summary>
    /// <exception cref="CryptographicException">It was not sealed by that key for this one.</exception>
    public byte[] Open(byte[] sealedBox, byte[] theirs)
    {
        if (sealedBox.Length < NonceBytes + MacBytes)
            throw new CryptographicException($"{sealedBox.Length} bytes are no nonce and box.");
        var box = sealedBox[NonceBytes..];
        var plain = new byte[box.Length - MacBytes];
        return crypto_box_open_easy(plain, box, (ulong)box.Length, sealedBox[..NonceBytes], theirs, Secret) == 0
            ? plain
            : throw new CryptographicException("The box does not open.");
    }

    [LibraryImport(Sodium)]
    private static partial int crypto_box_keypair([Out] byte[] open, [Out] byte[] secret);

    [LibraryImport(Sodium)]
    private static partial int crypto_scalarmult_base([Out] byte[] open, byte[] secret);

    [LibraryImport(Sodium)]
    private static partial int crypto_box_easy([Out] byte[] box, byte[] plain, ulong length, byte[] nonce, byte[] theirs, byte[] secret);

    [LibraryImport(Sodium)]
    private static partial int crypto_box_open_easy([Out] byte[] plain, byte[] box, ulong length, byte[] nonce, byte[] theirs, byte[] secret);
}
