using Gatehouse.Platform.Http;
using Gatehouse.Tests.Relays.Hosts;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>Staff add a machine elsewhere, run the command on it, try it, and give it another token, in a real browser.</summary>
[Collection(Chrome.Collection)]
public sealed class HostJourneyTests(Chrome chrome)
{
    [Theory]
    [InlineData("zh", "light", 375)]
    [InlineData("en", "dark", 1280)]
    public async Task A_machine_is_added_joins_and_is_tried(string language, string theme, int width)
    {
        await using var server = await TestServer.Start();
        using var folder = new TestFolder();
        var owner = await server.As(Role.Owner);
        await using var window = await chrome.Open(server, language, theme, width);
        var (page, looks) = (window.Page, new Looks(window, $"{language}-{theme}-{width}"));
        await window.SignIn(Role.Owner);

        await window.Go("/admin/servers/new");
        await page.Locator("a[href$='kind=relay_host']").ClickAsync();
        await page.FillAsync("#name", "hong-kong 香港");
        await page.FillAsync("#address", "127.0.0.1");
        await page.FillAsync("#link_url", "http://203.0.113.5");
        await page.Locator("form#server .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#link_url-error")).ToBeVisibleAsync();
        await looks.At("host-wrong-address");
        await page.FillAsync("#link_url", "");
        await page.Locator("form#server .btn-primary").ClickAsync();
        await looks.At("host-join");
        var token = (await page.Locator("code#command").InnerTextAsync()).Split(' ')[^1];
        await page.Locator("main a.btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#host .gh-dot.warn")).ToBeVisibleAsync();
        await looks.At("host-waiting");

        await using var host = TestHost.Start(token, folder.Path);
        await TestHost.Connected(owner, page.Url.Split('/')[^1]);
        await page.Locator("#host form[action$='/try'] button").ClickAsync();
        await Assertions.Expect(page.Locator("#checks .gh-row")).ToHaveCountAsync(4);
        await Assertions.Expect(page.Locator("#checks .gh-dot.bad")).ToHaveCountAsync(0);
        await looks.At("host-tried");
        await window.Go("/admin/servers");
        await looks.At("servers-host");
        await page.Locator("a.gh-plan").ClickAsync();
        await page.Locator("button[popovertarget=join]:not([popovertargetaction])").ClickAsync();
        await looks.At("host-join-anew");
        await page.Locator("#join .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("code#command")).ToContainTextAsync("ghj_");
        Assert.NotEqual(token, (await page.Locator("code#command").InnerTextAsync()).Split(' ')[^1]);
        Assert.Empty(looks.Wrong);
        Assert.Empty(server.Errors.Lines);
    }
}
