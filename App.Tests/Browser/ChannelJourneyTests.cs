using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>An operator sets up a way to be paid from nothing, in a real browser; a guest who ordered finds the order again, pays another way and gives it up.</summary>
[Collection(Chrome.Collection)]
public sealed class ChannelJourneyTests(Chrome chrome)
{
    private static readonly byte[] Picture = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    [Theory]
    [InlineData("zh", "dark", 375)]
    [InlineData("en", "light", 1280)]
    public async Task From_no_channel_to_an_order_that_is_found_again(string language, string theme, int width)
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        await using var window = await chrome.Open(server, language, theme, width);
        var (page, look) = (window.Page, new Looks(window, $"{language}-{theme}-{width}"));
        await window.SignIn(Role.Admin);
        await window.Go("/admin/payment-channels");
        await page.Locator("[data-new]").First.ClickAsync();
        await page.Locator("a[href$='kind=offline']").ClickAsync();
        await page.Locator("[name='settings.words']").FillAsync("Bank 1234");
        await page.Locator("#picture").SetInputFilesAsync(new FilePayload { Name = "code.png", MimeType = "image/png", Buffer = Picture });
        await page.Locator("[name=fee_rate]").FillAsync("1");
        await look.At("channel-form");
        await page.Locator("#channel .card-footer .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#channel img")).ToHaveAttributeAsync("src", new System.Text.RegularExpressions.Regex("^data:image/png"));
        await page.Locator("#test-form .btn").First.ClickAsync();
        await Assertions.Expect(page.Locator("#steps .gh-badge.ok")).ToHaveCountAsync(1);
        await look.At("channel-test");
        await window.Go("/admin/payment-channels");
        await look.At("channels");

        var channels = (await owner.GetApi("/api/payment-channels")).Items().ToList();
        await owner.PostApi("/api/payment-channels", new { kind = "epay_v1", name = "Alipay", settings = new { url = "https://pay.example.com/", pid = "1001", key = "s3cret" } });
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1990, on_sale = true }))["plan"]!["id"]!;
        var order = (await server.Http.PostApi("/api/shop/orders", new { plan, email = "guest@example.com", lookup = "apple", channel = (string)channels.Single()!["id"]! }))["order"]!;
        await using var guest = await chrome.Open(server, language, theme, width);
        (page, look) = (guest.Page, new Looks(guest, $"{language}-{theme}-{width}"));
        await guest.Go("/orders");
        await look.At("find-order");
        await page.Locator("[name=number]").FillAsync(((string)order["number"]!).ToLowerInvariant());
        await page.Locator("[name=lookup]").FillAsync("apple");
        await page.Locator("#find .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#pay")).ToContainTextAsync("Bank 1234");
        // 19.90 and one percent.
        await Assertions.Expect(page.Locator(".gh-amount")).ToContainTextAsync("20.10");
        await Assertions.Expect(page.Locator("b[data-left]")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^(29|30):[0-5][0-9]$"));
        await look.At("order-waits");
        await page.Locator("#ways .btn").First.ClickAsync();
        await Assertions.Expect(page.Locator(".gh-amount")).ToContainTextAsync("19.90");
        await page.Locator("[popovertarget=cancel]").First.ClickAsync();
        await page.Locator("#cancel .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#pay")).ToHaveCountAsync(0);
        Assert.Equal("cancelled", (string)(await owner.GetApi($"/api/orders/{(string)order["number"]!}"))["story"]!["order"]!["status"]!);
        Assert.Equal([], look.Wrong);
        Assert.Equal([], window.Complaints);
        Assert.Equal([], guest.Complaints);
        Assert.Empty(server.Errors.Lines);
    }
}
