using System.Net;

namespace Gatehouse.Relays.Slots;

/// <summary>One relay of a rental, as its map and its pages show it.</summary>
/// <param name="RegionId">900 to 999, no other of the person's has it.</param>
/// <param name="Host">A name that is on its certificate and no host's: wherever the relay moves, a map with it and the address then fits the pin.</param>
/// <param name="Address">What they connect to; its server's.</param>
/// <param name="Port">TCP and UDP; no other relay of the fleet has it.</param>
/// <param name="CertName">Its pin.</param>
/// <param name="State">waiting, starting, running, stopped or failed.</param>
/// <param name="Error">Its last one, as a stored message.</param>
public sealed record Slot(
    string Id, string RentalId, int Position, int RegionId, string RegionCode, string RegionName, string NodeName, string Host, string Address, string? Ipv6, int Port, string CertName,
    string ServerId, string Server, string State, string? Error)
{
    /// <summary>Null where devices look its host up.</summary>
    public string? Ipv4 => IPAddress.TryParse(Address, out var ip) && ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? Address : null;

    /// <summary>The same of IPv6.</summary>
    public string? Ip6 => Ipv6 ?? (IPAddress.TryParse(Address, out var ip) && ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? Address : null);
}
