using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Orders;

/// <summary>
/// Which keys an order gets. Keys of a batch are kept for an order while it waits, so that two never wait for one; keys of a plan without
/// a batch are made when the order is paid. A key is of one order: the table's key says so.
/// </summary>
public sealed class StockKeeper(BatchService batches, INotices notices)
{
    /// <summary>Staff are told when the stock of a plan runs low.</summary>
    public static readonly NoticeKind LowStock = new("stock.low", NoticeKind.Warn, 305);

    // Those of the plan's batch that nobody has and nobody waits for, the oldest first.
    private const string Free =
        """
        FROM licenses l WHERE l.tenant_id = @tenant AND l.batch_id = @batch AND l.state = 'unused' AND NOT EXISTS (SELECT 1 FROM order_keys k WHERE k.license_id = l.id)
        """;

    /// <summary>How many are left to be sold; null: as many as anybody wants.</summary>
    public async ValueTask<long?> Left(ReadTx s, string tenant, Plan plan) =>
        Counts(plan) ? await s.Number("SELECT COUNT(*) " + Free, ("tenant", tenant), ("batch", plan.StockBatch)) : null;

    /// <summary>Can it be sold out?</summary>
    public static bool Counts(Plan plan) => plan is { Delivery: PlanSelling.ByKey, StockBatch: not null };

    /// <summary>The same of all plans on sale, by the batch that they sell.</summary>
    public async ValueTask<Dictionary<string, long>> Left(ReadTx s, string tenant) => (await s.All(
        """
        SELECT l.batch_id, COUNT(*) FROM licenses l WHERE l.tenant_id = @tenant AND l.state = 'unused' AND l.batch_id IN (SELECT p.stock_batch FROM plans p WHERE p.tenant_id = @tenant AND p.on_sale = 1 AND p.stock_batch IS NOT NULL)
          AND NOT EXISTS (SELECT 1 FROM order_keys k WHERE k.license_id = l.id) GROUP BY l.batch_id
        """, r => KeyValuePair.Create(r.GetString(0), r.GetInt64(1)), ("tenant", tenant))).ToDictionary();

    /// <summary>Keeps keys of the plan's batch for an order. The plan's row is locked: see <see cref="LockPlan"/>.</summary>
    /// <returns>Were there enough? If not, none is kept.</returns>
    public async ValueTask<bool> Keep(WriteTx s, string tenant, Plan plan, string order, long quantity)
    {
        var free = await s.All($"SELECT l.id {Free} ORDER BY l.id LIMIT @most", r => r.GetString(0), ("tenant", tenant), ("batch", plan.StockBatch), ("most", quantity));
        if (free.Count < quantity)
            return false;
        await s.ExecuteMany("INSERT INTO order_keys (license_id, order_id, tenant_id) VALUES (@license, @order, @tenant)",
            free.ConvertAll(id => new (string, object?)[] { ("license", id), ("order", order), ("tenant", tenant) }));
        await TellIfLow(s, tenant, plan, quantity);
        return true;
    }

    // When the limit is crossed, and at most once a week while orders come and go.
    private async ValueTask TellIfLow(WriteTx s, string tenant, Plan plan, long taken)
    {
        if (plan.LowStock == 0)
            return;
        var left = await s.Number($"SELECT COUNT(*) FROM (SELECT l.id {Free} LIMIT @most) f", ("tenant", tenant), ("batch", plan.StockBatch), ("most", plan.LowStock));
        if (left < plan.LowStock && left + taken >= plan.LowStock)
            await notices.Tell(s, tenant, LowStock, new("orders.notice.low_stock", plan.Name, left), $"stock:{plan.Id}:{plan.StockBatch}");
    }

    /// <summary>Gives back what is kept for an order and was not delivered.</summary>
    public async ValueTask Release(WriteTx s, string tenant, string order) =>
        await s.Execute("DELETE FROM order_keys WHERE tenant_id = @tenant AND order_id = @order AND delivered_at IS NULL", ("tenant", tenant), ("order", order));

    /// <summary>Hands the order its keys: those that were kept for it and are still unused, others of the batch in the place of those that are not, or new ones. The order's row is locked.</summary>
    /// <returns>Ids and keys; null when there are not enough left: then nothing has changed.</returns>
    public async ValueTask<List<(string Id, string Key)>?> Deliver(WriteTx s, Caller who, Plan plan, Order order, long now)
    {
        var tenant = who.TenantId;
        List<(string Id, string Key)> keys;
        if (plan.StockBatch is null)
        {
            keys = await batches.Sell(s, who, plan, (int)order.Quantity, plan.Name);
            await s.ExecuteMany("INSERT INTO order_keys (license_id, order_id, tenant_id, key, delivered_at) VALUES (@license, @order, @tenant, @key, @now)",
                keys.ConvertAll(k => new (string, object?)[] { ("license", k.Id), ("order", order.Id), ("tenant", tenant), ("key", k.Key), ("now", now) }));
            return keys;
        }
        await LockPlan(s, tenant, plan.Id);
        (string, object?)[] own = [("tenant", tenant), ("order", order.Id)];
        // A key that was kept may have been used, suspended or deleted by staff meanwhile.
        await s.Execute("DELETE FROM order_keys WHERE tenant_id = @tenant AND order_id = @order AND NOT EXISTS (SELECT 1 FROM licenses l WHERE l.id = order_keys.license_id AND l.state = 'unused')", own);
        var missing = order.Quantity - await s.Number("SELECT COUNT(*) FROM order_keys WHERE tenant_id = @tenant AND order_id = @order", own);
        if (missing > 0 && !await Keep(s, tenant, plan, order.Id, missing))
            return null;
        await s.Execute("UPDATE order_keys SET delivered_at = @now, key = (SELECT l.key FROM licenses l WHERE l.id = order_keys.license_id) WHERE tenant_id = @tenant AND order_id = @order", [("now", now), .. own]);
        return await s.All("SELECT l.id, l.key FROM order_keys k JOIN licenses l ON l.id = k.license_id WHERE k.tenant_id = @tenant AND k.order_id = @order ORDER BY l.id", r => (r.GetString(0), r.GetString(1)), own);
    }

    /// <summary>Until the end of the transaction nobody else decides about what is left of the plan.</summary>
    public static async ValueTask LockPlan(WriteTx s, string tenant, string plan) =>
        await s.Locked("SELECT id FROM plans WHERE tenant_id = @tenant AND id = @plan", r => r.GetString(0), ("tenant", tenant), ("plan", plan));
}
