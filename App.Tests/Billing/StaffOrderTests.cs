using Gatehouse.Audit.Log;
using Gatehouse.Billing.OrderDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Orders that staff make for somebody.</summary>
public sealed class StaffOrderTests
{
    [Theory, BothEngines]
    public async Task They_wait_to_be_paid_at_the_price_that_was_agreed(Engine engine)
    {
        await using var till = await Till.Open(engine, stock: 3);
        var who = await till.Customer();
        var order = await Make(till, new(till.Plan.Id, 2, "wei@example.com", null, till.Channel.Id, 900, true, "en"));
        Assert.Equal((Order.Manual, OrderState.Pending, who.Id, 1800L), (order.Kind, order.State, order.AccountId, order.Amount));
        Assert.Equal(["created"], await till.Story(order));
        // Its keys are kept for it, for days.
        Assert.Equal("SOLD_OUT", await Bench.Code(() => Make(till, new(till.Plan.Id, 2, null, "guest@example.com", till.Channel.Id, null, true, "en"))));
        till.Shop.Clock.Advance(TimeSpan.FromDays(2));
        await till.Shop.Get<Gatehouse.Billing.Payments.PaymentJobs>().Expire(default);
        await till.Pay(await till.Attempt(order), 1800);
        Assert.Equal(OrderState.Delivered, (await till.Of(order)).State);
        Assert.Equal(2, (await till.Keys(order)).Count);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task For_nothing_it_is_delivered_and_what_is_wrong_is_said(Engine engine)
    {
        await using var till = await Till.Open(engine);
        Assert.Equal(OrderState.Delivered, (await Make(till, new(till.Plan.Id, 1, null, "guest@example.com", null, 0, false, "zh"))).State);
        var operatorOnly = Licensing.Shop.Staff with { Role = Role.Operator, Allowed = PermissionSet.Of([BillingPermissions.OrdersWrite.Name]) };
        var fault = await Assert.ThrowsAsync<Refusal>(() => Make(till, new(till.Plan.Id, 0, null, "nobody", till.Channel.Id, 5, true, "en"), operatorOnly));
        Assert.Equal(["email", "price", "quantity"], fault.Fields.Keys.Order());
        Assert.Equal(["user"], (await Assert.ThrowsAsync<Refusal>(() => Make(till, new(till.Plan.Id, 1, "nobody", null, till.Channel.Id, null, true, "en"), operatorOnly))).Fields.Keys);
        Assert.Equal(["channel"], (await Assert.ThrowsAsync<Refusal>(() => Make(till, new(till.Plan.Id, 1, null, "guest@example.com", "none", null, true, "en"), operatorOnly))).Fields.Keys);
        await till.AddsUp();
    }

    private static Task<Order> Make(Till till, StaffOrder wanted, Caller? who = null) => till.Db.Command(who ?? Licensing.Shop.Staff, s => till.Shop.Get<StaffOrders>().Make(s, who ?? Licensing.Shop.Staff, wanted));
}
