using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Platform.Places;

/// <summary>
/// Which country an address is registered in, by the table in the program: <c>packaging/tools/countries.py</c> makes it and says what its bytes
/// are. It is read where it lies in the file, so that it costs no memory but the pages that are looked at.
/// </summary>
internal static unsafe class CountryTable
{
    private const int V4 = 3, V6 = 6;
    private static readonly byte* Start = Open(out Length);
    private static readonly int Length;
    private static readonly int Names = BinaryPrimitives.ReadUInt16BigEndian(Bytes(4, 2));
    private static readonly int At4 = 6 + (2 * Names) + 4;
    private static readonly int Count4 = BinaryPrimitives.ReadInt32BigEndian(Bytes(At4 - 4, 4));
    private static readonly int At6 = At4 + (Count4 * (V4 + 1)) + 4;
    private static readonly int Count6 = BinaryPrimitives.ReadInt32BigEndian(Bytes(At6 - 4, 4));

    /// <summary>Two letters (ISO 3166-1); empty for an address of nowhere, such as a private one.</summary>
    public static string Of(IPAddress address)
    {
        var ip = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        if (!ip.TryWriteBytes(bytes, out _))
            return "";
        return ip.AddressFamily == AddressFamily.InterNetwork ? Find(At4, Count4, V4, bytes) : Find(At6, Count6, V6, bytes);
    }

    // The last cell that begins at the address or before it.
    private static string Find(int at, int count, int width, ReadOnlySpan<byte> address)
    {
        var cells = Bytes(at, count * width);
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (cells.Slice(middle * width, width).SequenceCompareTo(address[..width]) <= 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low == 0 || Bytes(at + (count * width) + low - 1, 1)[0] is not (> 0 and var country) ? "" : Encoding.ASCII.GetString(Bytes(6 + (2 * country), 2));
    }

    private static ReadOnlySpan<byte> Bytes(int at, int length) => new ReadOnlySpan<byte>(Start, Length).Slice(at, length);

    private static byte* Open(out int length)
    {
        // It is never closed: the bytes are a part of the program.
        var stream = (UnmanagedMemoryStream)typeof(CountryTable).Assembly.GetManifestResourceStream("countries.bin")!;
        length = (int)stream.Length;
        return stream.PositionPointer;
    }
}
