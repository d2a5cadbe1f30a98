using Gatehouse.Audit.Log;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Ledger;
using Gatehouse.Messaging.Channels;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>A distributor hears once that little is left to spend, and again only after there was enough.</summary>
public sealed class LowBalanceTests
{
    private const string Tenant = Caller.DefaultTenant;

    [Theory, BothEngines]
    public async Task Of_ten_who_buy_at_once_one_tells_it_and_topping_up_begins_anew(Engine engine)
    {
        await using var till = await Till.Open(engine);
        // 60.00 and a line of 60.00: below 50.00 after the eighth of 10.00.
        var who = await DistributorTests.Active(till, 6000, 6000);
        await Listen(till, who);
        await Watch(till, who, 5000);
        await Buy(till, who, 7);
        Assert.Equal(0, await Told(till));
        var told = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => Bench.Code(() => Buy(till, who, 1)))));
        Assert.All(told, Assert.Null);
        Assert.Equal(1, await Told(till));
        await TopUp(till, who, 2900);
        await Buy(till, who, 1);
        Assert.Equal(1, await Told(till));
        await TopUp(till, who, 3100);
        await Buy(till, who, 1);
        Assert.Equal(2, await Told(till));
        // The line is part of it: staff who take it away are told of as well, and once.
        await TopUp(till, who, 6000);
        await DistributorTests.Change(till, who, new(Credit: 3000));
        Assert.Equal(2, await Told(till));
        await DistributorTests.Change(till, who, new(Credit: 0));
        Assert.Equal(3, await Told(till));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Who_takes_the_limit_back_hears_nothing_and_nobody_else_sets_one(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await DistributorTests.Active(till, 5000, 0);
        await Listen(till, who);
        await Watch(till, who, 4500);
        await Watch(till, who, null);
        await Buy(till, who, 3);
        Assert.Equal(0, await Told(till));
        // Below it already: they hear it as soon as they ask.
        await Watch(till, who, 4500);
        Assert.Equal(1, await Told(till));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Watch(till, who, 0)));
        Assert.Equal("NOT_A_DISTRIBUTOR", await Bench.Code(async () => await Watch(till, await till.Customer(0, "other@example.com"), 100)));
        Assert.Equal(4500, await till.Db.Read(s => till.Shop.Get<LedgerService>().Watched(s, Tenant, who.Id!, "CNY")));
    }

    [Theory, BothEngines]
    public async Task Who_has_no_channel_hears_it_by_mail(Engine engine)
    {
        await using var till = await Till.Open(engine);
        await till.Mails();
        var who = await DistributorTests.Active(till, 6000, 0);
        await Watch(till, who, 5000);
        await Buy(till, who, 2);
        Assert.Equal(1, await till.Shop.Count("SELECT COUNT(*) FROM outbox WHERE topic = 'mail' AND payload LIKE '%balance_low%'"));
        Assert.Equal(0, await Told(till));
    }

    private static async Task Listen(Till till, Caller who)
    {
        var wanted = new Channel { Kind = "webhook", Name = "mine", Settings = """{"url":"https://gatehouse.invalid/hook","signing_secret":"s3cret"}""" };
        var channel = till.Shop.Get<ChannelSecrets>().Checked(wanted, null) with { Id = Ids.New(), Enabled = true, CreatedAt = till.Shop.Now, UpdatedAt = till.Shop.Now };
        await till.Db.Write(async s =>
        {
            await ChannelStore.InsertOwn(s, Tenant, who.Id!, channel);
            return true;
        });
    }

    private static Task<Distributor> Watch(Till till, Caller who, long? below) => till.Db.Write(s => till.Shop.Get<DistributorService>().Watch(s, who, below));

    private static Task<Gatehouse.Billing.Orders.Order> Buy(Till till, Caller who, long quantity) => till.Db.Write(s => till.Shop.Get<DistributorService>().Buy(s, who, till.Plan.Id, quantity, "en"));

    private static Task<TopUpResponse> TopUp(Till till, Caller who, long amount) => till.Db.Write(s => till.Shop.Get<BalanceService>().TopUp(s, Licensing.Shop.Staff, new(who.Id, amount, "CNY", "cash")));

    private static Task<long> Told(Till till) => till.Shop.Count("SELECT COUNT(*) FROM outbox WHERE topic = 'notice' AND payload LIKE '%balance.low%'");
}
