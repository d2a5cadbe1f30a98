using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Statistics;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Statistics: each order is counted once, on its day in the operator's time zone, before and after days are closed.</summary>
public sealed class StatisticsTests
{
    private const string Tenant = Caller.DefaultTenant;

    [Theory, BothEngines]
    public async Task Orders_are_counted_by_day_plan_and_channel(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await till.Customer(700);
        await till.Coupon(new() { Code = "TEN", Percent = 10 });
        await Paid(till, await till.Order(2));
        await Paid(till, await till.Order(coupon: "TEN"));
        await till.Order();
        var month = await Of(till);
        var of = SalesEndpoints.Of(month, "CNY");
        Assert.Equal((2L, 3625L, 125L, 700L), (of.Orders, of.Revenue, of.Discounts, of.Balances));
        Assert.Equal((2L, 3625L), (of.TotalOrders, of.TotalRevenue));
        Assert.Equal(("VIP", 2L, 3L, 3625L), (of.Plans[0].Name, of.Plans[0].Orders, of.Plans[0].Quantity, of.Plans[0].Revenue));
        Assert.Equal(("Alipay", 3625L), (of.Channels[0].Name, of.Channels[0].Revenue));
        Assert.Equal((3L, 2L), (month.Made.Values.Sum(), month.Paid));
        Assert.Equal(3625, of.Days[^1].Revenue);
        Assert.Equal(0, of.Days.Take(of.Days.Count - 1).Sum(d => d.Orders));
        _ = who;
    }

    [Theory, BothEngines]
    public async Task A_day_begins_in_the_operators_time_zone_and_every_order_is_of_one(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var settings = till.Shop.Get<TenantSettings>();
        await Paid(till, await till.Order());
        // The clocks of New York go back on 1 November 2026 at 06:00 UTC: that day has 25 hours.
        await till.Db.Write(s => settings.Set(s, Tenant, TenantSettings.TimeZone, "America/New_York"));
        foreach (var (at, day) in new[]
        {
            ("2026-11-01T03:59:59Z", "2026-10-31"), ("2026-11-01T04:00:00Z", "2026-11-01"), ("2026-11-01T05:30:00Z", "2026-11-01"), ("2026-11-02T04:59:59Z", "2026-11-01"), ("2026-11-02T05:00:00Z", "2026-11-02"),
        })
        {
            var time = DateTimeOffset.Parse(at).ToUnixTimeMilliseconds();
            await till.Db.Write(s => s.Execute("UPDATE orders SET paid_at = @at", ("at", time)));
            till.Shop.Clock.Advance(TimeSpan.FromMilliseconds(time - till.Shop.Now));
            var of = SalesEndpoints.Of(await Of(till, day[..7]), "CNY");
            Assert.Equal([day], of.Days.Where(d => d.Orders == 1).Select(d => d.Day));
        }
    }

    [Theory, BothEngines]
    public async Task Days_that_are_closed_add_up_to_what_their_orders_do_whoever_closes_them(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var days = till.Shop.Get<SalesDays>();
        for (var i = 0; i < 40; i += 8)
        {
            await Paid(till, await till.Order());
            till.Shop.Clock.Advance(TimeSpan.FromDays(8));
        }
        var before = SalesEndpoints.Of(await Of(till), "CNY");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => days.Close(default))));
        Assert.Equal(5, await till.Shop.Count("SELECT COUNT(*) FROM sales_days"));
        await Paid(till, await till.Order());
        var after = SalesEndpoints.Of(await Of(till), "CNY");
        Assert.Equal((5L, 6250L, 6L, 7500L), (before.TotalOrders, before.TotalRevenue, after.TotalOrders, after.TotalRevenue));
        await till.AddsUp();
        await till.Db.Write(s => s.Execute("UPDATE sales_days SET orders = orders + 1 WHERE day = (SELECT MIN(day) FROM sales_days)"));
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(till.AddsUp);
    }

    [Theory, BothEngines]
    public async Task What_a_clock_that_ran_ahead_has_closed_is_opened_again(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var days = till.Shop.Get<SalesDays>();
        await Paid(till, await till.Order());
        till.Shop.Clock.Advance(TimeSpan.FromDays(9));
        await days.Close(default);
        till.Shop.Clock.Advance(TimeSpan.FromDays(-9));
        await Paid(till, await till.Order());
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(till.AddsUp);
        await days.Close(default);
        await till.AddsUp();
        Assert.Equal(2, SalesEndpoints.Of(await Of(till), "CNY").TotalOrders);
        till.Shop.Clock.Advance(TimeSpan.FromDays(9));
        await days.Close(default);
        await till.AddsUp();
        Assert.Equal(2, SalesEndpoints.Of(await Of(till), "CNY").TotalOrders);
    }

    [Theory, BothEngines]
    public async Task The_file_reads_as_a_table_and_adds_up_to_the_page(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        const string name = "=VIP, \"30\" days; 会员";
        async Task<string> Plan(string called, long price, string currency) => (string)(await owner.PostApi("/api/plans", new { name = called, price, currency, on_sale = true }))["plan"]!["id"]!;
        var (vip, yen) = (await Plan(name, 1250, "CNY"), await Plan("Yen", 500, "JPY"));
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank, main", currencies = new[] { "CNY", "JPY" }, settings = new { words = "Pay" } }))["channel"]!["id"]!;
        await owner.PostApi("/api/coupons", new { code = "TEN", percent = 10 });
        var first = await Sold(vip, "TEN");
        await Sold(yen);
        server.Clock.Advance(TimeSpan.FromDays(2));
        await Sold(vip);
        await owner.PostApi($"/api/orders/{first}/refund", new { amount = 1000, reason = "late", way = "hand", reference = "wire 5", keys = "keep" });

        var month = await owner.GetApi("/api/finance/statistics?month=2026-03");
        var csv = new CsvReader(new StringReader(System.Text.Encoding.UTF8.GetString((await (await server.SignedIn(Role.Owner)).Get("/admin/statistics/sales.csv?month=2026-03")).Body).TrimStart((char)0xFEFF)));
        var rows = new List<IReadOnlyList<string>>();
        while (csv.Read() is { } row)
            rows.Add(row.Cells);
        Assert.Equal(["day", "currency", "plan", "channel", "distributor", "orders", "quantity", "listed", "discount", "revenue", "refunds"], rows[0]);
        Assert.All(rows, r => Assert.Equal(11, r.Count));
        Assert.Equal(3, rows.Skip(1).Select(r => (r[0], r[1])).Distinct().Count());
        Assert.Contains(rows, r => CsvCell.Unguard(r[2]) == name && r[3] == "Bank, main");
        foreach (var of in month["currencies"]!.AsArray())
        {
            var own = rows.Skip(1).Where(r => r[1] == (string)of!["currency"]!).ToList();
            long Sum(int column) => own.Sum(r => Money.Parse(r[column], r[1]) ?? 0);
            Assert.Equal(((long)of!["orders"]!, (long)of["revenue"]!, (long)of["discounts"]!, (long)of["refunds"]!), (own.Sum(r => long.Parse(r[5])), Sum(9), Sum(8), Sum(10)));
            Assert.Equal(Sum(7) - Sum(8), Sum(9));
        }
        Assert.Equal(["10.00"], rows.Skip(1).Select(r => r[10]).Where(r => r is not ("0.00" or "0")));

        async Task<string> Sold(string plan, string? coupon = null)
        {
            var number = (string)(await server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com", channel, coupon }))["order"]!["number"]!;
            await owner.PostApi($"/api/orders/{number}/confirm", new { reference = "bank " + number });
            return number;
        }
    }

    [Theory, BothEngines]
    public async Task What_is_no_month_is_refused(Engine engine)
    {
        await using var till = await Till.Open(engine);
        foreach (var wrong in new[] { "2026", "2026-13", "11-2026", "2026-11-01", "\u0000", "0000-01" })
            Assert.Equal(["month"], (await Assert.ThrowsAsync<Refusal>(() => Of(till, wrong))).Fields.Keys);
    }

    private static Task<SalesMonth> Of(Till till, string? month = null) => till.Shop.Get<SalesStatistics>().Of(Tenant, month, default);

    private static async Task Paid(Till till, Order order) => await till.Pay(await till.Attempt(order), order.Amount);
}
