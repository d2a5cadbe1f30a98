using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Platform.Crypto;

/// <summary>Random secrets that are shown once and stored as a hash: session ids, API tokens, setup links.</summary>
public static class Tokens
{
    private const int SequenceBits = 12;

    // Milliseconds and, below them, how many ids this one has had.
    private static long _last;

    /// <summary>A prefix and 256 random bits in base64url.</summary>
    public static string Create(string prefix = "") => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256 in lower-case hex: the secrets have 256 bits, so a slow hash adds nothing.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>
    /// A new UUIDv7, greater than every one made before it by this process: what is made in one millisecond keeps its order too
    /// (RFC 9562 section 6.2, method 1).
    /// </summary>
    public static string NewId()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() << SequenceBits;
        long last, next;
        do
        {
            last = Volatile.Read(ref _last);
            next = Math.Max(now, last + 1);
        }
        while (Interlocked.CompareExchange(ref _last, next, last) != last);
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(next >> SequenceBits)).TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[6] = (byte)(0x70 | (next >> 8 & 0x0f));
        bytes[7] = (byte)next;
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
