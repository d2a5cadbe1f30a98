using System.Buffers.Binary;

namespace Gatehouse.Derp.Protocol;

/// <summary>
/// The part of STUN (RFC 5389) that the network's clients speak: a binding request that names the software and ends in a fingerprint,
/// and an answer with the address it came from; and the requests of others. Nothing here allocates.
/// </summary>
internal static class Stun
{
    public const int DefaultPort = 3478;
    public const int TransactionSize = 12;
    public const int RequestSize = 40;

    /// <summary>The longest answer, to IPv6; to IPv4 it has 12 bytes less.</summary>
    public const int MaxAnswer = 44;

    private const int HeaderSize = 20;
    private const int FingerprintSize = 8;
    private const ushort Request = 0x0001;
    private const ushort Success = 0x0101;
    private const uint Cookie = 0x2112A442;
    private const ushort MappedAddress = 0x0001;
    private const ushort XorMappedAddress = 0x0020;
    // Some servers moved it into the range of what a client may skip.
    private const ushort XorMappedAddressAlternative = 0x8020;
    private const ushort Software = 0x8022;
    private const ushort Fingerprint = 0x8028;
    private const uint FingerprintMask = 0x5354554E;
    private const byte FamilyIPv4 = 1;
    private const byte FamilyIPv6 = 2;

    private static readonly uint[] CrcTable = MakeCrcTable();

    private static ReadOnlySpan<byte> SoftwareName => "tailnode"u8;

    /// <summary>Reads a binding request as the usual relay does: SOFTWARE must be "tailnode" and FINGERPRINT last and right.</summary>
    public static bool TryReadRequest(ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> transaction)
    {
        transaction = default;
        if (!IsStun(packet) || BinaryPrimitives.ReadUInt16BigEndian(packet) != Request)
            return false;
        var (named, last, fingerprint) = (false, (ushort)0, 0u);
        var rest = packet[HeaderSize..];
        while (rest.Length > 0)
        {
            if (!TryReadAttribute(ref rest, out last, out var value))
                return false;
            named |= last == Software && value.SequenceEqual(SoftwareName);
            if (last == Fingerprint && value.Length == 4)
                fingerprint = BinaryPrimitives.ReadUInt32BigEndian(value);
        }
        if (!named || last != Fingerprint || fingerprint != FingerprintOf(packet[..^FingerprintSize]))
            return false;
        transaction = Transaction(packet);
        return true;
    }

    /// <summary>Reads a binding request of anybody, such as a browser's: with any attributes or none. A FINGERPRINT must be last and right.</summary>
    public static bool TryReadAnyRequest(ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> transaction)
    {
        transaction = default;
        if (!IsStun(packet) || BinaryPrimitives.ReadUInt16BigEndian(packet) != Request || BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) != packet.Length - HeaderSize)
            return false;
        var rest = packet[HeaderSize..];
        while (rest.Length > 0)
        {
            if (!TryReadAttribute(ref rest, out var type, out var value))
                return false;
            if (type == Fingerprint && (rest.Length > 0 || value.Length != 4 || BinaryPrimitives.ReadUInt32BigEndian(value) != FingerprintOf(packet[..^FingerprintSize])))
                return false;
        }
        transaction = Transaction(packet);
        return true;
    }

    /// <summary>Writes a request of <see cref="RequestSize"/> bytes.</summary>
    public static void WriteRequest(Span<byte> target, ReadOnlySpan<byte> transaction)
    {
        WriteHeader(target, Request, RequestSize - HeaderSize, transaction);
        WriteAttribute(target[20..], Software, SoftwareName.Length);
        SoftwareName.CopyTo(target[24..]);
        WriteAttribute(target[32..], Fingerprint, 4);
        BinaryPrimitives.WriteUInt32BigEndian(target[36..], FingerprintOf(target[..32]));
    }

    /// <summary>Writes the answer to a request and returns its length.</summary>
    /// <param name="target">At least <see cref="MaxAnswer"/> bytes.</param>
    /// <param name="address">4 or 16 bytes.</param>
    public static int WriteAnswer(Span<byte> target, ReadOnlySpan<byte> transaction, ReadOnlySpan<byte> address, ushort port)
    {
        WriteHeader(target, Success, 8 + address.Length, transaction);
        WriteAttribute(target[20..], XorMappedAddress, 4 + address.Length);
        target[24] = 0;
        target[25] = address.Length == 4 ? FamilyIPv4 : FamilyIPv6;
        BinaryPrimitives.WriteUInt16BigEndian(target[26..], (ushort)(port ^ (Cookie >> 16)));
        Mask(address, target, target[28..]);
        return 28 + address.Length;
    }

    /// <summary>Reads the answer to one's request.</summary>
    /// <param name="address">At least 16 bytes; the first <paramref name="length"/> (4 or 16) are written.</param>
    public static bool TryReadAnswer(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> transaction, Span<byte> address, out int length, out ushort port)
    {
        (length, port) = (0, 0);
        if (!IsStun(packet) || BinaryPrimitives.ReadUInt16BigEndian(packet) != Success || !Transaction(packet).SequenceEqual(transaction))
            return false;
        var size = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (size > packet.Length - HeaderSize)
            return false;
        var rest = packet.Slice(HeaderSize, size);
        var masked = false;
        while (rest.Length > 0)
        {
            if (!TryReadAttribute(ref rest, out var type, out var value))
                return false;
            var isMasked = type is XorMappedAddress or XorMappedAddressAlternative;
            // The plain address is what routers rewrite: it counts only when there is no masked one.
            if (!isMasked && (type != MappedAddress || masked))
                continue;
            if (!TryReadAddress(value, address, out length, out port))
                return false;
            if (!isMasked)
                continue;
            masked = true;
            port ^= (ushort)(Cookie >> 16);
            Mask(address[..length], packet, address);
        }
        return length > 0;
    }

    // A STUN message: its first two bits are zero and its cookie is right.
    private static bool IsStun(ReadOnlySpan<byte> packet) =>
        packet.Length >= HeaderSize && packet[0] < 0x40 && BinaryPrimitives.ReadUInt32BigEndian(packet[4..]) == Cookie;

    private static ReadOnlySpan<byte> Transaction(ReadOnlySpan<byte> packet) => packet.Slice(8, TransactionSize);

    // Takes one attribute off the front, with what fills it up to four bytes.
    private static bool TryReadAttribute(ref ReadOnlySpan<byte> rest, out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (rest.Length < 4)
            return false;
        type = BinaryPrimitives.ReadUInt16BigEndian(rest);
        int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        var padded = (length + 3) & ~3;
        if (padded > rest.Length - 4)
            return false;
        value = rest.Slice(4, length);
        rest = rest[(4 + padded)..];
        return true;
    }

    private static bool TryReadAddress(ReadOnlySpan<byte> value, Span<byte> address, out int length, out ushort port)
    {
        (length, port) = (0, 0);
        if (value.Length < 4)
            return false;
        length = value[1] switch { FamilyIPv4 => 4, FamilyIPv6 => 16, _ => 0 };
        if (length == 0 || value.Length < 4 + length)
            return false;
        port = BinaryPrimitives.ReadUInt16BigEndian(value[2..]);
        value.Slice(4, length).CopyTo(address);
        return true;
    }

    private static void WriteHeader(Span<byte> target, ushort type, int length, ReadOnlySpan<byte> transaction)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target, type);
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)length);
        BinaryPrimitives.WriteUInt32BigEndian(target[4..], Cookie);
        transaction.CopyTo(target[8..]);
    }

    private static void WriteAttribute(Span<byte> target, ushort type, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target, type);
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)length);
    }

    // An address is XORed with the cookie and the transaction, as they stand in the message.
    private static void Mask(ReadOnlySpan<byte> address, ReadOnlySpan<byte> message, Span<byte> target)
    {
        for (var i = 0; i < address.Length; i++)
            target[i] = (byte)(address[i] ^ message[4 + i]);
    }

    private static uint FingerprintOf(ReadOnlySpan<byte> bytes) => Crc32(bytes) ^ FingerprintMask;

    // The CRC of Ethernet and ZIP.
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
            crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) == 0 ? value >> 1 : 0xEDB88320 ^ (value >> 1);
            table[i] = value;
        }
        return table;
    }
}
