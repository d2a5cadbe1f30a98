using Gatehouse.Accounts.Customers;
using Gatehouse.Billing.Coupons;
using Gatehouse.Billing.KeyChanges;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Orders;

/// <summary>Orders about keys that are there already: they are made, paid and refunded like any other, and deliver time.</summary>
public sealed class KeyOrders(OrderService orders, PlanService plans, CouponTaker coupons, KeyChanger changes, TimeProvider clock)
{
    private const int MostOffered = 20;

    /// <summary>Why a key cannot be renewed now; null when it can.</summary>
    public static ErrorCode? Obstacle(License key, Plan plan, long now) =>
        KeyChange.Obstacle(key, plan, now) ?? (plan is { OnSale: true, Enabled: true, RetiredAt: null } ? null : OrderErrors.NotOnSale);

    /// <summary>Renews a key from its owner's balance: an order, paid and delivered, all of it or nothing.</summary>
    /// <exception cref="Refusal">401; 409 INSUFFICIENT_BALANCE.</exception>
    public async ValueTask<Order> RenewFromBalance(WriteTx s, string tenant, Customer owner, License key, Plan plan)
    {
        var buyer = await orders.Checked(s, Caller.Public(null, null, tenant) with { Kind = "customer", Id = owner.Id }, new Buyer(null, "", "", owner.Language, null));
        var order = await orders.Make(s, tenant, buyer, plan with { Delivery = Order.ToKey, StockBatch = null }, 1, plan.Price, 0, null, true, kind: Order.Renew, fromBalance: true);
        await changes.Begin(s, tenant, order.Id, key, plan.DurationSeconds!.Value);
        return order.Amount == 0 ? await orders.GiveAway(s, tenant, order, "") : await orders.PayFromBalance(s, tenant, order);
    }

    /// <summary>Those keys of an order that can be renewed, the first few.</summary>
    public async ValueTask<IReadOnlyList<string>> Renewable(ReadTx s, string tenant, Order order)
    {
        var (plan, now, found) = (await plans.Get(s, tenant, order.PlanId!), clock.GetUtcNow().ToUnixTimeMilliseconds(), new List<string>());
        foreach (var name in (await OrderStore.Keys(s, tenant, order.Id)).Take(MostOffered))
            if (LicenseKey.Parse(name) is { } parsed && await LicenseStore.Find(s, tenant, parsed) is { } key && key.PlanId == plan.Id && Obstacle(key, plan, now) is null)
                found.Add(key.Key);
        return found;
    }

    /// <summary>Makes an order that renews a key under its plan, at the plan's price and for its time. Whether the key can still be renewed is decided once more when it is paid.</summary>
    /// <exception cref="Refusal">404 KEY_NOT_FOUND, 409 with why it cannot be renewed, and as <see cref="OrderService.Place"/>.</exception>
    public async ValueTask<Order> Renew(WriteTx s, Caller who, Buyer buyer, NewOrder wanted)
    {
        var tenant = who.TenantId;
        buyer = await orders.Checked(s, who, buyer);
        var key = await LicenseStore.Get(s, tenant, wanted.Renew!) ?? throw new Refusal(LicenseErrors.NotFound);
        var plan = await plans.Get(s, tenant, key.PlanId);
        if (!string.IsNullOrWhiteSpace(wanted.Plan) && (await plans.Named(s, tenant, wanted.Plan)).Id != plan.Id)
            throw Refusal.Field("plan", "renew.wrong.plan");
        if (wanted.Quantity != 1)
            throw Refusal.Field("quantity", "field.range", 1, 1);
        if (Obstacle(key, plan, clock.GetUtcNow().ToUnixTimeMilliseconds()) is { } obstacle)
            throw new Refusal(obstacle);
        var taken = wanted.Coupons is { Count: > 0 } codes ? await coupons.Take(s, tenant, codes, new(plan.Id, plan.ShopGroup, plan.Currency, plan.Price, buyer.AccountId, buyer.Email)) : [];
        var order = await orders.Make(s, tenant, buyer, plan with { Delivery = Order.ToKey, StockBatch = null }, 1, plan.Price, taken.Sum(t => t.Discount), wanted.Channel, who.IsCustomer, kind: Order.Renew);
        await changes.Begin(s, tenant, order.Id, key, plan.DurationSeconds!.Value);
        return await orders.Start(s, tenant, order, taken, wanted.Sent);
    }
}
