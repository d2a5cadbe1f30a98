namespace Gatehouse.Platform.Crypto;

/// <summary>Identifiers of rows: UUIDv7, so that they sort by the time they were made.</summary>
public static class Ids
{
    private const int SequenceBits = 12;

    // Milliseconds and, below them, how many ids this one has had.
    private static long _last;

    /// <summary>
    /// A new UUIDv7, greater than every one made before it by this process: what is made in one millisecond keeps its order too
    /// (RFC 9562 section 6.2, method 1).
    /// </summary>
    public static string New()
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
