using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>An order's page in a real browser: who pays sees the key come without doing anything.</summary>
[Collection(Chrome.Collection)]
public sealed class OrderPageTests(Chrome chrome)
{
    [Theory]
    [InlineData("en", false)]
    [InlineData("zh", true)]
    public async Task Where_the_stream_is_cut_off_or_held_back_the_page_asks_and_shows_the_key_without_reloading(string language, bool isHeldBack)
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1990, on_sale = true }))["plan"]!["id"]!;
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank", settings = new { words = "Bank 1234" } }))["channel"]!["id"]!;
        var order = (await server.Http.PostApi("/api/shop/orders", new { plan, email = "guest@example.com", channel }))["order"]!;
        await using var window = await chrome.Open(server, language, "light", 375);
        var (page, streams) = (window.Page, 0);
        await page.RouteAsync("**/events?*", async route =>
        {
            streams++;
            // A proxy that gives nothing on until all of it is there, or one that ends it at once, each time.
            if (!isHeldBack)
                await route.FulfillAsync(new() { Status = 200, ContentType = "text/event-stream", Body = ": \n\n" });
        });
        await window.Go(new Uri(server.Address, new Uri((string)order["url"]!).AbsolutePath).ToString());
        await Assertions.Expect(page.Locator("#pay")).ToContainTextAsync("Bank 1234");
        await page.EvaluateAsync("window.stayed = true");
        await owner.PostApi($"/api/orders/{(string)order["number"]!}/confirm", new { reference = "by hand" });
        var key = (string)(await server.Http.GetApi($"/api/shop/orders/{(string)order["number"]!}?lookup=guest@example.com"))["order"]!["keys"]![0]!;
        // Before the twenty seconds are over after which every page looks again.
        await Assertions.Expect(page.Locator("#live")).ToContainTextAsync(key, new() { Timeout = 15_000 });
        Assert.True(await page.EvaluateAsync<bool>("window.stayed === true"));
        Assert.NotEqual(0, streams);
        Assert.Equal([], window.Complaints);
        Assert.Empty(server.Errors.Lines);
    }

    [Theory]
    [InlineData("zh", "dark", 375)]
    [InlineData("en", "light", 1280)]
    public async Task The_key_comes_without_reloading(string language, string theme, int width)
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1990, on_sale = true }))["plan"]!["id"]!;
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "epay_v1", name = "Till", settings = new { url = "https://pay.example.com/", pid = "1001", key = "s3cret" } }))["channel"]!["id"]!;
        var order = (await server.Http.PostApi("/api/shop/orders", new { plan, email = "guest@example.com", channel }))["order"]!;
        await using var window = await chrome.Open(server, language, theme, width);
        var (page, look) = (window.Page, new Looks(window, $"{language}-{theme}-{width}"));
        await window.Go(new Uri(server.Address, new Uri((string)order["url"]!).AbsolutePath).ToString());
        await Assertions.Expect(page.Locator("#pay a.btn-primary")).ToHaveAttributeAsync("href", new System.Text.RegularExpressions.Regex("^https://pay.example.com/submit.php"));
        await look.At("waits");
        await owner.PostApi($"/api/orders/{(string)order["number"]!}/confirm", new { reference = "by hand" });
        var key = (await server.Http.GetApi($"/api/shop/orders/{(string)order["number"]!}?lookup=guest@example.com"))["order"]!["keys"]![0]!;
        await Assertions.Expect(page.Locator("#live")).ToContainTextAsync((string)key!);
        await Assertions.Expect(page.Locator("#pay a")).ToHaveCountAsync(0);
        await look.At("delivered");
        Assert.Equal([], look.Wrong);
        Assert.Equal([], window.Complaints);
        Assert.Empty(server.Errors.Lines);
    }
}
