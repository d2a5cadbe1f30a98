using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Extras;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.RentalDesk;

/// <summary>
/// Bought relay plans of people with an account: they have a rental, and no serial to redeem. Whoever has one rental of the plan buys more time
/// for it; anybody else gets a new one. The order's row is locked.
/// </summary>
public sealed class RentalOrders(RentalService rentals, RentalReturns returns, RentalExtras extras, PlanService plans, TenantSettings settings, TimeProvider clock) : IOrderDelivery
{
    public bool Delivers(string delivery) => delivery == Order.Rental;

    /// <inheritdoc />
    public async ValueTask<bool> Deliver(WriteTx s, string tenant, string order)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (await OrderStore.Find(s, tenant, order) is not { AccountId: { } buyer, PlanId: { } planId } sold || await RentalService.Person(s, tenant, buyer, now) is not { } account)
            return false;
        var plan = await plans.Get(s, tenant, planId);
        if (await RentalExtras.OfOrder(s, tenant, order) is { } wanted)
            return wanted.DoneAt is null && await Add(s, tenant, account, plan, wanted);
        var own = (await RentalStore.OfAccount(s, tenant, account)).Where(r => r is { ReleasedAt: null, SuspendedAt: null, Forever: false, Terms.Renewable: true } && r.Terms.PlanId == plan.Id).ToList();
        var wish = new Wish(own.Count == 1 && !plan.Trial ? own[0].Id : null);
        try
        {
            if (wish.Rental is null)
                await rentals.RequireRoom(s, tenant, account, plan, sold.Quantity);
            for (var i = 0; i < sold.Quantity; i++)
                await rentals.Give(s, tenant, account, plan, wish, Caller.PublicName, order: order);
            return true;
        }
        catch (Refusal)
        {
            // Nothing has changed: staff see it waiting, and the money is safe.
            return false;
        }
    }

    // For the rental that it was ordered for, and for no other.
    private async ValueTask<bool> Add(WriteTx s, string tenant, string account, Plan plan, RentalExtra wanted)
    {
        try
        {
            if (wanted.Kind != RentalExtra.Renewal)
            {
                if (await RentalStore.FindLocked(s, tenant, wanted.RentalId) is not { } rental || rental.AccountId != account || rental.Terms.PlanId != plan.Id)
                    return false;
                await extras.Do(s, tenant, wanted, Caller.PublicName);
                return true;
            }
            await rentals.Give(s, tenant, account, plan, new Wish(wanted.RentalId), Caller.PublicName, order: wanted.OrderId);
            await RentalExtras.Done(s, wanted, 0, null, clock.GetUtcNow().ToUnixTimeMilliseconds());
            return true;
        }
        catch (Refusal)
        {
            // Nothing has changed: staff see it waiting, and the money is safe.
            return false;
        }
    }

    /// <inheritdoc />
    public async ValueTask TakeBack(WriteTx s, Caller who, string order)
    {
        await extras.TakeBack(s, who.TenantId, order, who.Name);
        await returns.TakeBack(s, who.TenantId, null, order, who.Name);
    }

    /// <inheritdoc />
    /// <remarks>What an add-on gave is taken back. Rentals that have nothing from anybody else are suspended; others run on.</remarks>
    public async ValueTask<bool?> Hold(WriteTx s, Caller who, string order) => await extras.Hold(s, who.TenantId, order, who.Name) ?? await returns.Suspend(s, who, order, true);

    /// <inheritdoc />
    public async ValueTask<bool?> GiveAgain(WriteTx s, Caller who, string order) => await extras.GiveAgain(s, who.TenantId, order, who.Name) ?? await returns.Suspend(s, who, order, false);

    /// <inheritdoc />
    public ValueTask Decided(WriteTx s, string tenant, string order) => RentalExtras.Decided(s, tenant, order);

    /// <inheritdoc />
    public async ValueTask<Message?> Told(ReadTx s, string tenant, string order)
    {
        if (await RentalExtras.OfOrder(s, tenant, order) is { Kind: not RentalExtra.Renewal } extra && await RentalStore.Find(s, tenant, extra.RentalId) is { } got)
            return new("rentals.extra.told." + extra.Kind, got.Name, extra.Count);
        if (await s.One("SELECT rental_id FROM rental_events WHERE tenant_id = @tenant AND order_id = @order ORDER BY id DESC LIMIT 1", r => r.GetString(0), ("tenant", tenant), ("order", order)) is not { } id || await RentalStore.Find(s, tenant, id) is not { } rental)
            return null;
        return rental.EndsAt(clock.GetUtcNow().ToUnixTimeMilliseconds()) is { } end ? new("rentals.told", rental.Name, Format.Exact(end, settings.Zone(tenant))) : new("rentals.told_open", rental.Name);
    }
}
