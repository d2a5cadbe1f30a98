using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>A customer redeems a serial, lets a device in, renews, and takes another plan, in a real browser.</summary>
[Collection(Chrome.Collection)]
public sealed class RentalJourneyTests(Chrome chrome)
{
    [Theory]
    [InlineData("zh", "light", 375)]
    [InlineData("en", "dark", 1280)]
    public async Task A_customer_redeems_binds_a_device_and_renews(string language, string theme, int width)
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        await RelayRows.AddApart(server, Caller.DefaultTenant, v => v with { Name = "sh-1", Address = "203.0.113.10", RegionCode = "sh", RegionName = "Shanghai 上海" });
        await RelayRows.AddApart(server, Caller.DefaultTenant, v => v with { Name = "hk-1", Address = "198.51.100.7", RegionCode = "hk", RegionName = "Hong Kong 香港" });
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "Relay 30 中继", kind = "relay", servers_per_rental = 2, device_limit = 5, traffic_quota = 200_000_000_000, duration_seconds = 30 * 86400, price = 2500 }))["plan"]!["id"]!;
        var more = (string)(await owner.PostApi("/api/plans", new { name = "Relay 180 中继", kind = "relay", servers_per_rental = 2, duration_seconds = 180 * 86400, price = 12000 }))["plan"]!["id"]!;
        var serials = await owner.Keys(plan, 2);
        await using var window = await chrome.Open(server, language, theme, width);
        var (page, looks) = (window.Page, new Looks(window, $"{language}-{theme}-{width}"));
        await window.SignInCustomer();

        // The link of the key leads here, with it.
        await window.Go("/account/rentals?serial=" + serials[0]);
        await looks.At("rental-redeem");
        await page.FillAsync("#name", "Home 家里");
        await page.Locator("form[action='/account/rentals'] .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#relays")).ToContainTextAsync("203.0.113.10");
        await page.FillAsync("#node_key", "nodekey:short");
        await page.Locator("#devices form .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#node_key-error")).ToBeVisibleAsync();
        await looks.At("rental-wrong-device");
        await page.FillAsync("#node_key", RelayBench.NodeKey());
        await page.Locator("#devices form[action$='/devices'] .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#devices table")).ToContainTextAsync("nodekey:");
        await looks.At("rental");

        await page.Locator("a.btn-primary[href*='rental=']").ClickAsync();
        await page.FillAsync("#serial", serials[1]);
        await page.Locator("form[action='/account/rentals'] .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#history tbody tr")).ToHaveCountAsync(2);
        await page.Locator("a.btn-primary[href*='rental=']").ClickAsync();
        await page.FillAsync("#serial", (await owner.Keys(more, 1))[0]);
        await page.Locator("form[action='/account/rentals'] .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#when")).ToBeVisibleAsync();
        await looks.At("rental-choose");
        await page.Locator("#when [value='end']").CheckAsync();
        await page.Locator("form[action='/account/rentals'] .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Relay 180 中继");
        await looks.At("rental-next");
        await window.Go("/account/rentals");
        await page.Locator("#stacking summary").ClickAsync();
        await Assertions.Expect(page.Locator("#stacking table")).ToBeVisibleAsync();
        await looks.At("rentals");
        Assert.Empty(looks.Wrong);
        Assert.Empty(server.Errors.Lines);
    }

    /// <summary>The browser measures the way to relays that run, and to nothing else.</summary>
    [Theory]
    [InlineData("zh", "dark", 375)]
    [InlineData("en", "light", 1280)]
    public async Task A_customer_sees_which_relay_is_best_from_here(string language, string theme, int width)
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        foreach (var name in new[] { "one", "two" })
            await RelayRows.Add(server, Caller.DefaultTenant, name);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "Relay", kind = "relay", servers_per_rental = 2, duration_seconds = 86400 }))["plan"]!["id"]!;
        await using var window = await chrome.Open(server, language, theme, width);
        var (page, looks) = (window.Page, new Looks(window, $"{language}-{theme}-{width}"));
        await window.SignInCustomer();
        await window.Go("/account/rentals?serial=" + (await owner.Keys(plan, 1))[0]);
        await page.Locator("form[action='/account/rentals'] .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#relays tbody tr")).ToHaveCountAsync(2);
        await Wait.Until(async () =>
        {
            await page.ReloadAsync();
            return await page.Locator("#nearest tbody tr").CountAsync() == 2;
        }, () => "both relays run");
        await page.Locator("#nearest [data-nearest-go]").ClickAsync();
        await Assertions.Expect(page.Locator("#nearest .gh-badge")).ToHaveCountAsync(1);
        foreach (var time in await page.Locator("#nearest tbody td:last-child").AllInnerTextsAsync())
            Assert.Matches(@"\d (ms|毫秒)$", time);
        await looks.At("rental-nearest");
        Assert.Empty(looks.Wrong);
        Assert.Empty(server.Errors.Lines);
    }
}
