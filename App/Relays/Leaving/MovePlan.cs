using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Leaving;

/// <summary>A relay, where it is, and where it may be.</summary>
/// <param name="Server">An id.</param>
/// <param name="Regions">Codes; empty: any.</param>
/// <param name="Moving">It is on its way there, and no other is begun.</param>
public sealed record PlacedRelay(string Slot, string Rental, string Account, string Server, IReadOnlyList<string> Regions, bool Moving = false);

/// <param name="To">Null: there is no room for it.</param>
public sealed record PlannedMove(PlacedRelay Relay, RelayServer From, RelayServer? To);

/// <summary>Who would go where. Nothing but what it is given decides.</summary>
public sealed class MovePlan
{
    // Less than that of a server's room is not worth a move.
    private const double Gap = 0.1;
    private readonly Dictionary<string, RelayServer> _servers;
    private readonly Dictionary<string, List<PlacedRelay>> _rentals;
    private readonly Dictionary<string, int> _coming = [];
    private readonly Dictionary<string, (PlacedRelay Was, string To)> _moved = [];

    private MovePlan(IEnumerable<RelayServer> servers, IEnumerable<PlacedRelay> relays)
    {
        _servers = servers.ToDictionary(v => v.Id);
        _rentals = relays.Where(r => _servers.ContainsKey(r.Server)).OrderBy(r => r.Slot, StringComparer.Ordinal).GroupBy(r => r.Rental).ToDictionary(g => g.Key, g => g.ToList());
        // Those that come and those that go count where they will be.
        var there = _rentals.Values.SelectMany(r => r).CountBy(r => r.Server).ToDictionary();
        foreach (var server in _servers.Values)
            _coming[server.Id] = there.GetValueOrDefault(server.Id) - (int)server.Slots;
    }

    /// <summary>All relays of a server go to others.</summary>
    public static IReadOnlyList<PlannedMove> Empty(IEnumerable<RelayServer> servers, IEnumerable<PlacedRelay> relays, string server)
    {
        var plan = new MovePlan(servers, relays);
        if (!plan._servers.TryGetValue(server, out var from))
            return [];
        var planned = new List<PlannedMove>();
        foreach (var relay in plan._rentals.Values.SelectMany(r => r).Where(r => r.Server == server && !r.Moving).OrderBy(r => r.Slot, StringComparer.Ordinal).ToList())
        {
            var to = plan.Places(relay).FirstOrDefault();
            if (to is not null)
                plan.Move(relay, to);
            planned.Add(new(relay, from, to));
        }
        return planned;
    }

    /// <summary>
    /// Relays of one rental that are beside each other go apart, into other regions and onto other addresses; then, within each region, some go
    /// from where much of the room is taken to where little is. No rental comes into fewer regions by it.
    /// </summary>
    /// <param name="most">No more than so many.</param>
    public static IReadOnlyList<PlannedMove> Balance(IEnumerable<RelayServer> servers, IEnumerable<PlacedRelay> relays, int most)
    {
        var plan = new MovePlan(servers, relays);
        while (plan._moved.Count < most && plan.Part())
        {
        }
        foreach (var region in plan._servers.Values.Where(IsOpen).GroupBy(v => v.RegionCode).Where(g => g.Count() > 1).OrderBy(g => g.Key, StringComparer.Ordinal).ToList())
            while (plan._moved.Count < most && plan.Level([.. region]))
            {
            }
        return [.. plan._moved.Values.Where(m => m.Was.Server != m.To).OrderBy(m => m.Was.Slot, StringComparer.Ordinal).Select(m => new PlannedMove(m.Was, plan._servers[m.Was.Server], plan._servers[m.To]))];
    }

    private static bool IsOpen(RelayServer server) => server is { Draining: false, IsThere: true };

    private bool Part()
    {
        foreach (var relay in _rentals.Values.Where(r => r.Count > 1).SelectMany(r => r).Where(r => !r.Moving && !_moved.ContainsKey(r.Slot) && IsOpen(_servers[r.Server])).ToList())
            if (Shared(relay, _servers[relay.Server]) is var now && now != default && Places(relay).FirstOrDefault() is { } to && Shared(relay, to).CompareTo(now) < 0)
            {
                Move(relay, to);
                return true;
            }
        return false;
    }

    private bool Level(List<RelayServer> region)
    {
        var order = region.OrderBy(Load).ThenBy(v => v.Id, StringComparer.Ordinal).ToList();
        foreach (var from in Enumerable.Reverse(order))
            foreach (var to in order.Where(v => v.Room > _coming.GetValueOrDefault(v.Id) && Load(from) - Placement.Load(v, _coming.GetValueOrDefault(v.Id) + 1) > Gap))
                if (_rentals.Values.SelectMany(r => r).FirstOrDefault(r => r.Server == from.Id && !r.Moving && !_moved.ContainsKey(r.Slot) && May(r, to) && Shared(r, to).CompareTo(Shared(r, from)) <= 0) is { } relay)
                {
                    Move(relay, to);
                    return true;
                }
        return false;
    }

    private double Load(RelayServer server) => Placement.Load(server, _coming.GetValueOrDefault(server.Id));

    private IEnumerable<RelayServer> Places(PlacedRelay relay) =>
        Placement.Of(_servers.Values.Where(v => IsOpen(v) && v.Id != relay.Server && May(relay, v)), [.. Beside(relay)], v => _coming.GetValueOrDefault(v.Id), _servers[relay.Server].RegionCode);

    private static bool May(PlacedRelay relay, RelayServer server) => relay.Regions.Count == 0 || relay.Regions.Contains(server.RegionCode);

    private IEnumerable<RelayServer> Beside(PlacedRelay relay) => _rentals[relay.Rental].Where(r => r.Slot != relay.Slot).Select(r => _servers[r.Server]);

    private (int Region, int Address) Shared(PlacedRelay relay, RelayServer at) => (Beside(relay).Count(b => b.RegionCode == at.RegionCode), Beside(relay).Count(b => b.Address == at.Address));

    private void Move(PlacedRelay relay, RelayServer to)
    {
        _moved[relay.Slot] = (relay, to.Id);
        _coming[to.Id] = _coming.GetValueOrDefault(to.Id) + 1;
        _coming[relay.Server] = _coming.GetValueOrDefault(relay.Server) - 1;
        var rental = _rentals[relay.Rental];
        rental[rental.IndexOf(relay)] = relay with { Server = to.Id };
    }
}
