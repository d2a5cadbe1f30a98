using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>A customer enters a recharge key, renews a key from what it put on the balance and has it renew itself, in a real browser.</summary>
[Collection(Chrome.Collection)]
public sealed class RenewalPageTests(Chrome chrome)
{
    [Theory]
    [InlineData("zh", "light", 375)]
    [InlineData("en", "dark", 1280)]
    [InlineData("zh", "dark", 375)]
    [InlineData("en", "light", 1280)]
    public async Task A_customer_recharges_and_renews(string language, string theme, int width)
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP 会员", price = 1250, currency = "CNY", on_sale = true, duration_seconds = 30 * 86400 }))["plan"]!["id"]!;
        var card = (string)(await owner.PostApi("/api/plans", new { name = "Card 50 充值卡", recharge = 5000, price = 4500, currency = "CNY", on_sale = true }))["plan"]!["id"]!;
        await owner.PostApi("/api/payment-channels", new { kind = "balance", name = "Balance 余额" });
        await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank 银行", settings = new { words = "Bank 1234" } });
        var (key, cards) = ((await owner.Keys(plan, 1))[0], await owner.Keys(card, 2));
        await server.Validate(key, "machine-1");
        await using var window = await chrome.Open(server, language, theme, width);
        var (page, looks) = (window.Page, new Looks(window, $"{language}-{theme}-{width}"));

        await window.Go("/shop");
        await looks.At("renewal-shop");
        await window.Go("/activate?key=" + cards[0]);
        await looks.At("renewal-portal");
        await window.SignInCustomer();
        await page.Locator("#look a.btn").ClickAsync();
        await page.WaitForURLAsync("**/account/balance?key=*");
        await looks.At("renewal-balance");
        await page.Locator("#recharge .btn").ClickAsync();
        await Assertions.Expect(page.Locator(".gh-balance")).ToContainTextAsync("¥50");
        await page.FillAsync("#recharge [name=key]", cards[0]);
        await page.Locator("#recharge .btn").ClickAsync();
        await Assertions.Expect(page.Locator("#recharge .invalid-feedback")).ToHaveCountAsync(1);
        await looks.At("renewal-spent");

        await window.Go("/account/keys");
        await page.FillAsync("[name=key]", key);
        await page.Locator("form[action='/account/keys'] .btn-primary").ClickAsync();
        await page.Locator("[role=switch]").ClickAsync();
        await Assertions.Expect(page.Locator("[role=switch]")).ToHaveAttributeAsync("aria-checked", "true");
        await looks.At("renewal-keys");
        await page.Locator($"#keys a[href*='renew=']").ClickAsync();
        await Assertions.Expect(page.Locator("#renewal")).ToContainTextAsync(key);
        await looks.At("renewal-buy");
        await page.Locator("form#buy .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator(".gh-bigkey")).ToContainTextAsync(key);
        await looks.At("renewal-order");

        await window.SignIn(Role.Owner);
        await window.Go("/admin/plans/" + card);
        await looks.At("renewal-plan");
        await window.Go("/admin/orders");
        await page.Locator("tbody a").First.ClickAsync();
        await Assertions.Expect(page.Locator("#renews")).ToContainTextAsync(key);
        await looks.At("renewal-order-desk");
        server.Clock.Advance(TimeSpan.FromDays(20));
        await window.Go("/admin/statistics");
        await looks.At("renewal-statistics");
        Assert.True(looks.Wrong.Count == 0, string.Join('\n', looks.Wrong));
        Assert.Equal([], window.Complaints);
        Assert.Empty(server.Errors.Lines);
    }
}
