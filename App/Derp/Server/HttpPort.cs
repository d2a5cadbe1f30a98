using System.Net;
using Gatehouse.Derp.Access;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Derp.Server;

/// <summary>
/// Plain HTTP beside TLS: devices ask here whether a network lets them out before they trust it (a map's <c>CanPort80</c>), and
/// people who type the name are sent on to HTTPS. Each connection has one answer.
/// </summary>
internal sealed class HttpPort(string hostname, DerpHub hub, TrustedProxies proxies)
{
    private const int MaxConnections = 1024, MaxPerAddress = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly object MarkKey = new();
    private readonly AddressCounts _addresses = new(proxies);
    private int _connections;

    public void Listen(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection => Serve(connection, next));
    }

    public static bool IsMarked(HttpContext ctx) => ctx.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(MarkKey) == true;

    private async Task Serve(ConnectionContext connection, ConnectionDelegate next)
    {
        var address = Sockets.Plain(((IPEndPoint)connection.RemoteEndPoint!).Address);
        if (!_addresses.Enter(address, Math.Min(hub.Limits.MaxPerIp ?? MaxPerAddress, MaxPerAddress)))
        {
            hub.CountDenial(Denial.IpLimit);
            connection.Abort();
            return;
        }
        try
        {
            if (Interlocked.Increment(ref _connections) > MaxConnections)
            {
                hub.CountDenial(Denial.Full);
                connection.Abort();
                return;
            }
            connection.Items[MarkKey] = true;
            // One answer is soon given: who asks for nothing takes the place of others.
            await using var deadline = new Timer(static late => ((ConnectionContext)late!).Abort(), connection, Patience, Timeout.InfiniteTimeSpan);
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
            _addresses.Leave(address);
        }
    }

    public Task Answer(HttpContext ctx)
    {
        ctx.Response.Headers.Connection = "close";
        if (ctx.Request.Path == "/generate_204")
            return DerpWeb.Challenge(ctx);
        if (ctx.Request.Method is not ("GET" or "HEAD"))
        {
            ctx.Response.StatusCode = 400;
            return ctx.Response.WriteAsync("This is for HTTPS.\n");
        }
        // Not to the name in the request, which anybody chooses.
        ctx.Response.StatusCode = 302;
        ctx.Response.Headers.Location = $"https://{(hostname.Contains(':') ? $"[{hostname}]" : hostname)}{ctx.Request.Path.ToUriComponent()}{ctx.Request.QueryString.ToUriComponent()}";
        return Task.CompletedTask;
    }
}
