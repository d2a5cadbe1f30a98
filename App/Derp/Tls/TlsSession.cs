using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gatehouse.Derp.Network;

namespace Gatehouse.Derp.Tls;

/// <summary>
/// The TLS of one connection, between its socket and whoever reads and writes it; never waits. All that came in one system call
/// is opened at once, and what goes is sealed and sent in one. Holds no buffer while nothing is under way. Under its owner's lock,
/// but for <see cref="Receive"/>, which one thread at a time calls and which takes the lock where it must.
/// </summary>
internal sealed unsafe partial class TlsSession : IDisposable
{
    /// <summary>What <see cref="Receive"/> needs more room for than it may read: what had come of a record before.</summary>
    public const int Slack = 17 * 1024;

    /// <summary>What is usually sealed before it is sent.</summary>
    public const int Chunk = 64 * 1024;

    // What a record is longer than what is in it, at most; and how much is in it.
    private const int RecordOverhead = 256, Record = 16 * 1024, RecordHeader = 5;
    private const int MostUnsent = 1024 * 1024;
    private static readonly nint Method = NewMethod();
    private readonly nint _ssl;
    private readonly int _fd;
    private GCHandle _self;
    private byte* _in;
    private int _inLeft;
    private byte[]? _out;
    private int _outFrom, _outTo, _sealing, _headerRead, _recordLeft;
    private ulong _header;
    private bool _disposed;

    public TlsSession(TlsContext context, int fd)
    {
        _fd = fd;
        _self = GCHandle.Alloc(this);
        _ssl = context.Begin();
        var bio = OpenSsl.BIO_new(Method);
        OpenSsl.BIO_set_data(bio, GCHandle.ToIntPtr(_self));
        OpenSsl.BIO_set_init(bio, 1);
        OpenSsl.SSL_set_bio(_ssl, bio, bio);
        OpenSsl.SSL_set_accept_state(_ssl);
    }

    /// <summary>The other side has ended the stream, or broken it.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Something else than TLS came, or a TLS that is not spoken here.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The network takes nothing any more.</summary>
    public bool IsGone { get; private set; }

    /// <summary>A record has begun to come and is not whole. On the thread that receives.</summary>
    public bool IsRecordBegun => _headerRead > 0 || _recordLeft > 0;

    /// <summary>Sealed bytes wait for <see cref="Flush"/>.</summary>
    public bool HasUnsent => _out is not null;

    /// <summary>Bytes of memory that those take.</summary>
    public int Held => _out?.Length ?? 0;

    /// <summary>
    /// Takes what the network has, and goes on with the handshake while there is one; answers to it are left to <see cref="Flush"/>.
    /// Returns as <see cref="Libc.Receive"/>: the bytes, 0 at the end, or the error's number, negative.
    /// </summary>
    /// <param name="vectors">With room for <paramref name="most"/> and <see cref="Slack"/>.</param>
    /// <param name="most">Sealed bytes to take at once.</param>
    public nint Receive(IoVector* vectors, int count, int most, Lock gate)
    {
        var buffer = BufferPool.Rent(most);
        var vector = new IoVector(BufferPool.Address(buffer), most);
        var got = Libc.Receive(_fd, &vector, 1);
        nint opened = 0;
        if (got > 0)
        {
            Follow(vector.Start, (int)got);
            _in = vector.Start;
            _inLeft = (int)got;
            for (var i = 0; i < count && Open(vectors[i], gate, ref opened); i++)
            {
            }
            // All is taken, unless it was over before.
            IsOver |= _inLeft > 0;
            _inLeft = 0;
            got = opened > 0 || IsOver ? opened : -Libc.Again;
        }
        BufferPool.Return(buffer);
        return got;
    }

    // Where records end: each has 5 bytes in front, the last two of which tell its length (RFC 8446, section 5.1).
    private void Follow(byte* data, int length)
    {
        for (var end = data + length; data < end;)
        {
            if (_recordLeft == 0)
            {
                _header = (_header << 8) | *data++;
                _headerRead = (_headerRead + 1) % RecordHeader;
                _recordLeft = _headerRead == 0 ? (ushort)_header : 0;
                continue;
            }
            var part = (int)Math.Min(_recordLeft, end - data);
            data += part;
            _recordLeft -= part;
        }
    }

    // False when nothing more can be opened.
    private bool Open(IoVector into, Lock gate, ref nint opened)
    {
        while (into.Length > 0)
        {
            lock (gate)
            {
                if (_disposed)
                    return false;
                var read = OpenSsl.SSL_read(_ssl, into.Start, (int)into.Length);
                if (read <= 0)
                {
                    var error = OpenSsl.SSL_get_error(_ssl, read);
                    IsOver |= error != OpenSsl.WantRead;
                    IsBroken |= error is not (OpenSsl.WantRead or OpenSsl.ZeroReturn);
                    // The next call on this thread would take it for its own.
                    OpenSsl.ERR_clear_error();
                    return false;
                }
                into = new IoVector(into.Start + read, into.Length - read);
                opened += read;
            }
        }
        return true;
    }

    /// <summary>Seals and sends without waiting, as <see cref="Libc.Send"/>. What was taken may still wait for <see cref="Flush"/>.</summary>
    /// <param name="chunk">Bytes that are sealed before they are sent: so many may wait.</param>
    public nint Send(IoVector* vectors, int count, int chunk)
    {
        nint taken = 0, at = 0;
        byte[]? gathered = null;
        for (var i = 0; i < count && Flush();)
        {
            var start = vectors[i].Start + at;
            var length = (int)Math.Min(vectors[i].Length - at, chunk);
            if (i == count - 1 || length == chunk)
            {
                Pass(vectors, ref i, ref at, length);
            }
            else
            {
                // Many short stretches share their records.
                gathered ??= BufferPool.Rent(chunk);
                start = BufferPool.Address(gathered);
                for (length = 0; i < count && length < chunk;)
                {
                    var part = (int)Math.Min(vectors[i].Length - at, chunk - length);
                    Unsafe.CopyBlockUnaligned(start + length, vectors[i].Start + at, (uint)part);
                    length += part;
                    Pass(vectors, ref i, ref at, part);
                }
            }
            Seal(start, length);
            taken += length;
        }
        if (gathered is not null)
            BufferPool.Return(gathered);
        _ = Flush();
        return IsGone ? -1 : taken;
    }

    private static void Pass(IoVector* vectors, ref int i, ref nint at, int bytes)
    {
        at += bytes;
        if (at < vectors[i].Length)
            return;
        at = 0;
        i++;
    }

    /// <summary>Seals what is <see cref="Detach"/>ed or <see cref="Flush"/>ed afterwards.</summary>
    public void Seal(byte* data, int length)
    {
        _sealing = length + (((length / Record) + 1) * RecordOverhead);
        var written = OpenSsl.SSL_write(_ssl, data, length);
        _sealing = 0;
        if (written == length)
            return;
        OpenSsl.ERR_clear_error();
        IsGone = true;
    }

    /// <summary>Sends what waits. True when nothing waits and the network takes more.</summary>
    public bool Flush()
    {
        if (_out is null || IsGone)
            return !IsGone;
        var vector = new IoVector(BufferPool.Address(_out) + _outFrom, _outTo - _outFrom);
        var sent = Libc.Send(_fd, &vector, 1);
        IsGone = sent < 0;
        _outFrom += (int)Math.Max(0, sent);
        if (_outFrom < _outTo && !IsGone)
            return false;
        Forget();
        return !IsGone;
    }

    /// <summary>The sealed bytes that wait, for the caller to send and to give their array back to the pool.</summary>
    public ArraySegment<byte> Detach()
    {
        var detached = _out is null ? default : new ArraySegment<byte>(_out, _outFrom, _outTo - _outFrom);
        (_out, _outFrom, _outTo) = (null, 0, 0);
        return detached;
    }

    /// <summary>Says that nothing more will come.</summary>
    public void End()
    {
        _ = OpenSsl.SSL_shutdown(_ssl);
        OpenSsl.ERR_clear_error();
    }

    private void Forget()
    {
        if (_out is not null)
            BufferPool.Return(_out);
        (_out, _outFrom, _outTo) = (null, 0, 0);
    }

    public void Dispose()
    {
        _disposed = true;
        OpenSsl.SSL_free(_ssl);
        _self.Free();
        Forget();
    }
}
