using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Actions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Refunds;

/// <summary>Keys whose payment is disputed: nobody uses them until staff have decided.</summary>
public sealed class DisputedKeys(LicenseActions licenses, TimeProvider clock)
{
    private const string Delivered = "SELECT l.key FROM order_keys k JOIN licenses l ON l.id = k.license_id WHERE k.tenant_id = @tenant AND k.order_id = @order AND k.delivered_at IS NOT NULL";

    /// <summary>Suspends what an order delivered. Its row is locked.</summary>
    public ValueTask Suspend(WriteTx s, string tenant, Order order) => Do(s, Caller.System with { TenantId = tenant }, order, ActionName.Suspend, "keys_suspended",
        Delivered + " AND l.state NOT IN ('revoked', 'suspended') AND NOT EXISTS (SELECT 1 FROM recharge_uses u WHERE u.license_id = l.id) ORDER BY l.key");

    /// <summary>Reinstates what was suspended for that. Its row is locked.</summary>
    /// <exception cref="Refusal">403 QUOTA_EXCEEDED.</exception>
    public ValueTask Reinstate(WriteTx s, Caller who, Order order) => Do(s, who, order, ActionName.Reinstate, "keys_reinstated",
        Delivered + " AND l.state = 'suspended' AND (SELECT e.detail FROM license_events e WHERE e.license_id = l.id AND e.kind = 'suspended' ORDER BY e.id DESC LIMIT 1) LIKE @why ORDER BY l.key");

    // Whoever reads the key's history sees the order.
    private async ValueTask Do(WriteTx s, Caller who, Order order, string action, string told, string sql)
    {
        var number = OrderNumber.Shown(order.Number);
        var keys = await s.All(sql, r => r.GetString(0), ("tenant", who.TenantId), ("order", order.Id), ("why", $"%{number}%"));
        if (keys.Count == 0)
            return;
        await licenses.ApplyMany(s, who, keys, null, new LicenseAction(action, Reason: number));
        await OrderStore.Tell(s, who.TenantId, order.Id, clock.GetUtcNow().ToUnixTimeMilliseconds(), told, who.Id is null ? "" : who.Name);
    }
}
