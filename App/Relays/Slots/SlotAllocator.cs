using System.Security.Cryptography;
using Gatehouse.Derp.Server;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Slots;

/// <summary>
/// Gives a rental its slots: places on servers, ports, region ids, keys and certificates. All of it is decided in the caller's transaction, one
/// after another over the whole fleet, so that no port is given twice.
/// </summary>
public sealed class SlotAllocator(SecretBox box)
{
    private const string Purpose = "relay.identity";

    /// <summary>Makes a rental's slots as many as they should be, and asks for their containers; of too many the last ones go. The account's or the rental's row is locked.</summary>
    /// <param name="some">Where there is not room for all: make those that there is room for.</param>
    /// <returns>Were there others before, and how many are missing.</returns>
    /// <exception cref="Refusal">409 NO_RELAY_ROOM or REGIONS_FULL: nothing has changed.</exception>
    public async ValueTask<(bool Changed, int Missing)> Fit(WriteTx s, string tenant, Placed wanted, bool some, long now)
    {
        var there = await SlotStore.OfRental(s, tenant, wanted.Rental);
        var places = await Find(s, tenant, wanted, there, some, now);
        foreach (var surplus in there.Skip(wanted.Count))
            await SlotStore.ReleaseOne(s, surplus.Id, now);
        foreach (var place in places)
            await Make(s, tenant, wanted, place, now);
        return (there.Count > wanted.Count || places.Count > 0, Math.Max(0, wanted.Count - there.Count - places.Count));
    }

    /// <summary>Sees that there is room for as many as a rental should have; nothing changes, and nobody else takes it until the end of the transaction.</summary>
    /// <exception cref="Refusal">409 NO_RELAY_ROOM or REGIONS_FULL.</exception>
    public async ValueTask Require(WriteTx s, string tenant, Placed wanted, long now) => await Find(s, tenant, wanted, await SlotStore.OfRental(s, tenant, wanted.Rental), false, now);

    private static async ValueTask<List<Place>> Find(WriteTx s, string tenant, Placed wanted, List<Slot> there, bool some, long now)
    {
        var places = new List<Place>();
        if (there.Count >= wanted.Count)
            return places;
        await SlotStore.LockFleet(s);
        var all = await ServerStore.Open(s, tenant);
        var servers = all.Where(v => v.IsThere && (wanted.Regions.Count == 0 || wanted.Regions.Contains(v.RegionCode))).ToList();
        var (used, beside) = (await SlotStore.RegionIds(s, wanted.Account), all.Where(v => there.Any(t => t.ServerId == v.Id)).ToList());
        for (var i = there.Count; i < wanted.Count; i++)
        {
            if (await Choose(s, servers, places, beside, now) is not { } chosen)
                return some ? places : throw new Refusal(SlotErrors.NoRoom);
            if (Region(used, wanted.RegionBase) is not { } region)
                return some ? places : throw new Refusal(SlotErrors.RegionsFull);
            used.Add(region);
            beside.Add(chosen.Server);
            places.Add(new(i + 1, region, chosen.Server, chosen.Port));
        }
        return places;
    }

    private static async ValueTask<(RelayServer Server, long Port)?> Choose(ReadTx s, List<RelayServer> servers, List<Place> places, List<RelayServer> beside, long now)
    {
        foreach (var server in Placement.Of(servers, beside, v => places.Count(c => c.Server.Id == v.Id)))
            if (await Port(s, server, now, places.Select(p => p.Port)) is { } port)
                return (server, port);
        return null;
    }

    /// <summary>A port that no relay has and that no stranger was seen on; null when there is none. The fleet is locked.</summary>
    internal static async ValueTask<long?> Port(ReadTx s, RelayServer server, long now, params IEnumerable<long> also)
    {
        var taken = await SlotStore.Taken(s, server.Id, server.PortFrom, server.PortTo, now);
        taken.UnionWith(also);
        var span = (int)(server.PortTo - server.PortFrom + 1);
        // From anywhere on: one that was given back a moment ago is still dialled by who had it.
        var from = RandomNumberGenerator.GetInt32(span);
        for (var i = 0; i < span; i++)
            if (server.PortFrom + (from + i) % span is var port && !taken.Contains(port))
                return port;
        return null;
    }

    private static long? Region(HashSet<long> used, long first)
    {
        for (var region = first; region <= SlotStore.LastRegion; region++)
            if (!used.Contains(region))
                return region;
        return null;
    }

    private async ValueTask Make(WriteTx s, string tenant, Placed wanted, Place place, long now)
    {
        var (position, region, server, port) = place;
        var id = Ids.New();
        // Beside what devices connect to now, its certificate is made out to a name that is no host's: that is the same wherever the relay moves.
        var host = $"r{id[^12..].ToLowerInvariant()}.relay.invalid";
        string[] hosts = server.Ipv6 is { } also ? [host, server.Address, also] : [host, server.Address];
        var identity = RelayIdentity.Make(DateTimeOffset.FromUnixTimeMilliseconds(now), hosts);
        var (pin, until) = identity.Pin();
        var slot = new Slot(id, wanted.Rental, position, (int)region, $"r{region}-{server.RegionCode}", server.RegionName, $"{region}a", host, server.Address, server.Ipv6, (int)port, pin, server.Id, server.Name, "waiting", null);
        await SlotStore.Insert(s, tenant, wanted.Account, slot, identity.PublicKey, until.ToUnixTimeMilliseconds(), box.Seal(identity.ToBytes(), Purpose), now);
        await SlotStore.Want(s, tenant, Ids.New(), id, server.Id, port, wanted.Run, now);
    }

    private sealed record Place(int Position, long Region, RelayServer Server, long Port);

    /// <summary>What a slot is known by; null where the key that it was sealed under is lost.</summary>
    internal RelayIdentity? Open(string sealedIdentity) => sealedIdentity.Length == 0 ? null : RelayIdentity.Parse(box.Open(sealedIdentity, Purpose));
}

/// <summary>What a rental's slots are made by.</summary>
/// <param name="Regions">Codes of the regions that they may be in; empty: any.</param>
/// <param name="RegionBase">Region ids are looked for from here on.</param>
public sealed record Placed(string Rental, string Account, int Count, IReadOnlyList<string> Regions, long RegionBase)
{
    /// <summary>Should they run?</summary>
    public bool Run { get; init; } = true;
}

/// <summary>Why there are no slots.</summary>
public static class SlotErrors
{
    public static readonly ErrorCode NoRoom = new(409, "NO_RELAY_ROOM");
    public static readonly ErrorCode RegionsFull = new(409, "REGIONS_FULL");

    public static readonly IReadOnlyList<ErrorCode> All = [NoRoom, RegionsFull];
}
