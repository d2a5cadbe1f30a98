using Gatehouse.Audit.Log;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Crypto;
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
        Assert.Equal(29, (await till.Db.Read(s => DistributorStore.Keys(s, Tenant, who.Id!, new("unused"), null, 100))).Count);
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

    [Theory, BothEngines]
    public async Task What_who_is_stopped_pays_back_is_not_there_to_be_spent_again(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await Active(till, 0, 5000);
        await Buy(till, who, 4);
        await Change(till, who, new(Distributor.Suspended));
        var shop = await BalanceChannel(till);
        // Whoever comes first: of 15.00 paid back on 40.00 nothing buys.
        var told = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => Task.Run(() => Bench.Code(async () => _ = i is 2 or 5 or 7 ? (object)await PayBack(till, who, 500) : await till.Order(who: who, channel: shop)))));
        Assert.Equal((3, 6), (told.Count(c => c is null), told.Count(c => c == "INSUFFICIENT_BALANCE")));
        Assert.Equal(-2500, await till.Balance(who));
        await till.AddsUp();
        // Past nothing it is theirs: 37.50 are three things of 12.50, and no fourth.
        await PayBack(till, who, 6250);
        told = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => Bench.Code(() => till.Order(who: who, channel: shop)))));
        Assert.Equal((3, 2), (told.Count(c => c is null), told.Count(c => c == "INSUFFICIENT_BALANCE")));
        Assert.Equal(0, await till.Balance(who));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Who_becomes_another_takes_the_debt_along_and_no_line_stays(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var (who, other) = (await Active(till, 0, 5000), await till.Customer(1000, "other@example.com"));
        await Buy(till, who, 4);
        await Change(till, who, new(Distributor.Suspended));
        await till.Db.Write(async s =>
        {
            await DistributorService.Move(s, Tenant, who.Id!, other.Id!);
            await OrderPeople.Move(s, Tenant, who.Id!, other.Id!);
            return true;
        });
        Assert.Equal((0L, -3000L), (await till.Balance(who), await till.Balance(other)));
        Assert.Equal("INSUFFICIENT_BALANCE", await Bench.Code(async () => await till.Order(who: other, channel: await BalanceChannel(till))));
        await till.AddsUp();
        await Change(till, other, new(Distributor.Active));
        Assert.Null(await Bench.Code(() => Buy(till, other, 2)));
        Assert.Equal("INSUFFICIENT_BALANCE", await Bench.Code(() => Buy(till, other, 1)));
        Assert.Equal(1, await till.Shop.Count("SELECT COUNT(*) FROM ledger_balances WHERE credit > 0"));
        await till.AddsUp();
    }

    private static async Task<string> BalanceChannel(Till till)
    {
        var channel = new PaymentChannel { Id = Ids.New(), Kind = "balance", Name = "Balance" };
        await till.Db.Write(s => PaymentChannelStore.Insert(s, Tenant, channel));
        return channel.Id;
    }

    private static Task<TopUpResponse> PayBack(Till till, Caller who, long amount) => till.Db.Write(s => till.Shop.Get<BalanceService>().TopUp(s, Licensing.Shop.Staff, new(who.Id, amount, "CNY", "paid back")));

    /// <summary>A distributor of level 1: 10.00 each, from ten on 7.00.</summary>
    internal static async Task<Caller> Active(Till till, long balance, long credit, string email = "wei@example.com")
    {
        var (who, distributors) = (await till.Customer(balance, email), till.Shop.Get<DistributorService>());
        await till.Db.Write(s => distributors.Apply(s, who, "I sell"));
        await Change(till, who, new(Distributor.Active, Credit: credit));
        await till.Db.Command(Licensing.Shop.Staff, s => distributors.SetPrices(s, Licensing.Shop.Staff, till.Plan.Id, [new(1, 1, 1000), new(1, 10, 700), new(3, 1, 500)]));
        return who;
    }

    internal static Task<Distributor> Change(Till till, Caller who, DistributorChange change) => till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<DistributorService>().Change(s, Licensing.Shop.Staff, who.Id!, change));

    private static Task<Order> Buy(Till till, Caller who, long quantity) => till.Db.Write(s => till.Shop.Get<DistributorService>().Buy(s, who, till.Plan.Id, quantity, "en"));
}
