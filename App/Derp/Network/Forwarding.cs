using System.Net;

namespace Gatehouse.Derp.Network;

/// <summary>What shows that a request came through a proxy, whose address is then not the sender's.</summary>
internal static class Forwarding
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "Forwarded", "Via", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Original-Forwarded-For", "X-Envoy-External-Address", "X-ProxyUser-Ip",
        "CF-Connecting-IP", "True-Client-IP", "Fastly-Client-IP", "Fly-Client-IP",
    };

    /// <summary>
    /// Whether somebody on this machine itself sent it: from a loopback address, to one, and with nothing that a proxy adds. A proxy that
    /// keeps the name it was asked by shows by that.
    /// </summary>
    public static bool IsLocal(HttpContext ctx) =>
        IPAddress.IsLoopback(ctx.Connection.RemoteIpAddress!) && IsLoopback(ctx.Request.Host.Host) && !ctx.Request.Headers.Keys.Any(IsForwarding);

    private static bool IsForwarding(string header) => Names.Contains(header) || header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
