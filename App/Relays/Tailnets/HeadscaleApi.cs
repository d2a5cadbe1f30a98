using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gatehouse.Derp.Protocol;
using Gatehouse.Messaging.Sending;
using Gatehouse.Platform.Outbound;

namespace Gatehouse.Relays.Tailnets;

/// <summary>
/// A headscale of somebody's own: its machines by an API key (<c>/api/v1/node</c>), or, without any, whether it knows one key (<c>/verify</c>,
/// which is public). Facts: juanfont/headscale. Its address is a customer's: nothing inside the server's own networks is asked.
/// </summary>
public sealed class HeadscaleApi(OutboundAddresses outbound, ChannelTrust trust) : IDisposable
{
    private const int MostText = 4096, MostNodes = 8 * 1024 * 1024, MaxUrl = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly HttpClient _http = OutboundHttp.Client(async (host, ct) => await outbound.Resolve(host, loopback: false, ct) is var found && !trust.Customers.Contains(host) && found.FirstOrDefault(OutboundAddresses.IsClosed) is { } closed
        ? throw new OutboundRefusedException(host, closed) : found);

    /// <summary>An address as it is kept; null: it is none. Keys do not travel in the open.</summary>
    public static string? Address(string typed) =>
        typed.Length <= MaxUrl && Uri.TryCreate(typed.Trim(), UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback) && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0
            ? uri.GetLeftPart(UriPartial.Path).TrimEnd('/') : null;

    /// <summary>All machines.</summary>
    /// <exception cref="TailnetException">They cannot be read.</exception>
    public async Task<IReadOnlyList<TailnetDevice>> Nodes(string url, string key, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url + "/api/v1/node") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
        using var answer = await Ask(request, MostNodes, ct);
        if (!answer.RootElement.TryGetProperty("nodes", out var nodes) || nodes.ValueKind != JsonValueKind.Array)
            throw Odd(200);
        var found = new List<TailnetDevice>();
        foreach (var n in nodes.EnumerateArray().Where(n => n.ValueKind == JsonValueKind.Object))
            if (Text(n, "id") is { Length: > 0 and <= 40 } id && NodeKey.TryParse(Text(n, "nodeKey").ToLowerInvariant(), out var parsed))
                found.Add(new("headscale:" + id, parsed.ToString(), TailnetDevice.Plain(Text(n, "givenName") is { Length: > 0 } given ? given : Text(n, "name")), [.. Texts(n, "tags"), .. Texts(n, "validTags"), .. Texts(n, "forcedTags")],
                    TailnetDevice.Time(n, "createdAt") ?? 0, n.TryGetProperty("online", out var online) && online.ValueKind == JsonValueKind.True ? long.MaxValue : TailnetDevice.Time(n, "lastSeen") ?? 0));
        return [.. found.DistinctBy(d => d.NodeId).DistinctBy(d => d.NodeKey)];
    }

    /// <summary>Does it know a machine with that key?</summary>
    /// <exception cref="TailnetException">It cannot be asked.</exception>
    public async Task<bool> Knows(string url, string nodeKey, CancellationToken ct)
    {
        // Two fields that need no escaping.
        var body = $$"""{"NodePublic":"{{nodeKey}}","Source":"0.0.0.0"}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, url + "/verify") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await Ask(request, MostText, ct);
        return answer.RootElement.TryGetProperty("Allow", out var allow) && allow.ValueKind is JsonValueKind.True or JsonValueKind.False ? allow.GetBoolean() : throw Odd(200);
    }

    private async Task<JsonDocument> Ask(HttpRequestMessage request, int most, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            var (status, body) = ((int)response.StatusCode, await OutboundHttp.Text(response, most, patience.Token));
            return status switch
            {
                200 when JsonDocument.Parse(body) is { RootElement.ValueKind: JsonValueKind.Object } answer => answer,
                401 or 403 => throw new TailnetException(new("headscale.fault.key")),
                404 => throw new TailnetException(new("headscale.fault.not_there")),
                429 => throw new TailnetException(new("headscale.fault.busy"), response.Headers.RetryAfter?.Delta),
                >= 500 => throw new TailnetException(new("headscale.fault.broken", status.ToString(CultureInfo.InvariantCulture))),
                _ => throw Odd(status),
            };
        }
        catch (JsonException)
        {
            throw Odd(200);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is not TailnetException && ChannelHttp.Explain(e, own: true) is { } fault)
        {
            throw new TailnetException(new("headscale.fault.away", fault.Answer));
        }
    }

    private static TailnetException Odd(int status) => new(new("headscale.fault.odd", status.ToString(CultureInfo.InvariantCulture)));

    private static string Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static IEnumerable<string> Texts(JsonElement of, string name) => of.TryGetProperty(name, out var all) && all.ValueKind == JsonValueKind.Array ? all.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!) : [];

    public void Dispose() => _http.Dispose();
}
