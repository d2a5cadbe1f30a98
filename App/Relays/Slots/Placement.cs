using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Slots;

/// <summary>Where a relay goes. Nothing but what it is given decides.</summary>
public static class Placement
{
    /// <summary>
    /// The servers that have room, the best first: in whose region fewest of the rental's other relays are, then on whose address, then where
    /// least of the room is taken.
    /// </summary>
    /// <param name="beside">The servers of the rental's other relays, one for each of them.</param>
    /// <param name="coming">How many relays more are on a server than its row says.</param>
    /// <param name="home">The region that it is in now: of those that are as good, that one.</param>
    public static IEnumerable<RelayServer> Of(IEnumerable<RelayServer> servers, IReadOnlyCollection<RelayServer> beside, Func<RelayServer, int> coming, string? home = null) =>
        servers.Where(v => v.Room > coming(v)).OrderBy(v => beside.Count(c => c.RegionCode == v.RegionCode)).ThenBy(v => home is null || v.RegionCode == home ? 0 : 1)
            .ThenBy(v => beside.Count(c => c.Address == v.Address)).ThenBy(v => Load(v, coming(v))).ThenBy(v => v.Id, StringComparer.Ordinal);

    /// <summary>How much of a server's room is taken, of 1.</summary>
    public static double Load(RelayServer server, int coming) => (double)(server.Slots + coming) / Math.Max(1, server.Slots + server.Room);
}
