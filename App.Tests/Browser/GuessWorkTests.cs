using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>Where many wrong keys have come from an address, the page's script does the work that is asked for, and nobody has to press anything twice.</summary>
[Collection(Chrome.Collection)]
public sealed class GuessWorkTests(Chrome chrome)
{
    [Fact]
    public async Task The_work_is_done_before_a_look_up_and_before_a_form_goes_out()
    {
        await using var server = await TestServer.Start(settings: new() { ["RateLimits:Enabled"] = "true", ["Keys:GuessLimit"] = "2" });
        var http = await server.As(Role.Owner);
        var key = (await http.Keys(await http.Plan(), 1))[0];
        await using var window = await chrome.Open(server, width: 375);
        var page = window.Page;
        await window.Go("/activate");
        // From here on its address must work; the page that is open does not know yet.
        foreach (var wrong in new[] { "VIP-WRONG1", "VIP-WRONG2" })
            Assert.Equal("NOT_FOUND", (await server.Validate(wrong)).Code);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        await page.FillAsync("#key", key);
        await page.FillAsync("#machine", "machine-1");
        await Assertions.Expect(page.Locator("#look b")).ToHaveTextAsync("VIP · 1 day");
        Assert.Empty(await window.Axe());
        await page.Locator("main form .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Activated");

        await window.Go("/status");
        await page.FillAsync("#key", "VIP-WRONG3");
        await page.Locator("main form .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator(".gh-verdict b")).ToHaveTextAsync("There is no such key");
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        // A link that brings the key along is looked up by itself.
        await window.Go("/activate?key=" + key);
        await Assertions.Expect(page.Locator("#look b")).ToHaveTextAsync("VIP · 1 day");
        Assert.False(await window.ScrollsSideways());
        Assert.Equal([], window.Complaints);
        Assert.Empty(server.Errors.Lines);
    }
}
