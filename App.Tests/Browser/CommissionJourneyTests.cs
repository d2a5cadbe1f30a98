using Gatehouse.Billing.Distributors;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>A distributor makes a link, somebody buys by it on a phone, the commission is asked for and paid, in a real browser.</summary>
[Collection(Chrome.Collection)]
public sealed class CommissionJourneyTests(Chrome chrome)
{
    [Theory]
    [InlineData("en", "light", 1280)]
    [InlineData("zh", "dark", 375)]
    public async Task A_link_sells_and_its_commission_is_paid_out(string language, string theme, int width)
    {
        await using var server = await TestServer.StartPublished();
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP 30 days 会员", price = 12500, on_sale = true, currency = "CNY" }))["plan"]!["id"]!;
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank 银行", settings = new { words = "1234" } }))["channel"]!["id"]!;
        await using var desk = await chrome.Open(server, language, theme, width);
        await using var own = await chrome.Open(server, language, theme, width);
        await using var shop = await chrome.Open(server, language, theme, width);
        var (atDesk, atOwn) = (new Looks(desk, $"{language}-{theme}-{width}"), new Looks(own, $"{language}-{theme}-{width}"));
        await desk.SignIn(Role.Owner);
        var account = await own.SignInCustomer();
        await server.Db.Write(s => server.Service<DistributorService>().Apply(s, Caller.Public(null, null) with { Kind = "customer", Id = account }, "I run a shop 我有店"));
        await own.Go("/account/distributor/commission");
        await atOwn.At("commission-not-yet");

        await owner.PatchApi("/api/distributors/" + account, new { status = "active" });
        await desk.Go("/admin/distributors/prices?plan=" + plan);
        await desk.Page.FillAsync("#rates_all", "1 = 12,5");
        await desk.Page.Locator("#rates-of-all .btn-primary").ClickAsync();
        await Assertions.Expect(desk.Page.Locator("#rates_all.is-invalid")).ToHaveValueAsync("1 = 12,5");
        await desk.Page.FillAsync("#rates_all", "1 = 12.5\n2 = 20");
        await desk.Page.FillAsync("#hold_days", "0");
        await desk.Page.Locator("#rates-of-all .btn-primary").ClickAsync();
        await Assertions.Expect(desk.Page.Locator("#rates_all")).ToHaveValueAsync("1 = 12.5\n2 = 20");
        await atDesk.At("commission-rates");

        await own.Go("/account/distributor/customers");
        await own.Page.FillAsync("#name", "Forum 论坛");
        await own.Page.Locator("#links .btn-primary").ClickAsync();
        var address = (await own.Page.Locator("#links .gh-mono").First.TextContentAsync())!.Trim().Split()[0];
        // By whatever name the server is called.
        await shop.Go($"{new Uri(address).AbsolutePath}?plan={plan}");
        await shop.Page.FillAsync("[name=email]", "wang@example.com");
        await shop.Page.Locator("#buy .btn-lg").ClickAsync();
        await shop.Page.WaitForURLAsync("**/orders/*");
        var number = await server.Db.Read(s => s.One("SELECT o.number FROM orders o JOIN commissions c ON c.order_id = o.id", r => r.GetString(0)));
        await owner.PostApi($"/api/orders/{number}/confirm", new { reference = "wire 1" });
        await own.Page.ReloadAsync();
        await Assertions.Expect(own.Page.Locator("#customers tbody tr")).ToContainTextAsync("w•••@e•••.com");
        await atOwn.At("commission-customers");
        await desk.Go("/admin/orders/" + number);
        await Assertions.Expect(desk.Page.Locator("#buyer")).ToContainTextAsync("¥15.63");
        await atDesk.At("commission-order");

        await own.Go("/account/distributor/commission");
        await own.Page.FillAsync("#amount", "99");
        await own.Page.FillAsync("#details", "Wang, bank 6222 王");
        await own.Page.SelectOptionAsync("#way", "hand");
        await own.Page.Locator("#ask .btn-primary").ClickAsync();
        await Assertions.Expect(own.Page.Locator("[role=alert]")).ToBeVisibleAsync();
        await own.Page.FillAsync("#amount", "10");
        await own.Page.Locator("#ask .btn-primary").ClickAsync();
        await Assertions.Expect(own.Page.Locator("#withdrawals .gh-item")).ToHaveCountAsync(1);
        await atOwn.At("commission-asked");

        await desk.Go("/admin/distributors/withdrawals");
        await atDesk.At("commission-withdrawals");
        await desk.Page.Locator("tbody a").First.ClickAsync();
        await Assertions.Expect(desk.Page.Locator("#preview")).ToContainTextAsync("¥10");
        await desk.Page.Locator("#approve .btn-primary").ClickAsync();
        await Assertions.Expect(desk.Page.Locator("#reference.is-invalid")).ToBeVisibleAsync();
        await atDesk.At("commission-withdrawal");
        await desk.Page.FillAsync("#reference", "Transfer 20260305");
        await desk.Page.Locator("#approve .btn-primary").ClickAsync();
        await desk.Page.WaitForURLAsync("**/withdrawals");
        await desk.Page.Locator("tbody a").First.ClickAsync();
        await atDesk.At("commission-paid");

        await desk.Go("/admin/distributors/" + account);
        await Assertions.Expect(desk.Page.Locator("#suspend-what")).ToContainTextAsync("1");
        await atDesk.At("commission-suspending");
        await desk.Go("/admin/statistics");
        await atDesk.At("commission-statistics");
        await owner.PatchApi("/api/distributors/" + account, new { status = "suspended", reason = "Ask us 请联系我们" });
        foreach (var page in new[] { "", "/customers", "/commission" })
        {
            await own.Go("/account/distributor" + page);
            await atOwn.At("commission-suspended" + page.Replace('/', '-'));
        }
        Assert.Equal([], [.. atDesk.Wrong, .. atOwn.Wrong]);
        Assert.Equal([], [.. desk.Complaints, .. own.Complaints, .. shop.Complaints]);
        Assert.Empty((await server.Db.Read(Gatehouse.Billing.Ledger.LedgerCheck.Check)).Errors);
        Assert.Empty(server.Errors.Lines);
        _ = channel;
    }
}
