using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gatehouse.Messaging.Sending;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbound;
using Gatehouse.Relays.Acls;

namespace Gatehouse.Relays.Tailnets;

/// <summary>A policy file as it is now.</summary>
/// <param name="Tag">Its ETag, with its quotes: said again with what takes its place.</param>
public sealed record TailnetPolicy(string Text, string Tag);

/// <summary>
/// Tailscale's API v2, as far as it is needed: a token for an OAuth client, the policy file, and the machines, and webhooks. Facts: the API's guide at
/// github.com/tailscale/tailscale and its Go client. It is asked outside of transactions, at an address that the operator has set.
/// </summary>
public sealed class TailnetApi : IDisposable
{
    private const int MostText = 64 * 1024, MostDevices = 8 * 1024 * 1024, MostSaid = 300;
    private const string HookScope = "webhooks", HuJsonType = "application/hujson", JsonType = "application/json", Forms = "application/x-www-form-urlencoded";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), LongestWait = TimeSpan.FromHours(1);
    private readonly Uri _base;
    private readonly HttpClient _http;
    private readonly TimeProvider _clock;

    private sealed record Reply(int Status, string Body, string? Tag, TimeSpan? Wait);

    public TailnetApi(OutboundAddresses outbound, IConfiguration config, TimeProvider clock)
    {
        (_base, _clock) = (new Uri(ConfigOptions.Value(config, "Relays:TailscaleApi")), clock);
        _http = OutboundHttp.Client((host, ct) => outbound.Resolve(host, _base.IsLoopback, ct));
    }

    /// <summary>A token for an hour, and what it may do.</summary>
    /// <exception cref="TailnetException">There is none.</exception>
    public async Task<(string Token, IReadOnlyList<string> Scopes)> SignIn(string secret, CancellationToken ct)
    {
        // The id is inside the secret; any will do beside it.
        var reply = await Send(HttpMethod.Post, "oauth/token", null, $"grant_type=client_credentials&client_id=gatehouse&client_secret={Uri.EscapeDataString(secret)}", Forms, null, MostText, ct);
        if (reply.Status is 400 or 401 or 403)
            throw new TailnetException(new("tailnet.fault.client"));
        using var answer = Read(Good(reply, "oauth"));
        var token = Text(answer.RootElement, "access_token");
        return token.Length is > 0 and < 4096 && token.All(c => c is > ' ' and < '\x7f') ? (token, Text(answer.RootElement, "scope").Split(' ', StringSplitOptions.RemoveEmptyEntries)) : throw Odd(reply);
    }

    /// <exception cref="TailnetException">It cannot be read.</exception>
    public async Task<TailnetPolicy> Policy(string token, CancellationToken ct)
    {
        var reply = Good(await Send(HttpMethod.Get, "tailnet/-/acl", token, null, HuJsonType, null, PolicyMerge.MaxSize + 1, ct), "policy_file:read");
        return Encoding.UTF8.GetByteCount(reply.Body) > PolicyMerge.MaxSize ? throw new TailnetException(new("acl.policy.too_large", Format.Bytes(PolicyMerge.MaxSize))) : new(reply.Body, reply.Tag ?? throw Odd(reply));
    }

    /// <summary>Puts a policy in the place of the one with that tag; null: there is another one meanwhile.</summary>
    /// <returns>The policy as it was given back.</returns>
    /// <exception cref="TailnetException">It was not taken.</exception>
    public async Task<TailnetPolicy?> Put(string token, string policy, string tag, CancellationToken ct)
    {
        var reply = await Send(HttpMethod.Post, "tailnet/-/acl", token, policy, HuJsonType, tag, PolicyMerge.MaxSize * 2, ct);
        if (reply.Status == (int)HttpStatusCode.PreconditionFailed)
            return null;
        if (reply.Status == 400)
            throw new TailnetException(new("tailnet.fault.policy", Said(reply)));
        return new(Good(reply, "policy_file").Body, reply.Tag ?? "");
    }

    /// <summary>What is wrong with a policy; null: nothing. The answer is 200 in any case.</summary>
    /// <exception cref="TailnetException">It cannot be asked.</exception>
    public async Task<string?> Wrong(string token, string policy, CancellationToken ct)
    {
        var reply = await Send(HttpMethod.Post, "tailnet/-/acl/validate", token, policy, HuJsonType, null, MostText, ct);
        if (reply.Status == 400)
            return Said(reply);
        if (Good(reply, "policy_file:read").Body.Trim().Length == 0)
            return null;
        using var answer = Read(reply);
        var (message, data) = (Text(answer.RootElement, "message"), answer.RootElement.TryGetProperty("data", out var all) && all.ValueKind == JsonValueKind.Array && all.GetArrayLength() > 0);
        return message == "warning(s) found" || message.Length == 0 && !data ? null : Said(reply);
    }

    /// <summary>Where the policy is kept in the place of the admin console; null: there.</summary>
    /// <exception cref="TailnetException">It cannot be asked.</exception>
    public async Task<string?> KeptElsewhere(string token, CancellationToken ct)
    {
        var reply = await Send(HttpMethod.Get, "tailnet/-/settings", token, null, JsonType, null, MostText, ct);
        // Older clients may not read that.
        if (reply.Status is 403 or 404)
            return null;
        using var answer = Read(Good(reply, "policy_file:read"));
        return answer.RootElement.TryGetProperty("aclsExternallyManagedOn", out var on) && on.ValueKind == JsonValueKind.True ? Text(answer.RootElement, "aclsExternalLink") : null;
    }

    /// <summary>All machines.</summary>
    /// <exception cref="TailnetException">They cannot be read.</exception>
    public async Task<IReadOnlyList<TailnetDevice>> Devices(string token, CancellationToken ct)
    {
        var reply = Good(await Send(HttpMethod.Get, "tailnet/-/devices", token, null, JsonType, null, MostDevices, ct), "devices:core:read");
        using var answer = Read(reply);
        return TailnetDevice.Read(answer.RootElement) ?? throw Odd(reply);
    }

    /// <summary>The webhooks that there are, and where each goes.</summary>
    /// <exception cref="TailnetException">They cannot be read.</exception>
    public async Task<IReadOnlyList<(string Id, string Address)>> Hooks(string token, CancellationToken ct)
    {
        var reply = Good(await Send(HttpMethod.Get, "tailnet/-/webhooks", token, null, JsonType, null, MostDevices, ct), HookScope);
        using var answer = Read(reply);
        return answer.RootElement.TryGetProperty("webhooks", out var all) && all.ValueKind == JsonValueKind.Array ? [.. all.EnumerateArray().Select(h => (Text(h, "endpointId"), Text(h, "endpointUrl"))).Where(h => h.Item1.Length > 0)] : [];
    }

    /// <summary>Makes one that goes there, for what changes machines and the policy.</summary>
    /// <returns>Its id, and what it is signed with, which is never told again.</returns>
    /// <exception cref="TailnetException">It was not made.</exception>
    public async Task<(string Id, string Secret)> MakeHook(string token, string address, CancellationToken ct) => Hook(Good(await Send(HttpMethod.Post, "tailnet/-/webhooks", token,
        $$"""{"endpointUrl":"{{JsonEncodedText.Encode(address)}}","providerType":"","subscriptions":["nodeCreated","nodeNeedsApproval","nodeApproved","nodeKeyExpired","nodeDeleted","policyUpdate"]}""", JsonType, null, MostText, ct), HookScope));

    /// <summary>What it is signed with from now on.</summary>
    /// <exception cref="TailnetException">It stays as it was.</exception>
    public async Task<string> RotateHook(string token, string id, CancellationToken ct) => Hook(Good(await Send(HttpMethod.Post, $"webhooks/{Uri.EscapeDataString(id)}/rotate", token, "", JsonType, null, MostText, ct), HookScope)).Secret;

    /// <summary>Removes one; one that is gone already is no fault.</summary>
    /// <exception cref="TailnetException">It is still there.</exception>
    public async Task RemoveHook(string token, string id, CancellationToken ct)
    {
        if (await Send(HttpMethod.Delete, $"webhooks/{Uri.EscapeDataString(id)}", token, null, JsonType, null, MostText, ct) is var reply && reply.Status is not (204 or 404))
            Good(reply, HookScope);
    }

    private static (string Id, string Secret) Hook(Reply reply)
    {
        using var answer = Read(reply);
        return (Text(answer.RootElement, "endpointId"), Text(answer.RootElement, "secret")) is { Item1.Length: > 0, Item2.Length: > 0 and < 500 } made ? made : throw Odd(reply);
    }

    private async Task<Reply> Send(HttpMethod method, string path, string? token, string? body, string type, string? match, int most, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        using var request = new HttpRequestMessage(method, new Uri(_base, "/api/v2/" + path));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Gatehouse", null));
        request.Headers.TryAddWithoutValidation("Accept", type == Forms ? JsonType : type);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (match is not null)
            request.Headers.TryAddWithoutValidation("If-Match", match);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        }
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            var wait = response.Headers.RetryAfter switch { { Delta: { } delta } => delta, { Date: { } date } => date - _clock.GetUtcNow(), _ => (TimeSpan?)null };
            return new((int)response.StatusCode, await OutboundHttp.Text(response, most, patience.Token), response.Headers.TryGetValues("ETag", out var tags) ? tags.First() : null,
                wait is { } w ? TimeSpan.FromSeconds(Math.Clamp(w.TotalSeconds, 1, LongestWait.TotalSeconds)) : null);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && ChannelHttp.Explain(e, own: true) is { } fault)
        {
            throw new TailnetException(new("tailnet.fault.away", fault.Answer));
        }
    }

    private static Reply Good(Reply reply, string scope) => reply.Status switch
    {
        200 => reply,
        401 => throw new TailnetException(new("tailnet.fault.client")),
        403 => throw new TailnetException(new("tailnet.fault.scope", scope)),
        429 => throw new TailnetException(new("tailnet.fault.too_many", (int)Math.Ceiling((reply.Wait ?? TimeSpan.FromMinutes(1)).TotalMinutes)), reply.Wait ?? TimeSpan.FromMinutes(1)),
        >= 500 => throw new TailnetException(new("tailnet.fault.broken", reply.Status.ToString(CultureInfo.InvariantCulture)), reply.Wait),
        _ => throw Odd(reply),
    };

    private static TailnetException Odd(Reply reply) => new(new("tailnet.fault.odd", reply.Status.ToString(CultureInfo.InvariantCulture), Said(reply)));

    private static JsonDocument Read(Reply reply)
    {
        try
        {
            return JsonDocument.Parse(reply.Body) is { RootElement.ValueKind: JsonValueKind.Object } answer ? answer : throw Odd(reply);
        }
        catch (JsonException)
        {
            throw Odd(reply);
        }
    }

    // Its own words: what is wrong, and where.
    private static string Said(Reply reply)
    {
        var said = reply.Body;
        try
        {
            using var answer = JsonDocument.Parse(reply.Body);
            if (answer.RootElement is { ValueKind: JsonValueKind.Object } root && Text(root, "message") is { Length: > 0 } message)
                said = root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array ? $"{message} {string.Join("; ", data.EnumerateArray().SelectMany(Errors))}" : message;
        }
        catch (JsonException)
        {
            // As it came, then.
        }
        said = new string([.. said.Take(MostSaid).Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
        return said.Length > 0 ? said : "—";
    }

    private static IEnumerable<string> Errors(JsonElement of) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array
        ? errors.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!) : [];

    private static string Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    public void Dispose() => _http.Dispose();
}
