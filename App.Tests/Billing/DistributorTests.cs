using Gatehouse.Audit.Log;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Distributors: what they may spend is exact whoever buys at once, and who is stopped buys no more.</summary>
public sealed class DistributorTests
{
    private const string Tenant = Caller.DefaultTenant;

    [Theory, BothEngines]
    public async Task Fifty_purchases_at_once_never_take_more_than_balance_and_line(Engine engine)
    {
        await using var till = await Till.Open(engine);
        // 40.00 and a line of 60.00 are ten purchases of 10.00.
        var who = await Active(till, 4000, 6000);
        var told = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Bench.Code(() => Buy(till, who, 1)))));
        Assert.Equal((10, 40), (told.Count(c => c is null), told.Count(c => c == "INSUFFICIENT_BALANCE")));
        Assert.Equal((-6000L, -10_000L), (await till.Balance(who), await till.Sum(LedgerAccount.Revenue)));
        Assert.Equal(10, await till.Shop.Count("SELECT COUNT(*) FROM order_keys WHERE delivered_at IS NOT NULL"));
        Assert.Equal(10, await till.Shop.Count("SELECT COUNT(*) FROM orders"));
        await till.AddsUp();
        // What they pay back is theirs to spend again, no more.
        await till.Db.Write(s => till.Shop.Get<BalanceService>().TopUp(s, Licensing.Shop.Staff, new(who.Id, 1500, "CNY", "paid back")));
        Assert.Null(await Bench.Code(() => Buy(till, who, 1)));
        Assert.Equal("INSUFFICIENT_BALANCE", await Bench.Code(() => Buy(till, who, 1)));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task More_cost_less_by_level_and_nobody_else_has_the_prices(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await Active(till, 100_000, 0);
        Assert.Equal(1000, (await Buy(till, who, 9)).UnitPrice);
        Assert.Equal((700L, 7000L), ((await Buy(till, who, 10)).UnitPrice, (await Buy(till, who, 10)).Amount));
        await Change(till, who, new(Level: 2));
        Assert.Equal("NO_DISTRIBUTOR_PRICE", await Bench.Code(() => Buy(till, who, 1)));
        Assert.Equal("NOT_A_DISTRIBUTOR", await Bench.Code(async () => await Buy(till, await till.Customer(5000, "other@example.com"), 1)));
        // Another customer's balance has no line.
        Assert.Equal(29, (await till.Db.Read(s => DistributorStore.Keys(s, Tenant, who.Id!, "unused", null, 100))).Count);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Who_is_stopped_buys_no_more_and_owes_what_is_owed(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await Active(till, 0, 5000);
        await Buy(till, who, 3);
        var refused = await Assert.ThrowsAsync<Refusal>(() => Change(till, who, new(Credit: 2999)));
        Assert.Equal(["credit"], refused.Fields.Keys);
        await Change(till, who, new(Distributor.Suspended, Reason: "Ask us"));
        Assert.Equal("NOT_A_DISTRIBUTOR", await Bench.Code(() => Buy(till, who, 1)));
        Assert.Equal(-3000, await till.Balance(who));
        await till.AddsUp();
        Assert.Equal("DISTRIBUTOR_STATE", await Bench.Code(() => Change(till, who, new(Distributor.Rejected))));
        await Change(till, who, new(Distributor.Active));
        Assert.Null(await Bench.Code(() => Buy(till, who, 2)));
        Assert.Equal("INSUFFICIENT_BALANCE", await Bench.Code(() => Buy(till, who, 1)));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Stopping_and_buying_at_once_is_one_after_the_other(Engine engine)
    {
        await using var till = await Till.Open(engine, stock: 3);
        var who = await Active(till, 0, 100_000);
        var told = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => Bench.Code(async () => _ = i == 3 ? (object)await Change(till, who, new(Distributor.Suspended)) : await Buy(till, who, 1)))));
        Assert.Null(told[3]);
        Assert.All(told, code => Assert.Contains(code, new[] { null, "SOLD_OUT", "NOT_A_DISTRIBUTOR" }));
        Assert.Equal(told.Count(c => c is null) - 1, await till.Shop.Count("SELECT COUNT(*) FROM orders"));
        await till.AddsUp();
    }

    private static async Task<Caller> Active(Till till, long balance, long credit)
    {
        var (who, distributors) = (await till.Customer(balance), till.Shop.Get<DistributorService>());
        await till.Db.Write(s => distributors.Apply(s, who, "I sell"));
        await Change(till, who, new(Distributor.Active, Credit: credit));
        await till.Db.Command(Licensing.Shop.Staff, s => distributors.SetPrices(s, Licensing.Shop.Staff, till.Plan.Id, [new(1, 1, 1000), new(1, 10, 700), new(3, 1, 500)]));
        return who;
    }

    private static Task<Distributor> Change(Till till, Caller who, DistributorChange change) => till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<DistributorService>().Change(s, Licensing.Shop.Staff, who.Id!, change));

    private static Task<Order> Buy(Till till, Caller who, long quantity) => till.Db.Write(s => till.Shop.Get<DistributorService>().Buy(s, who, till.Plan.Id, quantity, "en"));
}
