using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Actions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Refunds;

/// <summary>
/// What a disputed payment bought: nobody uses it until it is decided. Keys that the order made are suspended. What it did to a key that was there
/// already is taken back, and the key runs on with what others paid for; where that stands on it, the key is suspended as well.
/// </summary>
public sealed class DisputedKeys(LicenseActions licenses, IEnumerable<IOrderDelivery> deliveries, TimeProvider clock)
{
    private const string Own =
        """
        SELECT l.key FROM licenses l WHERE l.tenant_id = @tenant AND (l.id IN (SELECT k.license_id FROM order_keys k WHERE k.tenant_id = @tenant AND k.order_id = @order AND k.delivered_at IS NOT NULL)
          OR l.id IN (SELECT c.license_id FROM order_key_changes c WHERE c.tenant_id = @tenant AND c.order_id = @order AND c.done_at IS NOT NULL))
        """;

    /// <summary>Takes back, or suspends, what an order delivered. Its row is locked; what is done already is not done again.</summary>
    public async ValueTask Suspend(WriteTx s, string tenant, Order order)
    {
        var who = Caller.System with { TenantId = tenant };
        if (order.DeliveredAt is null)
            return;
        var held = Delivery(order) is { } own ? await own.Hold(s, who, order.Id) : false;
        if (held == true)
            await OrderStore.Tell(s, tenant, order.Id, Now(), "held");
        else if (held == false)
            await Do(s, who, order, ActionName.Suspend, "keys_suspended", Own + " AND l.state NOT IN ('revoked', 'suspended') AND NOT EXISTS (SELECT 1 FROM recharge_uses u WHERE u.license_id = l.id) ORDER BY l.key");
    }

    /// <summary>Gives again, or reinstates, what was taken for that. Its row is locked.</summary>
    /// <exception cref="Refusal">403 QUOTA_EXCEEDED.</exception>
    public async ValueTask Reinstate(WriteTx s, Caller who, Order order)
    {
        if (Delivery(order) is { } own && await own.GiveAgain(s, who, order.Id) is { } given)
            await OrderStore.Tell(s, who.TenantId, order.Id, Now(), given ? "given_again" : "not_given_again", Named(who));
        await Do(s, who, order, ActionName.Reinstate, "keys_reinstated",
            Own + " AND l.state = 'suspended' AND (SELECT e.detail FROM license_events e WHERE e.license_id = l.id AND e.kind = 'suspended' ORDER BY e.id DESC LIMIT 1) LIKE @why ORDER BY l.key");
    }

    private IOrderDelivery? Delivery(Order order) => deliveries.FirstOrDefault(d => d.Delivers(order.Delivery));

    // Whoever reads the key's history sees the order.
    private async ValueTask Do(WriteTx s, Caller who, Order order, string action, string told, string sql)
    {
        var number = OrderNumber.Shown(order.Number);
        var keys = await s.All(sql, r => r.GetString(0), ("tenant", who.TenantId), ("order", order.Id), ("why", $"%{number}%"));
        if (keys.Count == 0)
            return;
        await licenses.ApplyMany(s, who, keys, null, new LicenseAction(action, Reason: number));
        await OrderStore.Tell(s, who.TenantId, order.Id, Now(), told, Named(who));
    }

    private static string Named(Caller who) => who.Id is null ? "" : who.Name;

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
