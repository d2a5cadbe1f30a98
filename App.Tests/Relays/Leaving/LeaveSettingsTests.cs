using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Relays.Leaving;
using Gatehouse.Relays.Moves;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Leaving;

/// <summary>How long a server may be down before its relays go is a setting of each business.</summary>
public sealed class LeaveSettingsTests
{
    [Theory, BothEngines]
    public async Task Each_business_says_how_long_its_servers_may_be_down(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 1 }, servers: 2);
        var rental = await bench.Redeem(await bench.Person(), await bench.Serial());
        var server = (await bench.Slots(rental)).Single().ServerId;
        await bench.Db.Write(s => s.Execute("UPDATE relay_servers SET region_code = 'r0'"));
        async Task<int> Going(int minutes)
        {
            await bench.Db.Write(s => s.Execute("UPDATE relay_servers SET health = 'down', health_since = @since, probed_at = @now WHERE id = @id", ("now", bench.Shop.Now), ("since", bench.Shop.Now - minutes * 60_000), ("id", server)));
            await bench.Shop.Get<LeaveKeeper>().Run(default);
            return (await bench.Db.Read(s => MoveStore.List(s, Caller.DefaultTenant, null, null, true, null, 100))).Count;
        }
        Task Set(string minutes) => bench.Db.Write(async s => { await bench.Shop.Get<TenantSettings>().Set(s, Caller.DefaultTenant, LeaveSettings.DownMinutes, minutes); return 0; });
        Assert.Equal(0, await Going(14));
        await Set("0");
        Assert.Equal(0, await Going(10_000));
        await Set("5");
        Assert.Equal(0, await Going(4));
        Assert.Equal(1, await Going(5));
        // Being drained is a cause of its own, however short it is down.
        await bench.Db.Write(s => s.Execute("DELETE FROM relay_containers WHERE server_id <> @id", ("id", server)));
        await bench.Db.Write(s => s.Execute("UPDATE relay_moves SET ended_at = 1, state = 'failed'"));
        await Set("0");
        await bench.Db.Write(s => s.Execute("UPDATE relay_servers SET leaving = 'drained', draining = 1 WHERE id = @id", ("id", server)));
        Assert.Equal(1, await Going(10_000));
    }

    [Fact]
    public async Task The_configuration_says_it_for_who_has_not_set_it()
    {
        await using var server = await TestServer.Start(settings: new() { ["Relays:MoveDownMinutes"] = "42" });
        var owner = await server.As(Role.Owner);
        async Task<int> Minutes() => (int)(await owner.GetApi("/api/settings"))["settings"]!["relay_moves"]!["down_minutes"]!;
        Assert.Equal(42, await Minutes());
        Assert.Equal("Give a number from 0 to 10,080 (a week).", (string?)(await owner.PatchApi("/api/settings", new { relay_moves = new { down_minutes = 10_081 } }))["errors"]!["relay_moves.down_minutes"]![0]);
        // The very number of the configuration is one that is set, too: it stays when that changes.
        Assert.Equal(7, (int)(await owner.PatchApi("/api/settings", new { relay_moves = new { down_minutes = 7 } }))["settings"]!["relay_moves"]!["down_minutes"]!);
        await owner.PatchApi("/api/settings", new { relay_moves = new { down_minutes = 42 } });
        Assert.Equal((42, "42"), (await Minutes(), await server.Db.Read(s => s.One("SELECT value FROM settings WHERE name = 'relay_moves.down_minutes'", r => r.GetString(0)))));
    }
}
