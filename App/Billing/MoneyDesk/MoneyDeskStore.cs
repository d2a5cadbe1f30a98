using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.MoneyDesk;

/// <summary>Payments that did not fit, in the database.</summary>
internal static class MoneyDeskStore
{
    private const string Open = "p.problem IS NOT NULL AND p.resolved_at IS NULL";

    /// <summary>Newest first; those that wait, or those that are settled.</summary>
    public static ValueTask<List<Payment>> List(ReadTx s, string tenant, bool settled, string? problem, string? search, string? after, int limit) => AttemptStore.Payments(s, Filter(tenant, settled, problem, search).After("p.id", after), limit);

    /// <summary>How many a search finds.</summary>
    public static ValueTask<long> Count(ReadTx s, string tenant, bool settled, string search)
    {
        var filter = Filter(tenant, settled, null, search);
        return s.Number($"SELECT COUNT(*) FROM payments p WHERE {filter.Sql}", filter.Args());
    }

    private static SqlFilter Filter(string tenant, bool settled, string? problem, string? search)
    {
        var filter = new SqlFilter("p.tenant_id = @tenant AND " + (settled ? "p.problem IS NOT NULL AND p.resolved_at IS NOT NULL" : Open), ("tenant", tenant)).Is("p.problem", "problem", problem);
        return search is null ? filter : filter.And($"p.id IN ({PaymentSearch.Ids})", OrderSearch.Args(search));
    }

    /// <summary>How many wait, and how much it is by currency.</summary>
    public static ValueTask<List<(string Currency, long Count, long Amount, long Oldest)>> Waiting(ReadTx s, string tenant) => s.All(
        $"SELECT p.currency, COUNT(*), CAST(SUM(p.open_amount) AS BIGINT), MIN(p.created_at) FROM payments p WHERE p.tenant_id = @tenant AND {Open} GROUP BY p.currency ORDER BY p.currency",
        r => (r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3)), ("tenant", tenant));

    /// <summary>Locked for the rest of the transaction; the order's lock comes first.</summary>
    public static async ValueTask<Payment?> Locked(WriteTx s, string tenant, string id) =>
        await s.Locked("SELECT id FROM payments WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", id)) is null ? null : await AttemptStore.Payment(s, tenant, id);

    /// <summary>What was decided about it.</summary>
    public static async ValueTask Decide(WriteTx s, string tenant, Payment p) => await s.Execute(
        "UPDATE payments SET problem = @problem, open_amount = @open, order_id = @order, resolved_at = @at, resolution = @resolution WHERE tenant_id = @tenant AND id = @id",
        ("problem", p.Problem), ("open", p.OpenAmount), ("order", p.OrderId), ("at", p.ResolvedAt), ("resolution", p.Resolution), ("tenant", tenant), ("id", p.Id));
}
