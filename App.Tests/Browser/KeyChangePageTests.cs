using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>A customer switches a key to a greater plan with what is left of it credited, and buys one more machine for it, in a real browser.</summary>
[Collection(Chrome.Collection)]
public sealed class KeyChangePageTests(Chrome chrome)
{
    [Theory]
    [InlineData("zh", "light", 375)]
    [InlineData("en", "dark", 1280)]
    public async Task A_customer_switches_a_key_and_adds_a_machine(string language, string theme, int width)
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var pro = (string)(await owner.PostApi("/api/plans", new { name = "Pro 专业版", price = 3000, currency = "CNY", duration_seconds = 30 * 86400, machine_limit = 2, entitlements = new { export = true }, add_ons = new[] { new { kind = "machines", amount = 1, price = 500, most = 3 }, new { kind = "days", amount = 10, price = 450, most = 2 } } }))["plan"]!["id"]!;
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP 会员", price = 1250, currency = "CNY", on_sale = true, duration_seconds = 30 * 86400, switch_to = new[] { pro } }))["plan"]!["id"]!;
        await owner.PostApi("/api/payment-channels", new { kind = "balance", name = "Balance 余额" });
        await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank 银行", settings = new { words = "Bank 1234" } });
        await using var window = await chrome.Open(server, language, theme, width);
        var (page, looks) = (window.Page, new Looks(window, $"{language}-{theme}-{width}"));
        var person = await window.SignInCustomer();
        await owner.PostApi("/api/finance/topup", new { user = person, amount = 9000, currency = "CNY", reference = "cash" });

        // Bought, and ten days used.
        await window.Go("/buy/" + plan);
        await page.Locator("form#buy .btn-primary").ClickAsync();
        var key = (await page.Locator(".gh-bigkey code").TextContentAsync())!;
        await looks.At("change-bought");
        await server.Validate(key, "machine-1");
        server.Clock.Advance(TimeSpan.FromDays(10));
        await window.SignIn(person);
        await window.Go("/account/keys");
        await looks.At("change-keys");
        await page.Locator("#keys a[href*='/buy/change']").ClickAsync();
        await Assertions.Expect(page.Locator("#key")).ToContainTextAsync(key);
        await looks.At("change-offers");
        await page.Locator(".gh-switch a.btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#preview")).ToContainTextAsync("−¥8.33");
        await looks.At("change-switch");
        await page.Locator("form#buy .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#change")).ToContainTextAsync("VIP 会员 → Pro 专业版");
        await looks.At("change-switched");

        await window.Go("/buy/change?key=" + key);
        await page.Locator("#add-ons a.btn-primary").First.ClickAsync();
        await page.FillAsync("#quantity", "2");
        await Assertions.Expect(page.Locator("#preview")).ToContainTextAsync("4");
        await page.FillAsync("#quantity", "1");
        await Assertions.Expect(page.Locator("#preview")).ToContainTextAsync("3");
        await looks.At("change-add");
        await page.Locator("form#buy .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#change")).ToContainTextAsync("+1");
        await looks.At("change-added");

        // For a key that nothing is sold for, too.
        var bare = (string)(await owner.PostApi("/api/plans", new { name = "Bare" }))["plan"]!["id"]!;
        await window.Go("/buy/change?key=" + (await owner.Keys(bare, 1))[0]);
        await looks.At("change-nothing");

        await window.SignIn(Role.Owner);
        await window.Go("/admin/orders/new");
        await page.FillAsync("#key", key);
        await page.Locator("#key").BlurAsync();
        await Assertions.Expect(page.Locator("#deal option")).ToHaveCountAsync(2);
        await looks.At("change-by-staff");
        await page.FillAsync("#key", "");
        await page.Locator("#key").BlurAsync();
        await Assertions.Expect(page.Locator("#plan")).ToBeVisibleAsync();
        await window.Go("/admin/plans/" + pro);
        await looks.At("change-plan");
        await window.Go("/admin/orders");
        await looks.At("change-orders");
        await page.Locator("tbody a").Nth(1).ClickAsync();
        await Assertions.Expect(page.Locator("#renews")).ToContainTextAsync("→");
        await looks.At("change-order-desk");
        await page.Locator("a[href$='/refund']").ClickAsync();
        await Assertions.Expect(page.Locator("#preview")).ToContainTextAsync("VIP");
        await looks.At("change-refund");
        Assert.True(looks.Wrong.Count == 0, string.Join('\n', looks.Wrong));
        Assert.Equal([], window.Complaints);
        Assert.Empty(server.Errors.Lines);
    }
}
