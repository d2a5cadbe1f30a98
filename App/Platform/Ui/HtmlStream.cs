using System.Buffers;
using System.Text;

namespace Gatehouse.Platform.Ui;

/// <summary>Takes a page as it is written, piece by piece, and gives it on as UTF-8: no page stands in memory as one large text.</summary>
internal sealed class HtmlStream(IBufferWriter<byte> target) : TextWriter
{
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

    private void Encode(int count)
    {
        Encoding.UTF8.GetBytes(_chars.AsSpan(0, count), target);
        _chars.AsSpan(count, _count - count).CopyTo(_chars);
        _count -= count;
    }
}
