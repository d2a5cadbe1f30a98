using Gatehouse.Audit.Log;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Commissions;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Withdrawals;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;

namespace Gatehouse.Tests.Billing;

/// <summary>A distributor who sells by a link at a <see cref="Till"/>.</summary>
internal sealed class Seller(Till till, Caller who, DistributorLink link)
{
    private const string Tenant = Caller.DefaultTenant;

    public Caller Who => who;

    public string Id => who.Id!;

    /// <param name="rate">What they get of every plan, in hundredths of a percent.</param>
    /// <param name="days">How long it is held; null: as it is where nobody says.</param>
    public static async Task<Seller> Open(Till till, long rate, long? days = null, string email = "ada@example.com")
    {
        var who = await till.Customer(email: email);
        await till.Db.Write(s => till.Shop.Get<DistributorService>().Apply(s, who, "I sell"));
        await Rates(till, null, [new(1, rate)], days);
        var seller = new Seller(till, who, new("", "", "", 0));
        await seller.Change(new(Distributor.Active));
        return new(till, who, await till.Db.Write(s => till.Shop.Get<CommissionService>().NewLink(s, who, "Forum")));
    }

    public static Task Rates(Till till, string? plan, IReadOnlyList<DistributorRate> rates, long? days) =>
        till.Db.Command(Licensing.Shop.Staff, async s => (object?)await till.Shop.Get<DistributorRates>().Set(s, Licensing.Shop.Staff, plan, rates, days));

    /// <summary>By which customers pay from their balance; its id.</summary>
    public static async Task<string> BalanceChannel(Till till)
    {
        var channel = new PaymentChannel { Id = Ids.New(), Kind = "balance", Name = "Balance", CreatedAt = till.Shop.Now, UpdatedAt = till.Shop.Now };
        await till.Db.Write(s => PaymentChannelStore.Insert(s, Tenant, channel));
        return channel.Id;
    }

    /// <summary>What a browser says that followed the link now.</summary>
    public Referral Sent() => new(link.Code, till.Shop.Now);

    /// <summary>A guest buys one by the link, and pays.</summary>
    public async Task<Order> Sold()
    {
        var order = await till.Order(sent: Sent());
        await till.Pay(await till.Attempt(order), order.Amount);
        return await till.Of(order);
    }

    /// <summary>What is earned, held and to be had, in yuan.</summary>
    public async Task<(long Earned, long Held, long Available)> Has() =>
        (await till.Db.Read(s => CommissionStore.Sums(s, Tenant, Id))).Find(b => b.Currency == "CNY") is { } sum ? (sum.Earned, sum.Held, sum.Available) : default;

    public Task<Distributor> Change(DistributorChange change) => till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<DistributorService>().Change(s, Licensing.Shop.Staff, Id, change));

    public Task<Withdrawal> Withdraw(long amount, string way = WithdrawalWay.Hand) => till.Db.Write(s => till.Shop.Get<WithdrawalService>().Ask(s, who, amount, "CNY", way, "Ada, bank 1234"));

    /// <summary>Staff pay all that is asked for.</summary>
    public async Task Approve()
    {
        foreach (var id in await Open())
            await till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<WithdrawalService>().Approve(s, Licensing.Shop.Staff, id, "wire to Ada"));
    }

    /// <summary>The ids of those that nobody has decided about.</summary>
    public async Task<List<string>> Open() => [.. (await till.Db.Read(s => WithdrawalStore.List(s, Tenant, Id, WithdrawalState.Asked, null, 100))).Select(l => l.Withdrawal.Id)];
}
