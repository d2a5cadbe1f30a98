using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Relays.StatusPages;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Health;

/// <summary>The page of regions for everybody: off until it is switched on, by day, and without an address.</summary>
public sealed class RegionStatusTests
{
    private const long Hour = 3_600_000;

    [Theory]
    [InlineData(0, 0, "none")]
    [InlineData(200, 1, "ok")]
    [InlineData(200, 2, "warn")]
    [InlineData(200, 10, "warn")]
    [InlineData(200, 11, "bad")]
    public void A_day_is_called_by_the_probes_that_failed(long probes, long failures, string level) => Assert.Equal(level, new RegionDay(0, probes, failures).Level);

    [Theory]
    [InlineData("down down", "down")]
    [InlineData("down healthy", "degraded")]
    [InlineData("degraded healthy", "degraded")]
    [InlineData("unknown healthy", "healthy")]
    [InlineData("unknown", "unknown")]
    public void A_region_is_down_when_all_of_its_servers_are(string servers, string region) => Assert.Equal(region, RegionStatus.Of(servers.Split(' ')));

    [Theory, BothEngines]
    public async Task It_is_there_when_the_operator_wants_it_and_shows_no_address(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        foreach (var (name, address) in new[] { ("tokyo-1", "203.0.113.7"), ("tokyo-2", "203.0.113.8") })
        {
            var id = await RelayRows.AddApart(server, Caller.DefaultTenant, v => v with { Name = name, Address = address, RegionCode = "tyo", RegionName = "Tokyo" });
            await server.Db.Write(s => s.Execute("UPDATE relay_servers SET probed_at = 1, health = @health WHERE id = @id", ("health", name == "tokyo-1" ? "healthy" : "down"), ("id", id)));
            foreach (var (days, failures) in new[] { (0, 0L), (1, name == "tokyo-1" ? 0L : 60L) })
                await server.Db.Write(s => s.Execute("INSERT INTO relay_probes (tenant_id, server_id, span, at, probes, failures, ms_sum, ms_most) VALUES ('default', @id, 3600, @at, 60, @failures, 0, 0)", ("id", id), ("at", (server.Clock.Now / Hour - 24 * days) * Hour), ("failures", failures)));
        }
        var visitor = server.Browser();
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.Get("/status/relays")).Status);
        Assert.DoesNotContain("/status/relays", (await visitor.Get("/activate")).Html, StringComparison.Ordinal);

        await server.Db.Write(async s => { await server.Service<TenantSettings>().Set(s, Caller.DefaultTenant, RegionStatusPages.Shown, "true"); return 0; });
        Assert.Contains("href=\"/status/relays\"", (await visitor.Get("/activate")).Html, StringComparison.Ordinal);
        var page = await visitor.Get("/status/relays");
        Assert.Equal(["none", "bad", "ok"], page.Document.QuerySelectorAll(".gh-days rect").TakeLast(3).Select(r => r.ClassName));
        Assert.Equal(90, page.Document.QuerySelectorAll(".gh-days rect").Length);
        Assert.Equal(["100 %", "50 %"], page.Document.QuerySelectorAll(".gh-behind td.gh-num").Select(d => d.TextContent));
        foreach (var secret in new[] { "203.0.113", "tokyo-1", "tokyo-2" })
            Assert.DoesNotContain(secret, page.Html, StringComparison.Ordinal);
    }
}
