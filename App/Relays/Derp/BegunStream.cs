namespace Gatehouse.Relays.Derp;

/// <summary>Reads what has been read already once more, and then on.</summary>
internal sealed class BegunStream(ReadOnlyMemory<byte> begun, Stream rest) : Stream
{
    private ReadOnlyMemory<byte> _begun = begun;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct = default)
    {
        if (_begun.IsEmpty || buffer.IsEmpty)
            return await rest.ReadAsync(buffer, ct);
        var length = Math.Min(_begun.Length, buffer.Length);
        _begun[..length].CopyTo(buffer);
        _begun = _begun[length..];
        return length;
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only read without blocking.");
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() => throw new NotSupportedException();
}
