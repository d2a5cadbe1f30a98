using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Platform.Storage;

/// <summary>
/// Count and checksum of a table's rows, whatever their order (engines sort text differently): the SHA-256 of each row, added up
/// in two lanes.
/// </summary>
internal sealed class TableChecksum
{
    private readonly ArrayBufferWriter<byte> _row = new(1024);
    private readonly ulong[] _lanes = new ulong[2];

    public long Rows { get; private set; }

    /// <summary>32 hex digits.</summary>
    public string Text => $"{_lanes[0]:x16}{_lanes[1]:x16}";

    /// <summary>The next value of the row: NULL, text or a whole number, each with its kind and length so that no two rows read alike.</summary>
    public void Add(object value)
    {
        switch (value)
        {
            case DBNull:
                Head(0, 0);
                break;
            case long number:
                Head(1, number);
                break;
            case string text:
                Head(2, Encoding.UTF8.GetByteCount(text));
                Encoding.UTF8.GetBytes(text, _row);
                break;
            default:
                throw new DatabaseCopyException($"A {value.GetType().Name} is neither text nor a whole number.");
        }
    }

    public void EndRow()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_row.WrittenSpan, hash);
        for (var i = 0; i < _lanes.Length; i++)
            unchecked
            {
                _lanes[i] += BinaryPrimitives.ReadUInt64LittleEndian(hash[(i * 8)..]);
            }
        _row.ResetWrittenCount();
        Rows++;
    }

    private void Head(byte kind, long number)
    {
        var span = _row.GetSpan(9);
        span[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(span[1..], number);
        _row.Advance(9);
    }
}
