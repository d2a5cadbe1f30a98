using System.Text.Json.Serialization;
using Gatehouse.Platform.Localization;
using Gatehouse.Relays.Acls;

namespace Gatehouse.Relays.AclDesk;

/// <param name="Rental">The id of a rental; may be left out by who has one.</param>
/// <param name="Username">For staff: a user name or an e-mail address, in the place of <c>rental</c>.</param>
/// <param name="OmitDefaultRegions">Devices use these relays alone.</param>
/// <param name="Servers">The region ids that are in the map.</param>
/// <param name="Names">Other names for regions, by their ids; an empty one takes it back.</param>
/// <param name="Machines">How many machines the tailnet has.</param>
/// <param name="Base">Region ids are to be others, from here on (900 to 998): connections break off once.</param>
public sealed record AclBody(
    string? Rental = null, string? Username = null, bool? OmitDefaultRegions = null, IReadOnlyList<int>? Servers = null, IReadOnlyDictionary<string, string>? Names = null, long? Machines = null, int? Base = null)
{
    internal AclWish Wish => new(OmitDefaultRegions, Servers, Names, Machines, Base);
}

/// <param name="HostName">What the certificate is asked for; looked up where no address is given.</param>
/// <param name="CertName">The certificate's pin.</param>
public sealed record AclRegion(int RegionId, string RegionCode, string RegionName, string HostName, string? Ipv4, string? Ipv6, int DerpPort, int StunPort, string? CertName)
{
    internal static AclRegion Of(AclSlot s) => new(s.RegionId, s.RegionCode, s.RegionName, s.HostName ?? s.IPv4 ?? s.IPv6 ?? "", s.IPv4, s.IPv6, s.DerpPort, s.StunPort, s.CertName);
}

/// <param name="ValidUntil">It is made anew then.</param>
/// <param name="Machines">How many machines the tailnet has, as its person said; null: not asked yet.</param>
/// <param name="Link">To subscribe by; null: not asked for yet.</param>
/// <param name="Warnings">What its person should know before they use it.</param>
public sealed record AclView(
    string Rental, string Name, long Version, DateTime CreatedAt, DateTime ValidUntil, bool OmitDefaultRegions, IReadOnlyList<AclRegion> Regions, long? Machines, long DeviceLimit, string? Link, IReadOnlyList<string> Warnings)
{
    internal static AclView Of(AclState state, string? link, Localizer text)
    {
        var (rental, version) = (state.Rental, state.Version);
        List<Message> warnings = [];
        if (AclService.Warning(rental, state.Choices) is { } machines)
            warnings.Add(machines);
        if (version.OmitDefaultRegions)
            warnings.Add(new("acl.omit.stops"));
        return new(rental.Id, rental.Name, version.Version, Time(version.CreatedAt), Time(version.Until), version.OmitDefaultRegions, [.. version.Slots.Select(AclRegion.Of)], state.Choices.Machines, rental.DeviceLimit, link,
            [.. warnings.Select(w => text[w])]);
    }

    internal static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
}

public sealed record AclResponse(bool Success, AclView Acl);

/// <param name="Action"><c>made</c>, <c>downloaded</c>, <c>fetched</c> (by its link), <c>merged</c> or <c>delivered</c> (to the tailnet).</param>
/// <param name="Format">Of one that was given away: <c>policy</c>, <c>derpmap</c> or <c>headscale</c>; of one that was made, why: <c>first</c>, <c>relays</c>, <c>choices</c>, <c>asked</c> or <c>renewed</c>.</param>
/// <param name="Country">Two letters (ISO 3166-1), by what was known then; null: not known.</param>
/// <param name="By"><c>customer</c>, <c>staff</c>, <c>token</c>, <c>link</c> or <c>system</c>.</param>
public sealed record AclLogItem(string Id, DateTime At, string Action, string Rental, string RentalName, long Version, string Format, string By, string? ByName, string? Ip, string? Country, string? City, string? UserAgent)
{
    internal static AclLogItem Of(AclLogEntry e, bool staff) => new(e.Id, AclView.Time(e.At), e.Action, e.RentalId, e.Rental, e.Version, e.Format, e.ByKind, staff && e.ByName.Length > 0 ? e.ByName : null, staff || !e.OfStaff ? e.Ip : null, (staff || !e.OfStaff) && e.Place.Country.Length > 0 ? e.Place.Country : null, (staff || !e.OfStaff) && e.Place.City.Length > 0 ? e.Place.City : null, staff || !e.OfStaff ? e.UserAgent : null);
}

public sealed record AclLogList(bool Success, IReadOnlyList<AclLogItem> Items, string? Next);

/// <param name="Policy">The policy file as it is now, in HuJSON; at most 1 MiB.</param>
/// <param name="Rental">The id of a rental; may be left out by who has one.</param>
/// <param name="Username">For staff: a user name or an e-mail address, in the place of <c>rental</c>.</param>
/// <param name="Base">Region ids are to be others first, from here on: as <c>free_base</c> offered.</param>
public sealed record AclMergeBody(string? Policy = null, string? Rental = null, string? Username = null, int? Base = null);

/// <param name="Policy">The same with our map in it; null where it clashes.</param>
/// <param name="Notes">What was mended, what stayed of the old map and what went.</param>
/// <param name="Clashes">Relays of somebody else under numbers or names of ours: they are never written over.</param>
/// <param name="FreeBase">From where on the numbers would be free.</param>
public sealed record AclMerged(bool Success, string? Policy, IReadOnlyList<string> Notes, IReadOnlyList<string> Clashes, int? FreeBase, long Version);

public sealed record AclLinkBody(string? Rental = null, string? Username = null);

/// <param name="Link">The map for headscale; <c>derpmap.yaml</c> in its place gives YAML. Null: there is none any more.</param>
public sealed record AclLinked(bool Success, string Rental, string? Link);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AclBody))]
[JsonSerializable(typeof(AclResponse))]
[JsonSerializable(typeof(AclLogList))]
[JsonSerializable(typeof(AclMergeBody))]
[JsonSerializable(typeof(AclMerged))]
[JsonSerializable(typeof(AclLinkBody))]
[JsonSerializable(typeof(AclLinked))]
internal sealed partial class AclJson : JsonSerializerContext;
