using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Distributors;

/// <summary>A customer who sells keys on: buys them in bulk at the prices of a level, from a balance that may fall below nothing as far as the credit line. Money in minor units.</summary>
/// <param name="Currency">Of the credit line.</param>
/// <param name="Application">What they wrote of themselves.</param>
/// <param name="Reason">What staff answered.</param>
public sealed record Distributor(string AccountId, string State, long Level, string Currency, long Credit, string Application, string Reason, long CreatedAt, long UpdatedAt)
{
    public const string Applied = "applied", Active = "active", Suspended = "suspended", Rejected = "rejected";
    public const long MaxLevel = 9;

    public static readonly IReadOnlyList<string> States = [Applied, Active, Suspended, Rejected];
}

/// <param name="Name">What the customer is called.</param>
public sealed record DistributorLine(Distributor Distributor, string Name);

/// <summary>What one key of a plan costs a distributor of a level who buys so many.</summary>
public sealed record DistributorPrice(long Level, long From, long Price);

/// <summary>A key that a distributor has bought. Times in unix milliseconds.</summary>
/// <param name="Status">As keys have it: <c>unused</c> is stock.</param>
/// <param name="Reference">The number that its order has with the distributor; may be empty.</param>
/// <param name="Customer">Whom of theirs it went to, by e-mail; may be empty.</param>
public sealed record DistributorKey(string Id, string Key, string Plan, string Status, string Order, string Reference, string Customer, long BoughtAt, long? ExpiresAt);

/// <summary>Which of a distributor's keys; empty: any.</summary>
/// <param name="Plan">Its id.</param>
/// <param name="Order">Its number, as it is stored.</param>
public sealed record DistributorKeyFilter(string Status = "", string Plan = "", string Order = "", string Reference = "", string Key = "")
{
    /// <summary>A whole key, the number or reference of an order, or the address of a customer of theirs.</summary>
    public string Search { get; init; } = "";

    /// <summary>From what a query or a form says.</summary>
    /// <exception cref="Refusal">422 on <c>status</c>.</exception>
    public static DistributorKeyFilter Of(string? status, string? plan, string? order, string? reference, string? key)
    {
        if (!string.IsNullOrEmpty(status) && !LicenseState.All.Contains(status))
            throw Refusal.Field("status", "field.one_of", string.Join(", ", LicenseState.All));
        // What cannot be a number is none's.
        return new(status ?? "", plan ?? "", string.IsNullOrWhiteSpace(order) ? "" : OrderNumber.Parse(order) ?? "-", reference?.Trim() ?? "", key?.Trim().ToUpperInvariant() ?? "");
    }
}

/// <summary>What hangs on a distributor's links: what stops to count when they are suspended.</summary>
/// <param name="Customers">Who bought by them.</param>
/// <param name="Open">Orders that came by them and wait to be paid.</param>
public sealed record DistributorStake(long Customers, long Open, long Links);

/// <summary>What requests of distributors are refused with.</summary>
public static class DistributorErrors
{
    public static readonly ErrorCode NotOne = new(403, "NOT_A_DISTRIBUTOR");
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_DISTRIBUTOR");
    public static readonly ErrorCode State = new(409, "DISTRIBUTOR_STATE");
    public static readonly ErrorCode NoPrice = new(409, "NO_DISTRIBUTOR_PRICE");

    public static readonly IReadOnlyList<ErrorCode> All = [NotOne, NotFound, State, NoPrice];
}

/// <summary>Distributors and their prices in the database.</summary>
internal static class DistributorStore
{
    private const string Select = "SELECT d.account_id, d.state, d.level, d.currency, d.credit, d.application, d.reason, d.created_at, d.updated_at FROM distributors d";

    public static ValueTask<Distributor?> Find(ReadTx s, string tenant, string account) => s.One(Select + " WHERE d.tenant_id = @tenant AND d.account_id = @account", Map, ("tenant", tenant), ("account", account));

    /// <summary>Until the transaction ends it stays as it is.</summary>
    public static async ValueTask<Distributor?> Locked(WriteTx s, string tenant, string account) =>
        await s.Locked("SELECT account_id FROM distributors WHERE tenant_id = @tenant AND account_id = @account", r => r.GetString(0), ("tenant", tenant), ("account", account)) is null ? null : await Find(s, tenant, account);

    /// <summary>With what they are called; the newest account first.</summary>
    public static ValueTask<List<DistributorLine>> List(ReadTx s, string tenant, string? state, string? after, int limit)
    {
        var filter = new SqlFilter("d.tenant_id = @tenant", ("tenant", tenant)).Is("d.state", "state", state).After("d.account_id", after);
        return s.All(Select.Replace(" FROM", ", COALESCE(NULLIF(a.display_name, ''), a.email, a.phone, a.username, a.id) FROM", StringComparison.Ordinal) + $" JOIN accounts a ON a.id = d.account_id WHERE {filter.Sql} ORDER BY d.account_id DESC LIMIT @limit",
            r => new DistributorLine(Map(r), r.GetString(9)), filter.Args(("limit", (long)limit)));
    }

    /// <summary>What an account is called; its id where there is none any more.</summary>
    public static async ValueTask<string> Name(ReadTx s, string tenant, string account) =>
        await s.One("SELECT COALESCE(NULLIF(display_name, ''), email, phone, username) FROM accounts WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", account)) ?? account;

    public static ValueTask<int> Save(WriteTx s, string tenant, Distributor d) => s.Execute(
        """
        INSERT INTO distributors (account_id, tenant_id, state, level, currency, credit, application, reason, created_at, updated_at)
        VALUES (@account, @tenant, @state, @level, @currency, @credit, @application, @reason, @created, @updated)
        ON CONFLICT (account_id) DO UPDATE SET state = excluded.state, level = excluded.level, currency = excluded.currency, credit = excluded.credit, application = excluded.application, reason = excluded.reason, updated_at = excluded.updated_at
        """,
        ("account", d.AccountId), ("tenant", tenant), ("state", d.State), ("level", d.Level), ("currency", d.Currency), ("credit", d.Credit), ("application", d.Application), ("reason", d.Reason), ("created", d.CreatedAt), ("updated", d.UpdatedAt));

    /// <summary>A plan's, by level and quantity.</summary>
    public static ValueTask<List<DistributorPrice>> Prices(ReadTx s, string tenant, string plan) => s.All(
        "SELECT level, from_quantity, price FROM distributor_prices WHERE tenant_id = @tenant AND plan_id = @plan ORDER BY level, from_quantity", r => new DistributorPrice(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2)), ("tenant", tenant), ("plan", plan));

    /// <summary>What holds for a level and a quantity.</summary>
    /// <exception cref="Refusal">409 NO_DISTRIBUTOR_PRICE.</exception>
    public static async ValueTask<DistributorPrice> PriceOf(ReadTx s, string tenant, string plan, long level, long quantity) =>
        (await Prices(s, tenant, plan)).LastOrDefault(p => p.Level == level && p.From <= quantity) ?? throw new Refusal(DistributorErrors.NoPrice);

    public static async ValueTask SetPrices(WriteTx s, string tenant, string plan, IReadOnlyList<DistributorPrice> prices)
    {
        await s.Execute("DELETE FROM distributor_prices WHERE tenant_id = @tenant AND plan_id = @plan", ("tenant", tenant), ("plan", plan));
        await s.ExecuteMany("INSERT INTO distributor_prices (plan_id, level, from_quantity, tenant_id, price) VALUES (@plan, @level, @from, @tenant, @price)",
            [.. prices.Select(p => new (string, object?)[] { ("plan", plan), ("level", p.Level), ("from", p.From), ("tenant", tenant), ("price", p.Price) })]);
    }

    /// <summary>All prices of a level, with plan and currency, of plans that can still be had.</summary>
    public static ValueTask<List<(string Plan, string Name, string Currency, long From, long Price)>> PriceList(ReadTx s, string tenant, long level) => s.All(
        "SELECT p.id, p.name, p.currency, x.from_quantity, x.price FROM distributor_prices x JOIN plans p ON p.id = x.plan_id WHERE x.tenant_id = @tenant AND x.level = @level AND p.enabled = 1 AND p.retired_at IS NULL ORDER BY p.shop_order, p.id, x.from_quantity LIMIT 2000",
        r => (r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3), r.GetInt64(4)), ("tenant", tenant), ("level", level));

    // As it is now: a key that ran out a second ago is expired.
    private const string Status = "CASE WHEN l.state = 'active' AND l.expire_at <= @now THEN 'expired' ELSE l.state END";
    private const string Bought = "FROM orders o JOIN order_keys k ON k.order_id = o.id JOIN licenses l ON l.id = k.license_id LEFT JOIN distributor_orders x ON x.order_id = o.id WHERE o.tenant_id = @tenant AND o.account_id = @account AND o.kind = 'bulk' AND k.delivered_at IS NOT NULL";

    /// <summary>Keys that a distributor has bought in bulk, the newest first.</summary>
    public static async ValueTask<List<DistributorKey>> Keys(ReadTx s, string tenant, string account, DistributorKeyFilter wanted, string? after, int limit)
    {
        var filter = new SqlFilter("1 = 1", ("tenant", tenant), ("account", account), ("now", await s.Now())).Is(Status, "status", wanted.Status).Is("o.plan_id", "plan", wanted.Plan).Is("o.number", "number", wanted.Order)
            .Is("x.reference", "reference", wanted.Reference).After("l.id", after);
        if (wanted.Key.Length > 0)
            filter = filter.And("l.canonical IN (@key, @compact)", ("key", LicenseKey.Canonical(wanted.Key)), ("compact", LicenseKey.Canonical(wanted.Key).Replace("-", "", StringComparison.Ordinal)));
        if (wanted.Search.Length > 0)
            filter = filter.And("(l.canonical IN (@upper, @short) OR o.number = @found OR x.reference = @search OR x.customer = @lower)",
                ("upper", LicenseKey.Canonical(wanted.Search)), ("short", LicenseKey.Canonical(wanted.Search).Replace("-", "", StringComparison.Ordinal)), ("found", OrderNumber.Parse(wanted.Search) ?? ""), ("search", wanted.Search), ("lower", wanted.Search.ToLowerInvariant()));
        return await s.All($"SELECT l.id, l.key, o.name, {Status}, SUBSTR(o.number, 1, 4) || '-' || SUBSTR(o.number, 5), COALESCE(x.reference, ''), COALESCE(x.customer, ''), k.delivered_at, l.expire_at {Bought} AND {filter.Sql} ORDER BY l.id DESC LIMIT @limit",
            r => new DistributorKey(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetInt64(7), r.LongOrNull(8)), filter.Args(("limit", (long)limit)));
    }

    /// <summary>How many of them are in each state.</summary>
    public static async ValueTask<Dictionary<string, long>> Counts(ReadTx s, string tenant, string account) => (await s.All(
        $"SELECT {Status}, COUNT(*) {Bought} GROUP BY 1", r => KeyValuePair.Create(r.GetString(0), r.GetInt64(1)), ("tenant", tenant), ("account", account), ("now", await s.Now()))).ToDictionary();

    /// <summary>What hangs on a distributor's links.</summary>
    public static async ValueTask<DistributorStake> Stake(ReadTx s, string tenant, string account) => (await s.One(
        """
        SELECT COUNT(DISTINCT CASE WHEN c.paid_at IS NOT NULL THEN COALESCE(o.account_id, NULLIF(o.email, ''), o.id) END), COALESCE(SUM(CASE WHEN o.state = 'pending' THEN 1 ELSE 0 END), 0),
          (SELECT COUNT(*) FROM distributor_links l WHERE l.tenant_id = @tenant AND l.account_id = @account)
        FROM commissions c JOIN orders o ON o.id = c.order_id WHERE c.tenant_id = @tenant AND c.account_id = @account
        """, r => new DistributorStake(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2)), ("tenant", tenant), ("account", account)))!;

    private static Distributor Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetString(3), r.GetInt64(4), r.GetString(5), r.GetString(6), r.GetInt64(7), r.GetInt64(8));
}
