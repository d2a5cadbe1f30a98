using CsCheck;
using Gatehouse.Relays.Leaving;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Tests.Relays.Moves;

/// <summary>Who would go where, whatever there is.</summary>
public sealed class MovePlanTests
{
    private sealed record Fleet(List<RelayServer> Servers, List<PlacedRelay> Relays);

    // Each server holds at most twelve; some take nobody new. A rental has up to three relays.
    private static readonly Gen<Fleet> Any = Gen.Select(
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[1, 12], Gen.Int[0, 5], (region, address, limit, draining) => new RelayServer { RegionCode = $"r{region}", Address = $"203.0.113.{address}", SlotLimit = limit, Draining = draining == 0 }).List[1, 6],
        Gen.Select(Gen.Int[0, 8], Gen.Int[0, 5], Gen.Int[0, 3]).List[0, 30],
        (servers, relays) =>
        {
            servers = [.. servers.Select((v, i) => v with { Id = $"s{i}" })];
            var placed = new List<PlacedRelay>();
            foreach (var (rental, on, regions) in relays)
                if (servers[on % servers.Count] is var server && placed.Count(p => p.Server == server.Id) < server.SlotLimit && placed.Count(p => p.Rental == $"rental{rental}") < 3)
                    placed.Add(new($"slot{placed.Count:00}", $"rental{rental}", $"person{rental / 2}", server.Id, rental % 4 == 0 ? [server.RegionCode, $"r{regions}"] : []));
            return new Fleet([.. servers.Select(v => v with { Slots = placed.Count(p => p.Server == v.Id) })], placed);
        });

    /// <summary>All of them go, to servers that are open and may have them, as long as there is room: none is left behind beside a free place that it may have.</summary>
    [Fact]
    public void A_server_is_emptied_as_far_as_there_is_room() => Any.Sample(fleet =>
    {
        var plan = MovePlan.Empty(fleet.Servers, fleet.Relays, "s0");
        Assert.Equal(fleet.Relays.Where(r => r.Server == "s0").Select(r => r.Slot).Order(), plan.Select(p => p.Relay.Slot).Order());
        var after = After(fleet, plan);
        Check(fleet, plan, after);
        foreach (var left in plan.Where(p => p.To is null))
            Assert.DoesNotContain(after.Servers, v => v.Id != "s0" && !v.Draining && v.Room > 0 && (left.Relay.Regions.Count == 0 || left.Relay.Regions.Contains(v.RegionCode)));
    });

    /// <summary>No rental comes into fewer regions or onto fewer addresses, no region's servers become less even, and there is nothing more to do after it.</summary>
    [Fact]
    public void Balance_makes_nothing_worse_and_comes_to_an_end() => Any.Sample(fleet =>
    {
        var plan = MovePlan.Balance(fleet.Servers, fleet.Relays, 200);
        var after = After(fleet, plan);
        Check(fleet, plan, after);
        foreach (var rental in fleet.Relays.Select(r => r.Rental).Distinct())
            Assert.True(Spread(after, rental).CompareTo(Spread(fleet, rental)) >= 0, rental);
        Assert.All(plan, p => Assert.True(p.To is not null && !p.From.Draining));
        Assert.True(MovePlan.Balance(fleet.Servers, fleet.Relays, 1).Count <= 1);
    });

    [Fact]
    public void Relays_beside_each_other_go_apart_and_full_servers_share_with_empty_ones()
    {
        RelayServer Server(string id, string region, string address, int slots) => new() { Id = id, Name = id, RegionCode = region, Address = address, SlotLimit = 10, Slots = slots };
        var servers = new[] { Server("a", "sh", "203.0.113.1", 9), Server("b", "sh", "203.0.113.2", 0), Server("c", "hk", "203.0.113.3", 0) };
        var relays = Enumerable.Range(0, 9).Select(i => new PlacedRelay($"s{i}", i < 2 ? "twins" : $"r{i}", "p", "a", [])).ToList();
        var plan = MovePlan.Balance(servers, relays, 200);
        Assert.Equal("twins", plan.Single(p => p.To!.Id == "c").Relay.Rental);
        // The others stay in their region: five here, and three there.
        Assert.Equal((1, 3), (plan.Count(p => p.To!.Id == "c"), plan.Count(p => p.To!.Id == "b")));
        Assert.Empty(MovePlan.Balance([Server("a", "sh", "203.0.113.1", 1), Server("b", "sh", "203.0.113.2", 0)], [new("s", "r", "p", "a", [])], 200));
    }

    private static Fleet After(Fleet fleet, IReadOnlyList<PlannedMove> plan)
    {
        var moved = plan.Where(p => p.To is not null).ToDictionary(p => p.Relay.Slot, p => p.To!.Id);
        List<PlacedRelay> relays = [.. fleet.Relays.Select(r => r with { Server = moved.GetValueOrDefault(r.Slot, r.Server) })];
        return new([.. fleet.Servers.Select(v => v with { Slots = relays.Count(r => r.Server == v.Id) })], relays);
    }

    private static void Check(Fleet before, IReadOnlyList<PlannedMove> plan, Fleet after)
    {
        Assert.All(after.Servers, v => Assert.True(v.Slots <= v.SlotLimit, v.Id));
        Assert.All(plan.Where(p => p.To is not null), p => Assert.True(!p.To!.Draining && p.To.Id != p.From.Id && p.From.Id == p.Relay.Server && (p.Relay.Regions.Count == 0 || p.Relay.Regions.Contains(p.To.RegionCode))));
        Assert.Equal(before.Relays.Count, after.Relays.Count);
    }

    private static (int Regions, int Addresses) Spread(Fleet fleet, string rental)
    {
        var on = fleet.Relays.Where(r => r.Rental == rental).Select(r => fleet.Servers.Single(v => v.Id == r.Server)).ToList();
        return (on.Select(v => v.RegionCode).Distinct().Count(), on.Select(v => v.Address).Distinct().Count());
    }
}
