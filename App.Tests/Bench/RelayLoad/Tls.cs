using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gatehouse.Bench;

/// <summary>
/// TLS of a client by OpenSSL on the socket itself, which costs the machine less than a stream of .NET's does and so leaves more of
/// it to the relay. Any certificate will do: it loads a relay of one's own. One reader and one writer at a time, never both.
/// </summary>
internal sealed partial class Tls : IDisposable
{
    private const int SetReadAhead = 41, SetBufferSize = 117, Flush = 11, BufferSize = 128 * 1024;
    private static readonly nint Context = NewContext();
    private readonly nint _ssl, _out;

    public Tls(Socket socket)
    {
        _ssl = SSL_new(Context);
        // As many records in one system call as there are, either way.
        _out = BIO_push(BIO_new(BIO_f_buffer()), BIO_new_socket((int)socket.Handle, 0));
        _ = BIO_ctrl(_out, SetBufferSize, BufferSize, 0);
        SSL_set_bio(_ssl, BIO_new_socket((int)socket.Handle, 0), _out);
        if (SSL_connect(_ssl) != 1)
            throw new IOException("the relay does not speak TLS");
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (SSL_write(_ssl, bytes, bytes.Length) <= 0 || BIO_ctrl(_out, Flush, 0, 0) <= 0)
            throw new IOException("the relay closed the connection");
    }

    /// <summary>All the records that have arrived, as a read of a plain socket takes all there is.</summary>
    public int Read(Span<byte> buffer)
    {
        var read = SSL_read(_ssl, buffer, buffer.Length);
        while (read > 0 && read < buffer.Length && SSL_has_pending(_ssl) == 1)
        {
            var more = SSL_read(_ssl, buffer[read..], buffer.Length - read);
            if (more <= 0)
                break;
            read += more;
        }
        return read;
    }

    public void Dispose() => SSL_free(_ssl);

    private static nint NewContext()
    {
        var context = SSL_CTX_new(TLS_client_method());
        _ = SSL_CTX_ctrl(context, SetReadAhead, 1, 0);
        SSL_CTX_set_default_read_buffer_len(context, BufferSize);
        return context;
    }

    [LibraryImport("libssl.so.3")]
    private static partial nint TLS_client_method();

    [LibraryImport("libssl.so.3")]
    private static partial nint SSL_CTX_new(nint method);

    [LibraryImport("libssl.so.3")]
    private static partial nint SSL_CTX_ctrl(nint context, int command, nint number, nint pointer);

    [LibraryImport("libssl.so.3")]
    private static partial void SSL_CTX_set_default_read_buffer_len(nint context, nuint length);

    [LibraryImport("libssl.so.3")]
    private static partial nint SSL_new(nint context);

    [LibraryImport("libssl.so.3")]
    private static partial void SSL_free(nint ssl);

    [LibraryImport("libssl.so.3")]
    private static partial void SSL_set_bio(nint ssl, nint reading, nint writing);

    [LibraryImport("libssl.so.3")]
    private static partial int SSL_connect(nint ssl);

    [LibraryImport("libssl.so.3")]
    private static partial int SSL_read(nint ssl, Span<byte> buffer, int length);

    [LibraryImport("libssl.so.3")]
    private static partial int SSL_has_pending(nint ssl);

    [LibraryImport("libssl.so.3")]
    private static partial int SSL_write(nint ssl, ReadOnlySpan<byte> bytes, int length);

    [LibraryImport("libcrypto.so.3")]
    private static partial nint BIO_f_buffer();

    [LibraryImport("libcrypto.so.3")]
    private static partial nint BIO_new(nint method);

    [LibraryImport("libcrypto.so.3")]
    private static partial nint BIO_new_socket(int fd, int close);

    [LibraryImport("libcrypto.so.3")]
    private static partial nint BIO_push(nint first, nint next);

    [LibraryImport("libcrypto.so.3")]
    private static partial nint BIO_ctrl(nint bio, int command, nint number, nint pointer);
}
