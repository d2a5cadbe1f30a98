using Gatehouse.Accounts.Customers;
using Gatehouse.Billing.Coupons;
using Gatehouse.Billing.KeyChanges;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Orders;

/// <summary>Orders about keys that are there already: they are made, paid and refunded like any other, and deliver time.</summary>
public sealed class KeyOrders(OrderService orders, PlanService plans, CouponTaker coupons, KeyChanger changes, TimeProvider clock)
{
    private const int MostOffered = 20;

    /// <summary>Why a key cannot be renewed now; null when it can.</summary>
    public static ErrorCode? Obstacle(License key, Plan plan, long now) =>
        KeyChange.Obstacle(key, plan, now) ?? (plan is { OnSale: true, Enabled: true, RetiredAt: null } ? null : OrderErrors.NotOnSale);

    /// <summary>Why a key cannot get an add-on now; null when it can.</summary>
    public static ErrorCode? Obstacle(License key, Plan plan, AddOn addOn, long quantity, long now) =>
        KeyChange.Obstacle(key, plan, addOn, quantity, now) ?? (plan is { Enabled: true, RetiredAt: null } ? null : OrderErrors.NotOnSale);

    /// <summary>Renews a key from its owner's balance: an order, paid and delivered, all of it or nothing.</summary>
    /// <exception cref="Refusal">401; 409 INSUFFICIENT_BALANCE.</exception>
    public async ValueTask<Order> RenewFromBalance(WriteTx s, string tenant, Customer owner, License key, Plan plan)
    {
        var buyer = await orders.Checked(s, Caller.Public(null, null, tenant) with { Kind = "customer", Id = owner.Id }, new Buyer(null, "", "", owner.Language, null));
        var order = await orders.Make(s, tenant, buyer, plan with { Delivery = Order.ToKey, StockBatch = null }, 1, plan.Price, 0, null, true, kind: Order.Renew, fromBalance: true);
        await changes.Begin(s, tenant, Renewal(order, key, plan));
        return order.Amount == 0 ? await orders.GiveAway(s, tenant, order, "") : await orders.PayFromBalance(s, tenant, order);
    }

    /// <summary>Those keys of an order that can be renewed, the first few.</summary>
    public async ValueTask<IReadOnlyList<string>> Renewable(ReadTx s, string tenant, Order order)
    {
        var (plan, now, found) = (await plans.Get(s, tenant, order.PlanId!), Now(), new List<string>());
        foreach (var name in (await OrderStore.Keys(s, tenant, order.Id)).Take(MostOffered))
            if (LicenseKey.Parse(name) is { } parsed && await LicenseStore.Find(s, tenant, parsed) is { } key && key.PlanId == plan.Id && Obstacle(key, plan, now) is null)
                found.Add(key.Key);
        return found;
    }

    /// <summary>Those keys of an order that something is sold on top of, the first few.</summary>
    public async ValueTask<IReadOnlyList<string>> Changeable(ReadTx s, string tenant, Order order) =>
        AddOns.Of((await plans.Get(s, tenant, order.PlanId!)).AddOns).Count == 0 ? [] : [.. (await OrderStore.Keys(s, tenant, order.Id)).Take(MostOffered)];

    /// <summary>Makes an order that changes a key that is there already, if it names one: renews it under its plan, or adds to it. Whether that can still be done is decided once more when it is paid.</summary>
    /// <exception cref="Refusal">404 KEY_NOT_FOUND, 409 with why not, and as <see cref="OrderService.Place"/>.</exception>
    public async ValueTask<Order?> Place(WriteTx s, Caller who, Buyer buyer, NewOrder wanted)
    {
        if (wanted.Key is not { } id)
            return null;
        var tenant = who.TenantId;
        if (wanted.Wait is null)
            buyer = await orders.Checked(s, who, buyer);
        // The key's row: how many of an add-on it has is decided by one at a time.
        var key = await LicenseTime.Locked(s, tenant, id) ?? throw new Refusal(LicenseErrors.NotFound);
        var plan = await plans.Get(s, tenant, key.PlanId);
        if (!string.IsNullOrWhiteSpace(wanted.Plan) && (await plans.Named(s, tenant, wanted.Plan)).Id != plan.Id)
            throw Refusal.Field("plan", "renew.wrong.plan");
        return wanted.Renew is not null ? await Renew(s, who, buyer, wanted, key, plan) : await Add(s, who, buyer, wanted, key, plan);
    }

    private async ValueTask<Order> Renew(WriteTx s, Caller who, Buyer buyer, NewOrder wanted, License key, Plan plan)
    {
        if (wanted.Quantity != 1)
            throw Refusal.Field("quantity", "field.range", 1, 1);
        if (Obstacle(key, plan, Now()) is { } obstacle)
            throw new Refusal(obstacle);
        return await Make(s, who, buyer, wanted, plan with { Delivery = Order.ToKey }, Order.Renew, plan.Price, order => Renewal(order, key, plan));
    }

    private async ValueTask<Order> Add(WriteTx s, Caller who, Buyer buyer, NewOrder wanted, License key, Plan plan)
    {
        var (tenant, now) = (who.TenantId, Now());
        var addOn = AddOns.Of(plan.AddOns).FirstOrDefault(a => a.Id == wanted.AddOn) ?? throw Refusal.Field("add_on", "addons.wrong.unknown");
        if (wanted.Quantity < 1 || wanted.Quantity > addOn.Most)
            throw Refusal.Field("quantity", "field.range", 1, addOn.Most);
        if (Obstacle(key, plan, addOn, wanted.Quantity, now) is { } obstacle)
            throw new Refusal(obstacle);
        if (await KeyChanger.Has(s, tenant, key.Id, addOn.Id, now, waiting: true) + wanted.Quantity > addOn.Most)
            throw new Refusal(KeyChangeErrors.AddOnLimit, addOn.Most);
        var name = $"{plan.Name} {Localizer.For(buyer.Language)[addOn.Name()]}";
        return await Make(s, who, buyer, wanted, plan with { Name = name, Delivery = KeyChanger.AddOn }, Order.AddOn, addOn.Price, order => new KeyChange(order.Id, key.Id, key.Key, addOn.Kind == AddOns.Days ? addOn.Amount * wanted.Quantity * 86400 : 0, null, null, 0, now)
        {
            Kind = KeyChange.AddOn, PlanId = plan.Id, AddOnId = addOn.Id, Quantity = wanted.Quantity, Machines = addOn.Kind == AddOns.Machines ? addOn.Amount * wanted.Quantity : 0, ForGood = addOn.ForGood,
        });
    }

    private async ValueTask<Order> Make(WriteTx s, Caller who, Buyer buyer, NewOrder wanted, Plan plan, string kind, long price, Func<Order, KeyChange> change)
    {
        var tenant = who.TenantId;
        var taken = wanted.Coupons is { Count: > 0 } codes ? await coupons.Take(s, tenant, codes, new(plan.Id, plan.ShopGroup, plan.Currency, price * wanted.Quantity, buyer.AccountId, buyer.Email)) : [];
        var order = await orders.Make(s, tenant, buyer, plan with { StockBatch = null }, wanted.Quantity, price, taken.Sum(t => t.Discount), wanted.Channel, who.IsCustomer, kind: kind, wait: wanted.Wait, actor: wanted.Wait is null ? "" : who.Name);
        await changes.Begin(s, tenant, change(order));
        // What staff make is sent to be paid, or given away, by them.
        return wanted.Wait is not null ? order : await orders.Start(s, tenant, order, taken, wanted.Sent);
    }

    private static KeyChange Renewal(Order order, License key, Plan plan) => new(order.Id, key.Id, key.Key, plan.DurationSeconds!.Value, null, null, 0, order.CreatedAt) { PlanId = plan.Id };

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
