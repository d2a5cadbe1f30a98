using System.Net;

namespace Gatehouse.Derp.Network;

/// <summary>The proxies whose word is taken for whom a connection is from.</summary>
internal sealed class TrustedProxies(IReadOnlyList<IPNetwork> networks)
{
    public bool Contains(IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address))
                return true;
        }
        return false;
    }

    /// <summary>
    /// Whom a connection is from: behind a trusted proxy the last address of <c>X-Forwarded-For</c> that is no trusted proxy itself. What
    /// stands before that anybody may have written.
    /// </summary>
    public IPAddress Origin(IPAddress peer, string? forwardedFor)
    {
        if (forwardedFor is null || !Contains(peer))
            return peer;
        var origin = peer;
        foreach (var hop in forwardedFor.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            // Some add the port.
            if (!IPEndPoint.TryParse(hop, out var address))
                break;
            origin = Sockets.Plain(address.Address);
            if (!Contains(origin))
                break;
        }
        return origin;
    }
}
