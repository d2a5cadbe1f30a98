using System.Text.Json.Nodes;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Fleet;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Slots;
using Gatehouse.Relays.Traffic;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Fleet;

/// <summary>What servers carry, cost and bring.</summary>
public sealed class FleetTests
{
    private const long Gb = 1_000_000_000, Day = 86_400_000;

    [Theory, BothEngines]
    public async Task A_server_shows_its_people_its_month_its_rate_and_its_margin(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { Price = 3000, Currency = "CNY", ServersPerRental = 3 });
        await bench.Db.Write(s => s.Execute("UPDATE relay_servers SET cost = 700, currency = 'CNY', traffic_allowance = @allowed, traffic_counted = 'out', bandwidth = 10000000, region_code = CASE WHEN name = 'host-2' THEN 'r1' ELSE region_code END", ("allowed", 100 * Gb)));
        var one = await bench.Person();
        var (first, second) = (await bench.Redeem(one, await bench.Serial(), name: "Home"), await bench.Redeem(await bench.Person(), await bench.Serial()));
        await bench.Redeem(one, await bench.Serial(), name: "Office");
        await bench.Db.Write(s => s.Execute("UPDATE rentals SET currency = 'USD' WHERE id = @id", ("id", second.Id)));

        // Three days of one gigabyte out, the last of them read a minute ago; a relay that was started again counts once.
        var slot = (await bench.Slots(first))[0];
        for (var day = 1; day <= 3; day++)
        {
            await Count(bench, new RelayReading(slot.Id, slot.ServerId, "1", Now(bench) - 60_000, new(day * Gb / 2, day * Gb, 1, 1), new Dictionary<string, Volume>()));
            bench.Shop.Clock.Advance(TimeSpan.FromDays(day < 3 ? 1 : 0));
        }
        bench.Shop.Clock.Advance(TimeSpan.FromSeconds(60));
        await Count(bench, new RelayReading(slot.Id, slot.ServerId, "2", Now(bench) - 60_000, new(60_000, 120_000, 1, 1), new Dictionary<string, Volume>()));

        var view = await View(bench);
        var server = view.All.Servers.Single(f => f.Server.Id == slot.ServerId);
        Assert.Equal((2, 3 * Gb + 120_000, 95 * Gb - 3 * Gb - 120_000), (server.People, server.Used, server.Left));
        Assert.Equal((1000L, 2000L), (server.RateIn, server.RateOut));
        // Two rentals in yuan and one in dollars, a third of each; 30 days are a month.
        Assert.Equal((2000 - 700, 1000), (server.Margin, server.Brings["USD"]));
        Assert.Equal(["r0", "r1"], view.Regions.Select(r => r.Code));
        Assert.Equal((2, 2, 2 * 100 * Gb), (view.Regions[1].Servers.Count, view.Regions[1].People, view.Regions[1].Allowed));
        Assert.Equal([("CNY", 6000, 2100), ("USD", 3000, 0)], view.All.Money);
        Assert.Equal((2, 9), (view.All.People, view.All.Slots));

        // Who is stopped brings nothing.
        await bench.Db.Write(s => s.Execute("UPDATE rentals SET suspended_at = 1 WHERE id = @id", ("id", second.Id)));
        Assert.Equal([("CNY", 6000, 2100)], (await View(bench)).All.Money);
    }

    [Theory, BothEngines]
    public async Task What_many_relays_carried_at_once_is_all_in_their_servers_days(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine);
        var slots = new List<Slot>();
        for (var i = 0; i < 4; i++)
            slots.AddRange(await bench.Slots(await bench.Redeem(await bench.Person(), await bench.Serial())));
        await Task.WhenAll(Enumerable.Range(0, 4).SelectMany(_ => slots.Chunk(5)).Select(some => Task.Run(() => Count(bench, [.. some.Reverse().Select(s => new RelayReading(s.Id, s.ServerId, "1", Now(bench) - 1000, new(100, 50, 1, 1), new Dictionary<string, Volume>()))]))));
        var days = await bench.Db.Read(s => s.All("SELECT server_id, bytes_in, bytes_out FROM relay_server_traffic ORDER BY server_id", r => (r.GetString(0), r.GetInt64(1), r.GetInt64(2))));
        Assert.Equal(slots.GroupBy(s => s.ServerId).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, 100L * g.Count(), 50L * g.Count())), days);
    }

    [Fact]
    public async Task The_list_says_which_servers_need_a_look_and_why()
    {
        await using var server = await TestServer.Start();
        foreach (var (name, region) in new[] { ("tokyo-1", "tyo"), ("hongkong-1", "hkg") })
            await RelayRows.AddApart(server, Caller.DefaultTenant, v => v with { Name = name, RegionCode = region, TrafficAllowance = 10 * Gb, Cost = 18600, Currency = "CNY" });
        var tokyo = (await server.Db.Read(s => s.One("SELECT id FROM relay_servers WHERE name = 'tokyo-1'", r => r.GetString(0))))!;
        await server.Db.Write(s => s.Execute("INSERT INTO relay_server_traffic (server_id, at, tenant_id, bytes_in, bytes_out) VALUES (@id, @at, 'default', @half, @half)", ("id", tokyo), ("at", server.Clock.Now / Day * Day), ("half", 5 * Gb)));
        var browser = await server.SignedIn(Role.Analyst);
        var page = await browser.Get("/admin/servers");
        Assert.Equal(["hkg", "tyo"], page.Document.QuerySelectorAll(".gh-code-box").Select(e => e.TextContent.ToLowerInvariant()));
        Assert.Contains("tokyo-1", page.One(".gh-head").TextContent, StringComparison.Ordinal);
        var look = await browser.Get("/admin/servers?tab=look");
        Assert.Equal("tokyo-1", Assert.Single(look.Document.QuerySelectorAll(".gh-fleet a.gh-plan")).TextContent);
        Assert.Empty((await browser.Get("/admin/servers?q=HongKong&tab=look")).Document.QuerySelectorAll(".gh-fleet"));

        var figures = await (await server.As(Role.Analyst)).GetApi("/api/server/figures");
        var told = figures["servers"]!.AsArray().Single(f => (string)f!["name"]! == "tokyo-1")!;
        Assert.Equal((10 * Gb, 0, true), ((long)told["traffic"]!["used"]!, (long)told["traffic"]!["left"]!, (int)told["traffic"]!["percent_at_reset"]! >= 100));
        Assert.Equal(-18600, (long)told["money"]!.AsArray().Single()!["margin"]!);
        Assert.Equal(-37200, (long)((JsonArray)figures["totals"]!["money"]!).Single()!["margin"]!);
    }

    private static Task<FleetView> View(RelayBench bench) => bench.Db.Read(s => bench.Shop.Get<FleetReport>().Load(s, Caller.DefaultTenant));

    private static long Now(RelayBench bench) => bench.Shop.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static Task Count(RelayBench bench, params RelayReading[] readings) => bench.Shop.Get<TrafficBook>().Count(readings, default);
}
