using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Rentals;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>Rentals: one serial once, ports never twice, time that adds up, and an end that a renewal may still turn.</summary>
public sealed class RentalTests
{
    [Theory, BothEngines]
    public async Task One_serial_by_a_hundred_people_is_one_persons(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine);
        var serial = await bench.Serial();
        var people = new List<Caller>();
        for (var i = 0; i < 100; i++)
            people.Add(await bench.Person());
        var told = await Task.WhenAll(people.Select(who => Task.Run(() => Bench.Code(() => bench.Redeem(who, serial)))));
        Assert.Equal((1, 99), (told.Count(c => c is null), told.Count(c => c == "SERIAL_SPENT")));
        Assert.Equal((1, 3), (await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM rentals")), await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_slots"))));
    }

    [Theory, BothEngines]
    public async Task A_thousand_ports_that_are_asked_for_at_once_are_a_thousand(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 10, DurationSeconds = 86400 }, servers: 2, portFrom: 20_000, portTo: 20_999);
        var (people, serials) = (new List<Caller>(), new List<License>());
        for (var i = 0; i < 100; i++)
        {
            people.Add(await bench.Person());
            serials.Add(await bench.Serial());
        }
        await Task.WhenAll(people.Zip(serials, (who, serial) => Task.Run(() => bench.Redeem(who, serial))));
        var ports = await bench.Db.Read(s => s.All("SELECT port FROM relay_slots WHERE released_at IS NULL", r => r.GetInt64(0)));
        Assert.Equal((1000, 1000), (ports.Count, ports.Distinct().Count()));
        Assert.Equal("NO_RELAY_ROOM", await Bench.Code(async () => await bench.Redeem(await bench.Person(), await bench.Serial())));
        // The serial is as good as before.
        Assert.Equal(1, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM licenses WHERE state = 'unused'")));
    }

    [Theory, BothEngines]
    public async Task Relays_are_in_different_regions_and_a_persons_region_ids_never_meet(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine);
        var who = await bench.Person();
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await bench.Redeem(who, await bench.Serial()))));
        var slots = new List<Gatehouse.Relays.Slots.Slot>();
        foreach (var rental in made)
        {
            var own = await bench.Slots(rental);
            Assert.Equal(3, own.Select(s => s.Address).Distinct().Count());
            slots.AddRange(own);
        }
        Assert.Equal(Enumerable.Range(900, 12), slots.Select(s => s.RegionId).Order());
        Assert.All(slots, s => Assert.Equal(($"{s.RegionId}a", s.Address, true), (s.NodeName, s.Ipv4, s.CertName.StartsWith("sha256-raw:", StringComparison.Ordinal))));
        Assert.Equal(12, slots.Select(s => s.CertName).Distinct().Count());
    }

    [Theory, BothEngines]
    public async Task Time_adds_up_and_goes_on_from_now_when_it_was_over(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine);
        var who = await bench.Person();
        var rental = await bench.Redeem(who, await bench.Serial(), name: "Home");
        Assert.Equal(("Home", Rental.Active, bench.Shop.Now + 30 * 86_400_000L), (rental.Name, rental.Status(bench.Shop.Now), rental.EndAt));
        rental = await bench.Redeem(who, await bench.Serial(), rental.Id);
        Assert.Equal(bench.Shop.Now + 60 * 86_400_000L, rental.EndAt);
        bench.Shop.Clock.Advance(TimeSpan.FromDays(60) + TimeSpan.FromHours(1));
        await bench.Keeper.Run(default);
        var slots = await bench.Slots(rental);
        Assert.Equal(Rental.Grace, (await bench.Now(rental)).Status(bench.Shop.Now));
        rental = await bench.Redeem(who, await bench.Serial(), rental.Id);
        Assert.Equal((bench.Shop.Now + 30 * 86_400_000L, null), (rental.EndAt, rental.CutAt));
        // As it was: the same ports, pins and region ids.
        Assert.Equal(slots.Select(s => (s.Port, s.CertName, s.RegionId)), (await bench.Slots(rental)).Select(s => (s.Port, s.CertName, s.RegionId)));
        Assert.Equal(0, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_containers WHERE wanted <> 'run'")));
        Assert.Equal(["redeemed", "extended", "cut", "extended"], await bench.Story(rental));
    }

    [Theory, BothEngines]
    public async Task After_its_grace_a_rental_is_history_and_its_ports_are_free(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { GraceSeconds = 3600 }, servers: 1, portFrom: 20_000, portTo: 20_002);
        var who = await bench.Person();
        var rental = await bench.Redeem(who, await bench.Serial());
        Assert.Equal("NO_RELAY_ROOM", await Bench.Code(async () => await bench.Redeem(who, await bench.Serial())));
        bench.Shop.Clock.Advance(TimeSpan.FromDays(30) + TimeSpan.FromHours(1));
        await bench.Keeper.Run(default);
        var over = await bench.Now(rental);
        Assert.Equal((Rental.Ended, true), (over.Status(bench.Shop.Now), over.ReleasedAt is not null));
        Assert.Equal("RENTAL_ENDED", await Bench.Code(async () => await bench.Redeem(who, await bench.Serial(), rental.Id)));
        Assert.Equal(["redeemed", "cut", "released"], await bench.Story(rental));
        Assert.Equal(3, (await bench.Slots(await bench.Redeem(who, await bench.Serial()))).Count);
    }

    /// <summary>Whichever comes first: the renewed one runs with its slots, or the serial is as good as before.</summary>
    [Theory, BothEngines]
    public async Task Of_the_end_and_a_renewal_at_once_nothing_is_lost(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { GraceSeconds = 0, ServersPerRental = 1 });
        for (var round = 0; round < 10; round++)
        {
            var who = await bench.Person();
            var rental = await bench.Redeem(who, await bench.Serial());
            bench.Shop.Clock.Advance(TimeSpan.FromDays(30));
            var serial = await bench.Serial();
            var renewal = Task.Run(() => Bench.Code(() => bench.Redeem(who, serial, rental.Id)));
            await Task.WhenAll(renewal, Task.Run(() => bench.Keeper.Run(default)));
            var (now, unused) = (await bench.Now(rental), await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM licenses WHERE id = @id AND state = 'unused'", ("id", serial.Id))));
            Assert.Equal(await renewal is null ? (Rental.Active, 0, 1) : (Rental.Ended, 1, 0), (now.Status(bench.Shop.Now), unused, (await bench.Slots(rental)).Count));
        }
    }

    [Theory, BothEngines]
    public async Task What_cannot_be_is_told_and_spends_nothing(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { Capacity = 1, Renewable = false });
        var (who, other) = (await bench.Person(), await bench.Person());
        var rental = await bench.Redeem(who, await bench.Serial());
        var serial = await bench.Serial();
        Assert.Equal("PLAN_FULL", await Bench.Code(() => bench.Redeem(who, serial)));
        Assert.Equal("RENTAL_NOT_RENEWABLE", await Bench.Code(() => bench.Redeem(who, serial, rental.Id)));
        Assert.Equal("NO_SUCH_RENTAL", await Bench.Code(() => bench.Redeem(other, serial, rental.Id)));
        Assert.Equal("NOT_A_SERIAL", await Bench.Code(async () => await bench.Redeem(who, await bench.Serial(await bench.Shop.Plan()))));
        Assert.Equal("unused", await bench.Db.Read(s => s.One("SELECT state FROM licenses WHERE id = @id", r => r.GetString(0), ("id", serial.Id))));
    }

    [Theory, BothEngines]
    public async Task Devices_are_as_many_as_the_rental_lets_in_whoever_comes_at_once(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { DeviceLimit = 3 });
        var who = await bench.Person();
        var rental = await bench.Redeem(who, await bench.Serial());
        var keys = Enumerable.Range(0, 20).Select(_ => RelayBench.NodeKey()).ToList();
        var told = await Task.WhenAll(keys.Select(k => Task.Run(() => Bench.Code(() => bench.Db.Write(s => bench.Devices.Add(s, Caller.DefaultTenant, who.Id!, k, "", null))))));
        Assert.Equal((3, 17), (told.Count(c => c is null), told.Count(c => c == "DEVICE_LIMIT")));
        var bound = keys[Array.IndexOf(told, null)];
        await bench.Db.Write(s => bench.Devices.Add(s, Caller.DefaultTenant, who.Id!, bound.ToUpperInvariant().Replace("NODEKEY", "nodekey"), "Laptop", rental.Id));
        Assert.Equal("Laptop", (await bench.Db.Read(s => Gatehouse.Relays.Devices.DeviceService.List(s, Caller.DefaultTenant, who.Id!, null))).Single(d => d.NodeKey == bound).Name);
        Assert.Equal(1, await bench.Db.Write(s => bench.Devices.Remove(s, Caller.DefaultTenant, who.Id!, bound, null)));
        Assert.Equal("NO_SUCH_DEVICE", await Bench.Code(() => bench.Db.Write(s => bench.Devices.Remove(s, Caller.DefaultTenant, who.Id!, bound, null))));
        Assert.Null(await Bench.Code(() => bench.Db.Write(s => bench.Devices.Add(s, Caller.DefaultTenant, who.Id!, keys[^1], "", null))));
    }

    [Theory, BothEngines]
    public async Task One_that_waits_for_a_device_begins_with_it_or_at_the_latest_on_its_day(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { Start = "first_connection", StartWithinSeconds = 86400 });
        var who = await bench.Person();
        var (first, second) = (await bench.Redeem(who, await bench.Serial()), await bench.Redeem(who, await bench.Serial()));
        Assert.Equal((Rental.Waiting, null), (first.Status(bench.Shop.Now), first.EndsAt(bench.Shop.Now)));
        bench.Shop.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(await bench.Db.Write(s => bench.Keeper.Begin(s, Caller.DefaultTenant, first.Id)));
        Assert.False(await bench.Db.Write(s => bench.Keeper.Begin(s, Caller.DefaultTenant, first.Id)));
        Assert.Equal(bench.Shop.Now + 30 * 86_400_000L, (await bench.Now(first)).EndAt);
        bench.Shop.Clock.Advance(TimeSpan.FromDays(2));
        await bench.Keeper.Run(default);
        Assert.Equal(second.StartBy + 30 * 86_400_000L, (await bench.Now(second)).EndAt);
    }
}
