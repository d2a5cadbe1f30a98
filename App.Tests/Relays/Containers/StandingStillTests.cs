using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.RentalDesk;
using Gatehouse.Relays.Rentals;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Engines;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>The relays of a rental that is suspended, refunded or over stand still as they are, until it goes on or its grace is over.</summary>
public sealed class StandingStillTests(ShippedImage shipped) : IClassFixture<ShippedImage>
{
    private const long Day = 86_400_000;

    private static RentalChange Suspend(bool suspended) => new(null, null, null, null, suspended);

    private static RentalChange End(long at) => new(null, null, null, at, null);

    /// <summary>Suspended by staff, its container stands still; resumed, it is started as it was; refunded, it stands still at once and is gone after its grace.</summary>
    [Theory, BothEngines]
    public async Task A_container_stands_still_while_its_rental_lets_nobody_in(Engine engine)
    {
        await using var bench = await DockerBench.Start(shipped, engine);
        var (_, http) = await Helpdesk.Customer(bench.Server);
        await bench.Add(DockerBench.Socket, bench.Public);
        var laptop = TestKey.New();
        var id = await bench.Rent(http, 1, laptop);
        var before = (await bench.Slots(id))[0];
        var (name, relay, made) = (await bench.NameOf(before), "", "");
        await using (var device = await bench.Admitted(id, 0, laptop))
        {
            (relay, made) = (Convert.ToHexStringLower(device.RelayKey), await TestDocker.Run("inspect", "--format", "{{.Id}}", name));
            await bench.Owner.PatchApi("/api/rentals/" + id, new { suspended = true });
            await device.Closed();
        }
        await Still();
        Assert.False(await bench.LetsIn(id, 0, laptop));

        await bench.Owner.PatchApi("/api/rentals/" + id, new { suspended = false });
        await using (var device = await bench.Admitted(id, 0, laptop))
        {
            Assert.Equal((relay, made), (Convert.ToHexStringLower(device.RelayKey), await TestDocker.Run("inspect", "--format", "{{.Id}}", name)));
            Assert.Equal((before.Port, before.CertName, before.RegionId), (await bench.Slots(id))[0] is var now ? (now.Port, now.CertName, now.RegionId) : default);
            // Its serial is taken back.
            var serial = (await bench.Server.Db.Read(s => s.One("SELECT license_id FROM rental_events WHERE rental_id = @id AND license_id IS NOT NULL", r => r.GetString(0), ("id", id))))!;
            await bench.Server.Db.Write(s => bench.Server.Service<RentalReturns>().TakeBack(s, Caller.DefaultTenant, serial, null, "test"));
            await device.Closed();
        }
        await Still();
        bench.Server.Clock.Advance(TimeSpan.FromDays(2));
        await bench.Server.Service<RentalKeeper>().Run(default);
        await Wait.Until(async () => (await bench.There()).Count == 0 && await bench.Volumes() == 0, "nothing is left after its grace", 60);
        Assert.Empty(bench.Server.Errors.Lines);

        async Task Still()
        {
            await bench.States(id, "stopped");
            await Wait.Until(async () => (await bench.There()) is [var only] && only == name + " exited", "it stands still", 60);
        }
    }

    /// <summary>Whoever suspends it, and whatever happens meanwhile, what should run is what the rental says.</summary>
    [Theory, BothEngines]
    public async Task What_should_run_is_what_its_rental_says(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 1 });
        var desk = bench.Shop.Get<RentalDeskService>();
        var (who, serial) = (await bench.Person(), await bench.Serial());
        var rental = await bench.Redeem(who, serial);
        Task Change(RentalChange change) => bench.Db.Command(Shop.Staff, s => desk.Change(s, Shop.Staff, rental.Id, change));
        await Says("run");
        await bench.Shop.Do(serial.Key, "suspend");
        await Says("stop");
        // One that comes meanwhile, and an end that is put off, start nothing.
        await bench.Db.Write(s => s.Execute("UPDATE rentals SET servers = 2, short_at = 1 WHERE id = @id", ("id", rental.Id)));
        bench.Shop.Clock.Advance(TimeSpan.FromMinutes(2));
        await bench.Keeper.Run(default);
        Assert.Equal(2, (await bench.Slots(rental)).Count);
        await Says("stop");
        await Change(End(bench.Shop.Now + 5 * Day));
        await Says("stop");
        await bench.Shop.Do(serial.Key, "reinstate");
        await Says("run");
        // Over while it is suspended, resumed in its grace, and renewed.
        await Change(Suspend(true));
        bench.Shop.Clock.Advance(TimeSpan.FromDays(5));
        await bench.Keeper.Run(default);
        await Change(Suspend(false));
        await Says("stop");
        await bench.Redeem(who, await bench.Serial(), rental.Id);
        await Says("run");
        await Change(Suspend(true));
        bench.Shop.Clock.Advance(TimeSpan.FromDays(40));
        await bench.Keeper.Run(default);
        Assert.Empty(await bench.Slots(rental));
        Assert.Equal(0, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_containers")));

        async Task Says(string wanted) => Assert.Equal([wanted], await bench.Db.Read(s => s.All("SELECT DISTINCT wanted FROM relay_containers", r => r.GetString(0))));
    }

    /// <summary>Suspended, resumed, ended and put off by many at once: in the end both say the same.</summary>
    [Theory, BothEngines]
    public async Task Suspended_and_put_off_at_once_it_runs_or_not_as_it_says(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 1 });
        var desk = bench.Shop.Get<RentalDeskService>();
        for (var round = 0; round < 12; round++)
        {
            var rental = await bench.Redeem(await bench.Person(), await bench.Serial());
            var now = bench.Shop.Now;
            RentalChange[] changes = [Suspend(true), Suspend(false), End(now + 3 * Day), Suspend(true), End(now + 9 * Day), Suspend(false)];
            await Task.WhenAll([.. changes.Select(c => bench.Db.Command(Shop.Staff, s => desk.Change(s, Shop.Staff, rental.Id, c))), bench.Db.Write(s => bench.Keeper.See(s, Caller.DefaultTenant, rental.Id)).ContinueWith(_ => { }, TaskScheduler.Default)]);
            var runs = (await bench.Now(rental)).Runs ? "run" : "stop";
            Assert.Equal(runs, await bench.Db.Read(s => s.One("SELECT c.wanted FROM relay_containers c JOIN relay_slots s ON s.id = c.slot_id WHERE s.rental_id = @id", r => r.GetString(0), ("id", rental.Id))));
        }
    }
}
