using Gatehouse.Platform.Http;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Relays.Containers;
using Gatehouse.Relays.Faults;
using Gatehouse.Relays.Leaving;
using Gatehouse.Relays.Moves;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>The process that looks after relays is killed between every two steps: whoever comes after it ends with what should be, once each, and touches nothing of others.</summary>
public sealed class KillTests
{
    private static bool IsOfTrial(FaultPoint point) => point.ToString().StartsWith("Trial", StringComparison.Ordinal);

    [Theory, BothEngines]
    public async Task Killed_after_any_step_the_next_process_ends_with_what_should_be(Engine engine)
    {
        var undisturbed = new Kill();
        await Story(engine, undisturbed);
        // A new step is in here by itself; one that no story comes to has to be told one.
        Assert.Equal(Enum.GetValues<FaultPoint>().Where(p => !IsOfTrial(p)), undisturbed.Passed.Distinct().Order());
        // Of a step that comes again and again, so many times are enough.
        var most = engine == Engine.Sqlite ? 3 : 1;
        foreach (var (point, times) in undisturbed.Passed.CountBy(p => p))
            for (var nth = 1; nth <= Math.Min(times, most); nth++)
            {
                var kill = new Kill(point, nth);
                await Story(engine, kill);
                Assert.True(kill.IsDone, $"It was not killed after {point} for the {nth}th time.");
            }
    }

    /// <summary>Killed while a server is tried: what was started for that is gone when no trial can still go on.</summary>
    [Theory, BothEngines]
    public async Task Killed_in_a_trial_nothing_of_it_stays(Engine engine)
    {
        var undisturbed = new Kill();
        await Trial(engine, undisturbed);
        Assert.Equal(Enum.GetValues<FaultPoint>().Where(IsOfTrial), undisturbed.Passed.Where(IsOfTrial).Distinct().Order());
        foreach (var point in undisturbed.Passed.Distinct())
        {
            var kill = new Kill(point);
            await Trial(engine, kill);
            Assert.True(kill.IsDone, $"It was not killed after {point}.");
        }
    }

    private static async Task Trial(Engine engine, Kill kill)
    {
        await using var fleet = await SimulatedFleet.Open(engine, kill);
        var (server, a) = await fleet.Add("a", false);
        await fleet.Try(async () => Assert.All(await fleet.Get<DockerChecks>().Try(server, default), c => Assert.True(c.Ok, c.Step)));
        // Not while one may still go on, on whatever node.
        var there = a.Containers.Count(c => c.Name.Contains("trial", StringComparison.Ordinal));
        await fleet.Round();
        Assert.Equal(there, a.Containers.Count(c => c.Name.Contains("trial", StringComparison.Ordinal)));
        fleet.Clock.Advance(TimeSpan.FromMinutes(11));
        await fleet.UntilRight("nothing of the trial is left");
        Assert.All(await fleet.Get<DockerChecks>().Try(server, default), c => Assert.True(c.Ok, c.Step));
        Assert.Equal(0, await fleet.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_container_links")));
        await fleet.UntilRight("nothing of the trial is left");
    }

    // All that can be about relays in containers, from the first that is redeemed to the last that is released.
    private static async Task Story(Engine engine, Kill kill)
    {
        await using var fleet = await SimulatedFleet.Open(engine, kill);
        var bench = fleet.Bench;
        var (a, on) = await fleet.Add("a", false);
        await fleet.UntilRight("what nobody owns is gone");
        Rental one = await bench.Redeem(await bench.Person(), await bench.Serial()), two = await bench.Redeem(await bench.Person(), await bench.Serial());
        await fleet.UntilRight("they run");
        foreach (var rental in new[] { one, two })
            await fleet.Db.Write(s => bench.Shop.Get<AclService>().Current(s, Caller.System, rental.Id));

        await fleet.Db.Write(async s => await s.Execute("UPDATE relay_slots SET port = port + 5000") + await s.Execute("UPDATE relay_containers SET port = port + 5000"));
        await fleet.UntilRight("they are on other ports");
        var (_, container) = await fleet.Of(one);
        on.Take(container);
        on.Strangers.Add(container.Ports[0]);
        (await fleet.Of(two)).Container.State = "paused";
        await fleet.UntilRight("the stranger has its port");
        var version = (await bench.Now(one)).AclVersion;
        Assert.Equal(((await bench.Now(two)).AclVersion + 1, true), (version, (await bench.Slots(one))[0].Port != container.Ports[0]));
        on.ForgetImages();
        on.PutImage("postgres:16", "x");
        on.Take((await fleet.Of(one)).Container);
        await fleet.UntilRight("its image is sent again");

        // Both go elsewhere, and one goes on to where nobody hears it.
        var before = await bench.Slots(one);
        var (b, _) = await fleet.Add("b", true);
        await fleet.Round();
        await fleet.Db.Write(s => bench.Shop.Get<LeaveService>().Leave(s, Shop.Staff, a.Id, RelayMove.Drained));
        await fleet.Until(async () => (await Moves(fleet)).SequenceEqual(["overlap", "overlap"]), "maps name the new place");
        fleet.Clock.Advance(RelayMove.Patience);
        await fleet.UntilRight("they have moved", async () => (await Moves(fleet)).Count == 0 && (await bench.Slots(two))[0].ServerId == b.Id);
        var after = await bench.Slots(one);
        Assert.Equal((b.Id, before[0].CertName, before[0].RegionId), (after[0].ServerId, after[0].CertName, after[0].RegionId));
        var (c, _) = await fleet.Add("c", false);
        await fleet.Round();
        var lost = await fleet.Db.Write(s => bench.Shop.Get<MoveService>().Begin(s, Caller.DefaultTenant, after[0].Id, c.Id, RelayMove.Asked));
        await fleet.Until(async () => (await fleet.Db.Read(s => MoveStore.Find(s, Caller.DefaultTenant, lost.Id)))!.Error is not null, "it is not reached there");
        fleet.Clock.Advance(RelayMove.StartsWithin);
        await fleet.UntilRight("it stays where it was", async () => (await Moves(fleet)).Count == 0);
        Assert.Equal(after, await bench.Slots(one));
        await fleet.Db.Write(s => bench.Shop.Get<LeaveService>().Leave(s, Shop.Staff, a.Id, RelayMove.Removed));
        await fleet.UntilRight("the server is removed", async () => await fleet.Db.Read(s => ServerStore.Find(s, Caller.DefaultTenant, a.Id)) is null);

        // The end of both; one is renewed in its grace.
        fleet.Clock.Advance(TimeSpan.FromDays(29));
        await fleet.UntilRight("they stand still", async () => (await bench.Slots(two))[0].State == "stopped");
        await bench.Redeem(Caller.System with { Kind = "customer", Id = one.AccountId }, await bench.Serial(), one.Id);
        await fleet.UntilRight("it runs again", async () => (await bench.Slots(one))[0].State == "running");
        Assert.Equal((after[0].Port, after[0].CertName), (await bench.Slots(one))[0] is var again ? (again.Port, again.CertName) : default);
        fleet.Clock.Advance(TimeSpan.FromDays(2));
        await fleet.UntilRight("the other is released", async () => (await bench.Now(two)).ReleasedAt is not null);
        fleet.Clock.Advance(TimeSpan.FromDays(40));
        await fleet.UntilRight("nothing is left", async () => (await bench.Now(one)).ReleasedAt is not null);
        Assert.Equal(["redeemed", "moved", "cut", "released"], await bench.Story(two));
        Assert.Equal(0, await fleet.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_containers")));
    }

    private static async Task<List<string>> Moves(SimulatedFleet fleet) => [.. (await fleet.Db.Read(s => MoveStore.List(s, Caller.DefaultTenant, null, null, true, null, 100))).Select(m => m.State)];
}
