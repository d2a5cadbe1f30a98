using System.Net.Sockets;

namespace Gatehouse.Relays.Derp;

/// <summary>
/// A socket as TLS uses it: many records share one system call. Writes gather until they are flushed; a read takes all there is.
/// Holds no buffer while nothing is under way. One reader and one writer at a time.
/// </summary>
internal sealed class WideStream(Socket socket) : Stream
{
    private const int ReadSize = 256 * 1024, WriteSize = 256 * 1024;
    private byte[]? _read, _write;
    private int _from, _to, _written;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct = default)
    {
        if (_from == _to)
        {
            if (buffer.IsEmpty)
                return await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, ct);
            _read ??= BufferPool.Rent(ReadSize);
            (_from, _to) = (0, await socket.ReceiveAsync(_read.AsMemory(), SocketFlags.None, ct));
        }
        var length = Math.Min(buffer.Length, _to - _from);
        _read.AsMemory(_from, length).CopyTo(buffer);
        _from += length;
        if (_from == _to && _read is { } empty)
        {
            _read = null;
            BufferPool.Return(empty);
        }
        return length;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken ct = default)
    {
        while (!buffer.IsEmpty)
        {
            _write ??= BufferPool.Rent(WriteSize);
            var length = Math.Min(buffer.Length, _write.Length - _written);
            buffer[..length].CopyTo(_write.AsMemory(_written));
            _written += length;
            buffer = buffer[length..];
            if (_written == _write.Length)
                await FlushAsync(ct);
        }
    }

    public override async Task FlushAsync(CancellationToken ct)
    {
        if (_write is not { } full)
            return;
        for (var sent = 0; sent < _written;)
            sent += await socket.SendAsync(full.AsMemory(sent, _written - sent), SocketFlags.None, ct);
        (_write, _written) = (null, 0);
        BufferPool.Return(full);
    }

    protected override void Dispose(bool disposing) => socket.Dispose();

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only read without blocking.");
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only written without blocking.");
    public override void Flush() => throw new NotSupportedException("Only flushed without blocking.");
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
