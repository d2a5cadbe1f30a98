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

    /// <summary>Sealed under a key that is lost, a relay has nothing that devices know it by, and does not run.</summary>
    public static readonly SealedColumn Sealed = new("relay_slots", "id", "sealed_identity", Purpose, "UPDATE relay_slots SET sealed_identity = ''");

    /// <summary>Makes a rental's slots and asks for their containers. The account's row is locked.</summary>
    /// <param name="regions">Codes of the regions that they may be in; empty: any.</param>
    /// <exception cref="Refusal">409 NO_RELAY_ROOM or REGIONS_FULL: nothing has changed.</exception>
    public async ValueTask Allocate(WriteTx s, string tenant, string account, string rental, int count, IReadOnlyList<string> regions, long firstRegion, long now)
    {
        await SlotStore.LockFleet(s);
        var servers = (await ServerStore.Open(s, tenant)).Where(v => v.Health != "down" && (regions.Count == 0 || regions.Contains(v.RegionCode))).ToList();
        var (used, chosen) = (await SlotStore.RegionIds(s, account), new List<RelayServer>());
        for (var position = 1; position <= count; position++)
        {
            var (server, port) = await Place(s, servers, chosen, now);
            var region = Region(used, firstRegion);
            used.Add(region);
            chosen.Add(server);
            await Make(s, tenant, account, rental, position, region, server, port, now);
        }
    }

    // Other regions first, then other addresses, then where there is most room.
    private static async ValueTask<(RelayServer Server, long Port)> Place(ReadTx s, List<RelayServer> servers, List<RelayServer> chosen, long now)
    {
        foreach (var server in servers.Where(v => v.Room > chosen.Count(c => c.Id == v.Id))
                     .OrderBy(v => chosen.Count(c => c.RegionCode == v.RegionCode)).ThenBy(v => chosen.Count(c => c.Address == v.Address)).ThenBy(v => (double)(v.Slots + chosen.Count(c => c.Id == v.Id)) / (v.Slots + v.Room)).ThenBy(v => v.Id))
            if (await Port(s, server, now) is { } port)
                return (server, port);
        throw new Refusal(SlotErrors.NoRoom);
    }

    /// <summary>A port that no relay has and that no stranger was seen on; null when there is none. The fleet is locked.</summary>
    internal static async ValueTask<long?> Port(ReadTx s, RelayServer server, long now)
    {
        var taken = await SlotStore.Taken(s, server.Id, server.PortFrom, server.PortTo, now);
        var span = (int)(server.PortTo - server.PortFrom + 1);
        // From anywhere on: one that was given back a moment ago is still dialled by who had it.
        var from = RandomNumberGenerator.GetInt32(span);
        for (var i = 0; i < span; i++)
            if (server.PortFrom + (from + i) % span is var port && !taken.Contains(port))
                return port;
        return null;
    }

    private static long Region(HashSet<long> used, long first)
    {
        for (var region = first; region <= SlotStore.LastRegion; region++)
            if (!used.Contains(region))
                return region;
        throw new Refusal(SlotErrors.RegionsFull);
    }

    private async ValueTask Make(WriteTx s, string tenant, string account, string rental, int position, long region, RelayServer server, long port, long now)
    {
        var id = Ids.New();
        // Beside what devices connect to now, its certificate is made out to a name that is no host's: that is the same wherever the relay moves.
        var host = $"r{id[^12..].ToLowerInvariant()}.relay.invalid";
        string[] hosts = server.Ipv6 is { } also ? [host, server.Address, also] : [host, server.Address];
        var identity = RelayIdentity.Make(DateTimeOffset.FromUnixTimeMilliseconds(now), hosts);
        var (pin, until) = identity.Pin();
        var slot = new Slot(id, rental, position, (int)region, $"r{region}-{server.RegionCode}", server.RegionName, $"{region}a", host, server.Address, server.Ipv6, (int)port, pin, server.Id, server.Name, "waiting", null);
        await SlotStore.Insert(s, tenant, account, slot, identity.PublicKey, until.ToUnixTimeMilliseconds(), box.Seal(identity.ToBytes(), Purpose), now);
        await SlotStore.Want(s, tenant, Ids.New(), id, server.Id, now);
    }

    /// <summary>What a slot is known by; null where the key that it was sealed under is lost.</summary>
    internal RelayIdentity? Open(string sealedIdentity) => sealedIdentity.Length == 0 ? null : RelayIdentity.Parse(box.Open(sealedIdentity, Purpose));
}

/// <summary>Why there are no slots.</summary>
public static class SlotErrors
{
    public static readonly ErrorCode NoRoom = new(409, "NO_RELAY_ROOM");
    public static readonly ErrorCode RegionsFull = new(409, "REGIONS_FULL");

    public static readonly IReadOnlyList<ErrorCode> All = [NoRoom, RegionsFull];
}
