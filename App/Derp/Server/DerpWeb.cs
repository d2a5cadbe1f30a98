using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Derp.Access;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Tls;
using Gatehouse.Derp.Transport;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Derp.Server;

/// <summary>What the relay answers over HTTP: the way in for devices that come by TLS or WebSocket, and the probes of clients.</summary>
internal sealed class DerpWeb(
    DerpHub hub, string? token, Func<StunServer?> stun, RelayCertificate? certificate, ControlChannel? control, TrustedProxies proxies, AddressCounts addresses, CancellationToken stop)
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
            (_, "/derp") => NeedsUpgrade(ctx),
            ("GET" or "HEAD", "/derp/probe" or "/derp/latency-check") => Probe(ctx),
            (_, "/derp/probe" or "/derp/latency-check") => NotAllowed(ctx),
            (_, "/generate_204") => Challenge(ctx),
            ("GET" or "HEAD", "/healthz") => Text(ctx, "ok\n"),
            (_, "/healthz") => NotAllowed(ctx),
            (_, "/robots.txt") => Text(ctx, "User-agent: *\nDisallow: /\n"),
            ("GET" or "HEAD", "/metrics") when MayMeasure(ctx) => Text(ctx, DerpMetrics.Of(hub, stun(), certificate?.InForce)),
            (_, "/metrics") => Empty(ctx, 401),
            (_, "/") => Text(ctx, Home),
            _ => Empty(ctx, 404),
        };
    }

    private async Task Derp(HttpContext ctx)
    {
        var peer = Sockets.Plain(ctx.Connection.RemoteIpAddress!);
        var origin = proxies.Origin(peer, ctx.Request.Headers["X-Forwarded-For"]);
        if (origin.Equals(peer))
        {
            // Counted when it came in.
            await Upgrade(ctx, peer);
            return;
        }
        if (!addresses.Enter(origin, hub.Limits.MaxPerIp))
        {
            hub.CountDenial(Denial.IpLimit);
            await Text(ctx, "This address has too many connections to the relay.\n", 429);
            return;
        }
        try
        {
            await Upgrade(ctx, origin);
        }
        finally
        {
            addresses.Leave(origin);
        }
    }

    private async Task Upgrade(HttpContext ctx, IPAddress origin)
    {
        if (ctx.WebSockets.IsWebSocketRequest && ctx.WebSockets.WebSocketRequestedProtocols.Contains("derp"))
        {
            using var socket = await ctx.WebSockets.AcceptWebSocketAsync("derp");
            await Serve(ctx, origin, System.Net.WebSockets.WebSocketStream.Create(socket, System.Net.WebSockets.WebSocketMessageType.Binary, TimeSpan.FromSeconds(1)));
            return;
        }
        if (ctx.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade
            || !string.Equals(ctx.Request.Headers.Upgrade, "derp", StringComparison.OrdinalIgnoreCase))
        {
            await NeedsUpgrade(ctx);
            return;
        }
        var response = ctx.Response;
        response.Headers.Upgrade = "DERP";
        response.Headers.Connection = "Upgrade";
        response.Headers["Derp-Version"] = "2";
        response.Headers["Derp-Public-Key"] = Convert.ToHexStringLower(hub.PublicKey);
        await Serve(ctx, origin, await upgrade.UpgradeAsync());
    }

    private static Task NeedsUpgrade(HttpContext ctx)
    {
        ctx.Response.Headers.Upgrade = "DERP, websocket";
        return Text(ctx, "This needs Upgrade: DERP or a WebSocket of the protocol derp.\n", 426);
    }

    private async Task Serve(HttpContext ctx, IPAddress origin, Stream stream)
    {
        var pending = ctx.Features.Get<PendingConnection>()!;
        var client = new StreamConnection(hub, stream, origin, stop) { Pending = pending };
        pending.Serve(client);
        await client.Run();
        // Whatever the other side still sends is of no interest.
        ctx.Abort();
    }

    // Pages of others measure too: the network's clients in browsers.
    private static Task Probe(HttpContext ctx)
    {
        ctx.Response.Headers.AccessControlAllowOrigin = "*";
        return Empty(ctx, 200);
    }

    private static Task NotAllowed(HttpContext ctx)
    {
        ctx.Response.Headers.Allow = "GET, HEAD";
        return Text(ctx, "This takes GET and HEAD.\n", 405);
    }

    /// <summary>The check of devices whether a network lets them out: what they make up comes back, and from no cache.</summary>
    public static Task Challenge(HttpContext ctx)
    {
        var challenge = ctx.Request.Headers["X-Tailscale-Challenge"].ToString();
        if (challenge.Length is > 0 and <= MaxChallenge && challenge.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':'))
            ctx.Response.Headers["X-Tailscale-Response"] = "response " + challenge;
        ctx.Response.Headers.CacheControl = "no-cache, no-store, must-revalidate, no-transform, max-age=0";
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
