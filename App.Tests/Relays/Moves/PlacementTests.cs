using CsCheck;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Tests.Relays.Moves;

/// <summary>Where relays go, whatever servers there are.</summary>
public sealed class PlacementTests
{
    private static readonly Gen<RelayServer> Any = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 5], Gen.Int[0, 6], Gen.Int[0, 6], (region, address, limit, slots) =>
        new RelayServer { RegionCode = $"r{region}", Address = $"203.0.113.{address}", SlotLimit = limit, Slots = slots });

    private static readonly Gen<List<RelayServer>> Fleet = Any.List[1, 8].Select(all => all.Select((v, i) => v with { Id = $"s{i}" }).ToList());

    /// <summary>None with room is better: fewer of the others in its region, then on its address, then less of it taken.</summary>
    [Fact]
    public void The_first_is_the_best() => Gen.Select(Fleet, Gen.Int[0, 4]).Sample((servers, others) =>
    {
        var beside = servers.Take(others).ToList();
        (int, int, double) Worth(RelayServer v) => (beside.Count(b => b.RegionCode == v.RegionCode), beside.Count(b => b.Address == v.Address), (double)v.Slots / v.SlotLimit!.Value);
        var room = servers.Where(v => v.Slots < v.SlotLimit).ToList();
        var order = Placement.Of(servers, beside, _ => 0).ToList();
        Assert.Equal(room.Select(v => v.Id).Order(), order.Select(v => v.Id).Order());
        if (order.Count > 0)
            Assert.Equal(room.Min(Worth), Worth(order[0]));
    });

    /// <summary>One after another they are in as many regions as there are with room, never more on a server than it takes; and as many as there is room for.</summary>
    [Fact]
    public void As_many_regions_as_there_are() => Gen.Select(Fleet, Gen.Int[1, 6]).Sample((servers, count) =>
    {
        var placed = new List<RelayServer>();
        for (var i = 0; i < count; i++)
            if (Placement.Of(servers, placed, v => placed.Count(p => p.Id == v.Id)).FirstOrDefault() is { } next)
                placed.Add(next);
        var room = servers.Where(v => v.Room > 0).ToList();
        Assert.Equal(Math.Min(count, room.Sum(v => v.Room)), placed.Count);
        Assert.Equal(Math.Min(placed.Count, room.Select(v => v.RegionCode).Distinct().Count()), placed.Select(v => v.RegionCode).Distinct().Count());
        Assert.All(placed.GroupBy(v => v.Id), g => Assert.InRange(g.Count(), 1, g.First().Room));
    });

    /// <summary>A relay that moves stays in its region where that costs no variety.</summary>
    [Fact]
    public void It_stays_in_its_region_where_it_can() => Gen.Select(Fleet, Gen.Int[0, 3]).Sample((servers, home) =>
    {
        var best = Placement.Of(servers, [], _ => 0, $"r{home}").FirstOrDefault();
        Assert.True(best is null || best.RegionCode == $"r{home}" || servers.All(v => v.RegionCode != $"r{home}" || v.Room == 0));
    });
}
