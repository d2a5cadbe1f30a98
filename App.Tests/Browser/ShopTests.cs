using System.Text.RegularExpressions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Billing.Support;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>Buying in a browser: on a telephone in Chinese, at a gateway, from the shop to the key.</summary>
[Collection(Chrome.Collection)]
public sealed class ShopTests(Chrome chrome)
{
    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task A_guest_buys_pays_at_the_gateway_and_sees_the_key_without_reloading(string theme)
    {
        await using var server = await TestServer.Start(settings: new() { ["Outbound:AllowedHosts"] = "127.0.0.1" });
        await using var gateway = await TestEpay.Start(server.Clock);
        gateway.Merchant = server.Address;
        var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/payment-channels", new { kind = "epay_v1", name = "支付宝", settings = gateway.Settings });
        var description = "全部功能，含云同步\n\n- 支持 Windows 和 Mac\n- 激活后才开始计时";
        await owner.PostApi("/api/plans", new { name = "VIP 30 天", price = 1990, currency = "CNY", duration_seconds = 2_592_000, on_sale = true, tiers = new[] { new { from = 5, price = 1790 } }, description_zh = description, shop_group = "速记会员" });
        await owner.PostApi("/api/plans", new { name = "体验 3 小时", price = 0, on_sale = true, shop_order = 1, shop_group = "速记会员" });
        await using var window = await chrome.Open(server, "zh", theme, 375);
        var (page, looks) = (window.Page, new Looks(window, $"phone-{theme}"));

        await window.Go("/");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("付款即发货");
        await looks.At("shop");
        await page.GetByRole(AriaRole.Link, new() { Name = "购买: VIP 30 天" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("VIP 30 天");
        await page.FillAsync("#quantity", "5");
        await Assertions.Expect(page.Locator("#sum b")).ToHaveTextAsync("¥89.50");
        await page.FillAsync("#quantity", "1");
        await Assertions.Expect(page.Locator("#sum b")).ToHaveTextAsync("¥19.90");
        await page.FillAsync("#email", "lin@example.com");
        await page.FillAsync("#lookup", "苹果");
        await looks.At("buy");
        await page.Locator("form#buy .btn-primary").ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/orders/"));
        await looks.At("order-waits");

        // The payer's telephone goes to the gateway, and the page stays open.
        var there = await page.Context.NewPageAsync();
        await there.GotoAsync((await page.Locator($"main a[href^='{gateway.Address}']").First.GetAttributeAsync("href"))!);
        await Assertions.Expect(there.Locator("body")).ToHaveTextAsync("pay 19.90");
        await page.EvaluateAsync("window.stayed = true");
        Assert.True(Assert.Single(await gateway.Pay(gateway.Orders.Keys.Single())).Accepted);
        var key = (await server.Db.Read(s => s.One("SELECT key FROM order_keys WHERE delivered_at IS NOT NULL", r => r.GetString(0))))!;
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(key);
        Assert.True(await page.EvaluateAsync<bool>("window.stayed === true"));
        await looks.At("order-delivered");
        Assert.Empty(looks.Wrong);
        Assert.Equal([], window.Complaints);
        Assert.Empty(server.Errors.Lines);
    }

    [Theory]
    [InlineData("zh", "dark", 375)]
    [InlineData("en", "light", 1280)]
    public async Task Ways_that_cannot_pay_the_amount_say_so_and_what_is_sold_out_is_told_of_by_mail(string language, string theme, int width)
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1000, currency = "CNY", on_sale = true, order_limit = 10 }))["plan"]!["id"]!;
        async Task<string> Way(string name, object limits) => (string)(await owner.PatchApi("/api/payment-channels/" + (string)(await owner.PostApi("/api/payment-channels",
            new { kind = "offline", name, settings = new { words = "1234" } }))["channel"]!["id"]!, limits))["channel"]!["id"]!;
        var (bank, cash) = (await Way("Bank", new { minimum = 3000 }), await Way("Cash", new { minimum = 500, maximum = 2000 }));
        await using var window = await chrome.Open(server, language, theme, width);
        var (page, looks) = (window.Page, new Looks(window, $"{language}-{theme}-{width}"));
        await window.Go("/buy/" + plan);
        await Assertions.Expect(page.Locator($"[value='{bank}']")).ToBeDisabledAsync();
        await Assertions.Expect(page.Locator($"[value='{cash}']")).ToBeCheckedAsync();
        await Assertions.Expect(page.Locator($"label:has([value='{bank}'])")).ToContainTextAsync("¥30");
        await looks.At("buy-limits");
        await page.FillAsync("#quantity", "3");
        await Assertions.Expect(page.Locator($"[value='{bank}']")).ToBeCheckedAsync();
        await Assertions.Expect(page.Locator($"[value='{cash}']")).ToBeDisabledAsync();
        await page.FillAsync("#quantity", "1");
        await Assertions.Expect(page.Locator($"[value='{cash}']")).ToBeCheckedAsync();

        var batch = (string)(await owner.PostApi("/api/keys/generate", new { plan, count = 1 }))["batch_id"]!;
        await owner.PatchApi("/api/plans/" + plan, new { stock_batch = batch });
        await server.Http.PostApi("/api/shop/orders", new { plan, email = "guest@example.com", channel = cash });
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = 2525, security = "none", from = "shop@example.com" } });
        await window.Go("/buy/" + plan);
        await looks.At("buy-sold-out");
        await page.FillAsync("#notify #email", "lin@example.com");
        await page.Locator("#notify .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator(".gh-toasts .gh-toast")).ToContainTextAsync(language == "zh" ? "到货后会发邮件通知您" : "You will get a mail");
        Assert.Empty(looks.Wrong);
        Assert.Equal([], window.Complaints);
        Assert.Empty(server.Errors.Lines);
    }
}
