using System.Net;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Hosting;

namespace Gatehouse.Accounts.SignIn;

/// <summary>Passwords do not cross a network in the clear: over plain http only this machine may sign in, unless the operator allows it.</summary>
public sealed partial class PlainHttp(IConfiguration config)
{
    private readonly bool _allowed = ConfigOptions.Flag(config, "Server:AllowPlainHttp");

    /// <summary>Would a password sent on this connection cross a network in the clear?</summary>
    public bool Refuses(HttpContext ctx)
    {
        if (_allowed || ctx.Request.IsHttps || ctx.Connection.RemoteIpAddress is not { } remote)
            return false;
        // From one of this machine's own addresses to that same address nothing leaves it.
        return !IPAddress.IsLoopback(remote) && !remote.Equals(ctx.Connection.LocalIpAddress);
    }

    /// <summary>The port that the connection came in at, and the name it was reached by where that is one (else <c>your-server</c>).</summary>
    public static (int Port, string Host) Reached(HttpContext ctx) =>
        (ctx.Connection.LocalPort, HostName().IsMatch(ctx.Request.Host.Host) ? ctx.Request.Host.Host : "your-server");

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$")]
    private static partial Regex HostName();
}
