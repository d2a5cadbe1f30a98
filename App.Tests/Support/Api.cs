using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Support;

/// <summary>An answer of the REST faces. An answer without JSON has a null body.</summary>
public sealed record ApiAnswer(HttpStatusCode Status, JsonObject? Body, string Text, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    /// <summary>A member of the body; null when it is absent or null.</summary>
    public JsonNode? this[string name] => Body?[name];

    /// <summary>The <c>code</c> member.</summary>
    public string? Code => (string?)Body?["code"];

    /// <summary>What the problem says of a field; null when it says nothing.</summary>
    public string? Error(string field) => (string?)Body?["errors"]?[field]?[0];

    public override string ToString() => $"{(int)Status} {Text}";
}

/// <summary>Short ways to call the REST faces.</summary>
public static class Api
{
    public static Task<ApiAnswer> GetApi(this HttpClient http, string path) => http.Call(new HttpRequestMessage(HttpMethod.Get, path));

    /// <param name="body">Serialised with its names as they are written: <c>new { plan = id, count = 3 }</c>.</param>
    public static Task<ApiAnswer> PostApi(this HttpClient http, string path, object body, string? idempotencyKey = null) => http.CallApi(HttpMethod.Post, path, body, idempotencyKey);

    public static Task<ApiAnswer> PatchApi(this HttpClient http, string path, object body) => http.CallApi(HttpMethod.Patch, path, body);

    public static Task<ApiAnswer> DeleteApi(this HttpClient http, string path) => http.Call(new HttpRequestMessage(HttpMethod.Delete, path));

    public static Task<ApiAnswer> CallApi(this HttpClient http, HttpMethod method, string path, object body, string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json") };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return http.Call(request);
    }

    public static async Task<ApiAnswer> Call(this HttpClient http, HttpRequestMessage request)
    {
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var json = response.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json" ? JsonNode.Parse(text) as JsonObject : null;
        return new ApiAnswer(response.StatusCode, json, text, response.Headers, response.Content.Headers);
    }
}
