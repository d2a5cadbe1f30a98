using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.MoneyDesk;

/// <summary>Payments that did not fit, in the database.</summary>
internal static class MoneyDeskStore
{
    private const string Open = "p.problem IS NOT NULL AND p.resolved_at IS NULL";

    /// <summary>Newest first; those that wait, or those that are settled.</summary>
    public static ValueTask<List<Payment>> List(ReadTx s, string tenant, bool settled, string? problem, string? after, int limit)
    {
        var filter = new SqlFilter("p.tenant_id = @tenant AND " + (settled ? "p.problem IS NOT NULL AND p.resolved_at IS NOT NULL" : Open), ("tenant", tenant)).After("p.id", after);
        if (problem is not null)
            filter = filter.And("p.problem = @problem", ("problem", problem));
        return AttemptStore.Payments(s, filter, limit);
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
