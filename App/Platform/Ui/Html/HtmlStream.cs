using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Gatehouse.Platform.Ui.Html;

/// <summary>Takes a page as it is written, piece by piece, and gives it on as UTF-8: no page stands in memory as one large text.</summary>
internal sealed class HtmlStream(IBufferWriter<byte> target) : TextWriter
{
    // The longest character in UTF-8.
    private const int Longest = 4;

    private char[] _chars = ArrayPool<char>.Shared.Rent(16 * 1024);
    private int _count;

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        if (_count == _chars.Length)
            Pass();
        _chars[_count++] = value;
    }

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        while (buffer.Length > _chars.Length - _count)
        {
            var fits = _chars.Length - _count;
            buffer[..fits].CopyTo(_chars.AsSpan(_count));
            _count += fits;
            buffer = buffer[fits..];
            Pass();
        }
        buffer.CopyTo(_chars.AsSpan(_count));
        _count += buffer.Length;
    }

    public override void Flush() => Encode(_count);

    protected override void Dispose(bool disposing)
    {
        if (_chars.Length == 0)
            return;
        Flush();
        ArrayPool<char>.Shared.Return(_chars);
        _chars = [];
    }

    // Half a character waits for its other half.
    private void Pass() => Encode(char.IsHighSurrogate(_chars[_count - 1]) ? _count - 1 : _count);

    // Into whatever piece the target has at hand: a large one it would have to make, for each page anew.
    private void Encode(int count)
    {
        for (var rest = _chars.AsSpan(0, count); !rest.IsEmpty;)
        {
            Utf8.FromUtf16(rest, target.GetSpan(Longest), out var read, out var written);
            target.Advance(written);
            rest = rest[read..];
        }
        _chars.AsSpan(count, _count - count).CopyTo(_chars);
        _count -= count;
    }
}
