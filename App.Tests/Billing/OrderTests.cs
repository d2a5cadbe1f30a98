using Gatehouse.Audit.Log;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Buying: what there is and what somebody has is exact, whoever comes at once.</summary>
public sealed class OrderTests
{
    [Theory, BothEngines]
    public async Task The_last_key_goes_to_one_of_a_hundred(Engine engine)
    {
        await using var till = await Till.Open(engine, stock: 1);
        var told = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => Bench.Code(() => till.Order()))));
        Assert.Equal((1, 99), (told.Count(c => c is null), told.Count(c => c == "SOLD_OUT")));
        Assert.Equal(1, await till.Shop.Count("SELECT COUNT(*) FROM orders"));
    }

    [Theory, BothEngines]
    public async Task Fifty_purchases_from_a_balance_that_covers_ten_are_ten(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await till.Customer(12_500);
        var balance = new Gatehouse.Billing.Channels.PaymentChannel { Id = Ids.New(), Kind = "balance", Name = "Balance" };
        await till.Db.Write(s => Gatehouse.Billing.Channels.PaymentChannelStore.Insert(s, Caller.DefaultTenant, balance));
        var told = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Bench.Code(() => till.Order(who: who, channel: balance.Id)))));
        Assert.Equal((10, 40), (told.Count(c => c is null), told.Count(c => c == "INSUFFICIENT_BALANCE")));
        Assert.Equal((0L, -12_500L), (await till.Balance(who), await till.Sum(LedgerAccount.Revenue)));
        Assert.Equal(10, await till.Shop.Count("SELECT COUNT(*) FROM order_keys WHERE delivered_at IS NOT NULL"));
        Assert.Equal(10, await till.Shop.Count("SELECT COUNT(*) FROM account_keys"));
        // Who is refused leaves no order behind.
        Assert.Equal(10, await till.Shop.Count("SELECT COUNT(*) FROM orders"));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Nobody_gets_more_than_one_person_may_have(Engine engine)
    {
        await using var till = await Till.Open(engine, as_: p => p with { PersonLimit = 3 });
        var told = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => Bench.Code(() => till.Order()))));
        Assert.Equal((3, 7), (told.Count(c => c is null), told.Count(c => c == "PURCHASE_LIMIT_REACHED")));
        Assert.Null(await Bench.Code(() => till.Order(buyer: Till.Guest with { Email = "other@example.com" })));
    }

    [Theory, BothEngines]
    public async Task What_nobody_pays_is_given_up_and_its_stock_comes_back(Engine engine)
    {
        await using var till = await Till.Open(engine, stock: 1);
        var order = await till.Order();
        Assert.Equal("SOLD_OUT", await Bench.Code(() => till.Order()));
        till.Shop.Clock.Advance(TimeSpan.FromMinutes(29));
        await till.Shop.Get<PaymentJobs>().Expire(default);
        Assert.Equal(OrderState.Pending, (await till.Of(order)).State);
        till.Shop.Clock.Advance(TimeSpan.FromMinutes(2));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => till.Shop.Get<PaymentJobs>().Expire(default))));
        Assert.Equal(OrderState.Cancelled, (await till.Of(order)).State);
        Assert.Equal(["created", "cancelled"], await till.Story(order));
        Assert.Equal(OrderState.Pending, (await till.Order()).State);
    }

    [Theory, BothEngines]
    public async Task Free_it_is_delivered_at_once_and_by_hand_it_waits_for_staff(Engine engine)
    {
        await using var till = await Till.Open(engine, as_: p => p with { Price = 0 });
        var order = await till.Order();
        Assert.Equal(OrderState.Delivered, order.State);
        Assert.Single(await till.Keys(order));
        await till.AddsUp();
        await using var other = await Till.Open(engine, as_: p => p with { Delivery = "hand" });
        var waits = await other.Order();
        await other.Pay(await other.Attempt(waits), 1250);
        Assert.Equal(OrderState.Paid, (await other.Of(waits)).State);
        var desk = other.Shop.Get<Gatehouse.Billing.OrderDesk.OrderDeskService>();
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => other.Db.Command(Licensing.Shop.Staff, s => desk.Deliver(s, Licensing.Shop.Staff, waits.Number, "", ""))));
        Assert.Equal("code 42", (await other.Db.Command(Licensing.Shop.Staff, s => desk.Deliver(s, Licensing.Shop.Staff, waits.Number, "done", "code 42"))).HandedOver);
        Assert.Equal("ORDER_STATE", await Bench.Code(() => other.Db.Command(Licensing.Shop.Staff, s => desk.Deliver(s, Licensing.Shop.Staff, waits.Number, "", "again"))));
        await other.AddsUp();
    }

    [Theory, BothEngines]
    public async Task It_is_found_by_who_knows_it_and_by_nobody_else(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var order = await till.Order();
        async Task<string?> Found(string? number, string? token, string? word) => await Bench.Code(() => till.Db.Read(s => till.Orders.Find(s, Caller.DefaultTenant, number, token, word)));
        Assert.Null(await Found(OrderNumber.Shown(order.Number).ToLowerInvariant(), null, "apple"));
        Assert.Null(await Found(order.Number, null, " Guest@Example.com"));
        Assert.Null(await Found(order.Number, order.Token, null));
        foreach (var (number, token, word) in new[] { (order.Number, null, "pear"), (order.Number, "", ""), (order.Number, null, null), ("AAAA-AAAA", order.Token, "apple"), ("'; --", null, "apple"), (null, order.Token, null) })
            Assert.Equal("ORDER_NOT_FOUND", await Found(number, token, word));
        Assert.Equal("ORDER_NOT_FOUND", await Bench.Code(() => till.Db.Read(s => till.Orders.Find(s, "other", order.Number, order.Token, null))));
    }

    [Theory, BothEngines]
    public async Task What_is_kept_and_was_used_meanwhile_is_replaced_or_left_to_staff(Engine engine)
    {
        await using var till = await Till.Open(engine, stock: 2);
        var order = await till.Order();
        var kept = await till.Db.Read(s => s.One("SELECT l.key FROM order_keys k JOIN licenses l ON l.id = k.license_id", r => r.GetString(0)));
        await till.Shop.Validate(kept!);
        await till.Pay(await till.Attempt(order), 1250);
        Assert.NotEqual(kept, Assert.Single(await till.Keys(order)));
        // Now none is left, and it is not the buyer's fault.
        var next = await Bench.Code(() => till.Order());
        Assert.Equal("SOLD_OUT", next);
        await till.AddsUp();
    }

    [Fact]
    public void Numbers_are_read_as_people_write_them()
    {
        var number = OrderNumber.New();
        Assert.Equal(number, OrderNumber.Parse(" " + OrderNumber.Shown(number).ToLowerInvariant() + " "));
        Assert.Null(OrderNumber.Parse("ABC"));
        Assert.Null(OrderNumber.Parse("0000-0000"));
        Assert.Null(OrderNumber.Parse(null));
    }
}
