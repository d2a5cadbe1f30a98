using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Docker.DotNet;

namespace Gatehouse.Relays.Engines;

/// <summary>Which fault an engine's or a transport's answer means. Texts as of Docker 20.10 to 29 and Podman 5: their codes do not tell these apart.</summary>
internal static class EngineFaults
{
    // The first that fits.
    private static readonly (string Text, EngineFault Fault)[] Texts =
    [
        ("no space left on device", EngineFault.NoSpace),
        ("port is already allocated", EngineFault.PortTaken),
        ("address already in use", EngineFault.PortForeign),
        ("already in use", EngineFault.NameTaken),
        ("No such image", EngineFault.NoImage),
        ("is too old. Minimum supported API version", EngineFault.TooNew),
        ("is too new. Maximum supported API version", EngineFault.TooOld),
        ("exec format error", EngineFault.OtherMachine),
        ("executable file not found", EngineFault.ImageWrong),
        ("OCI runtime create failed", EngineFault.ImageWrong),
        ("failed to create shim task", EngineFault.ImageWrong),
        ("HTTP request to an HTTPS server", EngineFault.Tls),
    ];

    /// <summary>The fault that the exception means; null when it is none of an engine's.</summary>
    public static EngineException? Of(Exception e) => e switch
    {
        EngineException known => known,
        DockerApiException api => Answered(api.StatusCode, Said(api.ResponseBody), api),
        JsonException json => new EngineException(EngineFault.NotAnEngine, json.Message, json),
        HttpRequestException or IOException or SocketException or AuthenticationException => Transport(e),
        OperationCanceledException => new EngineException(EngineFault.Unreachable, "no answer in time", e),
        _ => null,
    };

    public static EngineException Answered(HttpStatusCode status, string said, Exception? inner = null)
    {
        var fault = Texts.Where(t => said.Contains(t.Text, StringComparison.OrdinalIgnoreCase)).Select(t => (EngineFault?)t.Fault).FirstOrDefault();
        return new EngineException(fault ?? (status == HttpStatusCode.NotFound ? EngineFault.NotFound : EngineFault.Refused), said, inner);
    }

    private static EngineException Transport(Exception e)
    {
        var chain = new List<Exception>();
        for (var at = e; at is not null; at = at.InnerException)
            chain.Add(at);
        if (chain.OfType<EngineException>().FirstOrDefault() is { } known)
            return known;
        // What the runtime makes of a path that is not there.
        var last = chain[^1] is SocketException { SocketErrorCode: SocketError.AddressNotAvailable } ? "no such socket" : chain[^1].Message;
        if (chain.OfType<SocketException>().FirstOrDefault() is { SocketErrorCode: SocketError.AccessDenied })
            return new EngineException(EngineFault.NotAllowed, last, e);
        if (chain.Exists(c => c is AuthenticationException || c.Message.Contains("SSL", StringComparison.Ordinal)))
            return new EngineException(EngineFault.Tls, last, e);
        return new EngineException(chain.OfType<HttpRequestException>().Any(h => h.HttpRequestError is HttpRequestError.InvalidResponse) ? EngineFault.NotAnEngine : EngineFault.Unreachable, last, e);
    }

    // {"message":"..."}, Podman's {"cause","message"}, or plain text of some engines for some errors.
    private static string Said(string? body)
    {
        if (string.IsNullOrWhiteSpace(body))
            return "";
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String)
                return message.GetString()!.Trim();
        }
        catch (JsonException)
        {
            // Plain text: as it stands.
        }
        return body.Trim();
    }
}
