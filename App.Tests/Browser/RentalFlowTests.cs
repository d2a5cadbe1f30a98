using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Relays.Tailnets;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>All of a customer's way in a real browser: they sign up, redeem, get their map, let a device in, buy an add-on, look at their regions, and connect their tailnet.</summary>
[Collection(Chrome.Collection)]
public sealed class RentalFlowTests(Chrome chrome)
{
    private const string Password = "correct horse battery 7";

    [Theory]
    [InlineData("zh", "light", 375)]
    [InlineData("zh", "dark", 375)]
    [InlineData("en", "light", 1280)]
    [InlineData("en", "dark", 1280)]
    public async Task A_customer_comes_and_has_working_relays(string language, string theme, int width)
    {
        using var fake = new FakeTailnet();
        fake.Device("n1", RelayBench.NodeKey(), "laptop");
        await using var server = await TestServer.Start(settings: new Dictionary<string, string?> { ["Relays:TailscaleApi"] = fake.Url });
        var owner = await server.As(Role.Owner);
        string[] servers =
        [
            await RelayRows.AddApart(server, Caller.DefaultTenant, v => v with { Name = "sh-1", Address = "203.0.113.10", RegionCode = "sh", RegionName = "Shanghai 上海" }),
            await RelayRows.AddApart(server, Caller.DefaultTenant, v => v with { Name = "hk-1", Address = "198.51.100.7", RegionCode = "hk", RegionName = "Hong Kong 香港" }),
        ];
        var plan = (string)(await owner.PostApi("/api/plans", new
        {
            name = "Relay 30 中继", kind = "relay", servers_per_rental = 2, device_limit = 3, traffic_quota = 200_000_000_000, duration_seconds = 30 * 86400, price = 2500, on_sale = true,
            add_ons = new object[] { new { kind = "traffic", amount = 50, price = 800, days = 30, most = 3 }, new { kind = "devices", amount = 1, price = 300, most = 5 } },
        }))["plan"]!["id"]!;
        await owner.PostApi("/api/payment-channels", new { kind = "balance", name = "Balance", enabled = true });
        await Probes(server, servers);
        await using var window = await chrome.Open(server, language, theme, width);
        var (page, looks) = (window.Page, new Looks(window, $"{language}-{theme}-{width}"));

        await window.Go("/sign-up");
        await looks.At("flow-sign-up");
        await page.FillAsync("#email", "lin@example.com");
        await page.FillAsync("#password", Password);
        await page.FillAsync("#password_repeat", Password);
        await page.Locator("form[action='/sign-up'] .btn-primary").ClickAsync();
        // The code is in their mail.
        await Assertions.Expect(page.Locator("#code")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await looks.At("flow-sign-up-code");
        var account = await window.SignInCustomer();
        await owner.PostApi("/api/finance/topup", new { user = account, amount = 10_000, currency = "CNY", reference = "Cash" });

        await window.Go("/account/rentals");
        await looks.At("flow-rentals-none");
        await page.FillAsync("#serial", (await owner.Keys(plan, 1))[0]);
        await page.FillAsync("#name", "Home 家里");
        await page.Locator("form[action='/account/rentals'] .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("#relays")).ToContainTextAsync("203.0.113.10");
        var self = new Uri(page.Url).AbsolutePath;
        await server.Db.Write(s => s.Execute("UPDATE relay_containers SET state = 'running'"));
        await window.Go(self);
        await looks.At("flow-rental");

        await page.FillAsync("#node_key", RelayBench.NodeKey());
        await page.Locator("#devices form[action$='/devices'] .btn-primary").First.ClickAsync();
        await Assertions.Expect(page.Locator("#devices table")).ToContainTextAsync("nodekey:");
        // Its regions' health, from a day to a month.
        await page.Locator("#health nav a").Nth(2).ClickAsync();
        await Assertions.Expect(page.Locator("#health nav a[aria-current]")).ToHaveTextAsync(language == "zh" ? "30 天" : "30 days");
        await Assertions.Expect(page.Locator("#health .gh-chart")).ToHaveCountAsync(2);
        await looks.At("flow-health");

        await window.Go(self + "/acl");
        await looks.At("flow-acl-first");
        await page.FillAsync("#machines", "1");
        await page.Locator("form[action$='/acl/machines'] .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("RegionID");
        await looks.At("flow-acl");

        await window.Go(self);
        await page.Locator("#add-ons a.btn").First.ClickAsync();
        await looks.At("flow-add-on");
        await page.Locator("form#buy .btn-primary").ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/orders/"), new() { Timeout = 30_000 });
        await looks.At("flow-add-on-bought");
        await window.Go(self);
        await Assertions.Expect(page.Locator(".gh-stats")).ToContainTextAsync("50");

        await page.Locator("#tailnet a").ClickAsync();
        await looks.At("flow-tailnet-new");
        await page.FillAsync("#secret", FakeTailnet.Secret);
        await page.Locator("#connect button.btn-primary").ClickAsync();
        await page.Locator("#preview button").ClickAsync();
        await Assertions.Expect(page.Locator(".gh-diff")).ToContainTextAsync("derpMap");
        await looks.At("flow-tailnet-diff");
        await page.Locator("#deliver button").ClickAsync();
        await Assertions.Expect(page.Locator("form[action$='/undo']").First).ToBeAttachedAsync();
        await page.Locator("#client details summary").ClickAsync();
        await looks.At("flow-tailnet");
        await window.Go("/account/rentals");
        await page.Locator("#stacking summary").ClickAsync();
        await looks.At("flow-help");
        Assert.Empty(looks.Wrong);
        Assert.Empty(server.Errors.Lines);
    }

    // A month of answers, one region with an hour that it was away.
    private static async Task Probes(TestServer server, string[] servers) => await server.Db.Write(async s =>
    {
        const long hour = 3_600_000;
        var now = server.Clock.Now / hour * hour;
        for (var i = 0; i < servers.Length; i++)
        {
            await s.Execute("UPDATE relay_servers SET health = 'healthy' WHERE id = @id", ("id", servers[i]));
            for (var h = 720; h > 0; h--)
                foreach (var (span, each) in new[] { (3600L, 1), (300L, h <= 24 ? 12 : 0) })
                    for (var n = 0; n < each; n++)
                        await s.Execute("INSERT INTO relay_probes (tenant_id, server_id, span, at, probes, failures, ms_sum, ms_most) VALUES ('default', @id, @span, @at, 10, @failed, @sum, 90)",
                            ("id", servers[i]), ("span", span), ("at", now - h * hour + n * 300_000), ("failed", i == 1 && h == 6 ? 10L : 0L), ("sum", i == 1 && h == 6 ? 0L : 10L * (20 + i * 15 + h * 7 % 11)));
        }
        return 0;
    });
}
