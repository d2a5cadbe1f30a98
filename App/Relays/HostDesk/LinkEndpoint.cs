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
        // Its secrets are its own, of 256 bits: no account's. All containers of a machine come from one address, and at once after an update.
        app.MapGet(JoinToken.Path, link.Build()).OpenToAll(asks: false).EvenClosed().RequireRateLimiting(RateLimits.Api).ExcludeFromDescription();
    }

    private static async Task Answer(HttpContext ctx)
    {
        if (!await Serve(ctx, ctx.RequestServices))
            throw new Refusal(HttpErrors.Unauthorized);
    }

    /// <summary>Serves whoever has a valid secret; false: it has none.</summary>
    /// <param name="services">The appliance's.</param>
    internal static async Task<bool> Serve(HttpContext ctx, IServiceProvider services)
    {
        if (!ctx.WebSockets.IsWebSocketRequest)
        {
            ctx.Response.ContentType = "text/plain; charset=utf-8";
            await ctx.Response.WriteAsync(Home, ctx.RequestAborted);
            return true;
        }
        var given = ctx.Request.Headers.Authorization.ToString();
        var secret = given.StartsWith(Scheme, StringComparison.Ordinal) && given.Length <= LongestSecret ? given[Scheme.Length..] : "";
        if (secret.Length == 0 || await services.GetRequiredService<Database>().Read(s => HostStore.Seat(s, OpaqueToken.Hash(secret)), ctx.RequestAborted) is not { } seat)
        {
            ctx.Response.Headers.WWWAuthenticate = "Bearer";
            return false;
        }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ctx.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        using var socket = new LinkSocket(await ctx.WebSockets.AcceptWebSocketAsync(), LinkSocket.Silence);
        await services.GetRequiredService<HostLinks>().Serve(seat, socket, stop.Token);
        return true;
    }
}
