using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Derp.Tls;

/// <summary>A TLS connection as the web server takes them.</summary>
internal sealed class TlsConnection : DefaultConnectionContext, IDuplexPipe
{
    private readonly TlsStream _stream;
    private readonly CancellationTokenSource _over = new();

    public TlsConnection(Socket socket, TlsStream stream)
    {
        _stream = stream;
        ConnectionId = Guid.NewGuid().ToString("N");
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        // While nothing comes it holds no buffer.
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(useZeroByteReads: true));
        Output = PipeWriter.Create(stream);
        Transport = this;
        ConnectionClosed = _over.Token;
    }

    public PipeReader Input { get; }
    public PipeWriter Output { get; }

    // Not the base's: that one cancels later, by when it may be disposed of.
    public override void Abort(ConnectionAbortedException reason)
    {
        _stream.Dispose();
        _over.Cancel();
    }

    public override async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _over.CancelAsync();
        await base.DisposeAsync();
    }
}
