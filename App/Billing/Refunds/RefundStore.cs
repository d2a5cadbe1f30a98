using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Refunds;

/// <summary>Refunds in the database.</summary>
internal static class RefundStore
{
    private const string Select =
        """
        SELECT r.id, r.order_id, r.payment_id, r.origin, r.way, r.state, r.currency, r.amount, r.number, r.gateway_number, r.reason, r.reference, r.actor, r.answer,
          r.sent, r.tries, r.ask_at, r.created_at, r.done_at FROM refunds r
        """;

    // Those whose money is not there any more, or will not be.
    private const string Held = "r.state IN ('asked', 'failed', 'done')";

    private const string ForStaff = "(r.state IN ('failed', 'told') OR (r.state = 'asked' AND r.ask_at IS NULL))";

    private const string Meant =
        $"""
        r.id IN (SELECT id FROM refunds WHERE tenant_id = @tenant AND number = @q UNION ALL SELECT id FROM refunds WHERE tenant_id = @tenant AND gateway_number = @q AND gateway_number <> ''
          UNION ALL SELECT id FROM refunds WHERE payment_id IN ({PaymentSearch.Ids}) UNION ALL SELECT id FROM refunds WHERE order_id IN ({OrderSearch.Ids}))
        """;

    public static ValueTask<Refund?> Find(ReadTx s, string tenant, string id) => s.One(Select + " WHERE r.tenant_id = @tenant AND r.id = @id", Map, ("tenant", tenant), ("id", id));

    /// <summary>Locked for the rest of the transaction; the order's lock comes first.</summary>
    public static async ValueTask<Refund?> Locked(WriteTx s, string tenant, string id) =>
        await s.Locked("SELECT id FROM refunds WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", id)) is null ? null : await Find(s, tenant, id);

    /// <summary>An order's, the first first.</summary>
    public static ValueTask<List<Refund>> OfOrder(ReadTx s, string tenant, string order) => s.All(Select + " WHERE r.order_id = @order AND r.tenant_id = @tenant ORDER BY r.id", Map, ("order", order), ("tenant", tenant));

    /// <summary>Those that a payment is given back by.</summary>
    public static ValueTask<List<Refund>> OfPayment(ReadTx s, string tenant, string payment) => s.All(Select + " WHERE r.payment_id = @payment AND r.tenant_id = @tenant ORDER BY r.id", Map, ("payment", payment), ("tenant", tenant));

    /// <summary>A tenant's, newest first.</summary>
    /// <param name="waiting">Those alone that wait for staff.</param>
    /// <param name="search">A number of the refund's, of its payment's or of its order, a person or a key; null: any.</param>
    public static ValueTask<List<Refund>> List(ReadTx s, string tenant, string? state, bool waiting, string? after, int limit, string? search = null)
    {
        var filter = new SqlFilter("r.tenant_id = @tenant", ("tenant", tenant)).After("r.id", after).Is("r.state", "state", state);
        if (waiting)
            filter = filter.And(ForStaff);
        if (search is not null)
            filter = filter.And(Meant, OrderSearch.Args(search));
        return s.All($"{Select} WHERE {filter.Sql} ORDER BY r.id DESC LIMIT @limit", Map, filter.Args(("limit", (long)limit)));
    }

    /// <summary>How many wait for staff.</summary>
    /// <param name="search">Null: any.</param>
    public static ValueTask<long> Waiting(ReadTx s, string tenant, string? search = null) =>
        s.Number($"SELECT COUNT(*) FROM refunds r WHERE r.tenant_id = @tenant AND r.state IN ('failed', 'told', 'asked') AND {ForStaff}{(search is null ? "" : " AND " + Meant)}", [("tenant", tenant), .. search is null ? [] : OrderSearch.Args(search)]);

    /// <summary>How much of an order's price is on its way back, or is back.</summary>
    public static ValueTask<long> HeldOfOrder(ReadTx s, string tenant, string order) =>
        s.Number($"SELECT CAST(COALESCE(SUM(r.amount), 0) AS BIGINT) FROM refunds r WHERE r.order_id = @order AND r.tenant_id = @tenant AND r.origin = 'sale' AND {Held}", ("order", order), ("tenant", tenant));

    /// <summary>How much of an order's price is back.</summary>
    public static ValueTask<long> DoneOfOrder(ReadTx s, string tenant, string order) =>
        s.Number("SELECT CAST(COALESCE(SUM(r.amount), 0) AS BIGINT) FROM refunds r WHERE r.order_id = @order AND r.tenant_id = @tenant AND r.origin = 'sale' AND r.state = 'done'", ("order", order), ("tenant", tenant));

    /// <summary>How much of a payment its gateway gives back, or gave.</summary>
    public static ValueTask<long> HeldOfPayment(ReadTx s, string tenant, string payment) =>
        s.Number($"SELECT CAST(COALESCE(SUM(r.amount), 0) AS BIGINT) FROM refunds r WHERE r.payment_id = @payment AND r.tenant_id = @tenant AND r.way = 'gateway' AND {Held}", ("payment", payment), ("tenant", tenant));

    public static async ValueTask Insert(WriteTx s, string tenant, Refund r) => await s.Execute(
        """
        INSERT INTO refunds (id, tenant_id, order_id, payment_id, origin, way, state, currency, amount, number, gateway_number, reason, reference, actor, answer, sent, tries, ask_at, created_at, done_at)
        VALUES (@id, @tenant, @order, @payment, @origin, @way, @state, @currency, @amount, @number, @gateway, @reason, @reference, @actor, @answer, @sent, @tries, @ask, @created, @done)
        """, Args(tenant, r));

    /// <summary>What may change of it is stored.</summary>
    public static async ValueTask Update(WriteTx s, string tenant, Refund r) => await s.Execute(
        """
        UPDATE refunds SET way = @way, state = @state, amount = @amount, number = @number, gateway_number = @gateway, reason = @reason, reference = @reference, actor = @actor, answer = @answer,
          sent = @sent, tries = @tries, ask_at = @ask, done_at = @done WHERE tenant_id = @tenant AND id = @id
        """, Args(tenant, r));

    /// <summary>Those whose gateway is to be asked now, of all tenants.</summary>
    public static ValueTask<List<(string Tenant, string Id)>> Due(ReadTx s, long now, int limit) =>
        s.All("SELECT tenant_id, id FROM refunds WHERE ask_at <= @now ORDER BY ask_at LIMIT @limit", r => (r.GetString(0), r.GetString(1)), ("now", now), ("limit", (long)limit));

    private static (string, object?)[] Args(string tenant, Refund r) =>
    [
        ("id", r.Id), ("tenant", tenant), ("order", r.OrderId), ("payment", r.PaymentId), ("origin", r.Source), ("way", r.Way), ("state", r.State), ("currency", r.Currency), ("amount", r.Amount), ("number", r.Number),
        ("gateway", r.GatewayNumber), ("reason", r.Reason), ("reference", r.Reference), ("actor", r.Actor), ("answer", r.Answer), ("sent", r.Sent), ("tries", r.Tries), ("ask", r.AskAt), ("created", r.CreatedAt), ("done", r.DoneAt),
    ];

    private static Refund Map(Row r) => new(
        r.GetString(0), r.TextOrNull(1), r.TextOrNull(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetInt64(7), r.GetString(8), r.GetString(9), r.GetString(10), r.GetString(11), r.GetString(12), r.GetString(13),
        r.GetInt64(14), r.GetInt64(15), r.LongOrNull(16), r.GetInt64(17), r.LongOrNull(18));
}
