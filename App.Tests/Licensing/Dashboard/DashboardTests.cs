using Gatehouse.Licensing.Dashboard;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Dashboard;

/// <summary>Every figure of the dashboard against the same figure counted by hand.</summary>
public sealed class DashboardTests
{
    private const long Hour = 3_600_000;

    private static async Task Zone(Shop shop, string zone)
    {
        await shop.Db.Write(async s =>
        {
            await shop.Get<TenantSettings>().Set(s, Caller.DefaultTenant, TenantSettings.TimeZone, zone);
            return true;
        });
        await shop.Get<TenantSettings>().Refresh(Caller.DefaultTenant, now: true);
    }

    private static Task<DashboardFigures> Load(Shop shop, string range = "30d") => shop.Get<DashboardService>().Load(Caller.DefaultTenant, range, default);

    private static Task Used(Shop shop, string key, long ago, long? left) => shop.Db.Write(s => s.Execute(
        "UPDATE licenses SET state = 'active', used_at = @used, expire_at = @end WHERE key = @key", ("used", shop.Now - ago), ("end", left is null ? null : shop.Now + left), ("key", key)));

    [Theory, BothEngines]
    public async Task Figures_are_counted(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        await Zone(shop, "Asia/Shanghai"); // 17:30 there
        var keys = await shop.Keys(await shop.Plan(), 40);
        var fake = Fake.Data();
        var rows = keys.Take(30).Select(k => (Key: k, Ago: fake.Random.Long(0, 60 * 24 * Hour), Left: fake.Random.Long(1, 14 * 24 * Hour))).Append((keys[30], 0L, 1L)).Append((keys[31], 24 * Hour, Hour)).Append((keys[32], 24 * Hour + 1, Hour)).ToList();
        foreach (var (key, ago, left) in rows)
            await Used(shop, key, ago, left);
        var f = await Load(shop);

        var midnight = new DateTimeOffset(2026, 3, 4, 0, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();
        Assert.Equal(rows.Count(r => shop.Now - r.Item2 >= midnight), f.SinceMidnight);
        Assert.Equal(rows.Count(r => r.Item2 <= 24 * Hour), f.Last24Hours);
        Assert.Equal(rows.Count(r => r.Item2 is > 24 * Hour and <= 48 * Hour), f.DayBefore);
        Assert.Equal(rows.Count(r => r.Item3 <= 7 * 24 * Hour), f.Ending);
        Assert.Equal(rows.Select(r => r.Item3).Order().Take(6), f.EndingNext.Select(k => k.ExpireAt!.Value - shop.Now));
        Assert.Equal(Enumerable.Range(0, 14).Select(i => (long)rows.Count(r => Day(r.Item2) == 13 - i)), f.Days);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => (long)rows.Count(r => Day(r.Item2) == 29 - i)), f.Chart.Select(c => c.Count));
        Assert.Equal(midnight - 29 * 24 * Hour, f.Chart[0].At);
        Assert.Equal(f.Days.Sum() == 0 ? null : 7 * 14 / f.Days.Sum(), f.StockDays);
        Assert.Equal((33, 7), ((int)f.Counts.Of(LicenseState.Active), (int)f.Counts.Of(LicenseState.Unused)));

        // How many midnights of Shanghai lie between then and now.
        long Day(long ago) => (midnight + 24 * Hour - 1 - (shop.Now - ago)) / (24 * Hour);
    }

    [Theory]
    [InlineData("24h", 24)]
    [InlineData("30d", 30)]
    [InlineData("1y", 12)]
    public async Task Each_span_holds_all_activations_within_it_once(string range, int steps)
    {
        await using var shop = await Shop.Open();
        await Zone(shop, "Asia/Kolkata");
        var keys = await shop.Keys(await shop.Plan(), 10);
        for (var i = 0; i < 10; i++)
            await Used(shop, keys[i], i * 2 * Hour, null);
        var f = await Load(shop, range);
        Assert.Equal(steps, f.Chart.Count);
        Assert.Equal(10, f.Chart.Sum(c => c.Count));
        Assert.True(f.Chart[^1].At <= shop.Now);
    }

    [Theory, BothEngines]
    public async Task Stock_is_low_when_it_lasts_less_than_a_week(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        await Sell("Empty", unused: 0, sold: 1);
        await Sell("Low", unused: 6, sold: 7);
        await Sell("Enough", unused: 7, sold: 7);
        await Sell("Not sold", unused: 1, sold: 0);
        var f = await Load(shop);
        Assert.Equal([("Empty", 0, 0), ("Low", 6, 6)], f.Low.Select(l => (l.Plan, (int)l.Left, (int)l.Days)));

        async Task Sell(string plan, int unused, int sold)
        {
            if (unused + sold == 0)
                return;
            var keys = await shop.Keys(await shop.Plan(plan), unused + sold);
            foreach (var key in keys.Take(sold))
                await Used(shop, key, Hour, null);
        }
    }

    [Fact]
    public async Task Nothing_is_nothing_and_no_number_is_made_up()
    {
        await using var shop = await Shop.Open();
        var f = await Load(shop);
        Assert.Equal((0, false, 0L, 0L, 0L, null), (f.Plans, f.Activated, f.SinceMidnight, f.Last24Hours, f.Ending, f.StockDays));
        Assert.All(f.Chart, c => Assert.Equal(0, c.Count));
        Assert.Empty(f.Low);
    }

    [Fact]
    public async Task A_new_operator_is_led_from_step_to_step()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var browser = await server.SignedIn(Role.Owner);
        var page = await browser.Get("/admin");
        Assert.Equal("/admin/plans/new", page.One(".gh-first a.btn").GetAttribute("href"));
        Assert.Empty(page.Document.QuerySelectorAll(".gh-stat"));
        var plan = await http.Plan();
        Assert.Equal("/admin/keys/generate", (await browser.Get("/admin")).One(".gh-first a.btn").GetAttribute("href"));
        var key = (await http.Keys(plan, 2))[0];
        Assert.Equal("/activate", (await browser.Get("/admin")).One(".gh-first a.btn").GetAttribute("href"));
        await server.Validate(key);
        page = await browser.Get("/admin");
        Assert.Empty(page.Document.QuerySelectorAll(".gh-first"));
        Assert.StartsWith("Good morning, ", page.One("h1").TextContent);
        Assert.Contains("Wednesday 4 March · 1 activation since midnight", page.Text);
    }

    [Theory]
    [InlineData("24h", "Activations an hour")]
    [InlineData("1y", "Activations a month")]
    [InlineData("nonsense", "Activations a day")]
    public async Task The_span_of_the_chart_is_in_the_address(string range, string caption)
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        await http.Keys(await http.Plan(), 1);
        var page = await (await server.SignedIn(Role.Analyst)).Get("/admin?range=" + range);
        Assert.StartsWith(caption, page.One("#activations svg").GetAttribute("aria-label"));
        Assert.DoesNotContain(page.Document.QuerySelectorAll("a"), a => a.GetAttribute("href") == "/admin/keys/generate");
    }

    [Fact]
    public async Task Another_tenant_sees_none_of_it()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        await server.Validate((await http.Keys(await http.Plan(), 2))[0]);
        var page = await (await server.SignedIn(Role.Owner, "other")).Get("/admin");
        Assert.Empty(page.Document.QuerySelectorAll(".gh-stat"));
        Assert.Contains("First steps", page.Text);
    }
}
