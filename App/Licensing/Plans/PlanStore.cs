using System.Text;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Plans;

/// <summary>Plans and products in the database.</summary>
internal static class PlanStore
{
    /// <summary>Were keys made under the plan <c>p</c>? 1 or 0.</summary>
    public const string InUse =
        """
        CAST(CASE WHEN EXISTS (SELECT 1 FROM batches b WHERE b.plan_id = p.id) OR EXISTS (SELECT 1 FROM licenses l WHERE l.tenant_id = p.tenant_id AND l.plan_id = p.id) THEN 1 ELSE 0 END AS BIGINT)
        """;

    /// <summary>The name of the picture of the plan <c>p</c>, or nothing.</summary>
    public const string Picture = "COALESCE((SELECT x.name FROM plan_pictures x WHERE x.plan_id = p.id), '')";

    private static readonly string Select = $"SELECT {Plan.Fields.Columns} FROM plans p JOIN products d ON d.id = p.product_id";
    private const string Sold = " WHERE p.tenant_id = @tenant AND p.on_sale = 1 AND p.enabled = 1 AND p.retired_at IS NULL ORDER BY p.shop_order, p.id LIMIT 500";
    private static readonly string InsertSql = Plan.Fields.Insert + " ON CONFLICT DO NOTHING";
    private static readonly string UpdateSql = Plan.Fields.Update;

    public static ValueTask<Plan?> Find(ReadTx s, string tenant, string id) =>
        s.One(Select + " WHERE p.tenant_id = @tenant AND p.id = @id", Plan.Fields.FromRow, ("tenant", tenant), ("id", id));

    public static ValueTask<Plan?> FindByName(ReadTx s, string tenant, string name) =>
        s.One(Select + " WHERE p.tenant_id = @tenant AND p.name = @name AND p.retired_at IS NULL", Plan.Fields.FromRow, ("tenant", tenant), ("name", name));

    /// <summary>Newest first; retired ones only when asked for. With a search, those that have it in name, prefix or notes.</summary>
    public static ValueTask<List<Plan>> List(ReadTx s, string tenant, bool retired, string? search, string? after, int limit)
    {
        var filter = new SqlFilter("p.tenant_id = @tenant", ("tenant", tenant)).And(retired ? "p.retired_at IS NOT NULL" : "p.retired_at IS NULL").Contains("q", search, "p.folded").After("p.id", after);
        return s.All($"{Select} WHERE {filter.Sql} ORDER BY p.id DESC LIMIT @limit", Plan.Fields.FromRow, filter.Args(("limit", (long)limit)));
    }

    public static async ValueTask<bool> Sells(ReadTx s, string tenant) =>
        await s.One("SELECT p.id FROM plans p WHERE p.tenant_id = @tenant AND p.on_sale = 1 AND p.enabled = 1 AND p.retired_at IS NULL LIMIT 1", r => r.GetString(0), ("tenant", tenant)) is not null;

    /// <summary>In the order of display.</summary>
    public static ValueTask<List<Plan>> OnSale(ReadTx s, string tenant) =>
        s.All(Select + Sold, Plan.Fields.FromRow, ("tenant", tenant));

    /// <summary>All that is known of those plans, as one text that is the same for as long as they are, and whether any of them sells a batch. Cheaper than the plans.</summary>
    public static async ValueTask<(string Text, bool Counts)> OnSaleText(ReadTx s, string tenant)
    {
        var (text, counts) = (new StringBuilder(), false);
        await s.All($"SELECT p.stock_batch, {Plan.Fields.Columns} FROM plans p JOIN products d ON d.id = p.product_id" + Sold, r =>
        {
            counts |= !r.IsDBNull(0);
            for (var i = 1; i <= Plan.Fields.All.Count; i++)
                text.Append(r.GetValue(i)).Append('\u001f');
            return true;
        }, ("tenant", tenant));
        return (text.ToString(), counts);
    }

    public static async ValueTask<bool> HasBatch(ReadTx s, string tenant, string plan, string batch) =>
        await s.Number("SELECT COUNT(*) FROM batches WHERE tenant_id = @tenant AND id = @batch AND plan_id = @plan", ("tenant", tenant), ("batch", batch), ("plan", plan)) > 0;

    /// <summary>The product of that name, made of that kind where there is none yet, and the kind that it has.</summary>
    public static async ValueTask<(string Id, string Kind)> Product(WriteTx s, string tenant, string name, string kind, string newId, long now)
    {
        await s.Execute("INSERT INTO products (id, tenant_id, name, kind, created_at) VALUES (@id, @tenant, @name, @kind, @now) ON CONFLICT DO NOTHING",
            ("id", newId), ("tenant", tenant), ("name", name), ("kind", kind), ("now", now));
        return await s.One("SELECT id, kind FROM products WHERE tenant_id = @tenant AND name = @name", r => (r.GetString(0), r.GetString(1)), ("tenant", tenant), ("name", name));
    }

    public static ValueTask<int> Insert(WriteTx s, string tenant, Plan p) => s.Execute(InsertSql, Plan.Fields.Arguments(FieldUse.Inserted, tenant, p));

    public static ValueTask<int> Update(WriteTx s, string tenant, Plan p) => s.Execute(UpdateSql, Plan.Fields.Arguments(FieldUse.Updated, tenant, p));

    public static ValueTask<int> Retire(WriteTx s, string tenant, string id, long now) => s.Execute(
        "UPDATE plans SET retired_at = @now, enabled = 0, updated_at = @now WHERE id = @id AND tenant_id = @tenant", ("now", now), ("id", id), ("tenant", tenant));

    public static async ValueTask Delete(WriteTx s, string tenant, string id)
    {
        await s.Execute("DELETE FROM plan_pictures WHERE plan_id = @id AND tenant_id = @tenant", ("id", id), ("tenant", tenant));
        await s.Execute("DELETE FROM plans WHERE id = @id AND tenant_id = @tenant", ("id", id), ("tenant", tenant));
    }
}
