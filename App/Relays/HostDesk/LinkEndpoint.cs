using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Links;

namespace Gatehouse.Relays.HostDesk;

/// <summary>Where hosts dial in: a WebSocket, for whoever shows the secret of a join token.</summary>
public static class LinkEndpoint
{
    private const string Scheme = "Bearer ";
    private const string Home = "Hosts of relays dial in here: gatehouse relay-host\n";
    private const int LongestSecret = 200;

    public static void Map(IEndpointRouteBuilder app)
    {
        var link = app.CreateApplicationBuilder().UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        link.Run(Answer);
        // Its secrets are its own: no account's. Wrong ones are throttled as those are.
        app.MapGet(JoinToken.Path, link.Build()).OpenToAll(asks: false).EvenClosed().RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
    }

    private static async Task Answer(HttpContext ctx)
    {
        if (!ctx.WebSockets.IsWebSocketRequest)
        {
            ctx.Response.ContentType = "text/plain; charset=utf-8";
            await ctx.Response.WriteAsync(Home, ctx.RequestAborted);
            return;
        }
        var given = ctx.Request.Headers.Authorization.ToString();
        var services = ctx.RequestServices;
        var secret = given.StartsWith(Scheme, StringComparison.Ordinal) && given.Length <= LongestSecret ? given[Scheme.Length..] : "";
        if (secret.Length == 0 || await services.GetRequiredService<Database>().Read(s => HostStore.Seat(s, OpaqueToken.Hash(secret)), ctx.RequestAborted) is not { } seat)
        {
            ctx.Response.Headers.WWWAuthenticate = "Bearer";
            throw new Refusal(HttpErrors.Unauthorized);
        }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ctx.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        using var socket = new LinkSocket(await ctx.WebSockets.AcceptWebSocketAsync(), LinkSocket.Silence);
        await services.GetRequiredService<HostLinks>().Serve(seat, socket, stop.Token);
    }
}
