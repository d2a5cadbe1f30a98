using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Access;

/// <summary>The question to an admission URL, in the wire form of the widely used relay (derp.md section 1).</summary>
internal sealed record AdmitQuestion([property: JsonPropertyName("NodePublic")] string NodePublic, [property: JsonPropertyName("Source")] string Source);

internal sealed record AdmitResponse([property: JsonPropertyName("Allow")] bool Allow);

/// <summary>
/// Asks a URL about each connection: a POST without Content-Type, 5 seconds, an answer of exactly 200 and at most 4 KiB. Whatever
/// else comes back, or nothing, is a no.
/// </summary>
internal sealed class UrlAdmission(Uri url, ILogger log) : Admission, IDisposable
{
    private const int MaxAnswer = 4096;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromSeconds(5),
        MaxResponseContentBufferSize = MaxAnswer,
    };

    public override string Kind => "url";

    public override async ValueTask<Denial?> Ask(NodeKey key, IPAddress address)
    {
        try
        {
            var question = JsonSerializer.SerializeToUtf8Bytes(new AdmitQuestion(key.ToString(), address.ToString()), AdmitJson.Default.AdmitQuestion);
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(question) };
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Go-http-client", "1.1"));
            using var answer = await _http.SendAsync(request);
            if (answer.StatusCode != HttpStatusCode.OK)
                throw new HttpRequestException($"it answered {(int)answer.StatusCode}");
            var told = JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(), AdmitJson.Default.AdmitResponse);
            return told is { Allow: true } ? null : Denial.Denied;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException)
        {
            // Not the URL: its path holds a secret.
            log.LogWarning("The admission service could not be asked about {Key}: {Reason}", key.ToString(), e.Message);
            return Denial.Unreachable;
        }
    }

    public void Dispose() => _http.Dispose();
}

[JsonSerializable(typeof(AdmitQuestion))]
[JsonSerializable(typeof(AdmitResponse))]
internal sealed partial class AdmitJson : JsonSerializerContext;
