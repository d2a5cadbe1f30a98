using Gatehouse.Relays.Containers;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>What a real engine cannot well be brought to: a full disk, hours of silence, clocks that are set back. Afterwards all is as it should be.</summary>
public sealed class SimulatedFaultTests
{
    /// <summary>Neither the image nor a container finds room: the page says so, nobody new comes, what runs runs on; and when there is room, the rest follows.</summary>
    [Theory, BothEngines]
    public async Task A_full_disk_is_told_and_made_good_when_there_is_room(Engine engine)
    {
        await using var fleet = await SimulatedFleet.Open(engine);
        var bench = fleet.Bench;
        var (server, on) = await fleet.Add("a", false);
        await fleet.Round();
        var first = await bench.Redeem(await bench.Person(), await bench.Serial());
        on.IsFull = true;
        await fleet.Round();
        Assert.StartsWith("The disk of the server is full", await fleet.SaidOf(server.Id));
        Assert.Equal("NO_RELAY_ROOM", await Bench.Code(async () => await bench.Redeem(await bench.Person(), await bench.Serial())));
        Assert.DoesNotContain(on.Images, i => i == (string?)null || i.StartsWith("gatehouse/relay:", StringComparison.Ordinal) && i != "gatehouse/relay:old");
        on.IsFull = false;
        await fleet.UntilRight("it runs");
        Assert.Equal("", await fleet.SaidOf(server.Id));

        var second = await bench.Redeem(await bench.Person(), await bench.Serial());
        on.IsFull = true;
        await fleet.Round();
        await fleet.Round();
        Assert.StartsWith("The disk of the server is full", await fleet.SaidOf(server.Id));
        Assert.Equal(("running", "running"), ((await fleet.Of(first)).Container.State, (await bench.Slots(first))[0].State));
        Assert.NotEqual("running", (await bench.Slots(second))[0].State);
        on.IsFull = false;
        await fleet.UntilRight("both run");
        Assert.Equal("", await fleet.SaidOf(server.Id));
    }

    /// <summary>For hours nothing is thought gone; what ended, came and was moved by hand meanwhile is made good at once.</summary>
    [Theory, BothEngines]
    public async Task After_hours_away_all_that_came_meanwhile_is_done(Engine engine)
    {
        await using var fleet = await SimulatedFleet.Open(engine);
        var bench = fleet.Bench;
        var (server, on) = await fleet.Add("a", false);
        await fleet.Round();
        var rentals = new List<Gatehouse.Relays.Rentals.Rental>();
        for (var i = 0; i < 4; i++)
            rentals.Add(await bench.Redeem(await bench.Person(), await bench.Serial()));
        await fleet.UntilRight("they run");
        on.IsAway = true;
        for (var hours = 0; hours < 5; hours++)
        {
            fleet.Clock.Advance(TimeSpan.FromHours(1));
            await fleet.Round();
        }
        Assert.StartsWith("The engine does not answer", await fleet.SaidOf(server.Id));
        Assert.All(rentals, r => Assert.Equal("running", bench.Slots(r).Result[0].State));
        // One is over and one stopped, one was removed by hand, and of one the port is another.
        await fleet.Db.Write(s => s.Execute("UPDATE rentals SET end_at = @at WHERE id = @id", ("at", fleet.Clock.Now - 2 * 86_400_000L), ("id", rentals[0].Id)));
        await fleet.Db.Write(s => s.Execute("UPDATE rentals SET end_at = @at WHERE id = @id", ("at", fleet.Clock.Now), ("id", rentals[1].Id)));
        on.Take((await fleet.Of(rentals[2])).Container);
        await fleet.Db.Write(async s => await s.Execute("UPDATE relay_slots SET port = port + 7000 WHERE rental_id = @id", ("id", rentals[3].Id)) + await s.Execute("UPDATE relay_containers SET port = (SELECT v.port FROM relay_slots v WHERE v.id = slot_id)"));
        await fleet.Round();
        on.IsAway = false;
        await fleet.UntilRight("all is as it should be");
        Assert.Equal((0, "stopped", "running", "running"), ((await bench.Slots(rentals[0])).Count, (await bench.Slots(rentals[1]))[0].State, (await bench.Slots(rentals[2]))[0].State, (await bench.Slots(rentals[3]))[0].State));
    }

    /// <summary>The appliance's clock is set back by days: what waits for its next try, and what a dead process held, wait no longer than before.</summary>
    [Theory, BothEngines]
    public async Task A_clock_that_is_set_back_holds_nothing_up(Engine engine)
    {
        await using var fleet = await SimulatedFleet.Open(engine);
        var bench = fleet.Bench;
        var (server, on) = await fleet.Add("a", false);
        await fleet.Round();
        var rental = await bench.Redeem(await bench.Person(), await bench.Serial());
        await fleet.UntilRight("it runs");
        // It has failed for long, and the process that held the engine is dead.
        on.Take((await fleet.Of(rental)).Container);
        await fleet.Db.Write(async s => await s.Execute("UPDATE relay_containers SET state = 'failed', failures = 20, retry_at = @at", ("at", fleet.Clock.Now + 299_000))
            + await s.Execute("UPDATE relay_servers SET held_by = 'dead', held_until = @until WHERE id = @id", ("until", fleet.Clock.Now + 29_000), ("id", server.Id)));
        fleet.Clock.Ahead = TimeSpan.FromDays(-3);
        await fleet.UntilRight("it runs again");
        // And forward again: nothing is done twice.
        var asked = on.Asked.Count(a => a.Contains("/create", StringComparison.Ordinal));
        fleet.Clock.Ahead = TimeSpan.Zero;
        await fleet.Round();
        await fleet.UntilRight("it runs on");
        Assert.Equal(asked, on.Asked.Count(a => a.Contains("/create", StringComparison.Ordinal)));
    }
}
