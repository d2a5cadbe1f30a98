using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Commissions;

/// <summary>Links, who followed them, and commissions in the database.</summary>
internal static class CommissionStore
{
    private const string Columns = "c.order_id, c.account_id, c.link, c.currency, c.price, c.paid, c.rate, c.returned, c.amount, c.paid_at, c.earned_at, c.due_at";

    public static ValueTask<DistributorLink?> Link(ReadTx s, string tenant, string code) => s.One(
        "SELECT code, account_id, name, created_at FROM distributor_links WHERE tenant_id = @tenant AND code = @code", r => new DistributorLink(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3)), ("tenant", tenant), ("code", code));

    /// <summary>A distributor's, the newest first, each with the orders that came by it.</summary>
    public static ValueTask<List<DistributorLink>> Links(ReadTx s, string tenant, string account) => s.All(
        """
        SELECT l.code, l.account_id, l.name, l.created_at, (SELECT COUNT(*) FROM commissions c WHERE c.tenant_id = l.tenant_id AND c.account_id = l.account_id AND c.link = l.code AND c.paid_at IS NOT NULL)
        FROM distributor_links l WHERE l.tenant_id = @tenant AND l.account_id = @account ORDER BY l.created_at DESC, l.code
        """, r => new DistributorLink(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3), r.GetInt64(4)), ("tenant", tenant), ("account", account));

    /// <summary>Was it written? Not when its code is taken.</summary>
    public static async ValueTask<bool> Insert(WriteTx s, string tenant, DistributorLink link) => await s.Execute(
        "INSERT INTO distributor_links (tenant_id, code, account_id, name, created_at) VALUES (@tenant, @code, @account, @name, @now) ON CONFLICT DO NOTHING",
        ("tenant", tenant), ("code", link.Code), ("account", link.AccountId), ("name", link.Name), ("now", link.CreatedAt)) == 1;

    /// <summary>Takes it away, and forgets whom it sent. What it was called; null: the account has none of that code.</summary>
    public static async ValueTask<string?> Delete(WriteTx s, string tenant, string account, string code)
    {
        (string, object?)[] of = [("tenant", tenant), ("account", account), ("code", code)];
        var gone = await s.All("DELETE FROM distributor_links WHERE tenant_id = @tenant AND account_id = @account AND code = @code RETURNING name", r => r.GetString(0), of);
        if (gone.Count == 0)
            return null;
        await s.Execute("DELETE FROM referrals WHERE tenant_id = @tenant AND link = @code", of[0], of[2]);
        return gone[0];
    }

    /// <summary>Who sent a customer last.</summary>
    public static ValueTask<Referral?> Referral(ReadTx s, string tenant, string customer) => s.One(
        "SELECT link, at FROM referrals WHERE tenant_id = @tenant AND account_id = @customer", r => new Referral(r.GetString(0), r.GetInt64(1)), ("tenant", tenant), ("customer", customer));

    /// <summary>The last one counts, whichever comes to be written last.</summary>
    public static ValueTask<int> Remember(WriteTx s, string tenant, string customer, Referral sent) => s.Execute(
        """
        INSERT INTO referrals (account_id, tenant_id, link, at) VALUES (@customer, @tenant, @link, @at)
        ON CONFLICT (account_id) DO UPDATE SET link = excluded.link, at = excluded.at WHERE excluded.at > referrals.at
        """, ("customer", customer), ("tenant", tenant), ("link", sent.Link), ("at", sent.At));

    public static ValueTask<Commission?> Find(ReadTx s, string tenant, string order) => s.One($"SELECT {Columns} FROM commissions c WHERE c.order_id = @order AND c.tenant_id = @tenant", Map, ("order", order), ("tenant", tenant));

    public static ValueTask<int> Insert(WriteTx s, string tenant, Order order, DistributorLink link) => s.Execute(
        "INSERT INTO commissions (order_id, tenant_id, account_id, link, currency, created_at) VALUES (@order, @tenant, @account, @link, @currency, @now)",
        ("order", order.Id), ("tenant", tenant), ("account", link.AccountId), ("link", link.Code), ("currency", order.Currency), ("now", order.CreatedAt));

    public static ValueTask<int> Update(WriteTx s, string tenant, Commission c) => s.Execute(
        "UPDATE commissions SET price = @price, paid = @paid, rate = @rate, returned = @returned, amount = @amount, paid_at = @paid_at, earned_at = @earned_at, due_at = @due_at WHERE order_id = @order AND tenant_id = @tenant",
        ("price", c.Price), ("paid", c.Paid), ("rate", c.Rate), ("returned", c.Returned), ("amount", c.Amount), ("paid_at", c.PaidAt), ("earned_at", c.EarnedAt), ("due_at", c.DueAt), ("order", c.OrderId), ("tenant", tenant));

    /// <summary>What a distributor has earned and withdrawn, by currency.</summary>
    public static async ValueTask<List<CommissionSum>> Sums(ReadTx s, string tenant, string account) => await s.All(
        """
        SELECT x.currency, CAST(SUM(x.earned) AS BIGINT), CAST(SUM(x.held) AS BIGINT), CAST(SUM(x.asked) AS BIGINT), CAST(SUM(x.withdrawn) AS BIGINT) FROM (
          SELECT c.currency, c.amount AS earned, CASE WHEN c.due_at > @now THEN c.amount ELSE 0 END AS held, 0 AS asked, 0 AS withdrawn FROM commissions c WHERE c.tenant_id = @tenant AND c.account_id = @account AND c.earned_at IS NOT NULL
          UNION ALL SELECT w.currency, 0, 0, CASE WHEN w.state = 'asked' THEN w.amount ELSE 0 END, CASE WHEN w.state = 'paid' THEN w.amount ELSE 0 END FROM withdrawals w WHERE w.tenant_id = @tenant AND w.account_id = @account) x
        GROUP BY x.currency ORDER BY x.currency
        """, r => new CommissionSum(r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4)), ("tenant", tenant), ("account", account), ("now", await s.Now()));

    /// <summary>Of orders that were paid, the newest order first.</summary>
    public static ValueTask<List<CommissionLine>> List(ReadTx s, string tenant, string account, string? after, int limit)
    {
        var filter = new SqlFilter("c.tenant_id = @tenant AND c.account_id = @account AND c.paid_at IS NOT NULL", ("tenant", tenant), ("account", account)).After("c.order_id", after);
        return s.All($"SELECT {Columns}, o.name, COALESCE(l.name, c.link) FROM commissions c JOIN orders o ON o.id = c.order_id LEFT JOIN distributor_links l ON l.tenant_id = c.tenant_id AND l.code = c.link WHERE {filter.Sql} ORDER BY c.order_id DESC LIMIT @limit",
            r => new CommissionLine(Map(r), r.GetString(12), r.GetString(13)), filter.Args(("limit", (long)limit)));
    }

    /// <summary>Who bought by a distributor's links, the last order first.</summary>
    public static ValueTask<List<DistributorCustomer>> Customers(ReadTx s, string tenant, string account, string? after, int limit)
    {
        var filter = new SqlFilter("1 = 1", ("tenant", tenant), ("account", account)).After("MAX(o.id)", after);
        return s.All(
            $"""
            SELECT MAX(o.email), c.currency, COUNT(*), CAST(SUM(c.paid - c.returned) AS BIGINT), MAX(c.paid_at), MAX(o.id) FROM commissions c JOIN orders o ON o.id = c.order_id
            WHERE c.tenant_id = @tenant AND c.account_id = @account AND c.paid_at IS NOT NULL GROUP BY COALESCE(o.account_id, NULLIF(o.email, ''), o.id), c.currency HAVING {filter.Sql} ORDER BY MAX(o.id) DESC LIMIT @limit
            """, r => new DistributorCustomer(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetString(5)), filter.Args(("limit", (long)limit)));
    }

    private static Commission Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6), r.GetInt64(7), r.GetInt64(8), r.LongOrNull(9), r.LongOrNull(10), r.LongOrNull(11));
}
