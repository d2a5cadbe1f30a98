using Gatehouse.Billing.Coupons;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Coupons: as many as there are, whoever comes at once, and what they take off is on the books.</summary>
public sealed class CouponTests
{
    private static Buyer Person(int i) => Till.Guest with { Email = $"guest{i}@example.com" };

    [Theory, BothEngines]
    public async Task Five_uses_are_five_of_fifty_orders(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var coupon = await till.Coupon(new() { Code = "FIVE", Percent = 20, TotalLimit = 5 });
        var told = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => Bench.Code(() => till.Order(buyer: Person(i), coupon: " five ")))));
        Assert.Equal((5, 45), (told.Count(c => c is null), told.Count(c => c == "COUPON_USED_UP")));
        Assert.Equal(5, await till.Shop.Count("SELECT COUNT(*) FROM orders WHERE amount = 1000 AND discount = 250"));
        Assert.Equal(5, (await till.Db.Read(s => till.Shop.Get<CouponService>().Get(s, Caller.DefaultTenant, coupon.Id))).Uses);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_person_and_a_first_order_get_it_once_of_ten_at_once(Engine engine)
    {
        await using var till = await Till.Open(engine);
        await till.Coupon(new() { Code = "ONCE", Percent = 10, PersonLimit = 1 });
        await till.Coupon(new() { Code = "FIRST", Amount = 100, FirstOrder = true });
        foreach (var (code, refused) in new[] { ("ONCE", "COUPON_USED_BY_YOU"), ("FIRST", "COUPON_FIRST_ORDER") })
        {
            var told = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => Bench.Code(() => till.Order(coupon: code)))));
            Assert.Equal((1, 9), (told.Count(c => c is null), told.Count(c => c == refused)));
        }
        // A customer who has paid has bought something, by whichever address.
        var who = await till.Customer(2000);
        var order = await till.Order(who: who);
        await till.Pay(await till.Attempt(order), 1250);
        Assert.Equal("COUPON_FIRST_ORDER", await Bench.Code(() => till.Order(who: who, coupon: "FIRST")));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_code_for_one_use_is_good_for_one_of_ten_at_once_and_again_when_its_order_is_given_up(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var coupons = till.Shop.Get<CouponService>();
        var coupon = await till.Coupon(new() { Name = "Thanks", Amount = 250 });
        var code = (await till.Db.Write(s => coupons.MakeCodes(s, Licensing.Shop.Staff, coupon.Id, 3, "thx")))[0];
        Assert.StartsWith("THX", code);
        var told = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(() => Bench.Code(() => till.Order(buyer: Person(i), coupon: code)))));
        Assert.Equal((1, 9), (told.Count(c => c is null), told.Count(c => c == "COUPON_USED_UP")));
        till.Shop.Clock.Advance(TimeSpan.FromMinutes(31));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => till.Shop.Get<PaymentJobs>().Expire(default))));
        Assert.Equal(0, (await till.Db.Read(s => coupons.Get(s, Caller.DefaultTenant, coupon.Id))).Uses);
        Assert.Equal(1000, (await till.Order(coupon: code)).Amount);
        await till.AddsUp();
        Assert.Equal("COUPON_IN_USE", await Bench.Code(() => till.Db.Write(s => coupons.Remove(s, Licensing.Shop.Staff, coupon.Id))));
    }

    [Theory, BothEngines]
    public async Task Money_that_comes_late_has_the_coupon_again_or_waits_for_staff(Engine engine)
    {
        await using var till = await Till.Open(engine);
        await till.Coupon(new() { Code = "LAST", Percent = 50, TotalLimit = 1 });
        var (first, second) = (await till.Order(coupon: "LAST"), "");
        var attempt = await till.Attempt(first);
        await till.Db.Write(s => till.Orders.Cancel(s, Caller.DefaultTenant, first.Id, "", ""));
        // Nobody took it meanwhile: the late payment is as good as any.
        Assert.Equal(Taken.Settled, await till.Pay(attempt, 625));
        Assert.Equal(OrderState.Delivered, (await till.Of(first)).State);
        Assert.Equal("COUPON_USED_UP", await Bench.Code(() => till.Order(coupon: "LAST")));
        await till.Coupon(new() { Code = "NEXT", Percent = 50, TotalLimit = 1 });
        var late = await till.Order(coupon: "NEXT");
        second = await till.Attempt(late);
        await till.Db.Write(s => till.Orders.Cancel(s, Caller.DefaultTenant, late.Id, "", ""));
        await till.Order(coupon: "NEXT");
        Assert.Equal(Taken.Kept, await till.Pay(second, 625));
        Assert.Equal(["late"], await till.Waiting());
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task What_it_makes_free_is_delivered_at_once_and_on_the_books(Engine engine)
    {
        await using var till = await Till.Open(engine, stock: 1);
        await till.Coupon(new() { Code = "FREE", Percent = 100 });
        var order = await till.Order(coupon: "FREE", channel: "");
        Assert.Equal((OrderState.Delivered, 0L), (order.State, order.Amount));
        Assert.Single(await till.Keys(order));
        Assert.Equal((1250L, -1250L), (await till.Sum(LedgerAccount.Discounts), await till.Sum(LedgerAccount.Revenue)));
        Assert.Equal(["created", "coupon", "delivered"], await till.Story(order));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Paid_from_the_balance_or_by_a_channel_the_discount_is_on_the_books(Engine engine)
    {
        await using var till = await Till.Open(engine);
        await till.Coupon(new() { Code = "TEN", Percent = 10, Stackable = true });
        await till.Coupon(new() { Code = "OFF2", Amount = 200, Stackable = true });
        await till.Coupon(new() { Code = "ALONE", Amount = 100 });
        // 12.50 less a tenth is 11.25, less 2.00 is 9.25.
        var order = await till.Order(coupon: "OFF2, TEN");
        Assert.Equal((325L, 925L), (order.Discount, order.Amount));
        Assert.Equal(Taken.Settled, await till.Pay(await till.Attempt(order), 925));
        Assert.Equal((325L, -1250L), (await till.Sum(LedgerAccount.Discounts), await till.Sum(LedgerAccount.Revenue)));
        Assert.Equal("COUPON_ALONE", await Bench.Code(() => till.Order(coupon: "TEN,ALONE")));
        Assert.Equal("NO_SUCH_COUPON", await Bench.Code(() => till.Order(coupon: "TEN,NONE")));
        // Typed twice it is one.
        Assert.Equal(1125, (await till.Order(coupon: "ten,TEN")).Amount);
        await till.AddsUp();
    }

    // Half a unit is rounded up, whatever a unit is: yen, cents, or thousandths of a dinar.
    [Theory]
    [InlineData(999, 15, 150)]
    [InlineData(1250, 15, 188)]
    [InlineData(1, 50, 1)]
    [InlineData(1, 49, 0)]
    [InlineData(3, 33, 1)]
    [InlineData(100_000_000_000, 33, 33_000_000_000)]
    [InlineData(long.MaxValue / 50, 99, 182622766329724561)]
    public void A_percentage_is_rounded_to_the_smallest_unit(long price, long percent, long off) => Assert.Equal(off, new Coupon { Percent = percent }.Off(price));

    [Theory, BothEngines]
    public async Task Each_currency_is_counted_in_its_own_smallest_unit(Engine engine)
    {
        foreach (var (currency, price, off) in new[] { ("JPY", 999L, 150L), ("KWD", 1250L, 188L), ("USD", 999L, 150L) })
        {
            await using var till = await Till.Open(engine, as_: p => p with { Currency = currency });
            await till.Db.Write(s => s.Execute("UPDATE payment_channels SET currencies = @c", ("c", $"[\"{currency}\"]")));
            await till.Db.Write(s => s.Execute("UPDATE plans SET price = @price", ("price", price)));
            await till.Coupon(new() { Code = "P15", Percent = 15 });
            var order = await till.Order(coupon: "P15");
            Assert.Equal((off, price - off), (order.Discount, order.Amount));
            await till.Coupon(new() { Code = "YUAN", Amount = 1, Currency = "CNY" });
            Assert.Equal("COUPON_NOT_FOR_THIS", await Bench.Code(() => till.Order(coupon: "YUAN")));
            await till.AddsUp();
        }
    }

    [Theory, BothEngines]
    public async Task What_cannot_be_is_said_by_field(Engine engine)
    {
        await using var till = await Till.Open(engine);
        async Task<IEnumerable<string>> Wrong(Coupon coupon) => (await Assert.ThrowsAsync<Refusal>(() => till.Coupon(coupon))).Fields.Keys.Order();
        Assert.Equal(["name", "percent"], await Wrong(new()));
        Assert.Equal(["percent"], await Wrong(new() { Code = "BOTH", Percent = 10, Amount = 100 }));
        Assert.Equal(["code"], await Wrong(new() { Code = "a b!", Percent = 10 }));
        Assert.Equal(["ends_at", "plans"], await Wrong(new() { Code = "WHEN", Percent = 10, StartsAt = 5000, EndsAt = 4000, Plans = """["nothing"]""" }));
        await till.Coupon(new() { Code = "TAKEN", Percent = 10 });
        Assert.Equal(["code"], await Wrong(new() { Code = "taken", Percent = 10 }));
    }
}
