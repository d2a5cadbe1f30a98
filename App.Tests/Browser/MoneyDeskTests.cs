using Gatehouse.Platform.Http;
using Gatehouse.Tests.Billing;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>Staff make an order, settle an underpayment in the money desk and give the money back, in a real browser.</summary>
[Collection(Chrome.Collection)]
public sealed class MoneyDeskTests(Chrome chrome)
{
    [Theory]
    [InlineData("en", "light", 1280)]
    [InlineData("zh", "dark", 375)]
    public async Task Staff_settle_an_underpayment(string language, string theme, int width)
    {
        await using var server = await TestServer.StartPublished();
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP 30 days 会员", price = 1250, on_sale = true }))["plan"]!["id"]!;
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "epay_v1", name = "Alipay 支付宝", settings = new { url = "https://pay.example.com/", pid = "1001", key = "s3cret" } }))["channel"]!["id"]!;
        await using var window = await chrome.Open(server, language, theme, width);
        var looks = new Looks(window, $"{language}-{theme}-{width}");
        await window.SignIn(Role.Owner);
        var page = window.Page;

        // An order for somebody who then pays too little.
        await window.Go("/admin/orders/new");
        await page.FillAsync("#user", "guest@example.com");
        await page.SelectOptionAsync("#plan", plan);
        await page.SelectOptionAsync("#channel", channel);
        await looks.At("money-new-order");
        await page.Locator("main form .btn-primary").ClickAsync();
        await page.WaitForURLAsync("**/admin/orders/*-*");
        await looks.At("money-order");
        var number = new Uri(page.Url).Segments[^1];
        await MoneyRows.Pay(server, Caller.DefaultTenant, number, channel, 1000, "GHTEST0001");

        await window.Go("/admin/money");
        await looks.At("money-desk");
        await page.Locator("tbody a").First.ClickAsync();
        await Assertions.Expect(page.Locator("#preview")).ToContainTextAsync("¥2.50");
        await looks.At("money-payment");
        await page.FillAsync("#reference", "Agreed by phone 电话确认");
        await page.Locator("#settle .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#settle")).ToHaveCountAsync(0);
        await looks.At("money-settled");

        await window.Go("/admin/orders/" + number);
        await Assertions.Expect(page.Locator("#keys .gh-item")).ToHaveCountAsync(1);
        await looks.At("money-order-delivered");
        await window.Go($"/admin/orders/{number}/refund");
        // The numbers follow what is typed, without the page being left.
        await page.EvaluateAsync("window.stayed = true");
        await page.FillAsync("#amount", "4.00");
        await page.Locator("#amount").BlurAsync();
        await Assertions.Expect(page.Locator("#preview")).ToContainTextAsync("¥6");
        await page.SelectOptionAsync("#way", "hand");
        await page.FillAsync("#reason", "Half a month was lost");
        await page.FillAsync("#reference", "wire 5");
        Assert.True(await page.EvaluateAsync<bool>("window.stayed === true"));
        await looks.At("money-refund");
        await page.Locator("main form .btn-primary").ClickAsync();
        await page.WaitForURLAsync("**/admin/refunds/*");
        await looks.At("money-refunded");
        await window.Go("/admin/orders");
        await looks.At("money-orders");
        Assert.Empty(looks.Wrong);
        Assert.Equal([], window.Complaints);
        Assert.Empty((await server.Db.Read(Gatehouse.Billing.Ledger.LedgerCheck.Check)).Errors);
        Assert.Empty(server.Errors.Lines);
    }
}
