using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Ledger;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>A distributor signs in, buys a hundred keys, copies and downloads them, in a real browser; and a customer gets the link to invite people by.</summary>
[Collection(Chrome.Collection)]
public sealed class DistributorJourneyTests(Chrome chrome)
{
    [Theory]
    [InlineData("en", "light", 1280)]
    [InlineData("zh", "dark", 375)]
    [InlineData("en", "dark", 1280)]
    [InlineData("zh", "light", 375)]
    public async Task A_distributor_buys_a_hundred_keys_and_takes_them_along(string language, string theme, int width)
    {
        await using var server = await TestServer.StartPublished();
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP 30 days 会员", price = 1250, currency = "CNY" }))["plan"]!["id"]!;
        await owner.PostApi("/api/plans", new { name = "A year 年卡", price = 9900, currency = "CNY" });
        var account = await server.Staff.Customer(passwordHash: await Site.PasswordHash);
        await server.Db.Write(s => server.Service<DistributorService>().Apply(s, Caller.Public(null, null) with { Kind = "customer", Id = account }, "A shop"));
        await owner.PatchApi("/api/distributors/" + account, new { status = "active", credit = 20_000, currency = "CNY" });
        await owner.PostApi("/api/distributors/prices", new { plan, prices = new[] { new { level = 1, from = 1, price = 900 }, new { level = 1, from = 100, price = 650 } } });
        await owner.PostApi("/api/finance/topup", new { user = account, amount = 60_000, currency = "CNY", reference = "Bank 20260305" });
        await using var window = await chrome.Open(server, language, theme, width);
        var (page, looks) = (window.Page, new Looks(window, $"{language}-{theme}-{width}"));
        await window.Go("/sign-in");
        await page.FillAsync("form[action='/sign-in'] [name=username]", account + "@example.com");
        await page.FillAsync("form[action='/sign-in'] [name=password]", Bench.Password);
        await page.Locator("form[action='/sign-in'] .btn-primary").ClickAsync();
        await page.WaitForURLAsync("**/account");
        await window.Go("/account/distributor");
        await looks.At("distributor-begin");

        // Too many for balance and line together: what was typed stays.
        await page.FillAsync("#quantity", "200");
        await page.Locator("#buy .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("[role=alert]").First).ToBeVisibleAsync();
        Assert.Equal("200", await page.InputValueAsync("#quantity"));
        await looks.At("distributor-refused");
        await page.FillAsync("#quantity", "100");
        await page.Locator("#buy .btn-primary").ClickAsync();
        await page.WaitForURLAsync("**/account/distributor/keys?order=*");
        await Assertions.Expect(page.Locator("#keys .gh-mono")).ToHaveCountAsync(100);
        await looks.At("distributor-bought");
        var keys = (await page.Locator("#keys .gh-mono").AllInnerTextsAsync()).ToList();
        var copied = (await page.Locator("#keys .btn[data-copy]").GetAttributeAsync("data-copy"))!.Split('\n');
        Assert.Equal(keys, copied);
        foreach (var (end, lines) in new[] { ("txt", 100), ("csv", 101) })
        {
            var download = await page.RunAndWaitForDownloadAsync(() => page.Locator($"a[href*='keys.{end}']").ClickAsync());
            var text = await File.ReadAllLinesAsync(await download.PathAsync());
            Assert.Equal(lines, text.Length);
            Assert.Equal(keys.Order(), text.TakeLast(100).Select(l => l.Split(',')[0]).Order());
        }
        await window.Go("/account/distributor/keys?q=" + keys[41]);
        await Assertions.Expect(page.Locator("#keys .gh-mono")).ToHaveTextAsync([keys[41]]);
        await looks.At("distributor-found");
        await window.Go("/account/distributor/keys");
        await looks.At("distributor-keys");

        await window.Go("/account/distributor");
        await page.FillAsync("#below", "500.00");
        await page.Locator("#notice .btn").ClickAsync();
        await page.WaitForURLAsync("**/account/distributor");
        Assert.Equal("500.00", await page.InputValueAsync("#below"));
        await looks.At("distributor-own");
        await owner.PatchApi("/api/distributors/" + account, new { status = "suspended", reason = "Please call us. 请联系我们。" });
        await window.Go("/account/distributor");
        await looks.At("distributor-suspended");

        await owner.PatchApi("/api/settings", new { invites = new { kind = "balance", amount = "8.88" } });
        await window.Go("/account");
        await looks.At("invite-home");
        await window.Go("/account/invite");
        await looks.At("invite-begin");
        await page.Locator("form[action='/account/invite'] .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#link")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("/sign-up\\?by=\\w{12}$"));
        await server.Db.Write(async s =>
        {
            foreach (var (i, state) in new[] { "earned", "waiting", "void" }.Index())
                await s.Execute("INSERT INTO invited (id, tenant_id, account_id, inviter, mailbox, state, kind, amount, currency, created_at) VALUES (@id, 'default', @account, @inviter, @id, @state, @kind, @amount, 'CNY', @now)",
                    ("id", $"i{i}"), ("account", account), ("inviter", account), ("state", state), ("kind", state == "earned" ? "points" : ""), ("amount", state == "earned" ? 888L : 0L), ("now", server.Clock.Now));
            return true;
        });
        await window.Go("/account/invite");
        await looks.At("invite-own");
        Assert.Empty(looks.Wrong);
        Assert.Equal([], window.Complaints);
        Assert.Empty((await server.Db.Read(LedgerCheck.Check)).Errors);
        Assert.Empty(server.Errors.Lines);
    }
}
