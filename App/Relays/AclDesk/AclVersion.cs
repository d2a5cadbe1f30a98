using System.Text.Json.Serialization;
using Gatehouse.Relays.Acls;

namespace Gatehouse.Relays.AclDesk;

/// <summary>A rental's map as it was checked and stored. Times in unix milliseconds.</summary>
/// <param name="Version">Of its rental, from 1 on.</param>
/// <param name="Cause">Why it was made, one of <see cref="Causes"/>.</param>
/// <param name="Slots">What it says of each relay.</param>
/// <param name="Tag">Of the map: the same for maps that are the same.</param>
/// <param name="Until">It is made anew then.</param>
public sealed record AclVersion(
    string Id, string RentalId, string AccountId, long Version, string Cause, IReadOnlyList<AclSlot> Slots, bool OmitDefaultRegions, string DerpMap, string Headscale, string Tag, long CreatedAt, long Until)
{
    public const string First = "first", Relays = "relays", Chosen = "choices", Asked = "asked", Renewed = "renewed";
    public const string Policy = "policy", Derp = "derpmap", Yaml = "headscale";

    /// <summary>How long one holds.</summary>
    public static readonly TimeSpan Holds = TimeSpan.FromDays(32);

    public static readonly IReadOnlyList<string> Causes = [First, Relays, Chosen, Asked, Renewed];

    public static readonly IReadOnlyList<string> Formats = [Policy, Derp, Yaml];

    /// <summary>The map in one of the <see cref="Formats"/>.</summary>
    public string In(string format) => format switch
    {
        Derp => DerpMap,
        Yaml => Headscale,
        _ => AclDocuments.Of(Slots, new AclOptions(OmitDefaultRegions)).Policy,
    };
}

/// <summary>What a person chose for a rental's map.</summary>
/// <param name="LeftOut">Ids of slots that are not in it.</param>
/// <param name="Names">Other names for regions, by the id of the slot.</param>
/// <param name="Machines">How many their tailnet has; null: not said yet.</param>
public sealed record AclChoices(bool OmitDefaultRegions, IReadOnlyList<string> LeftOut, IReadOnlyDictionary<string, string> Names, long? Machines)
{
    public static readonly AclChoices None = new(false, [], new Dictionary<string, string>(), null);

    /// <summary>The relays that are in the map, as it calls them.</summary>
    public IReadOnlyList<AclSlot> Apply(IReadOnlyList<RentedSlot> slots) =>
        [.. slots.Where(s => !LeftOut.Contains(s.Id)).Select(s => Names.TryGetValue(s.Id, out var name) ? s.Said with { RegionName = name } : s.Said)];
}

/// <summary>A rental, as far as its map depends on it. Times in unix milliseconds.</summary>
/// <param name="Account">Whose it is.</param>
/// <param name="EndsAt">Null: never, or it waits for its first device.</param>
/// <param name="Version">The number that its map's newest version has, or its next.</param>
/// <param name="Person">What its person is called.</param>
public sealed record AclRental(string Id, string Account, string Name, string Plan, string Person, long DeviceLimit, long? EndsAt, bool Suspended, bool Released, long Version)
{
    /// <summary>Do its relays let devices in? If not, its link gives an empty map.</summary>
    public bool Runs(long now) => !Released && !Suspended && !(EndsAt <= now);
}

/// <summary>A slot and what a map says of it.</summary>
public sealed record RentedSlot(string Id, string Server, AclSlot Said);

[JsonSerializable(typeof(List<AclSlot>))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class AclStored : JsonSerializerContext;
