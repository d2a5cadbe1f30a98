using Gatehouse.Platform.Http;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Traffic;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Metering;

/// <summary>Traffic on the staff's page: now and past, told apart and narrowed, and a stream that says when there is more.</summary>
public sealed class TrafficPageTests
{
    private static readonly string Laptop = "nodekey:" + new string('a', 64), Phone = "nodekey:" + new string('b', 64);

    [Theory, BothEngines]
    public async Task It_is_told_apart_and_narrowed_by_a_press(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var host = await RelayRows.Add(server, Caller.DefaultTenant, "here");
        var slots = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var account = await server.Staff.Customer(username: "person" + i);
            await RelayWays.Place(server, host, account, 21_000 + i);
            slots.Add((await server.Db.Read(s => s.One("SELECT id FROM relay_slots WHERE account_id = @account", r => r.GetString(0), ("account", account))))!);
        }
        await server.Db.Write(s => s.Execute("UPDATE accounts SET display_name = username WHERE username LIKE 'person%'"));
        var now = server.Clock.Now;
        Dictionary<string, Volume> Of(long bytes) => new() { [Laptop] = new(bytes, 0, 3, 2), [Phone] = new(bytes / 10, 0, 3, 2) };
        await server.Service<TrafficBook>().Count([.. slots.Select((s, i) => new RelayReading(s, host, "1", now - 10_000, new(11_000 * (i + 1), 0, 3, 2), Of(10_000 * (i + 1))))], default);

        var browser = await server.SignedIn(Role.Analyst);
        var page = await browser.Get("/admin/traffic");
        Assert.Equal(["person1", "person0"], page.Document.QuerySelectorAll("#past td .gh-link").Select(a => a.TextContent));
        Assert.Equal(["person1", "person0"], page.Document.QuerySelectorAll("#now td .gh-link").Select(a => a.TextContent));
        // A person's rentals, a rental's devices.
        var person = await browser.Get(page.Document.QuerySelector("#past td .gh-link")!.GetAttribute("href")!);
        var rental = Assert.Single(person.Document.QuerySelectorAll("#past td .gh-link"));
        var devices = await browser.Get(rental.GetAttribute("href")!);
        Assert.Equal(2, devices.Document.QuerySelectorAll("#past td .gh-link").Length);
        Assert.Equal(2, devices.Document.QuerySelectorAll(".gh-only a").Length);
        Assert.Contains("20 KB", devices.One("#past table.card-table").TextContent, StringComparison.Ordinal);
        var csv = (await browser.Get(devices.One("a[download]").GetAttribute("href")!)).Html;
        Assert.Equal([$"{Laptop},20000", $"{Phone},2000"], csv.Split("\r\n").Where(l => l.Contains("nodekey:", StringComparison.Ordinal)).Select(l => string.Join(',', l.Split(',')[1..3])).Order(StringComparer.Ordinal));
        foreach (var by in new[] { "device", "server", "region" })
            Assert.NotEmpty((await browser.Get($"/admin/traffic?by={by}&range=1y")).Document.QuerySelectorAll("#past td .gh-link"));
    }

    [Fact]
    public async Task The_stream_says_at_once_where_it_is_and_then_when_relays_were_read()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Analyst);
        Assert.Contains("event: hello", (await browser.Get("/admin/traffic/live")).Html, StringComparison.Ordinal);
        var host = await RelayRows.Add(server, Caller.DefaultTenant, "here");
        await RelayWays.Place(server, host, await server.Staff.Customer(), 21_000);
        var slot = (await server.Db.Read(s => s.One("SELECT id FROM relay_slots", r => r.GetString(0))))!;
        var waits = browser.Send(() => new(HttpMethod.Get, "/admin/traffic/live") { Headers = { { "Last-Event-ID", "0" } } });
        await server.Service<TrafficBook>().Count([new RelayReading(slot, host, "1", server.Clock.Now - 1000, new(5, 5, 1, 1), new Dictionary<string, Volume>())], default);
        Assert.Contains($"id: {server.Clock.Now}\nevent: read", (await waits).Html, StringComparison.Ordinal);
    }
}
