using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Containers;
using Gatehouse.Relays.Engines;
using Gatehouse.Relays.Running;
using Gatehouse.Relays.Servers;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Engines;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>The reconciler where things go wrong: whatever the step, the next look goes on from there.</summary>
public sealed class DockerFaultTests(ShippedImage shipped) : IClassFixture<ShippedImage>
{
    private const int Relays = 2, MostCalls = 60;

    /// <summary>Cut off before each call to the engine in turn, while it makes containers, makes them anew and takes them away: the next look ends with what should be, once each.</summary>
    [Fact]
    public async Task Cut_off_between_any_two_steps_it_ends_with_what_should_be()
    {
        await using var bench = await DockerBench.Start(shipped);
        var id = await bench.Add(DockerBench.Socket, bench.Public);
        await bench.Server.Service<Reconciler>().StopAsync(default);
        var (_, http) = await Helpdesk.Customer(bench.Server);
        var laptop = TestKey.New();
        var rental = await bench.Rent(http, Relays, laptop);
        var steps = 0;
        for (var calls = 0; ; calls++)
        {
            Assert.True(calls < MostCalls, "It never ends.");
            // From nothing, from another port, and with a third that nobody owns.
            await Clear(bench);
            var cut = await Look(bench, id, calls);
            await Converges(bench, id, rental);
            // Far from those of before.
            await bench.Server.Db.Write(async s => await s.Execute("UPDATE relay_slots SET port = port + @by WHERE rental_id = @id", ("by", calls % 2 == 0 ? 5_000L : -5_000L), ("id", rental))
                + await s.Execute("UPDATE relay_containers SET port = (SELECT s.port FROM relay_slots s WHERE s.id = slot_id)"));
            cut |= await Look(bench, id, calls);
            await Converges(bench, id, rental);
            if (!cut)
                break;
            steps++;
        }
        Assert.True(steps > 8, $"Only {steps} steps were cut.");
        for (var i = 0; i < Relays; i++)
            await using (await bench.Admitted(rental, i, laptop))
            {
            }
        // A host whose service stops before it says so.
        Assert.Empty(bench.Server.Errors.Lines.Where(l => !l.StartsWith("BackgroundService failed System.", StringComparison.Ordinal)));
    }

    /// <summary>An engine that is away: nothing is thought gone, what was asked meanwhile is done when it is back, and nothing new is placed there.</summary>
    [Fact]
    public async Task While_the_engine_is_away_nothing_is_thought_gone()
    {
        await using var bench = await DockerBench.Start(shipped);
        using var folder = new TestFolder();
        var id = await bench.Add(DockerBench.Socket, bench.Public);
        var (_, http) = await Helpdesk.Customer(bench.Server);
        var laptop = TestKey.New();
        var rental = await bench.Rent(http, 1, laptop);
        await using (await bench.Admitted(rental, 0, laptop))
        {
        }
        await bench.Owner.PatchApi("/api/server/" + id, new { docker = new { url = "unix://" + folder.File("nothing.sock") } });
        await Wait.Until(async () => ((string?)(await bench.Owner.GetApi("/api/server/status/" + id))["error"])?.Contains("does not answer", StringComparison.Ordinal) == true, "the engine is told to be away", 60);
        Assert.Single(await bench.There());
        Assert.True(await bench.LetsIn(rental, 0, laptop));
        var serial = (await bench.Owner.Keys((string)(await bench.Owner.PostApi("/api/plans", new { name = "More", kind = "relay", servers_per_rental = 1 }))["plan"]!["id"]!, 1))[0];
        (await http.PostApi("/api/user/activate", new { serial })).IsProblem(System.Net.HttpStatusCode.Conflict, "NO_RELAY_ROOM");
        var name = await bench.NameOf((await bench.Slots(rental))[0]);
        await TestDocker.Run("rm", "--force", name);
        await bench.Owner.PatchApi("/api/server/" + id, new { docker = DockerBench.Socket });
        await using (await bench.Admitted(rental, 0, laptop))
            Assert.Equal([name + " running"], await bench.There());
        Assert.Empty(bench.Server.Errors.Lines);
    }

    /// <summary>The image is gone from the engine: it is sent again.</summary>
    [Fact]
    public async Task Without_its_image_it_is_sent_again()
    {
        await using var bench = await DockerBench.Start(shipped);
        var id = await bench.Add(DockerBench.Socket, bench.Public);
        await bench.Server.Service<Reconciler>().StopAsync(default);
        var (_, http) = await Helpdesk.Customer(bench.Server);
        var rental = await bench.Rent(http, 1, TestKey.New());
        // What it was made from at first is not there any more.
        await using var place = new EnginePlace { HasImage = true };
        await bench.Server.Db.Write(s => s.Execute("UPDATE relay_containers SET state = 'waiting'"));
        var round = bench.Server.Service<EngineRound>();
        await TestDocker.Run("tag", shipped.Image.Tag, "kept:for-the-test");
        try
        {
            if ((await TestDocker.Try("rmi", shipped.Image.Tag)).Code == 0)
                await round.Make(place, await Server(bench, id), await Wanted(bench, id), await DockerStore.Owner(bench.Server.Db, default), bench.Server.Service<DockerKind>(), default);
            await bench.Server.Db.Write(s => s.Execute("UPDATE relay_containers SET retry_at = NULL"));
            await round.Make(place, await Server(bench, id), await Wanted(bench, id), await DockerStore.Owner(bench.Server.Db, default), bench.Server.Service<DockerKind>(), default);
            Assert.EndsWith(" running", Assert.Single(await bench.There()));
        }
        finally
        {
            await TestDocker.Try("rmi", "kept:for-the-test");
        }
        Assert.Single(await bench.Slots(rental));
    }

    private static async Task<RelayServer> Server(DockerBench bench, string id) => (await bench.Server.Db.Read(s => ServerStore.Find(s, Caller.DefaultTenant, id)))!;

    private static async Task<List<WantedRelay>> Wanted(DockerBench bench, string id)
    {
        await bench.Server.Db.Write(s => DockerStore.Hold(s, "test", true));
        return [.. (await bench.Server.Db.Read(s => ContainerStore.Wanted(s, RelayServer.Docker, "test"))).Where(w => w.ServerId == id)];
    }

    // A look that is cut off after so many calls; whether it was.
    private static async Task<bool> Look(DockerBench bench, string id, int calls)
    {
        using var engine = new EngineCut(TestDocker.Host["unix://".Length..], calls);
        await using var place = new EnginePlace();
        try
        {
            await bench.Server.Service<EngineRound>().Make(place, await Server(bench, id) with { Engine = new DockerSettings("unix://" + engine.Path).ToText() }, await Wanted(bench, id), await DockerStore.Owner(bench.Server.Db, default), bench.Server.Service<DockerKind>(), default);
        }
        catch (EngineException e)
        {
            Assert.Equal(EngineFault.Unreachable, e.Fault);
        }
        return engine.HasCut;
    }

    private static async Task Converges(DockerBench bench, string id, string rental)
    {
        await using var place = new EnginePlace();
        for (var looks = 0; looks < 3; looks++)
        {
            // Its pause is over.
            await bench.Server.Db.Write(s => s.Execute("UPDATE relay_containers SET retry_at = NULL"));
            await bench.Server.Service<EngineRound>().Make(place, await Server(bench, id), await Wanted(bench, id), await DockerStore.Owner(bench.Server.Db, default), bench.Server.Service<DockerKind>(), default);
        }
        var names = await Task.WhenAll((await bench.Slots(rental)).Select(async s => await bench.NameOf(s) + " running"));
        Assert.Equal(names.Order(StringComparer.Ordinal), await bench.There());
        Assert.Equal(Relays, await bench.Volumes());
        foreach (var slot in await bench.Slots(rental))
            Assert.Equal($"{slot.Port}", await TestDocker.Run("inspect", "--format", "{{range $p, $b := .HostConfig.PortBindings}}{{if eq $p \"" + slot.Port + "/tcp\"}}{{(index $b 0).HostPort}}{{end}}{{end}}", await bench.NameOf(slot)));
    }

    // Nothing is there but one that nobody owns.
    private static async Task Clear(DockerBench bench)
    {
        var owner = await DockerStore.Owner(bench.Server.Db, default);
        await EngineSample.Clear(owner);
        await TestDocker.Run("create", "--pull", "never", "--name", $"gh-{owner}-nobodys", "--label", "gatehouse.managed=" + owner, "--volume", $"gh-{owner}-nobodys:/data", (await TestDocker.Run("images", "--quiet", "gatehouse/relay")).Split('\n')[0]);
    }
}
