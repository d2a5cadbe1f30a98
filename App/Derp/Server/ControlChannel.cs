using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gatehouse.Derp.Access;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Protocol;
using Gatehouse.Derp.Tls;
using Gatehouse.Platform.Hosting;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Derp.Server;

/// <summary>The control channel: what the appliance, or a script, reads from a relay and tells it. Every request carries the token.</summary>
internal sealed class ControlChannel(DerpHub hub, string token, RelayCertificate? certificate)
{
    // 100,000 keys.
    public const int MaxBody = 8 * 1024 * 1024;
    private static readonly object MarkKey = new();

    private sealed class BadRequest(string code, string message) : Exception(message)
    {
        public string Code => code;
    }

    /// <summary>Marks what comes in here as the control channel's.</summary>
    public static void Mark(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection =>
        {
            connection.Items[MarkKey] = true;
            return next(connection);
        });
    }

    public static bool IsMarked(HttpContext ctx) => ctx.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(MarkKey) == true;

    public async Task Answer(HttpContext ctx)
    {
        if (!DerpWeb.HasToken(ctx, token))
        {
            ctx.Response.Headers.WWWAuthenticate = "Bearer";
            await Send(ctx, new DerpProblem("UNAUTHORIZED", "Send the control token as Authorization: Bearer."), DerpJson.Default.DerpProblem, 401);
            return;
        }
        try
        {
            await ((ctx.Request.Method, ctx.Request.Path.Value) switch
            {
                ("GET", "/control/v1/state") => Send(ctx, hub.State(Certificate(), ProgramVersion.Current), DerpJson.Default.DerpState),
                ("PUT", "/control/v1/allow") => Allow(ctx),
                ("PUT", "/control/v1/limits") => Limit(ctx),
                ("POST", "/control/v1/kick") => Kick(ctx),
                ("POST", "/control/v1/renew") => Renew(ctx),
                (_, "/control/v1/state" or "/control/v1/allow" or "/control/v1/limits" or "/control/v1/kick" or "/control/v1/renew") => Problem(ctx, 405, "METHOD_NOT_ALLOWED", $"{ctx.Request.Path} does not take {ctx.Request.Method}."),
                _ => Problem(ctx, 404, "NOT_FOUND", "There is no such path. See: state, allow, limits, kick, renew under /control/v1."),
            });
        }
        catch (JsonException e)
        {
            await Problem(ctx, 400, "BAD_JSON", $"The body is not what this takes{(e.Path is null or "$" ? "" : $", at {e.Path}")}: {e.Message.Split(" Path:")[0]}");
        }
        catch (BadRequest e)
        {
            await Problem(ctx, 422, e.Code, e.Message);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
        {
            await Problem(ctx, e.StatusCode, "BAD_REQUEST", e.Message);
        }
    }

    private CertificateState? Certificate() => certificate is null ? null : CertificateState.Of(certificate.InForce, certificate.Validity);

    private async Task Allow(HttpContext ctx)
    {
        var request = await Read(ctx, DerpJson.Default.AllowRequest);
        if (hub.Admission is not AllowList { Kind: "list" })
            throw new BadRequest("NOT_A_LIST", $"This relay asks a {hub.Admission.Kind} who may connect: change it there.");
        // An empty list cuts everyone off: it has to be said.
        if (request.Keys is null && request.Everyone != true)
            throw new BadRequest("BAD_KEYS", "keys must be a list of the keys that may connect, or everyone must be true.");
        var keys = (request.Keys ?? []).Select((text, i) => Key($"keys[{i}]", text)).ToList();
        var closed = hub.Allow(request.Everyone ?? false, keys);
        await Send(ctx, new AllowResponse(((AllowList)hub.Admission).Count, closed), DerpJson.Default.AllowResponse);
    }

    private async Task Kick(HttpContext ctx)
    {
        var key = Key("key", (await Read(ctx, DerpJson.Default.KickRequest)).Key);
        var closed = hub.CutOff(d => d.Key == key, Cut.Kicked, "The relay's operator has ended this connection.");
        await Send(ctx, new KickResponse(closed), DerpJson.Default.KickResponse);
    }

    private Task Renew(HttpContext ctx)
    {
        if (certificate is not SelfSignedCertificate own)
            throw new BadRequest("NOT_SELF_SIGNED", "This relay has no certificate of its own: put another into its files, and it is read.");
        try
        {
            own.ChangeNow();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Problem(ctx, 500, "NOT_KEPT", $"The certificate cannot be kept, so the one before stays: {e.Message}");
        }
        return Send(ctx, Certificate()!, DerpJson.Default.CertificateState);
    }

    // What is absent stays as it is, and null is no limit: a record cannot tell the two apart.
    private async Task Limit(HttpContext ctx)
    {
        using var body = await JsonDocument.ParseAsync(ctx.Request.Body, cancellationToken: ctx.RequestAborted);
        if (body.RootElement.ValueKind != JsonValueKind.Object)
            throw new BadRequest("BAD_LIMITS", "The body must be an object, such as {\"rate\": 1000000}.");
        await Send(ctx, hub.Limit(limits => body.RootElement.EnumerateObject().Aggregate(limits, Limited)), DerpJson.Default.DerpLimits);
    }

    private static DerpLimits Limited(DerpLimits limits, JsonProperty property) => property.Name switch
    {
        "rate" => limits with { Rate = Amount(property) },
        "relay_rate" => limits with { RelayRate = Amount(property) },
        "quota" => limits with { Quota = Amount(property, least: 0) },
        "max_per_key" => limits with { MaxPerKey = Count(property) },
        "max_per_ip" => limits with { MaxPerIp = Count(property) },
        "max_connections" => limits with { MaxConnections = Count(property) },
        _ => throw new BadRequest("BAD_LIMITS", $"There is no limit {property.Name}. There are: rate, relay_rate, quota, max_per_key, max_per_ip, max_connections."),
    };

    private static long? Amount(JsonProperty property, long least = 1, long most = long.MaxValue) => property.Value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number when property.Value.TryGetInt64(out var number) && number >= least && number <= most => number,
        _ => throw new BadRequest("BAD_LIMITS", $"{property.Name} must be a whole number from {least}{(most == long.MaxValue ? "" : $" to {most}")}, or null for none."),
    };

    private static int? Count(JsonProperty property) => (int?)Amount(property, most: 1_000_000);

    private static NodeKey Key(string field, string? text) =>
        NodeKey.TryParse(text, out var key) ? key : throw new BadRequest("BAD_KEY", $"{field} must be nodekey: and 64 hex digits.");

    private static async Task<T> Read<T>(HttpContext ctx, JsonTypeInfo<T> type) =>
        await JsonSerializer.DeserializeAsync(ctx.Request.Body, type, ctx.RequestAborted) ?? throw new JsonException("null");

    private static Task Problem(HttpContext ctx, int status, string code, string message) =>
        Send(ctx, new DerpProblem(code, message), DerpJson.Default.DerpProblem, status);

    private static Task Send<T>(HttpContext ctx, T value, JsonTypeInfo<T> type, int status = 200)
    {
        ctx.Response.StatusCode = status;
        ctx.Response.ContentType = "application/json; charset=utf-8";
        ctx.Response.Headers.CacheControl = "no-store";
        return JsonSerializer.SerializeAsync(ctx.Response.Body, value, type, ctx.RequestAborted);
    }
}
