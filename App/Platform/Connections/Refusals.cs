using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Platform.Connections;

/// <summary>
/// What connections hear that are not let in: a whole answer, made once. It is not signed, and in English, for nothing is known of who
/// asks.
/// </summary>
internal sealed class Refusals
{
    private const int MaxRead = 16 * 1024;
    private readonly byte[] _full = Answer(HttpErrors.Busy);
    private readonly byte[] _addressFull = Answer(HttpErrors.RateLimited);

    /// <summary>Says it without waiting for anything; a reader that is slow or gone gets none.</summary>
    public void Send(Socket socket, Admission admission)
    {
        socket.Blocking = false;
        _ = socket.Send(admission == Admission.AddressFull ? _addressFull : _full, SocketFlags.None, out var error);
        if (error != SocketError.Success)
            return;
        socket.Shutdown(SocketShutdown.Send);
        // A socket closed with bytes unread resets the connection, and the answer is lost.
        Span<byte> request = stackalloc byte[2048];
        for (var read = 0; read < MaxRead && socket.Receive(request, SocketFlags.None, out error) is > 0 and var count && error == SocketError.Success;)
            read += count;
    }

    private static byte[] Answer(ErrorCode code)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(Problem.From(new Refusal(code), Localizer.For("en")), WebJson.Default.Problem);
        var head = $"HTTP/1.1 {code.Status} {ReasonPhrases.GetReasonPhrase(code.Status)}\r\nContent-Type: {SignedJson.ProblemJson}\r\nContent-Length: {body.Length}\r\nRetry-After: 2\r\nConnection: close\r\nCache-Control: no-store\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}
