using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Plans;

/// <summary>Plans and products in the database.</summary>
internal static class PlanStore
{
    private const string Select =
        """
        SELECT p.id, p.product_id, d.name, d.kind, p.name, p.duration_seconds, p.price, p.currency, p.machine_limit, p.prefix,
               p.offline_grace_seconds, p.entitlements, p.notes, p.enabled, p.created_at, p.updated_at, p.retired_at,
               CAST(CASE WHEN EXISTS (SELECT 1 FROM batches b WHERE b.plan_id = p.id) OR EXISTS (SELECT 1 FROM licenses l WHERE l.tenant_id = p.tenant_id AND l.plan_id = p.id) THEN 1 ELSE 0 END AS BIGINT)
        FROM plans p JOIN products d ON d.id = p.product_id
        """;

    public static ValueTask<Plan?> Find(ReadTx s, string tenant, string id) =>
        s.One(Select + " WHERE p.tenant_id = @tenant AND p.id = @id", Map, ("tenant", tenant), ("id", id));

    public static ValueTask<Plan?> FindByName(ReadTx s, string tenant, string name) =>
        s.One(Select + " WHERE p.tenant_id = @tenant AND p.name = @name AND p.retired_at IS NULL", Map, ("tenant", tenant), ("name", name));

    /// <summary>Newest first; retired ones only when asked for.</summary>
    public static ValueTask<List<Plan>> List(ReadTx s, string tenant, bool retired, string? after, int limit)
    {
        var filter = new SqlFilter("p.tenant_id = @tenant", ("tenant", tenant)).And(retired ? "p.retired_at IS NOT NULL" : "p.retired_at IS NULL").After("p.id", after);
        return s.All($"{Select} WHERE {filter.Sql} ORDER BY p.id DESC LIMIT @limit", Map, filter.Args(("limit", (long)limit)));
    }

    public static async ValueTask<string> Product(WriteTx s, string tenant, string name, string kind, string newId, long now)
    {
        await s.Execute("INSERT INTO products (id, tenant_id, name, kind, created_at) VALUES (@id, @tenant, @name, @kind, @now) ON CONFLICT DO NOTHING",
            ("id", newId), ("tenant", tenant), ("name", name), ("kind", kind), ("now", now));
        return (await s.One("SELECT id FROM products WHERE tenant_id = @tenant AND name = @name", r => r.GetString(0), ("tenant", tenant), ("name", name)))!;
    }

    public static ValueTask<int> Insert(WriteTx s, string tenant, Plan p) => s.Execute(
        """
        INSERT INTO plans (id, tenant_id, product_id, name, duration_seconds, price, currency, machine_limit, prefix, offline_grace_seconds, entitlements, notes, enabled, created_at, updated_at)
        VALUES (@id, @tenant, @product, @name, @duration, @price, @currency, @limit, @prefix, @grace, @entitlements, @notes, @enabled, @created, @updated)
        ON CONFLICT DO NOTHING
        """, [.. Values(tenant, p), ("created", p.CreatedAt)]);

    public static ValueTask<int> Update(WriteTx s, string tenant, Plan p) => s.Execute(
        """
        UPDATE plans SET product_id = @product, name = @name, duration_seconds = @duration, price = @price, currency = @currency, machine_limit = @limit,
          prefix = @prefix, offline_grace_seconds = @grace, entitlements = @entitlements, notes = @notes, enabled = @enabled, updated_at = @updated
        WHERE id = @id AND tenant_id = @tenant
        """, Values(tenant, p));

    public static ValueTask<int> Retire(WriteTx s, string tenant, string id, long now) => s.Execute(
        "UPDATE plans SET retired_at = @now, enabled = 0, updated_at = @now WHERE id = @id AND tenant_id = @tenant", ("now", now), ("id", id), ("tenant", tenant));

    public static ValueTask<int> Delete(WriteTx s, string tenant, string id) =>
        s.Execute("DELETE FROM plans WHERE id = @id AND tenant_id = @tenant", ("id", id), ("tenant", tenant));

    private static (string, object?)[] Values(string tenant, Plan p) =>
    [
        ("id", p.Id), ("tenant", tenant), ("product", p.ProductId), ("name", p.Name), ("duration", p.DurationSeconds), ("price", p.Price),
        ("currency", p.Currency), ("limit", p.MachineLimit), ("prefix", p.Prefix), ("grace", p.OfflineGraceSeconds),
        ("entitlements", p.Entitlements), ("notes", p.Notes), ("enabled", p.Enabled ? 1L : 0L), ("updated", p.UpdatedAt),
    ];

    private static Plan Map(Row r) => new(
        r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.LongOrNull(5), r.GetInt64(6), r.GetString(7), r.GetInt64(8),
        r.GetString(9), r.GetInt64(10), r.GetString(11), r.GetString(12), r.GetInt64(13) != 0, r.GetInt64(14), r.GetInt64(15), r.LongOrNull(16), r.GetInt64(17) != 0);
}
