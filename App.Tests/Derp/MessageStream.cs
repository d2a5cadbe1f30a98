using System.Net.WebSockets;

namespace Gatehouse.Tests.Derp;

/// <summary>A WebSocket's messages as one stream, as clients read it: a longer message than their limit ends it.</summary>
internal sealed class MessageStream(WebSocket socket) : AsyncStream
{
    /// <summary>What the usual clients read at most.</summary>
    public const int Limit = 32 * 1024;

    private int _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct = default)
    {
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer, ct);
            if (got.MessageType == WebSocketMessageType.Close)
                return 0;
            _read += got.Count;
            if (_read > Limit)
                throw new InvalidDataException($"A message has more than {Limit} bytes.");
            if (got.EndOfMessage)
                _read = 0;
            if (got.Count > 0)
                return got.Count;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken ct = default) => socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, ct);

    protected override void Dispose(bool disposing) => socket.Dispose();

    public override Task FlushAsync(CancellationToken ct) => Task.CompletedTask;
}
