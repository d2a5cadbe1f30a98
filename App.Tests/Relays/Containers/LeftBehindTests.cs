using Gatehouse.Platform.Http;
using Gatehouse.Relays.Containers;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Engines;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>Nothing stays behind on an engine, and nothing is done to another than the one that is meant.</summary>
public sealed class LeftBehindTests(ShippedImage shipped) : IClassFixture<ShippedImage>
{
    /// <summary>A server that is removed while its engine is away: what is left there is told, and cleared when it is back; then nothing is known of it any more.</summary>
    [Fact]
    public async Task An_engine_that_was_left_is_cleared_when_it_is_back()
    {
        await using var bench = await DockerBench.Start(shipped);
        using var folder = new TestFolder();
        var (path, real) = (folder.File("engine.sock"), TestDocker.Host["unix://".Length..]);
        var id = "";
        using (var line = new EngineCut(real, int.MaxValue))
        {
            File.CreateSymbolicLink(path, line.Path);
            id = await bench.Add(new() { ["url"] = "unix://" + path }, bench.Public);
            var (_, http) = await Helpdesk.Customer(bench.Server);
            var laptop = TestKey.New();
            var rental = await bench.Rent(http, 1, laptop);
            await using (await bench.Admitted(rental, 0, laptop))
            {
            }
            await Wait.Until(async () => await bench.Server.Db.Read(s => s.Number("SELECT engine_containers FROM relay_servers")) == 1, "the look after it has counted it", 60);
        }
        bench.Server.Clock.Advance(TimeSpan.FromDays(3));
        await bench.Server.Service<RentalKeeper>().Run(default);
        Assert.Equal(200, (int)(await bench.Owner.DeleteApi("/api/server/" + id)).Status);
        Assert.Single(await bench.There());
        var browser = await bench.Server.SignedIn(Role.Owner);
        await Wait.Until(async () => (await browser.Get("/admin/servers")).Html is var page && page.Contains("Waiting to clean up one container on engine-1", StringComparison.Ordinal) && page.Contains("does not answer", StringComparison.Ordinal), "it is told", 60);
        Assert.Equal(1, await Left(bench));

        File.Delete(path);
        File.CreateSymbolicLink(path, real);
        await Wait.Until(async () => await Left(bench) == 0, "it is cleared", 60);
        Assert.Equal((0, 0), ((await bench.There()).Count, await bench.Volumes()));
        Assert.DoesNotContain("id=\"left\"", (await browser.Get("/admin/servers")).Html, StringComparison.Ordinal);
        Assert.Empty(bench.Server.Errors.Lines);
    }

    /// <summary>Removed while its containers are being cleared: that is finished.</summary>
    [Theory, BothEngines]
    public async Task A_server_that_goes_with_its_containers_leaves_nothing(Engine engine)
    {
        await using var bench = await DockerBench.Start(shipped, engine);
        var id = await bench.Add(DockerBench.Socket, bench.Public);
        var (_, http) = await Helpdesk.Customer(bench.Server);
        var laptop = TestKey.New();
        var rental = await bench.Rent(http, 2, laptop);
        await bench.States(rental, "running");
        bench.Server.Clock.Advance(TimeSpan.FromDays(3));
        await bench.Server.Service<RentalKeeper>().Run(default);
        Assert.Equal(200, (int)(await bench.Owner.DeleteApi("/api/server/" + id)).Status);
        await Wait.Until(async () => await Left(bench) == 0, "it is cleared", 60);
        Assert.Equal((0, 0), ((await bench.There()).Count, await bench.Volumes()));
        Assert.Empty(bench.Server.Errors.Lines);
    }

    /// <summary>Another engine behind the same path: that is said, another node may have the one that is meant, and nothing is touched until staff take it.</summary>
    [Theory, BothEngines]
    public async Task Another_engine_behind_the_same_path_is_not_touched(Engine engine)
    {
        await using var bench = await DockerBench.Start(shipped, engine);
        var id = await bench.Add(DockerBench.Socket, bench.Public);
        var known = await bench.Server.Db.Read(s => s.One("SELECT engine_id FROM relay_servers", r => r.GetString(0)));
        Assert.Equal(await TestDocker.Run("info", "--format", "{{.ID}}"), known);
        var (_, http) = await Helpdesk.Customer(bench.Server);
        var laptop = TestKey.New();
        var rental = await bench.Rent(http, 1, laptop);
        await using (await bench.Admitted(rental, 0, laptop))
        {
        }
        var name = await bench.NameOf((await bench.Slots(rental))[0]);
        await bench.Server.Db.Write(s => s.Execute("UPDATE relay_servers SET engine_id = 'AAAA:BBBB'"));
        await Wait.Until(async () => ((string?)(await bench.Owner.GetApi("/api/server/status/" + id))["error"])?.Contains("Another Docker engine", StringComparison.Ordinal) == true, "it is told", 60);
        // A socket is its own node's: where there may be others, they get their turn.
        if (engine == Engine.Postgres)
            await Wait.Until(async () => await bench.Server.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_servers WHERE held_by IS NULL")) == 1, "it is let go of", 60);
        await TestDocker.Run("rm", "--force", name);
        await Task.Delay(TimeSpan.FromSeconds(12));
        Assert.Empty(await bench.There());
        Assert.Contains($"/admin/servers/{id}/engine", (await (await bench.Server.SignedIn(Role.Owner)).Get("/admin/servers/" + id)).Html, StringComparison.Ordinal);
        await bench.Server.Db.Write(s => bench.Server.Service<ServerService>().TakeEngine(s, Shop.Staff, id));
        await using (await bench.Admitted(rental, 0, laptop))
            Assert.Equal([name + " running"], await bench.There());
        Assert.Equal(known, await bench.Server.Db.Read(s => s.One("SELECT engine_id FROM relay_servers", r => r.GetString(0))));
        Assert.Empty(bench.Server.Errors.Lines);
    }

    /// <summary>Of many nodes one at a time has an engine, whatever names it has; when that node is gone, another.</summary>
    [Theory, BothEngines]
    public async Task One_process_at_a_time_has_an_engine(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, servers: 6);
        await bench.Db.Write(s => s.Execute("UPDATE relay_servers SET kind = 'docker', engine_id = CASE WHEN name IN ('host-0', 'host-1', 'host-2') THEN 'E1' WHEN name = 'host-3' THEN '' ELSE 'E2' END"));
        var first = (await bench.Db.Read(s => s.One("SELECT id FROM relay_servers WHERE name = 'host-0'", r => r.GetString(0))))!;
        for (var round = 0; round < 10; round++)
        {
            await bench.Db.Write(s => s.Execute("UPDATE relay_servers SET held_by = NULL, held_until = 0"));
            await Task.WhenAll(Enumerable.Range(0, 6).Select(i => bench.Db.Write(s => DockerStore.Hold(s, $"p{i}", false))));
            Assert.Equal(["E1", "E2"], await bench.Db.Read(s => s.All("SELECT engine_id FROM relay_servers WHERE engine_id <> '' GROUP BY engine_id HAVING COUNT(DISTINCT held_by) = 1 AND MIN(held_until) > 0 ORDER BY engine_id", r => r.GetString(0))));
        }
        // One that lets go of a part lets go of nothing else; whoever takes it needs all of that engine.
        var holder = (await bench.Db.Read(s => s.One("SELECT held_by FROM relay_servers WHERE engine_id = 'E1' LIMIT 1", r => r.GetString(0))))!;
        await bench.Db.Write(s => DockerStore.LetGo(s, holder, first));
        await bench.Db.Write(s => DockerStore.Hold(s, "other", false));
        Assert.Equal(0, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_servers WHERE held_by = 'other'")));
        await bench.Db.Write(s => s.Execute("UPDATE relay_servers SET held_until = 1 WHERE held_by = @holder", ("holder", holder)));
        await bench.Db.Write(s => DockerStore.Hold(s, "other", false));
        Assert.Equal(3, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_servers WHERE held_by = 'other' AND engine_id = 'E1'")));
    }

    private static Task<long> Left(DockerBench bench) => bench.Server.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_left_engines"));
}
