using Gatehouse.Platform.Http;
using Gatehouse.Tests.Relays;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>Staff move one relay, empty a server and balance the rest, in a real browser.</summary>
[Collection(Chrome.Collection)]
public sealed class MoveJourneyTests(Chrome chrome)
{
    [Theory]
    [InlineData("zh", "light", 375)]
    [InlineData("en", "dark", 1280)]
    [InlineData("zh", "light", 1280)]
    [InlineData("en", "dark", 375)]
    public async Task Relays_are_moved_from_the_pages_of_a_rental_and_of_a_server(string language, string theme, int width)
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var first = await Add(server, "shanghai-1", "203.0.113.10");
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "Relay", kind = "relay", servers_per_rental = 1 }))["plan"]!["id"]!;
        var rentals = new List<string>();
        for (var i = 0; i < 6; i++)
            rentals.Add((string)(await owner.PostApi("/api/rentals", new { account = await server.Staff.Customer(), plan }))["rental"]!["id"]!);
        await Add(server, "shanghai-2", "203.0.113.11");
        await using var window = await chrome.Open(server, language, theme, width);
        var (page, looks) = (window.Page, new Looks(window, $"moves-{language}-{theme}-{width}"));
        await window.SignIn(Role.Owner);

        await window.Go("/admin/rentals/" + rentals[0]);
        await page.Locator("#relays a.gh-link").ClickAsync();
        await looks.At("move");
        await page.Locator("#move button.btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#relays")).ToContainTextAsync("shanghai-2");
        await looks.At("moving");

        await window.Go("/admin/servers/balance");
        await Assertions.Expect(page.Locator("#plan tbody tr")).ToHaveCountAsync(1);
        await looks.At("balance");
        await page.Locator("#plan button[popovertarget=balance]").First.ClickAsync();
        await page.Locator("#balance button.btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#plan")).ToHaveCountAsync(0);
        await looks.At("balanced");

        await window.Go("/admin/servers/" + first);
        await Assertions.Expect(page.Locator("#leave tbody tr")).ToHaveCountAsync(3);
        await looks.At("leave");
        await page.Locator("#leave button[popovertarget=leave-drained]").First.ClickAsync();
        await looks.At("leave-asked");
        await page.Locator("#leave-drained button.btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#leave input[value=none]")).ToHaveCountAsync(1);
        await looks.At("leaving");
        Assert.Empty(looks.Wrong);
        Assert.Empty(server.Errors.Lines);
    }

    private static Task<string> Add(TestServer server, string name, string address) =>
        RelayRows.AddApart(server, Caller.DefaultTenant, v => v with { Name = name, Address = address, RegionCode = "sh", RegionName = "Shanghai 上海", PortFrom = 20_000, PortTo = 20_019 });
}
