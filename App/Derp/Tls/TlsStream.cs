using System.Net.Sockets;
using Gatehouse.Derp.Network;

namespace Gatehouse.Derp.Tls;

/// <summary>A TLS connection whose beginning has been read, as a stream for the web server. One reader and one writer at a time.</summary>
/// <param name="begun">What has been read already.</param>
internal sealed class TlsStream(Socket socket, TlsSession session, ReadOnlyMemory<byte> begun) : Stream
{
    private const int ReadSize = 32 * 1024, WriteSize = 32 * 1024;
    private readonly Lock _gate = new();
    private ReadOnlyMemory<byte> _read = begun;
    private bool _disposed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct = default)
    {
        while (_read.IsEmpty)
        {
            var (opened, result) = Receive();
            if (result == -Libc.Again)
                _ = await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, ct);
            else if (result <= 0)
                return 0;
            else
                _read = opened;
        }
        var length = Math.Min(buffer.Length, _read.Length);
        _read[..length].CopyTo(buffer);
        // An empty part would keep the whole.
        _read = length == _read.Length ? default : _read[length..];
        return length;
    }

    private unsafe (byte[] Opened, nint Result) Receive()
    {
        var buffer = stackalloc byte[ReadSize + TlsSession.Slack];
        var vector = new IoVector(buffer, ReadSize + TlsSession.Slack);
        // Its number may not become another connection's meanwhile.
        var held = false;
        try
        {
            socket.SafeHandle.DangerousAddRef(ref held);
            var got = session.Receive(&vector, 1, ReadSize, _gate);
            return (got > 0 ? new ReadOnlySpan<byte>(buffer, (int)got).ToArray() : [], got);
        }
        finally
        {
            if (held)
                socket.SafeHandle.DangerousRelease();
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken ct = default)
    {
        for (; !buffer.IsEmpty; buffer = buffer[Math.Min(buffer.Length, WriteSize)..])
            await Send(buffer[..Math.Min(buffer.Length, WriteSize)], ct);
    }

    private async ValueTask Send(ReadOnlyMemory<byte> part, CancellationToken ct)
    {
        var bytes = Seal(part.Span);
        if (bytes.Array is null)
            throw new IOException("The connection is over.");
        try
        {
            for (var sent = 0; sent < bytes.Count;)
                sent += await socket.SendAsync(bytes.AsMemory(sent), SocketFlags.None, ct);
        }
        finally
        {
            BufferPool.Return(bytes.Array);
        }
    }

    private unsafe ArraySegment<byte> Seal(ReadOnlySpan<byte> part)
    {
        lock (_gate)
        {
            if (_disposed)
                return default;
            fixed (byte* start = part)
                session.Seal(start, part.Length);
            return session.IsGone ? default : session.Detach();
        }
    }

    public override Task FlushAsync(CancellationToken ct) => Task.CompletedTask;

    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            session.End();
            _ = session.Flush();
            session.Dispose();
        }
        socket.Dispose();
    }

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
