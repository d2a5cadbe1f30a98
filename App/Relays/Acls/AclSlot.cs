namespace Gatehouse.Relays.Acls;

/// <summary>What the map says of one relay.</summary>
/// <param name="RegionId">900 to 999, one for each relay of a person.</param>
/// <param name="RegionCode">Short, such as <c>r42-sh</c>: <c>tailscale status</c> shows it.</param>
/// <param name="RegionName">For people. Whatever changes in a region, even this, closes its connections: no dates, no quota.</param>
/// <param name="NodeName">Unlike that of any other relay in the tailnet.</param>
/// <param name="HostName">What devices ask the certificate for, and look up where no address is given; null: one of the addresses is both.</param>
/// <param name="IPv4">Where they connect to instead of looking the name up. With neither this nor <paramref name="IPv6"/> they look it up.</param>
/// <param name="IPv6">Likewise.</param>
/// <param name="CertName">The pin of a certificate of its own, <c>sha256-raw:</c> and 64 hex digits, or the name in it; null: a public one for the host name.</param>
public sealed record AclSlot(int RegionId, string RegionCode, string RegionName, string NodeName, string? HostName, string? IPv4, string? IPv6, int DerpPort, int StunPort, string? CertName);

/// <summary>How the map of some slots is made.</summary>
/// <param name="OmitDefaultRegions">Devices use these relays alone.</param>
/// <param name="Base">The slots are regions from here on, in their order, whatever their own numbers are; null: by their own.</param>
/// <param name="Names">Other names for regions, by the number of the slot.</param>
public sealed record AclOptions(bool OmitDefaultRegions = false, int? Base = null, IReadOnlyDictionary<int, string>? Names = null)
{
    public IReadOnlyList<AclSlot> Apply(IReadOnlyList<AclSlot> slots) =>
        [.. slots.Select((s, i) => s with { RegionId = Base is { } first ? first + i : s.RegionId, RegionName = Names?.GetValueOrDefault(s.RegionId) ?? s.RegionName })];
}
