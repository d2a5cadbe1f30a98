using System.Security.Cryptography;
using System.Text;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Tls;
using Gatehouse.Derp.Transport;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Derp.Server;

/// <summary>What the relay answers over HTTP: the way in for devices that come by TLS or WebSocket, and the probes of clients.</summary>
internal sealed class DerpWeb(DerpHub hub, string? token, Func<StunServer?> stun, RelayCertificate? certificate, ControlChannel? control, CancellationToken stop)
{
    private const int MaxChallenge = 64;
    private const string Home = "This is a DERP relay of Gatehouse. Devices connect at /derp.\n";

    public Task Answer(HttpContext ctx)
    {
        if (ControlChannel.IsMarked(ctx))
            return control!.Answer(ctx);
        return (ctx.Request.Method, ctx.Request.Path.Value) switch
        {
            ("GET", "/derp") => Derp(ctx),
            ("GET" or "HEAD", "/derp/probe" or "/derp/latency-check") => Empty(ctx, 200),
            ("GET" or "HEAD", "/generate_204") => Challenge(ctx),
            ("GET" or "HEAD", "/healthz") => Text(ctx, "ok\n"),
            ("GET" or "HEAD", "/robots.txt") => Text(ctx, "User-agent: *\nDisallow: /\n"),
            ("GET" or "HEAD", "/metrics") when MayMeasure(ctx) => Text(ctx, DerpMetrics.Of(hub, stun(), certificate?.InForce)),
            (_, "/metrics") => Empty(ctx, 401),
            ("GET" or "HEAD", "/") => Text(ctx, Home),
            _ => Empty(ctx, 404),
        };
    }

    private async Task Derp(HttpContext ctx)
    {
        if (ctx.WebSockets.IsWebSocketRequest && ctx.WebSockets.WebSocketRequestedProtocols.Contains("derp"))
        {
            using var socket = await ctx.WebSockets.AcceptWebSocketAsync("derp");
            await Serve(ctx, System.Net.WebSockets.WebSocketStream.Create(socket, System.Net.WebSockets.WebSocketMessageType.Binary, TimeSpan.FromSeconds(1)));
            return;
        }
        if (ctx.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade
            || !string.Equals(ctx.Request.Headers.Upgrade, "derp", StringComparison.OrdinalIgnoreCase))
        {
            ctx.Response.StatusCode = 426;
            ctx.Response.Headers.Upgrade = "DERP, websocket";
            await Text(ctx, "This needs Upgrade: DERP or a WebSocket of the protocol derp.\n", 426);
            return;
        }
        var response = ctx.Response;
        response.Headers.Upgrade = "DERP";
        response.Headers.Connection = "Upgrade";
        response.Headers["Derp-Version"] = "2";
        response.Headers["Derp-Public-Key"] = Convert.ToHexStringLower(hub.PublicKey);
        await Serve(ctx, await upgrade.UpgradeAsync());
    }

    private async Task Serve(HttpContext ctx, Stream stream)
    {
        await new StreamConnection(hub, stream, Sockets.Plain(ctx.Connection.RemoteIpAddress!), stop).Run();
        // Whatever the other side still sends is of no interest.
        ctx.Abort();
    }

    private static Task Challenge(HttpContext ctx)
    {
        var challenge = ctx.Request.Headers["X-Tailscale-Challenge"].ToString();
        if (challenge.Length is > 0 and <= MaxChallenge && challenge.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            ctx.Response.Headers["X-Tailscale-Response"] = "response " + challenge;
        return Empty(ctx, 204);
    }

    private bool MayMeasure(HttpContext ctx) => Forwarding.IsLocal(ctx) || HasToken(ctx, token);

    /// <summary>Whether the request carries the token, compared in a time that does not tell how much of it is right.</summary>
    public static bool HasToken(HttpContext ctx, string? token)
    {
        const string scheme = "Bearer ";
        var given = ctx.Request.Headers.Authorization.ToString();
        return token is not null && given.StartsWith(scheme, StringComparison.Ordinal)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given[scheme.Length..])), SHA256.HashData(Encoding.UTF8.GetBytes(token)));
    }

    private static Task Empty(HttpContext ctx, int status)
    {
        ctx.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static Task Text(HttpContext ctx, string text, int status = 200)
    {
        ctx.Response.StatusCode = status;
        ctx.Response.ContentType = "text/plain; charset=utf-8";
        return ctx.Response.WriteAsync(text);
    }
}
