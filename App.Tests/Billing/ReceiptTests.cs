using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Receipts;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Receipts: numbered without a gap, one an order, and what they said they say for ever.</summary>
public sealed class ReceiptTests
{
    private const string Tenant = Caller.DefaultTenant;

    [Theory, BothEngines]
    public async Task Twenty_orders_at_once_are_numbered_without_a_gap_and_each_once(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var orders = new List<Order>();
        for (var i = 0; i < 20; i++)
            orders.Add(await Paid(till));
        var made = await Task.WhenAll(orders.SelectMany(o => Enumerable.Range(0, 3).Select(_ => Task.Run(() => Issue(till, o)))));
        Assert.Equal(Enumerable.Range(1, 20).Select(n => (long)n), made.Select(r => r.Number).Distinct().Order());
        Assert.All(made.GroupBy(r => r.OrderId), g => Assert.Single(g.Select(r => r.Number).Distinct()));
        await till.AddsUp();
        await till.Db.Write(s => s.Execute("DELETE FROM receipts WHERE number = 7"));
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(till.AddsUp);
    }

    [Theory, BothEngines]
    public async Task A_year_begins_in_the_operators_time_zone_and_what_was_said_stays(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var settings = till.Shop.Get<TenantSettings>();
        await till.Db.Write(async s =>
        {
            await settings.Set(s, Tenant, TenantSettings.TimeZone, "Asia/Shanghai");
            await settings.Set(s, Tenant, ReceiptSettings.Name, "Old Ltd");
        });
        var (first, second) = (await Paid(till), await Paid(till));
        till.Shop.Clock.Advance(DateTimeOffset.Parse("2026-12-31T15:59:59Z") - till.Shop.Clock.GetUtcNow());
        Assert.Equal("2026-000001", (await Issue(till, first)).Shown);
        till.Shop.Clock.Advance(TimeSpan.FromSeconds(1));
        await till.Db.Write(s => settings.Set(s, Tenant, ReceiptSettings.Name, "New Ltd"));
        var next = await Issue(till, second);
        Assert.Equal(("2027-000001", "New Ltd"), (next.Shown, next.SellerName));
        Assert.Equal("Old Ltd", (await Issue(till, first)).SellerName);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task There_is_none_before_it_is_paid(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var order = await till.Order();
        Assert.Equal("ORDER_STATE", await Bench.Code(() => Issue(till, order)));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Issue(till, order, new string('x', ReceiptService.MaxBuyer + 1))));
        Assert.Equal(0, await till.Shop.Count("SELECT COUNT(*) FROM receipt_years"));
    }

    private static async Task<Order> Paid(Till till)
    {
        var order = await till.Order();
        await till.Pay(await till.Attempt(order), order.Amount);
        return order;
    }

    private static Task<Receipt> Issue(Till till, Order order, string buyer = "Lin") => till.Db.Write(s => till.Shop.Get<ReceiptService>().Issue(s, Tenant, order.Id, buyer));
}
