using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.StatusPages;
using Gatehouse.Relays.Traffic;
using Gatehouse.Tests.Relays;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>Staff see what their servers carry, cost and bring, and whose traffic it is, in a real browser; what flows now changes while they look.</summary>
[Collection(Chrome.Collection)]
public sealed class FleetJourneyTests(Chrome chrome)
{
    private const long Gb = 1_000_000_000, Hour = 3_600_000;
    private static readonly string Laptop = "nodekey:" + new string('a', 64);

    [Theory]
    [InlineData("zh", "light", 375)]
    [InlineData("en", "dark", 1280)]
    [InlineData("en", "light", 1280)]
    public async Task Servers_and_their_traffic_are_seen_at_a_glance(string language, string theme, int width)
    {
        await using var server = await TestServer.Start();
        var slots = await Furnish(server);
        await using var window = await chrome.Open(server, language, theme, width);
        var (page, looks) = (window.Page, new Looks(window, $"{language}-{theme}-{width}"));
        await window.SignIn(Role.Owner);

        await window.Go("/admin/servers");
        await Assertions.Expect(page.Locator(".gh-fleet .gh-group")).ToHaveCountAsync(3);
        await looks.At("fleet");
        await page.Locator("#list-tabs a").Nth(1).ClickAsync();
        await Assertions.Expect(page.Locator(".gh-fleet a.gh-plan")).ToHaveTextAsync(["frankfurt-1", "tokyo-1"]);

        await window.Go("/admin/traffic?range=7d");
        await Assertions.Expect(page.Locator("#now td .gh-link")).ToHaveCountAsync(2);
        await looks.At("traffic");
        // Somebody sends more, and the page says so by itself.
        var before = await page.Locator("#now").InnerTextAsync();
        server.Clock.Advance(TimeSpan.FromSeconds(60));
        await Count(server, slots[0], 80 * Gb);
        await Assertions.Expect(page.Locator("#now")).Not.ToHaveTextAsync(before, new() { Timeout = 15_000 });
        await page.Locator("#past td .gh-link").First.ClickAsync();
        await page.Locator("#past td .gh-link").First.ClickAsync();
        await looks.At("traffic-devices");

        await server.Db.Write(s => s.Execute("INSERT INTO relay_anomalies (id, tenant_id, account_id, rental_id, kind, day, at, seen, usual, act, until) SELECT 'a' || id, tenant_id, account_id, id, 'habit', 0, @now, 48000000000, 1900000000, 'slow', @until FROM rentals", ("now", server.Clock.Now), ("until", server.Clock.Now + 20 * Hour)));
        await server.Db.Write(s => s.Execute("UPDATE rentals SET held = 'slow', held_until = @until", ("until", server.Clock.Now + 20 * Hour)));
        await window.Go("/admin/anomalies");
        await looks.At("anomalies");
        await page.Locator("form[action$='/lift'] button").First.ClickAsync();
        await Assertions.Expect(page.Locator("form[action$='/lift']")).ToHaveCountAsync(1);

        await server.Db.Write(async s => { await server.Service<TenantSettings>().Set(s, Caller.DefaultTenant, RegionStatusPages.Shown, "true"); return 0; });
        await window.Go("/status/relays");
        await Assertions.Expect(page.Locator(".gh-region")).ToHaveCountAsync(3);
        await looks.At("relay-status");
        Assert.Empty(looks.Wrong);
        Assert.Empty(server.Errors.Lines);
    }

    private static async Task<List<(string Slot, string Server)>> Furnish(TestServer server)
    {
        var (slots, now) = (new List<(string, string)>(), server.Clock.Now);
        foreach (var (name, region, called, cost, port) in new[] { ("shanghai-1", "sha", "Shanghai 上海", 18600, 21_000), ("tokyo-1", "tyo", "Tokyo", 21500, 21_100), ("tokyo-2", "tyo", "Tokyo", 9900, 21_200), ("frankfurt-1", "fra", "Frankfurt", 11800, 21_300) })
        {
            var id = await RelayRows.AddApart(server, Caller.DefaultTenant, v => v with
            {
                Name = name, RegionCode = region, RegionName = called, Address = "203.0.113." + port / 100 % 100, TrafficAllowance = 2000 * Gb, TrafficCounted = "out", Bandwidth = 25_000_000, Cost = cost, Currency = "CNY", PortFrom = port, PortTo = port + 99,
            });
            await server.Db.Write(s => s.Execute("UPDATE relay_servers SET health = @health, probed_at = 1 WHERE id = @id", ("id", id), ("health", name == "frankfurt-1" ? "down" : "healthy")));
            for (var hour = 0; hour < 24 && name != "frankfurt-1"; hour++)
                await server.Db.Write(s => s.Execute("INSERT INTO relay_probes (tenant_id, server_id, span, at, probes, failures, ms_sum, ms_most) VALUES ('default', @id, 3600, @at, 120, 0, @sum, 90)", ("id", id), ("at", (now / Hour - hour) * Hour), ("sum", 120L * (40 + hour * 7 % 19))));
            if (name is "frankfurt-1" or "tokyo-2")
                continue;
            await RelayWays.Place(server, id, await server.Staff.Customer(username: "person-" + region), port);
            slots.Add(((await server.Db.Read(s => s.One("SELECT id FROM relay_slots WHERE server_id = @id", r => r.GetString(0), ("id", id))))!, id));
            await Count(server, slots[^1], name == "tokyo-1" ? 1990 * Gb : 40 * Gb);
        }
        await server.Db.Write(s => s.Execute("UPDATE rentals SET price = 3000, currency = 'CNY', plan_seconds = 2592000"));
        return slots;
    }

    private static Task Count(TestServer server, (string Slot, string Server) at, long bytes) => server.Service<TrafficBook>().Count(
        [new RelayReading(at.Slot, at.Server, "1", server.Clock.Now - Hour, new(bytes / 2, bytes, 1, 1), new Dictionary<string, Volume> { [Laptop] = new(bytes / 2, bytes, 1, 1) })], default);
}
