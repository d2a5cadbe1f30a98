using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Places;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Relays.Moves;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Moves;

/// <summary>A relay's way to another server, step by step and with everything else at once.</summary>
public sealed class MoveTests
{
    /// <summary>The new one is wanted beside the old one, with the same key, pin and port; maps name it when it is reached; the old one goes a minute after the new map was fetched.</summary>
    [Theory, BothEngines]
    public async Task The_old_relay_stays_until_the_new_map_was_fetched(Engine engine)
    {
        await using var bench = await Open(engine, 2);
        var (rental, before) = await Rented(bench);
        await bench.Db.Write(s => s.Execute("INSERT INTO channels (id, tenant_id, account_id, kind, name, enabled, settings, secrets, sealed_secrets, events, created_at, updated_at) VALUES ('own', 'default', @who, 'mail', 'Mine', 1, '{}', '[]', '', '{}', 0, 0)", ("who", rental.AccountId)));
        var version = (await Map(bench, rental)).Version.Version;
        var move = await Begin(bench, before.Id);
        Assert.Equal((before.ServerId, before.Port, RelayMove.Starting), ((await Slot(bench, rental)).ServerId, (await Slot(bench, rental)).Port, (await Now(bench, move)).State));
        Assert.Equal([(before.ServerId, (long)before.Port), (move.ToServer, before.Port)], (await Containers(bench, rental)).Select(c => (c.Server, c.Port)));

        // Not before it runs; and then once, whoever comes with it.
        Assert.False(await bench.Db.Write(s => Moves(bench).Switch(s, Caller.DefaultTenant, move.Id)));
        await Runs(bench, move);
        var took = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => bench.Db.Write(s => Moves(bench).Switch(s, Caller.DefaultTenant, move.Id)))));
        Assert.Single(took, t => t);
        var after = await Slot(bench, rental);
        Assert.Equal((move.ToServer, before.Port, before.CertName, before.RegionId, before.NodeName), (after.ServerId, after.Port, after.CertName, after.RegionId, after.NodeName));
        var map = await Map(bench, rental);
        Assert.Equal((version + 1, after.Address), (map.Version.Version, map.Version.Slots.Single().IPv4));
        Assert.Equal(1, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'notice' AND what LIKE '%rentals.moved%'")));
        Assert.Equal(["redeemed", "moved"], await bench.Story(rental));

        await Keep(bench);
        Assert.Equal(2, (await Containers(bench, rental)).Count);
        await bench.Db.Write(s => AclLog.Write(s, bench.Shop.Get<PlaceLookup>(), Caller.DefaultTenant, rental.Id, rental.AccountId, Caller.System, AclLog.Fetched, version, AclVersion.Derp, bench.Shop.Now, AclLog.Link));
        bench.Shop.Clock.Advance(TimeSpan.FromMinutes(2));
        await Keep(bench);
        Assert.Equal(2, (await Containers(bench, rental)).Count);
        await bench.Db.Write(s => AclLog.Write(s, bench.Shop.Get<PlaceLookup>(), Caller.DefaultTenant, rental.Id, rental.AccountId, Caller.System, AclLog.Fetched, version + 1, AclVersion.Derp, bench.Shop.Now, AclLog.Link));
        await Keep(bench);
        Assert.Equal(2, (await Containers(bench, rental)).Count);
        bench.Shop.Clock.Advance(TimeSpan.FromMinutes(2));
        await Keep(bench);
        Assert.Equal((move.ToServer, RelayMove.Done), (Assert.Single(await Containers(bench, rental)).Server, (await Now(bench, move)).State));
        Assert.False(await bench.Db.Write(s => Moves(bench).Finish(s, Caller.DefaultTenant, move.Id)));
    }

    [Theory, BothEngines]
    public async Task Where_nobody_fetches_it_the_old_one_goes_after_26_hours(Engine engine)
    {
        await using var bench = await Open(engine, 2);
        var (rental, before) = await Rented(bench);
        var move = await Begin(bench, before.Id);
        await Runs(bench, move);
        await bench.Db.Write(s => Moves(bench).Switch(s, Caller.DefaultTenant, move.Id));
        bench.Shop.Clock.Advance(TimeSpan.FromHours(25.9));
        await Keep(bench);
        Assert.Equal(2, (await Containers(bench, rental)).Count);
        bench.Shop.Clock.Advance(TimeSpan.FromHours(0.2));
        await Keep(bench);
        Assert.Equal(move.ToServer, Assert.Single(await Containers(bench, rental)).Server);
        // And back: the port that it has is free there again.
        var back = await Begin(bench, before.Id);
        Assert.Equal((before.ServerId, (long)before.Port), (back.ToServer, (await Containers(bench, rental)).Single(c => c.Server == before.ServerId).Port));
    }

    /// <summary>The port is a stranger's there, or beyond its span: another one, which no relay of the fleet has, and the map says so when it names the place.</summary>
    [Theory, BothEngines]
    public async Task Where_its_port_is_not_to_be_had_it_gets_another(Engine engine)
    {
        await using var bench = await Open(engine, 1, from: 20_000, to: 20_000);
        var (rental, before) = await Rented(bench);
        await bench.Server("other", "r9", "203.0.113.99", 20_000, 20_001);
        var other = (await bench.Db.Read(s => ServerStore.FindByName(s, Caller.DefaultTenant, "other")))!;
        await bench.Db.Write(s => s.Execute("INSERT INTO relay_busy_ports (tenant_id, server_id, port, until) VALUES ('default', @id, 20000, @until)", ("id", other.Id), ("until", bench.Shop.Now + 1000)));
        var move = await Begin(bench, before.Id);
        Assert.Equal(20_001, (await Containers(bench, rental)).Single(c => c.Server == other.Id).Port);
        Assert.Equal(20_000, (await Slot(bench, rental)).Port);
        // It is reserved meanwhile, as the old one is.
        Assert.Equal("NO_RELAY_ROOM", await Bench.Code(async () => await bench.Redeem(await bench.Person(), await bench.Serial())));
        await Runs(bench, move);
        await bench.Db.Write(s => Moves(bench).Switch(s, Caller.DefaultTenant, move.Id));
        Assert.Equal((20_001, "900: host-0 → other"), ((await Slot(bench, rental)).Port, (await bench.Db.Read(s => s.One("SELECT detail FROM rental_events WHERE kind = 'moved'", r => r.GetString(0))))!));
        Assert.Equal(20_001, (await Map(bench, rental)).Version.Slots.Single().DerpPort);
    }

    /// <summary>What is never reached is given up, told to staff, and all is as it was; the next time it goes elsewhere.</summary>
    [Theory, BothEngines]
    public async Task A_place_where_it_is_not_reached_is_given_up(Engine engine)
    {
        await using var bench = await Open(engine, 3);
        var (rental, before) = await Rented(bench);
        await bench.Db.Write(s => s.Execute("INSERT INTO channels (id, tenant_id, kind, name, enabled, settings, secrets, sealed_secrets, events, created_at, updated_at) VALUES ('staff', 'default', 'mail', 'Desk', 1, '{}', '[]', '', '{}', 0, 0)"));
        var move = await Begin(bench, before.Id);
        await Keep(bench);
        Assert.Equal(RelayMove.Starting, (await Now(bench, move)).State);
        bench.Shop.Clock.Advance(TimeSpan.FromMinutes(11));
        await Keep(bench);
        Assert.Equal(RelayMove.Dropped, (await Now(bench, move)).State);
        Assert.Equal(before with { State = "waiting" }, await Slot(bench, rental));
        Assert.Single(await Containers(bench, rental));
        Assert.Equal(1, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'notice' AND what LIKE '%servers.moves%'")));
        Assert.NotEqual(move.ToServer, (await Begin(bench, before.Id)).ToServer);
    }

    /// <summary>One that does not run has nobody to wait for: it is there at once, and starts there when it is renewed.</summary>
    [Theory, BothEngines]
    public async Task One_that_is_stopped_is_there_at_once(Engine engine)
    {
        await using var bench = await Open(engine, 2);
        var (rental, before) = await Rented(bench);
        bench.Shop.Clock.Advance(TimeSpan.FromDays(30) + TimeSpan.FromHours(1));
        await bench.Keeper.Run(default);
        var move = await Begin(bench, before.Id);
        Assert.Equal((RelayMove.Done, move.ToServer, before.Port), (move.State, (await Slot(bench, rental)).ServerId, (await Slot(bench, rental)).Port));
        Assert.Equal((move.ToServer, "stop"), Assert.Single(await Containers(bench, rental)) is var c ? (c.Server, c.Wanted) : default);
        await bench.Redeem(Caller.System with { Kind = "customer", Id = rental.AccountId }, await bench.Serial(), rental.Id);
        Assert.Equal("run", Assert.Single(await Containers(bench, rental)).Wanted);
    }

    [Theory, BothEngines]
    public async Task What_cannot_be_is_told_and_changes_nothing(Engine engine)
    {
        await using var bench = await Open(engine, 1);
        var (rental, before) = await Rented(bench);
        Assert.Equal("NO_RELAY_ROOM", await Bench.Code(() => Begin(bench, before.Id)));
        await bench.Server("other", "r0", "203.0.113.99");
        var refused = await Assert.ThrowsAsync<Refusal>(() => bench.Db.Write(s => Moves(bench).Begin(s, Caller.DefaultTenant, before.Id, before.ServerId, RelayMove.Asked)));
        Assert.Equal("The relay cannot go there. These have room: other", Localizer.For("en")[refused.Fields["server"]]);
        Assert.Equal("NO_SUCH_RELAY", await Bench.Code(() => bench.Db.Write(s => Moves(bench).Begin(s, "other", before.Id, null, RelayMove.Asked))));
        await Begin(bench, before.Id);
        Assert.Equal("RELAY_MOVING", await Bench.Code(() => Begin(bench, before.Id)));
        // Nobody removes a server that something comes to, or still runs on.
        foreach (var server in (await Containers(bench, rental)).Select(c => c.Server))
            Assert.Equal("SERVER_IN_USE", await Bench.Code(() => bench.Db.Write(s => bench.Shop.Get<ServerService>().Remove(s, Licensing.Shop.Staff, server))));
    }

    /// <summary>Whatever comes at the same time: a slot is on one server that is there, has a relay there and no more than one beside it while it moves, and no port twice.</summary>
    [Theory, BothEngines]
    public async Task With_its_end_another_move_and_the_servers_removal_at_once_nothing_is_left_over(Engine engine)
    {
        await using var bench = await Open(engine, 1, p => p with { ServersPerRental = 1, GraceSeconds = 0 });
        for (var round = 0; round < 8; round++)
        {
            var spare = await bench.Server($"spare-{round}", "r0", $"198.51.100.{round + 1}");
            var (rental, slot) = await Rented(bench);
            if (round % 2 == 0)
                bench.Shop.Clock.Advance(TimeSpan.FromDays(30));
            await Task.WhenAll(
                Task.Run(() => Bench.Code(() => Begin(bench, slot.Id))),
                Task.Run(() => Bench.Code(() => Begin(bench, slot.Id))),
                Task.Run(() => bench.Keeper.Run(default)),
                Task.Run(() => Bench.Code(() => bench.Db.Write(s => bench.Shop.Get<ServerService>().Remove(s, Licensing.Shop.Staff, spare.Id)))));
            var going = await bench.Db.Read(s => MoveStore.Open(s, slot.Id));
            if (going is not null)
                await Runs(bench, going);
            await Task.WhenAll(
                Task.Run(() => going is null ? Task.FromResult(false) : bench.Db.Write(s => Moves(bench).Switch(s, Caller.DefaultTenant, going.Id))),
                Task.Run(() => going is null ? Task.FromResult(false) : bench.Db.Write(s => Moves(bench).Drop(s, Caller.DefaultTenant, going.Id, null))),
                Task.Run(() => bench.Keeper.Run(default)));
            bench.Shop.Clock.Advance(TimeSpan.FromHours(27));
            await Keep(bench);
            Assert.Equal(0, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_moves WHERE ended_at IS NULL")));
            Assert.Equal(0, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_containers c JOIN relay_slots s ON s.id = c.slot_id WHERE s.released_at IS NOT NULL OR s.server_id <> c.server_id OR s.port <> c.port")));
            Assert.Equal(0, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_slots s WHERE s.released_at IS NULL AND (SELECT COUNT(*) FROM relay_containers c JOIN relay_servers v ON v.id = c.server_id WHERE c.slot_id = s.id) <> 1")));
        }
    }

    [Theory, BothEngines]
    public async Task Ports_of_relays_that_move_and_that_come_are_never_the_same(Engine engine)
    {
        await using var bench = await Open(engine, 1, p => p with { ServersPerRental = 10 }, 20_000, 20_099);
        var rental = await bench.Redeem(await bench.Person(), await bench.Serial());
        // One machine: each that comes needs another port than it has.
        await bench.Db.Write(s => s.Execute("UPDATE relay_servers SET address = '203.0.113.50'"));
        await bench.Server("beside", "r0", "203.0.113.50", 20_000, 20_099);
        var slots = await bench.Slots(rental);
        var come = Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await Bench.Code(async () => await bench.Redeem(await bench.Person(), await bench.Serial()))));
        await Task.WhenAll([.. slots.Select(v => Task.Run(async () => await Bench.Code(() => Begin(bench, v.Id)))), .. come]);
        var ports = await bench.Db.Read(s => s.All("SELECT port FROM relay_containers", r => r.GetInt64(0)));
        Assert.Equal((60, 60), (ports.Count, ports.Distinct().Count()));
    }

    // Of machines apart: beside each other in one process each relay needs a port of its own.
    private static async Task<RelayBench> Open(Engine engine, int servers, Func<Gatehouse.Licensing.Plans.Plan, Gatehouse.Licensing.Plans.Plan>? terms = null, long from = 20_000, long to = 29_999)
    {
        var bench = await RelayBench.Open(engine, terms ?? (p => p with { ServersPerRental = 1 }), servers, from, to);
        await bench.Db.Write(s => s.Execute("UPDATE relay_servers SET kind = 'elsewhere'"));
        return bench;
    }

    private static MoveService Moves(RelayBench bench) => bench.Shop.Get<MoveService>();

    private static async Task<(Rental Rental, Slot Slot)> Rented(RelayBench bench) => await bench.Redeem(await bench.Person(), await bench.Serial()) is var rental ? (rental, (await bench.Slots(rental)).Single()) : default;

    private static async Task<Slot> Slot(RelayBench bench, Rental rental) => (await bench.Slots(rental)).Single();

    private static Task<RelayMove> Begin(RelayBench bench, string slot) => bench.Db.Write(s => Moves(bench).Begin(s, Caller.DefaultTenant, slot, null, RelayMove.Asked));

    private static async Task<RelayMove> Now(RelayBench bench, RelayMove move) => (await bench.Db.Read(s => MoveStore.Find(s, Caller.DefaultTenant, move.Id)))!;

    private static Task Runs(RelayBench bench, RelayMove move) => bench.Db.Write(s => s.Execute("UPDATE relay_containers SET state = 'running' WHERE id = @id", ("id", move.ContainerId)));

    private static Task Keep(RelayBench bench) => bench.Shop.Get<MoveKeeper>().Run(default);

    private static Task<AclState> Map(RelayBench bench, Rental rental) => bench.Db.Write(s => bench.Shop.Get<AclService>().Current(s, Caller.System, rental.Id));

    private static Task<List<(string Server, long Port, string Wanted)>> Containers(RelayBench bench, Rental rental) => bench.Db.Read(s => s.All(
        "SELECT c.server_id, c.port, c.wanted FROM relay_containers c JOIN relay_slots s ON s.id = c.slot_id WHERE s.rental_id = @rental ORDER BY c.id", r => (r.GetString(0), r.GetInt64(1), r.GetString(2)), ("rental", rental.Id)));
}
