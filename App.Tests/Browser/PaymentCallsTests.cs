using Gatehouse.Platform.Http;
using Gatehouse.Tests.Billing.Support;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>The page of a payment that does not fit says what its gateway told of it, and what each check found.</summary>
[Collection(Chrome.Collection)]
public sealed class PaymentCallsTests(Chrome chrome)
{
    [Theory]
    [InlineData("en", "light", 1280)]
    [InlineData("zh", "dark", 375)]
    public async Task Each_check_of_each_call_is_on_the_page(string language, string theme, int width)
    {
        await using var server = await TestServer.Start(settings: new() { ["Outbound:AllowedHosts"] = "127.0.0.1" });
        await using var gateway = await TestEpay.Start(server.Clock);
        gateway.Merchant = server.Address;
        var owner = await server.As(Role.Owner);
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "epay_v1", name = "支付宝", settings = gateway.Settings }))["channel"]!["id"]!;
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, currency = "CNY", on_sale = true }))["plan"]!["id"]!;
        var placed = await server.Http.PostApi("/api/shop/orders", new { plan, email = "guest@example.com", channel });
        await gateway.Visit((string)placed["payment"]!["url"]!);
        // Told twice of too little.
        await gateway.Pay(gateway.Orders.Keys.Single(), new Notice { Signing = f => f["money"] = "10.00", Times = 2 });
        var payment = (await server.Db.Read(s => s.One("SELECT id FROM payments", r => r.GetString(0))))!;

        await using var window = await chrome.Open(server, language, theme, width);
        var (page, looks) = (window.Page, new Looks(window, $"{language}-{theme}-{width}"));
        await window.SignIn(Role.Owner);
        await window.Go("/admin/money/" + payment);
        await Assertions.Expect(page.Locator("#calls details")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator("#calls details[open]")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#calls details[open] li .gh-dot.ok")).Not.ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("#calls")).ToContainTextAsync("money=10.00");
        await Assertions.Expect(page.Locator("#calls")).Not.ToContainTextAsync(gateway.Settings["key"]);
        // What the title says stands there once.
        await Assertions.Expect(page.Locator(".gh-head .gh-new")).ToHaveCountAsync(0);
        await looks.At("payment-calls");
        Assert.Empty(looks.Wrong);
        Assert.Equal([], window.Complaints);
        Assert.Empty(server.Errors.Lines);
    }
}
