using System.Net;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Health;

/// <summary>A rental's page shows how its own regions answered, and nothing of anybody else's.</summary>
public sealed class RentalHealthTests
{
    private const long FiveMinutes = 300_000, Hour = 3_600_000, Day = 24 * Hour;

    [Theory, BothEngines]
    public async Task Of_its_own_regions_only_and_nothing_of_who_else_is_there(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (account, other) = (await server.Staff.Customer(), await server.Staff.Customer());
        var owner = await server.As(Role.Owner);
        async Task<string> On(string name, string region) => await RelayRows.AddApart(server, Caller.DefaultTenant, v => v with { Name = "secret-" + name, Address = name, RegionCode = name[^1..], RegionName = region, Cost = 1234, Notes = "mine" });
        async Task<string> Rent(string who, int servers)
        {
            var plan = (string)(await owner.PostApi("/api/plans", new { name = "Relay " + servers, kind = "relay", servers_per_rental = servers, duration_seconds = 30 * 86400 }))["plan"]!["id"]!;
            return (string)(await owner.PostApi("/api/rentals", new { account = who, plan }))["rental"]!["id"]!;
        }
        string[] servers = [await On("203.0.113.10", "Region 1"), await On("203.0.113.11", "Region 2")];
        var own = await Rent(account, 2);
        await server.Db.Write(s => s.Execute("UPDATE relay_servers SET draining = 1"));
        var away = await On("203.0.113.99", "Elsewhere");
        var foreign = await Rent(other, 1);
        await server.Db.Write(s => s.Execute("UPDATE relay_servers SET health = 'healthy'"));
        var now = server.Clock.Now;
        async Task Probe(string on, long span, long at, long probes, long failures, long ms) => await server.Db.Write(s => s.Execute(
            "INSERT INTO relay_probes (tenant_id, server_id, span, at, probes, failures, ms_sum, ms_most) VALUES ('default', @on, @span, @at, @probes, @failures, @sum, @ms)",
            ("on", on), ("span", span), ("at", at), ("probes", probes), ("failures", failures), ("sum", ms * (probes - failures)), ("ms", ms)));
        await Probe(servers[0], 300, now - FiveMinutes, 10, 0, 17);
        await Probe(servers[0], 300, now - 3 * Day, 10, 5, 23);
        await Probe(servers[0], 3600, now - 20 * Day, 120, 30, 31);
        await Probe(away, 300, now - FiveMinutes, 10, 9, 4321);

        var browser = server.Browser();
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, account));
        foreach (var (range, shares) in new[] { ("", new[] { "It answered 100 % of the time.", "Not tried yet." }), ("?health=7d", ["It answered 75 % of the time.", "Not tried yet."]), ("?health=30d", ["It answered 75 % of the time.", "Not tried yet."]), ("?health=nonsense", ["It answered 100 % of the time.", "Not tried yet."]) })
        {
            var card = (await browser.Get($"/account/rentals/{own}{range}")).Document.QuerySelector("#health")!;
            Assert.Equal(["Region 1", "Region 2"], card.QuerySelectorAll("h3").Select(h => h.TextContent).Order());
            Assert.Equal(shares, card.QuerySelectorAll(".gh-region > p").Select(p => p.TextContent).Order());
            Assert.Equal(["24 hours", "7 days", "30 days"], card.QuerySelectorAll("nav a").Select(a => a.TextContent));
            foreach (var secret in new[] { "secret-", "Elsewhere", "4321", "1234", "mine" })
                Assert.DoesNotContain(secret, card.InnerHtml, StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Get($"/account/rentals/{foreign}?health=7d")).Status);
    }
}
