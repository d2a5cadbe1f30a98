using Gatehouse.Audit.Log;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Refunds;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Extras;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Traffic;
using Gatehouse.Tests.Billing;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>A shop that sells add-ons by a gateway to a person with one rental of ten gigabytes, one device and one relay.</summary>
internal sealed class AddOnDesk(Till till, RelayBench bench, Plan plan, Caller who, Rental rental) : IAsyncDisposable
{
    public Till Till => till;
    public RelayBench Relays => bench;
    public Rental Rental => rental;
    public FakeClock Clock => till.Shop.Clock;

    public static async Task<AddOnDesk> Open(Engine engine)
    {
        var till = await Till.Open(engine);
        var bench = new RelayBench(till.Shop);
        for (var i = 1; i <= 3; i++)
            await bench.Server($"host-{i}", $"r{i}", $"203.0.113.{i}");
        var plan = await till.Db.Write(s => till.Shop.Get<PlanService>().Create(s, Shop.Staff, new Plan
        {
            Name = "Relay", Kind = Plan.Relay, DurationSeconds = 360 * 86400, Price = 1000, OnSale = true, ServersPerRental = 1, DeviceLimit = 1, TrafficQuota = 10L << 30, TrafficReset = "none",
            AddOns = """[{"kind":"traffic","amount":5,"price":300,"most":2,"days":10},{"kind":"reset","amount":1,"price":200},{"kind":"devices","amount":1,"price":100,"most":3},{"kind":"servers","amount":1,"price":500}]""",
        }));
        var who = await till.Customer();
        return new(till, bench, plan, who, await bench.Redeem(who, await bench.Serial(plan)));
    }

    public Task<Order> Order(string addOn, long quantity) => till.Db.Write(async s =>
        (await till.Shop.Get<RentalPurchases>().Place(s, who, Till.Guest, new(plan.Id, quantity, till.Channel.Id) { Rental = rental.Id, AddOn = addOn }))!);

    public async Task<Order> Buy(string addOn, long quantity = 1)
    {
        var order = await Order(addOn, quantity);
        await till.Pay(await till.Attempt(order), order.Amount);
        return await till.Of(order);
    }

    public Task<RentalDevice> Add(string key) => till.Db.Write(s => bench.Devices.Add(s, Caller.DefaultTenant, who.Id!, key, null, rental.Id));

    public Task<List<string>> Keys() => till.Db.Read(s => s.All("SELECT node_key FROM rental_devices ORDER BY id", r => r.GetString(0)));

    public Task<Rental> Now() => bench.Now(rental);

    public Task<long> Packs() => till.Db.Read(s => RentalExtras.Packs(s, rental.Id, Clock.Now));

    /// <summary>Its first relay has carried so many bytes since it began.</summary>
    public async Task Carry(long bytes)
    {
        var slot = (await bench.Slots(rental))[0];
        await till.Shop.Get<TrafficBook>().Count([new(slot.Id, slot.ServerId, "1", FakeClock.Start.ToUnixTimeMilliseconds(), new(bytes, 0, 1, 1), new Dictionary<string, Volume>())], default);
    }

    public async Task Dispute(Order order, bool? won = null)
    {
        var attempt = (await till.Db.Read(s => AttemptStore.OfOrder(s, Caller.DefaultTenant, order.Id))).Single(a => a.State == PaymentAttempt.Paid);
        await till.Db.Write(s => till.Taker.Returned(s, Caller.DefaultTenant, till.Channel, new(attempt.TradeNumber, "", "", won is null ? "charge.dispute.created" : "charge.dispute.closed", _ => order.Amount) { Won = won }));
    }

    /// <summary>Staff decide about the only one.</summary>
    public async Task Decide(bool isOurs)
    {
        var told = Assert.Single(await till.Db.Read(s => RefundStore.List(s, Caller.DefaultTenant, RefundState.Told, false, null, 10)));
        var refunds = till.Shop.Get<RefundService>();
        await till.Db.Command(Shop.Staff, s => isOurs ? refunds.Drop(s, Shop.Staff, told.Id, "won") : refunds.Settle(s, Shop.Staff, told.Id, RefundWay.Gateway, "lost", null));
    }

    public async Task AddsUp()
    {
        await till.AddsUp();
        Assert.Empty((await till.Db.Read(RentalCheck.Check)).Errors);
    }

    public ValueTask DisposeAsync() => till.DisposeAsync();
}
