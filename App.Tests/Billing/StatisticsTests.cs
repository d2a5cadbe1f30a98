using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Statistics;
using Gatehouse.Platform.Http;
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
    public async Task What_is_no_month_is_refused(Engine engine)
    {
        await using var till = await Till.Open(engine);
        foreach (var wrong in new[] { "2026", "2026-13", "11-2026", "2026-11-01", "\u0000", "0000-01" })
            Assert.Equal(["month"], (await Assert.ThrowsAsync<Refusal>(() => Of(till, wrong))).Fields.Keys);
    }

    private static Task<SalesMonth> Of(Till till, string? month = null) => till.Shop.Get<SalesStatistics>().Of(Tenant, month, default);

    private static async Task Paid(Till till, Order order) => await till.Pay(await till.Attempt(order), order.Amount);
}
