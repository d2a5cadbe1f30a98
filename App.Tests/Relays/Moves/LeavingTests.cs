using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Leaving;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Moves;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Traffic;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Relays.Moves;

/// <summary>Servers that relays leave: drained, removed, down, or over their traffic.</summary>
public sealed class LeavingTests
{
    [Theory, BothEngines]
    public async Task A_server_that_is_removed_with_its_people_is_gone_when_all_have_left(Engine engine)
    {
        await using var bench = await Open(engine, 3);
        var (rental, server) = await Rented(bench);
        var others = new List<Rental> { await bench.Redeem(await bench.Person(), await bench.Serial()), await bench.Redeem(await bench.Person(), await bench.Serial()) };
        Assert.Equal("NO_SUCH_SERVER", await Bench.Code(() => Leave(bench, "nothing", RelayMove.Removed)));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Leave(bench, server, "whatever")));
        await Leave(bench, server, RelayMove.Removed);
        await Keep(bench);
        await Keep(bench);
        var move = Assert.Single(await Going(bench));
        Assert.Equal((server, RelayMove.Removed, rental.Id), (move.FromServer, move.Cause, move.RentalId));
        // Nobody new, and it is there as long as anything is.
        Assert.NotEqual(server, (await bench.Slots(await bench.Redeem(await bench.Person(), await bench.Serial()))).Single().ServerId);
        await Arrive(bench, move);
        await Keep(bench);
        Assert.NotNull(await Find(bench, server));
        bench.Shop.Clock.Advance(TimeSpan.FromHours(27));
        await bench.Shop.Get<MoveKeeper>().Run(default);
        await Keep(bench);
        Assert.Null(await Find(bench, server));
        Assert.Equal(move.ToServer, (await bench.Slots(rental)).Single().ServerId);
        Assert.Equal(4, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_containers")));
    }

    /// <summary>Where there is no room they stay and staff are told, once a day; when a server is added, they go. Who opens it again keeps the rest.</summary>
    [Theory, BothEngines]
    public async Task Whoever_has_nowhere_to_go_stays_until_there_is_room(Engine engine)
    {
        await using var bench = await Open(engine, 1);
        await Desk(bench);
        var (rental, server) = await Rented(bench);
        await Leave(bench, server, RelayMove.Drained);
        await Keep(bench);
        await Keep(bench);
        Assert.Empty(await Going(bench));
        Assert.Equal(1, await Told(bench));
        Assert.Null((await bench.Db.Read(s => LeaveService.Preview(s, Caller.DefaultTenant, server))).Single().To);
        var other = await bench.Server("other", "r0", "203.0.113.99");
        Assert.Equal((other.Id, 1, 1), (await bench.Db.Read(s => LeaveService.Preview(s, Caller.DefaultTenant, server))).Single() is var g ? (g.To!.Id, g.Relays, g.People) : default);
        bench.Shop.Clock.Advance(TimeSpan.FromMinutes(2));
        await Keep(bench);
        var move = Assert.Single(await Going(bench));
        await Arrive(bench, move);
        bench.Shop.Clock.Advance(TimeSpan.FromHours(27));
        await bench.Shop.Get<MoveKeeper>().Run(default);
        Assert.Equal((true, "drained"), ((await Find(bench, server))!.Draining, (await bench.Db.Read(s => LeaveStore.State(s, server))).Leaving));
        await bench.Db.Write(s => bench.Shop.Get<ServerService>().Update(s, Shop.Staff, server, v => v with { Draining = false }));
        Assert.Equal("", (await bench.Db.Read(s => LeaveStore.State(s, server))).Leaving);
        Assert.Equal(other.Id, (await bench.Slots(rental)).Single().ServerId);
    }

    /// <summary>Not before it is down for as long as is set; then at once, also one whose old relay still runs elsewhere.</summary>
    [Theory, BothEngines]
    public async Task The_relays_of_a_server_that_is_down_go_after_a_while(Engine engine)
    {
        await using var bench = await Open(engine, 3);
        await Desk(bench);
        var (rental, server) = await Rented(bench);
        await Down(bench, server, minutes: 14);
        await Keep(bench);
        Assert.Empty(await Going(bench));
        bench.Shop.Clock.Advance(TimeSpan.FromMinutes(2));
        await Keep(bench);
        var move = Assert.Single(await Going(bench));
        Assert.Equal((RelayMove.Down, 1), (move.Cause, await Told(bench)));
        await Arrive(bench, move);
        // The new one dies as well, while the first may still come back.
        await Down(bench, move.ToServer, minutes: 16);
        await Keep(bench);
        var second = Assert.Single(await Going(bench));
        Assert.Equal((move.ToServer, RelayMove.Done), (second.FromServer, (await bench.Db.Read(s => MoveStore.Find(s, Caller.DefaultTenant, move.Id)))!.State));
        Assert.NotEqual(server, second.ToServer);
        await Arrive(bench, second);
        Assert.Equal(second.ToServer, (await bench.Slots(rental)).Single().ServerId);
        Assert.Equal(["redeemed", "moved", "moved"], await bench.Story(rental));
    }

    /// <summary>Counted as its provider does, up to the percentage; with more allowance or in the next period it is open again.</summary>
    [Theory, BothEngines]
    public async Task Over_its_allowance_a_server_takes_nobody_and_its_relays_go(Engine engine)
    {
        await using var bench = await Open(engine, 2);
        await Desk(bench);
        var (rental, server) = await Rented(bench);
        await bench.Db.Write(s => bench.Shop.Get<ServerService>().Update(s, Shop.Staff, server, v => v with { TrafficAllowance = 1000, TrafficStopPercent = 90, TrafficCounted = "out" }));
        await Carry(bench, rental, server, 5000, 899);
        await Keep(bench);
        Assert.Empty(await Going(bench));
        await Carry(bench, rental, server, 5000, 900);
        await Keep(bench);
        await Keep(bench);
        Assert.Equal((RelayMove.Allowance, 1), (Assert.Single(await Going(bench)).Cause, await Told(bench)));
        Assert.NotEqual(server, (await bench.Slots(await bench.Redeem(await bench.Person(), await bench.Serial()))).Single().ServerId);
        await bench.Db.Write(s => bench.Shop.Get<ServerService>().Update(s, Shop.Staff, server, v => v with { TrafficAllowance = 2000 }));
        await Keep(bench);
        Assert.Null((await bench.Db.Read(s => LeaveStore.State(s, server))).OverUntil);
        await bench.Db.Write(s => bench.Shop.Get<ServerService>().Update(s, Shop.Staff, server, v => v with { TrafficAllowance = 1000 }));
        await Keep(bench);
        Assert.NotNull((await bench.Db.Read(s => LeaveStore.State(s, server))).OverUntil);
        bench.Shop.Clock.Advance(TimeSpan.FromDays(32));
        await Keep(bench);
        Assert.Null((await bench.Db.Read(s => LeaveStore.State(s, server))).OverUntil);
    }

    /// <summary>Of two nodes that look at once, and of one that was ended and begun again, each relay goes once.</summary>
    [Theory, BothEngines]
    public async Task Whoever_looks_at_once_or_again_begins_each_move_once(Engine engine)
    {
        await using var bench = await Open(engine, 1);
        for (var i = 0; i < 8; i++)
            await bench.Redeem(await bench.Person(), await bench.Serial());
        var server = (await bench.Db.Read(s => ServerStore.All(s, Caller.DefaultTenant))).Single().Id;
        await bench.Server("other", "r0", "203.0.113.99");
        await Leave(bench, server, RelayMove.Removed);
        LeaveKeeper[] leaves = [bench.Shop.Get<LeaveKeeper>(), ActivatorUtilities.CreateInstance<LeaveKeeper>(bench.Shop.Get<IServiceProvider>())];
        await Task.WhenAll(leaves.Select(k => Task.Run(() => k.Run(default))));
        var going = await Going(bench);
        Assert.Equal((8, 8), (going.Count, going.Select(m => m.SlotId).Distinct().Count()));
        Assert.Equal(16, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_containers")));
        foreach (var move in going)
            await Arrive(bench, move);
        bench.Shop.Clock.Advance(TimeSpan.FromHours(27));
        MoveKeeper[] moves = [bench.Shop.Get<MoveKeeper>(), ActivatorUtilities.CreateInstance<MoveKeeper>(bench.Shop.Get<IServiceProvider>())];
        await Task.WhenAll(moves.Select(k => Task.Run(() => k.Run(default))));
        await Task.WhenAll(leaves.Select(k => Task.Run(() => k.Run(default))));
        Assert.Equal((8, 1), (await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_containers")), await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_servers"))));
        Assert.Equal(8, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM rental_events WHERE kind = 'moved'")));
    }

    /// <summary>What the preview says is what begins; and whoever asks twice at once begins each once.</summary>
    [Theory, BothEngines]
    public async Task Relays_are_balanced_when_somebody_says_so(Engine engine)
    {
        await using var bench = await Open(engine, 1, slots: 20);
        for (var i = 0; i < 12; i++)
            await bench.Redeem(await bench.Person(), await bench.Serial());
        Assert.Empty(await bench.Db.Read(s => LeaveService.Plan(s, Caller.DefaultTenant)));
        var empty = await bench.Server("empty", "r0", "203.0.113.99", 20_000, 20_019);
        var plan = await bench.Db.Read(s => LeaveService.Plan(s, Caller.DefaultTenant));
        Assert.All(plan, p => Assert.Equal(empty.Id, p.To!.Id));
        Assert.InRange(plan.Count, 4, 6);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => bench.Db.Command(Shop.Staff, s => bench.Shop.Get<LeaveService>().Balance(s, Shop.Staff)))));
        var going = await Going(bench);
        Assert.Equal((going.Count, true), (going.Select(m => m.SlotId).Distinct().Count(), going.Count >= plan.Count));
        Assert.All(going, m => Assert.Equal((empty.Id, RelayMove.Balanced), (m.ToServer, m.Cause)));
    }

    private static async Task<RelayBench> Open(Engine engine, int servers, int slots = 10_000)
    {
        var bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 1 }, servers, 20_000, 20_000 + slots - 1);
        await bench.Db.Write(s => s.Execute("UPDATE relay_servers SET region_code = 'r0'"));
        return bench;
    }

    private static async Task<(Rental Rental, string Server)> Rented(RelayBench bench) => await bench.Redeem(await bench.Person(), await bench.Serial()) is var rental ? (rental, (await bench.Slots(rental)).Single().ServerId) : default;

    private static Task Leave(RelayBench bench, string server, string why) => bench.Db.Write(s => bench.Shop.Get<LeaveService>().Leave(s, Shop.Staff, server, why));

    private static Task Keep(RelayBench bench) => bench.Shop.Get<LeaveKeeper>().Run(default);

    private static Task<RelayServer?> Find(RelayBench bench, string server) => bench.Db.Read(s => ServerStore.Find(s, Caller.DefaultTenant, server));

    private static Task<List<RelayMove>> Going(RelayBench bench) => bench.Db.Read(s => MoveStore.List(s, Caller.DefaultTenant, null, null, true, null, 100));

    private static async Task Arrive(RelayBench bench, RelayMove move)
    {
        await bench.Db.Write(s => s.Execute("UPDATE relay_containers SET state = 'running' WHERE id = @id", ("id", move.ContainerId)));
        Assert.True(await bench.Db.Write(s => bench.Shop.Get<MoveService>().Switch(s, Caller.DefaultTenant, move.Id)));
    }

    private static Task Down(RelayBench bench, string server, int minutes) =>
        bench.Db.Write(s => s.Execute("UPDATE relay_servers SET health = 'down', health_since = @since, probed_at = @now WHERE id = @id", ("now", bench.Shop.Now), ("since", bench.Shop.Now - minutes * 60_000), ("id", server)));

    private static Task Carry(RelayBench bench, Rental rental, string server, long bytesIn, long bytesOut) => bench.Shop.Get<TrafficBook>().Count(
        [new RelayReading(bench.Slots(rental).Result.Single().Id, server, "1", bench.Shop.Now - 1000, new(bytesIn, bytesOut, 1, 1), new Dictionary<string, Volume>())], default);

    private static Task Desk(RelayBench bench) => bench.Db.Write(s => s.Execute("INSERT INTO channels (id, tenant_id, kind, name, enabled, settings, secrets, sealed_secrets, events, created_at, updated_at) VALUES ('staff', 'default', 'mail', 'Desk', 1, '{}', '[]', '', '{}', 0, 0)"));

    private static Task<long> Told(RelayBench bench) => bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'notice' AND what LIKE '%servers.moves%'"));
}
