using Gatehouse.Audit.Log;
using Gatehouse.Billing.Commissions;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Refunds;
using Gatehouse.Billing.Statistics;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Selling by a link: who sent a buyer, what that earns, and what refunds take back of it, to the unit.</summary>
public sealed class CommissionTests
{
    private const string Tenant = Caller.DefaultTenant;

    [Theory, BothEngines]
    public async Task What_a_link_sells_is_booked_once_with_its_delivery(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var ada = await Seller.Open(till, 1000);
        var order = await till.Order(3, sent: ada.Sent());
        Assert.Equal(0, await till.Sum(LedgerAccount.Commission(ada.Id)));
        var attempt = await till.Attempt(order);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => till.Pay(attempt, 3750))));
        Assert.Equal((-375L, 375L), (await till.Sum(LedgerAccount.Commission(ada.Id)), await till.Sum(LedgerAccount.Commissions)));
        Assert.Equal((375L, 375L, 0L), await ada.Has());
        Assert.Contains("referred", await till.Story(order));
        Assert.Contains("commission", await till.Story(order));
        // Held for seven days, as it is where nobody says otherwise.
        till.Shop.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal((375L, 0L, 375L), await ada.Has());
        // Nobody sent this one.
        var other = await till.Order();
        await till.Pay(await till.Attempt(other), 1250);
        Assert.Equal((375L, 0L, 375L), await ada.Has());
        await till.AddsUp();
        foreach (var lie in new[] { "UPDATE commissions SET amount = amount + 1", "UPDATE commissions SET returned = 5", "UPDATE ledger_entries SET account = 'commission:nobody' WHERE account LIKE 'commission:%'" })
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => till.Db.Write<bool>(async s =>
            {
                await s.Execute(lie);
                Assert.Contains((await LedgerCheck.Check(s)).Errors, e => e.Contains("commission", StringComparison.Ordinal));
                throw new OperationCanceledException();
            }));
        }
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Refunds_take_back_their_part_whoever_gives_them_at_once_and_the_last_takes_the_rest(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var ada = await Seller.Open(till, 1234, 0);
        var order = await ada.Sold();
        Assert.Equal(154, (await ada.Has()).Earned);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => Ask(till, order, new(101, "gift", RefundWay.Hand, $"wire {i}", RefundWanted.Keep)))));
        // 1250 - 404 = 846, and 12.34 % of that is 104.4.
        Assert.Equal(104, (await ada.Has()).Earned);
        await till.AddsUp();
        // Withdrawn, and then all of it goes back: it is owed, and what is earned next goes there first.
        await ada.Withdraw(104);
        await ada.Approve();
        await Ask(till, order, new(null, "rest", RefundWay.Hand, "rest", RefundWanted.Keep));
        Assert.Equal((0L, 0L, -104L), await ada.Has());
        Assert.Equal(104, await till.Sum(LedgerAccount.Commission(ada.Id)));
        await till.AddsUp();
        await ada.Sold();
        Assert.Equal((154L, 0L, 50L), await ada.Has());
        Assert.Equal("INSUFFICIENT_COMMISSION", await Bench.Code(() => ada.Withdraw(51)));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_refund_that_fails_and_is_given_up_gives_commission_back(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var ada = await Seller.Open(till, 1000, 0);
        var order = await ada.Sold();
        var refund = await Ask(till, order, new(null, "gateway", RefundWay.Gateway, null, RefundWanted.Keep));
        Assert.Equal(0, (await ada.Has()).Earned);
        await till.Db.Write(s => till.Shop.Get<RefundBooks>().Failed(s, Tenant, refund));
        Assert.Equal(0, (await ada.Has()).Earned);
        await till.AddsUp();
        await till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<RefundService>().Drop(s, Licensing.Shop.Staff, refund.Id, "kept"));
        Assert.Equal(125, (await ada.Has()).Earned);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task The_last_link_counts_for_thirty_days_on_every_browser_of_who_is_signed_in(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var (ada, ben) = (await Seller.Open(till, 1000, 0), await Seller.Open(till, 1000, 0, "ben@example.com"));
        var who = await till.Customer(100_000, "wei@example.com");
        var balance = (await till.Db.Read(s => till.Shop.Get<Gatehouse.Billing.Channels.PaymentChannelService>().List(s, Tenant))).Find(c => c.Kind == "balance")?.Id ?? await Seller.BalanceChannel(till);
        await till.Order(who: who, channel: balance, sent: ada.Sent());
        Assert.Equal((125L, 0L), ((await ada.Has()).Earned, (await ben.Has()).Earned));
        // From another browser, which knows nothing of it.
        till.Shop.Clock.Advance(TimeSpan.FromDays(29));
        await till.Order(who: who, channel: balance);
        Assert.Equal((250L, 0L), ((await ada.Has()).Earned, (await ben.Has()).Earned));
        // A browser with an older link than the account knows.
        await till.Order(who: who, channel: balance, sent: ben.Sent() with { At = ben.Sent().At - 86_400_000L * 29 - 1000 });
        Assert.Equal((375L, 0L), ((await ada.Has()).Earned, (await ben.Has()).Earned));
        await till.Order(who: who, channel: balance, sent: ben.Sent());
        Assert.Equal((375L, 125L), ((await ada.Has()).Earned, (await ben.Has()).Earned));
        await till.Order(who: who, channel: balance);
        Assert.Equal((375L, 250L), ((await ada.Has()).Earned, (await ben.Has()).Earned));
        till.Shop.Clock.Advance(TimeSpan.FromDays(30));
        await till.Order(who: who, channel: balance);
        await till.Order(who: who, channel: balance, sent: new("NOSUCHX", till.Shop.Now));
        await till.Order(who: who, channel: balance, sent: ada.Sent() with { At = till.Shop.Now + 60_000 });
        Assert.Equal((375L, 250L), ((await ada.Has()).Earned, (await ben.Has()).Earned));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task What_distributors_buy_themselves_and_what_is_paid_after_they_are_stopped_earns_nothing(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var ada = await Seller.Open(till, 1000, 0);
        foreach (var own in new[] { "ada@example.com", "ADA+shop@example.com" })
        {
            var order = await till.Order(buyer: Till.Guest with { Email = own }, sent: ada.Sent());
            await till.Pay(await till.Attempt(order), 1250);
        }
        var mine = await till.Order(who: ada.Who, sent: ada.Sent());
        await till.Pay(await till.Attempt(mine), 1250);
        Assert.Equal(0, await till.Shop.Count("SELECT COUNT(*) FROM commissions"));
        var (before, late) = (await till.Order(sent: ada.Sent()), await till.Order(sent: ada.Sent()));
        await till.Pay(await till.Attempt(before), 1250);
        await ada.Change(new(Distributor.Suspended));
        await till.Pay(await till.Attempt(late), 1250);
        var after = await till.Order(sent: ada.Sent());
        await till.Pay(await till.Attempt(after), 1250);
        Assert.Equal((125L, 0L, 125L), await ada.Has());
        // What was earned before can still be asked for; what was paid meanwhile stays without.
        await ada.Withdraw(125);
        await ada.Change(new(Distributor.Active));
        Assert.Equal((125L, 0L, 0L), await ada.Has());
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_plan_has_rates_of_its_own_and_what_was_paid_keeps_its_rate_until_it_is_delivered(Engine engine)
    {
        await using var till = await Till.Open(engine, as_: p => p with { Delivery = "hand" });
        var ada = await Seller.Open(till, 1000, 0);
        var order = await till.Order(sent: ada.Sent());
        await till.Pay(await till.Attempt(order), 1250);
        Assert.Equal(0, (await ada.Has()).Earned);
        await Seller.Rates(till, till.Plan.Id, [new(1, 5000), new(2, 0)], null);
        // Stopped between payment and delivery: it was paid in time.
        await ada.Change(new(Distributor.Suspended));
        await till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<Gatehouse.Billing.OrderDesk.OrderDeskService>().Deliver(s, Licensing.Shop.Staff, order.Number, "", "code 42"));
        Assert.Equal(125, (await ada.Has()).Earned);
        await ada.Change(new(Distributor.Active));
        Assert.Equal((5000L, 0L, 0L), (await Rate(till, 1), await Rate(till, 2), await Rate(till, 3)));
        await Seller.Rates(till, null, [new(3, 700)], null);
        Assert.Equal((5000L, 0L, 700L), (await Rate(till, 1), await Rate(till, 2), await Rate(till, 3)));
        foreach (var wrong in new DistributorRate[][] { [new(0, 1)], [new(10, 1)], [new(1, -1)], [new(1, 10_001)], [new(1, 1), new(1, 2)] })
            Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Seller.Rates(till, null, wrong, null)));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Statistics_count_what_links_sold_and_what_was_bought_in_bulk_under_their_distributor(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var ada = await Seller.Open(till, 1000, 0);
        await ada.Sold();
        var direct = await till.Order();
        await till.Pay(await till.Attempt(direct), 1250);
        await till.Db.Write(s => till.Shop.Get<BalanceService>().TopUp(s, Licensing.Shop.Staff, new(ada.Id, 5000, "CNY", "cash")));
        await till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<DistributorService>().SetPrices(s, Licensing.Shop.Staff, till.Plan.Id, [new(1, 1, 800)]));
        await till.Db.Write(s => till.Shop.Get<DistributorService>().Buy(s, ada.Who, till.Plan.Id, 4, "en"));
        var of = SalesEndpoints.Of(await till.Shop.Get<SalesStatistics>().Of(Tenant, null, default), "CNY");
        Assert.Equal((3L, 5700L, 3L, 5700L), (of.Orders, of.Revenue, of.Plans.Sum(p => p.Orders), of.Plans.Sum(p => p.Revenue)));
        Assert.Equal([(ada.Id, 2L, 5L, 4450L), (null, 1L, 1L, 1250L)], of.Distributors.Select(d => ((string?)d.Id, d.Orders, d.Quantity, d.Revenue)));
        Assert.Equal("ada@example.com", of.Distributors[0].Name);
    }

    private static Task<long> Rate(Till till, long level) => till.Db.Read(s => DistributorRates.Of(s, Tenant, till.Plan.Id, level));

    private static Task<Refund> Ask(Till till, Order order, RefundWanted wanted) => till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<RefundService>().Ask(s, Licensing.Shop.Staff, order.Number, wanted));
}
