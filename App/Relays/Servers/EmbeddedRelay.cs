using System.Net;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Server;

namespace Gatehouse.Relays.Servers;

/// <summary>How a relay runs in this process.</summary>
internal static class EmbeddedRelay
{
    // Many run beside each other: what one's devices may make it hold is its own.
    private const long Memory = 32 << 20;

    /// <summary>TLS and STUN on one port, on every address; it admits nobody before it is told whom.</summary>
    public static DerpOptions Options(RelayIdentity identity, string hostname, int port) =>
        new(new IPEndPoint(IPAddress.IPv6Any, port), new IPEndPoint(IPAddress.IPv6Any, port), hostname, "", null, null, false, null, null, null, null, new DerpLimits(MaxPerKey: DerpLimits.UsualPerKey, MaxPerIp: DerpLimits.UsualPerIp))
        { Identity = identity, Loops = 1, Memory = Memory };
}
