using Gatehouse.Accounts.Customers;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Coupons;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Licensing.Plans;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>A shop that sells one plan by one channel, without the web: ways to order and to pay.</summary>
internal sealed class Till : IAsyncDisposable
{
    private const string Tenant = Caller.DefaultTenant;
    public static readonly Buyer Guest = new(null, "guest@example.com", "apple", "en", "198.51.100.9");
    public static readonly Caller Visitor = Caller.Public("198.51.100.9", null);
    private int _payments;

    private Till(Shop shop, PaymentChannel channel, Plan plan) => (Shop, Channel, Plan) = (shop, channel, plan);

    public Shop Shop { get; }

    public Database Db => Shop.Db;

    public PaymentChannel Channel { get; private set; }

    /// <summary>Costs 12.50 yuan.</summary>
    public Plan Plan { get; }

    public OrderService Orders => Shop.Get<OrderService>();

    public PaymentTaker Taker => Shop.Get<PaymentTaker>();

    /// <param name="stock">So many keys of a batch are sold; null: keys are made when they are bought.</param>
    public static async Task<Till> Open(Engine engine, int? stock = null, Func<Plan, Plan>? as_ = null)
    {
        var shop = await Shop.Open(engine);
        var now = shop.Now;
        var channel = new PaymentChannel { Id = Ids.New(), Kind = "epay_v1", Name = "Alipay", CreatedAt = now, UpdatedAt = now };
        await shop.Db.Write(s => PaymentChannelStore.Insert(s, Tenant, channel));
        var plan = await shop.Plan();
        string? batch = null;
        if (stock is { } count)
        {
            await shop.Keys(plan, count);
            batch = await shop.Db.Read(s => s.One("SELECT id FROM batches", r => r.GetString(0)));
        }
        plan = await shop.Db.Write(s => shop.Get<PlanService>().Update(s, Shop.Staff, plan.Id, p => (as_ ?? (q => q))(p with { OnSale = true, Price = 1250, StockBatch = batch })));
        return new Till(shop, channel, plan);
    }

    /// <summary>A customer with so much on their balance.</summary>
    public async Task<Caller> Customer(long balance = 0, string email = "wei@example.com")
    {
        var customer = await Db.Write(s => Shop.Get<CustomerService>().Create(s, Shop.Staff, new Customer { Email = email }, "!"));
        if (balance > 0)
            await Db.Write(s => Shop.Get<BalanceService>().TopUp(s, Shop.Staff, new(customer.Id, balance, "CNY", "cash")));
        return Visitor with { Kind = "customer", Id = customer.Id };
    }

    /// <summary>From now on mails go out: they wait in the outbox.</summary>
    public Task Mails() => Db.Write(async s =>
    {
        await Shop.Get<TenantSettings>().Set(s, Tenant, MailSettings.Host, "mail.example.com");
        return true;
    });

    /// <summary>From now on notices for staff go out: they wait in the outbox.</summary>
    public Task Listen() => Db.Write(s => s.Execute("INSERT INTO channels (id, tenant_id, kind, name, enabled, settings, secrets, sealed_secrets, events, created_at, updated_at) VALUES ('staff', 'default', 'mail', 'Desk', 1, '{}', '[]', '', '{}', 0, 0)"));

    /// <summary>Changes the channel.</summary>
    public async Task Set(Func<PaymentChannel, PaymentChannel> change)
    {
        Channel = change(Channel);
        await Db.Write(s => PaymentChannelStore.Update(s, Tenant, Channel));
    }

    public Task<Order> Order(long quantity = 1, Caller? who = null, string? channel = null, Buyer? buyer = null, string? coupon = null, Referral? sent = null) =>
        Db.Write(s => Orders.Place(s, who ?? Visitor, buyer ?? Guest, new(Plan.Id, quantity, channel ?? Channel.Id, CouponCodes.Of(coupon)) { Sent = sent }));

    public Task<Coupon> Coupon(Coupon coupon) => Db.Write(s => Shop.Get<CouponService>().Create(s, Licensing.Shop.Staff, coupon));

    /// <summary>The number of a new attempt to pay it.</summary>
    public async Task<string> Attempt(Order order)
    {
        var attempt = new PaymentAttempt(Ids.New(), order.Id, Channel.Id, $"GH{order.Number}9{Interlocked.Increment(ref _payments):00}", order.Currency, order.Amount, PaymentAttempt.Pending, "", null, 0, 0, Shop.Now, null)
        {
            Fee = order.Fee, Kept = Channel.Kept(order.Amount),
        };
        await Db.Write(s => AttemptStore.Insert(s, Tenant, attempt, null));
        return attempt.TradeNumber;
    }

    public Task<Taken> Pay(string attempt, long amount, string? number = null, PaymentChannel? channel = null, string? currency = null) =>
        Db.Write(s => Taker.Take(s, Tenant, channel ?? Channel, new(attempt, number ?? "T" + attempt, _ => amount, currency)));

    public async Task<Order> Of(Order order) => (await Db.Read(s => OrderStore.Find(s, Tenant, order.Id)))!;

    public Task<List<string>> Keys(Order order) => Db.Read(s => OrderStore.Keys(s, Tenant, order.Id));

    public async Task<List<string>> Story(Order order) => [.. (await Db.Read(s => OrderStore.Events(s, Tenant, order.Id))).Select(e => e.Kind)];

    public Task<long> Sum(string account) => Db.Read(s => Shop.Get<LedgerService>().Sum(s, Tenant, account, "CNY"));

    /// <summary>What a customer has.</summary>
    public async Task<long> Balance(Caller who) => -await Sum(LedgerAccount.Balance(who.Id!));

    /// <summary>The problems that wait for staff.</summary>
    public Task<List<string>> Waiting() => Db.Read(s => s.All("SELECT problem FROM payments WHERE problem IS NOT NULL AND resolved_at IS NULL ORDER BY id", r => r.GetString(0)));

    /// <summary>Everything that must hold between the rows of money holds.</summary>
    public async Task AddsUp() => Assert.Empty((await Db.Read(LedgerCheck.Check)).Errors);

    public ValueTask DisposeAsync() => Shop.DisposeAsync();
}
