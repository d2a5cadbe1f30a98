using System.Net;
using System.Net.Sockets;
using Gatehouse.Platform.Hosting;

namespace Gatehouse.Platform.Outbound;

/// <summary>
/// Decides, after its name was looked up, whether a place that a person named may be connected to: a mail server, a webhook. What lies
/// inside private networks may not, or the server would fetch for strangers what only it can reach; save what
/// <c>Outbound:AllowedHosts</c> names. Connect to the addresses that this returns and to no other: asked again, the name may lead elsewhere.
/// </summary>
public sealed class OutboundAddresses(IConfiguration config)
{
    /// <summary>The option that names what may be reached inside private networks.</summary>
    public const string Option = "Outbound:AllowedHosts";

    // Special-purpose address registries of IANA (RFC 6890), with what leads on to IPv4 addresses: 6to4, Teredo, NAT64.
    private static readonly IPNetwork[] Closed = [.. ConfigRules.Networks(
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 "
        + "224.0.0.0/4 240.0.0.0/4 ::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8")];

    private readonly string[] _hosts = [.. ConfigRules.Parts(ConfigOptions.Value(config, Option)).Where(part => !ConfigRules.IsNetwork(part))];
    private readonly IPNetwork[] _networks = [.. ConfigRules.Networks(string.Join(' ', ConfigRules.Parts(ConfigOptions.Value(config, Option)).Where(ConfigRules.IsNetwork)))];

    /// <summary>The addresses of a host that may be connected to, in the order in which they are to be tried; all of them, or none.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="loopback">This machine itself is meant to be reachable.</param>
    /// <exception cref="OutboundRefusedException">One of its addresses lies inside a private network.</exception>
    /// <exception cref="SocketException">The name cannot be looked up.</exception>
    public async Task<IReadOnlyList<IPAddress>> Resolve(string host, bool loopback, CancellationToken ct)
    {
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, ct);
        if (_hosts.Contains(host, StringComparer.OrdinalIgnoreCase))
            return found;
        foreach (var address in found)
            if (IsClosed(address) && !(loopback && IPAddress.IsLoopback(Plain(address))) && !Array.Exists(_networks, n => n.Contains(Plain(address))))
                throw new OutboundRefusedException(host, address);
        return found;
    }

    /// <summary>Does it lie inside a private network, or is it no address of one machine?</summary>
    public static bool IsClosed(IPAddress address) => Array.Exists(Closed, network => network.Contains(Plain(address)));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}

/// <summary>A name that leads into a private network.</summary>
public sealed class OutboundRefusedException(string host, IPAddress address) : Exception($"{host} leads to {address}, which is inside a private network.")
{
    public string Host => host;

    public IPAddress Address => address;
}
