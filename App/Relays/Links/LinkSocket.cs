using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Gatehouse.Relays.Links;

/// <summary>A link's WebSocket: whole messages of JSON, none too large, and none that takes too long, on either side.</summary>
internal sealed class LinkSocket(WebSocket socket, TimeSpan silence) : IDisposable
{
    /// <summary>Of a message, in bytes: a hundred thousand devices.</summary>
    public const int Most = 8 << 20;

    /// <summary>Something is said at least so often.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    /// <summary>Who says nothing for so long is gone.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan SendWithin = TimeSpan.FromSeconds(20);

    /// <summary>One at a time.</summary>
    /// <exception cref="LinkException">The other side does not take it, or is gone.</exception>
    public async Task Send<T>(T message, JsonTypeInfo<T> type, CancellationToken ct)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(SendWithin);
        try
        {
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, type), WebSocketMessageType.Text, true, late.Token);
        }
        catch (Exception e) when (e is WebSocketException or IOException or InvalidOperationException || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw new LinkException("it takes nothing", e);
        }
    }

    /// <summary>The next message; null where the other side has ended the link.</summary>
    /// <exception cref="LinkException">It is none, or none comes.</exception>
    public async Task<T?> Receive<T>(JsonTypeInfo<T> type, CancellationToken ct) where T : class
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(silence);
        var text = new ArrayBufferWriter<byte>(16 * 1024);
        try
        {
            while (true)
            {
                var got = await socket.ReceiveAsync(text.GetMemory(16 * 1024), late.Token);
                if (got.MessageType == WebSocketMessageType.Close)
                    return null;
                text.Advance(got.Count);
                if (text.WrittenCount > Most || got.MessageType != WebSocketMessageType.Text)
                    throw new LinkException("its message is too large, or no text");
                if (got.EndOfMessage)
                    return JsonSerializer.Deserialize(text.WrittenSpan, type) ?? throw new LinkException("its message is empty");
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or InvalidOperationException or JsonException || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw new LinkException(e is JsonException ? "its message is no message" : e is OperationCanceledException ? "it says nothing" : "the line is cut", e);
        }
    }

    /// <summary>Ends the link; who has been told why knows it.</summary>
    public async Task Close(string why)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, why, late.Token);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or InvalidOperationException)
        {
            // It is gone already.
            socket.Abort();
        }
    }

    public void Dispose() => socket.Dispose();
}
