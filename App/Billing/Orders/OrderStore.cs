using Gatehouse.Billing.Gateways;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Orders;

/// <summary>Orders in the database.</summary>
internal static class OrderStore
{
    // Kinds of channels that take an unpaid attempt back.
    private static readonly string Closing = string.Join(", ", GatewayKinds.All.Where(k => k.Close is not null).Select(k => $"'{k.Name}'"));

    private const string Select =
        """
        SELECT o.id, o.number, o.token, o.kind, o.state, o.account_id, o.email, o.lookup_hash, o.language, o.plan_id, o.name, o.quantity, o.delivery, o.stocked,
          o.currency, o.unit_price, o.total, o.discount, o.amount, o.channel_id, o.handed_over, o.ip, o.created_at, o.expires_at, o.paid_at, o.delivered_at, o.closed_at, o.fee, o.form,
          COALESCE((SELECT p.recharge FROM plans p WHERE p.id = o.plan_id), 0) FROM orders o
        """;

    /// <summary>Nobody is to pay an order any more. Whose gateway can be asked is asked once more, it may have been paid in this moment; one that can close it does so at once.</summary>
    public static async ValueTask CloseAttempts(WriteTx s, string tenant, string id, long now) => await s.Execute(
        $"""
        UPDATE payment_attempts SET state = 'closed',
          ask_at = CASE WHEN ask_at IS NULL AND asked = 0 THEN NULL WHEN EXISTS (SELECT 1 FROM payment_channels c WHERE c.id = channel_id AND c.kind IN ({Closing})) THEN @now ELSE @ask END
        WHERE tenant_id = @tenant AND order_id = @id AND state = 'pending'
        """, ("now", now), ("ask", now + 60_000), ("tenant", tenant), ("id", id));

    public static ValueTask<Order?> Find(ReadTx s, string tenant, string id) => s.One(Select + " WHERE o.tenant_id = @tenant AND o.id = @id", Map, ("tenant", tenant), ("id", id));

    public static ValueTask<Order?> ByNumber(ReadTx s, string tenant, string number) => s.One(Select + " WHERE o.tenant_id = @tenant AND o.number = @number", Map, ("tenant", tenant), ("number", number));

    public static ValueTask<Order?> ByToken(ReadTx s, string tenant, string token) => s.One(Select + " WHERE o.token = @token AND o.tenant_id = @tenant", Map, ("token", token), ("tenant", tenant));

    /// <summary>Was ever anything ordered?</summary>
    public static async ValueTask<bool> Any(ReadTx s, string tenant) => await s.Number("SELECT COUNT(*) FROM (SELECT 1 FROM orders WHERE tenant_id = @tenant LIMIT 1) x", ("tenant", tenant)) > 0;

    /// <summary>Locked for the rest of the transaction: whoever changes an order, its keys, its attempts or its payments has this lock.</summary>
    public static ValueTask<Order?> Locked(WriteTx s, string tenant, string id) => s.Locked(Select + " WHERE o.tenant_id = @tenant AND o.id = @id", Map, ("tenant", tenant), ("id", id));

    /// <summary>A customer's, newest first.</summary>
    /// <param name="kind">Null: of any.</param>
    public static ValueTask<List<Order>> OfAccount(ReadTx s, string tenant, string account, string? after, int limit, string? kind = null)
    {
        var filter = new SqlFilter("o.tenant_id = @tenant AND o.account_id = @account", ("tenant", tenant), ("account", account)).Is("o.kind", "kind", kind).After("o.id", after);
        return s.All($"{Select} WHERE {filter.Sql} ORDER BY o.id DESC LIMIT @limit", Map, filter.Args(("limit", (long)limit)));
    }

    /// <summary>A tenant's, newest first.</summary>
    public static ValueTask<List<Order>> List(ReadTx s, string tenant, OrderFilter wanted, string? after, int limit)
    {
        var filter = new SqlFilter("o.tenant_id = @tenant", ("tenant", tenant)).After("o.id", after);
        if (wanted.State is { } state)
            filter = filter.And("o.state = @state", ("state", state));
        if (wanted.Channel is { } channel)
            filter = filter.And("o.channel_id = @channel", ("channel", channel));
        if (wanted.Account is { } account)
            filter = filter.And("o.account_id = @account", ("account", account));
        if (wanted.Search is { } search)
            filter = filter.And($"o.id IN ({OrderSearch.Ids})", OrderSearch.Args(search));
        return s.All($"{Select} WHERE {filter.Sql} ORDER BY o.id DESC LIMIT @limit", Map, filter.Args(("limit", (long)limit)));
    }

    /// <summary>How many are paid and wait for staff.</summary>
    public static ValueTask<long> Waiting(ReadTx s, string tenant) => s.Number("SELECT COUNT(*) FROM orders WHERE tenant_id = @tenant AND state = 'paid'", ("tenant", tenant));

    /// <summary>Those whose time to be paid is over, of all tenants.</summary>
    public static ValueTask<List<(string Tenant, string Id)>> Expired(ReadTx s, long now, int limit) => s.All(
        "SELECT tenant_id, id FROM orders WHERE state = 'pending' AND expires_at <= @now ORDER BY expires_at LIMIT @limit", r => (r.GetString(0), r.GetString(1)), ("now", now), ("limit", (long)limit));

    /// <summary>Was it written? Not when its number is taken.</summary>
    public static async ValueTask<bool> Insert(WriteTx s, string tenant, Order o) => await s.Execute(
        """
        INSERT INTO orders (id, tenant_id, number, token, kind, state, account_id, email, lookup_hash, language, plan_id, name, quantity, delivery, stocked, currency, unit_price, total, discount, amount,
          channel_id, ip, created_at, expires_at, fee, form)
        VALUES (@id, @tenant, @number, @token, @kind, @state, @account, @email, @lookup, @language, @plan, @name, @quantity, @delivery, @stocked, @currency, @price, @total, @discount, @amount,
          @channel, @ip, @created, @expires, @fee, @form) ON CONFLICT DO NOTHING
        """,
        ("id", o.Id), ("tenant", tenant), ("number", o.Number), ("token", o.Token), ("kind", o.Kind), ("state", o.State), ("account", o.AccountId), ("email", o.Email), ("lookup", o.LookupHash),
        ("language", o.Language), ("plan", o.PlanId), ("name", o.Name), ("quantity", o.Quantity), ("delivery", o.Delivery), ("stocked", o.Stocked ? 1L : 0L), ("currency", o.Currency), ("price", o.UnitPrice),
        ("total", o.Total), ("discount", o.Discount), ("amount", o.Amount), ("channel", o.ChannelId), ("ip", o.Ip), ("created", o.CreatedAt), ("expires", o.ExpiresAt), ("fee", o.Fee), ("form", o.Form)) == 1;

    /// <summary>Moves it on: the states and times of <paramref name="o"/> are stored.</summary>
    public static async ValueTask Move(WriteTx s, string tenant, Order o) => await s.Execute(
        "UPDATE orders SET state = @state, stocked = @stocked, handed_over = @handed, paid_at = @paid, delivered_at = @delivered, closed_at = @closed WHERE tenant_id = @tenant AND id = @id",
        ("state", o.State), ("stocked", o.Stocked ? 1L : 0L), ("handed", o.HandedOver), ("paid", o.PaidAt), ("delivered", o.DeliveredAt), ("closed", o.ClosedAt), ("tenant", tenant), ("id", o.Id));

    /// <summary>What staff took for it is its price.</summary>
    public static async ValueTask Reprice(WriteTx s, string tenant, Order o) => await s.Execute(
        "UPDATE orders SET discount = @discount, amount = @amount WHERE tenant_id = @tenant AND id = @id", ("discount", o.Discount), ("amount", o.Amount), ("tenant", tenant), ("id", o.Id));

    /// <summary>By which channel it is paid, what that costs, and until when it waits. The order's row is locked.</summary>
    public static async ValueTask Charge(WriteTx s, string tenant, Order o) => await s.Execute(
        "UPDATE orders SET channel_id = @channel, fee = @fee, amount = @amount, expires_at = @expires WHERE tenant_id = @tenant AND id = @id",
        ("channel", o.ChannelId), ("fee", o.Fee), ("amount", o.Amount), ("expires", o.ExpiresAt), ("tenant", tenant), ("id", o.Id));

    public static async ValueTask Tell(WriteTx s, string tenant, string order, long now, string kind, string actor = "", string detail = "") => await s.Execute(
        "INSERT INTO order_events (order_id, id, tenant_id, at, kind, actor, detail) VALUES (@order, @id, @tenant, @now, @kind, @actor, @detail)",
        ("order", order), ("id", Ids.New()), ("tenant", tenant), ("now", now), ("kind", kind), ("actor", actor), ("detail", detail));

    /// <summary>In the order in which it happened.</summary>
    public static ValueTask<List<OrderEvent>> Events(ReadTx s, string tenant, string order) => s.All(
        "SELECT id, at, kind, actor, detail FROM order_events WHERE tenant_id = @tenant AND order_id = @order ORDER BY id LIMIT 500",
        r => new OrderEvent(r.GetString(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.GetString(4)), ("tenant", tenant), ("order", order));

    /// <summary>The keys that it delivered, as they are called today, or were when they were deleted.</summary>
    public static ValueTask<List<string>> Keys(ReadTx s, string tenant, string order) => s.All(
        "SELECT COALESCE(l.key, k.key) FROM order_keys k LEFT JOIN licenses l ON l.id = k.license_id WHERE k.tenant_id = @tenant AND k.order_id = @order AND k.delivered_at IS NOT NULL ORDER BY k.license_id",
        r => r.GetString(0), ("tenant", tenant), ("order", order));

    /// <summary>How many of a plan a buyer has ordered since then and not given up, by account or by e-mail address.</summary>
    public static ValueTask<long> Bought(ReadTx s, string tenant, string plan, Buyer buyer, long since) => s.Number(
        $"""
        SELECT CAST(COALESCE(SUM(o.quantity), 0) AS BIGINT) FROM orders o WHERE o.tenant_id = @tenant AND o.plan_id = @plan AND o.created_at >= @since AND o.state <> 'cancelled' AND o.delivery NOT IN ('add_on', 'switch')
          AND {(buyer.AccountId is null ? "o.email = @email" : "(o.account_id = @account OR (o.email = @email AND o.email <> ''))")}
        """,
        buyer.AccountId is null ? [("tenant", tenant), ("plan", plan), ("since", since), ("email", buyer.Email)] : [("tenant", tenant), ("plan", plan), ("since", since), ("email", buyer.Email), ("account", buyer.AccountId)]);

    private static Order Map(Row r) => new(
        r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.TextOrNull(5), r.GetString(6), r.GetString(7), r.GetString(8), r.TextOrNull(9), r.GetString(10), r.GetInt64(11), r.GetString(12),
        r.GetInt64(13) == 1, r.GetString(14), r.GetInt64(15), r.GetInt64(16), r.GetInt64(17), r.GetInt64(18), r.TextOrNull(19), r.GetString(20), r.TextOrNull(21), r.GetInt64(22), r.GetInt64(23), r.LongOrNull(24), r.LongOrNull(25), r.LongOrNull(26))
    {
        Fee = r.GetInt64(27), Form = r.GetString(28), Recharge = r.GetInt64(29),
    };
}
