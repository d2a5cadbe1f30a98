using System.Globalization;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Calendar = Gatehouse.Platform.Localization.Calendar;

namespace Gatehouse.Billing.Statistics;

/// <summary>What was sold on a day of one plan by one channel and one distributor.</summary>
/// <param name="Day">Of the operator's time zone.</param>
/// <param name="Plan">An id; null: something that was no plan's.</param>
/// <param name="Channel">An id; null: nothing was to be paid.</param>
/// <param name="Distributor">Whose link it came by, or who bought it in bulk, as an account's id; null: nobody's.</param>
/// <param name="Listed">Minor units, before coupons.</param>
public sealed record Sale(DateOnly Day, string Currency, string? Plan, string? Channel, string? Distributor, long Orders, long Quantity, long Listed, long Discount)
{
    public long Revenue => Listed - Discount;

    /// <summary>Given back on the day of what was sold so, whenever that was.</summary>
    public long Refunds { get; init; }
}

/// <summary>A month of the operator's time zone in numbers. Money in minor units.</summary>
/// <param name="Days">Of the month, up to today.</param>
/// <param name="Refunds">Given back in the month, by currency.</param>
/// <param name="Made">Orders that were made in the month, by what they are now.</param>
/// <param name="Paid">How many of these are paid.</param>
/// <param name="Total">Of all time.</param>
/// <param name="Balances">What customers have with the operator now, by currency.</param>
public sealed record SalesMonth(
    string Month, string Zone, IReadOnlyList<DateOnly> Days, IReadOnlyList<Sale> Sales, IReadOnlyDictionary<string, long> Refunds, IReadOnlyDictionary<string, long> Made, long Paid,
    IReadOnlyDictionary<string, (long Orders, long Revenue)> Total, IReadOnlyDictionary<string, long> Balances, IReadOnlyDictionary<string, string> Names)
{
    /// <summary>Keys that were renewed in the month, by plan.</summary>
    public IReadOnlyList<RenewalRate> Renewals { get; init; } = [];

    /// <summary>The currencies that anything of it is in, the one that most orders of all time are in first.</summary>
    public IReadOnlyList<string> Currencies => [.. Total.Keys.Union(Balances.Keys).Union(Refunds.Keys).OrderByDescending(c => Total.GetValueOrDefault(c).Orders).ThenBy(c => c, StringComparer.Ordinal)];
}

/// <summary>Counts what was sold: each figure from an index alone, a day at a time, so that hours that a zone skips or repeats are of their day.</summary>
public sealed class SalesStatistics(Database db, TenantSettings settings, TimeProvider clock)
{
    private const string Shape = "yyyy-MM";
    private const long Most = 10_000;

    /// <summary>A month's figures, all of one moment.</summary>
    /// <param name="month">As <c>2026-11</c>; null or empty: this one.</param>
    /// <exception cref="Refusal">422 on <c>month</c>.</exception>
    public async Task<SalesMonth> Of(string tenant, string? month, CancellationToken ct)
    {
        var (first, from, to) = Bounds(tenant, month);
        var zone = settings.Zone(tenant);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime);
        var days = Enumerable.Range(0, first.AddMonths(1).DayNumber - first.DayNumber).Select(first.AddDays).Where(d => d <= today).ToList();
        (string, object?)[] of = [("tenant", tenant), ("from", from), ("to", to)];
        return await db.Read(async s =>
        {
            var sales = new List<Sale>();
            foreach (var day in days)
                sales.AddRange(await OfDay(s, tenant, day, zone));
            var distributors = await s.All("SELECT a.id, COALESCE(NULLIF(a.display_name, ''), a.email, a.phone, a.username, a.id) FROM distributors d JOIN accounts a ON a.id = d.account_id WHERE d.tenant_id = @tenant LIMIT @most",
                r => KeyValuePair.Create(r.GetString(0), r.GetString(1)), ("tenant", tenant), ("most", Most));
            var made = await s.All("SELECT state, COUNT(*), COUNT(paid_at) FROM orders WHERE tenant_id = @tenant AND created_at >= @from AND created_at < @to GROUP BY state", r => (State: r.GetString(0), Count: r.GetInt64(1), Paid: r.GetInt64(2)), of);
            return new SalesMonth(first.ToString(Shape, CultureInfo.InvariantCulture), zone.Id, days, sales,
                await Sums(s, "SELECT currency, CAST(SUM(amount) AS BIGINT) FROM ledger_entries WHERE account = 'refunds' AND tenant_id = @tenant AND created_at >= @from AND created_at < @to GROUP BY currency", of),
                made.ToDictionary(m => m.State, m => m.Count), made.Sum(m => m.Paid), await SalesDays.Total(s, tenant),
                await Sums(s, "SELECT currency, CAST(SUM(balance) AS BIGINT) FROM ledger_balances WHERE tenant_id = @tenant AND balance > 0 GROUP BY currency", ("tenant", tenant)),
                (await s.All("SELECT id, name FROM plans WHERE tenant_id = @tenant UNION ALL SELECT id, name FROM payment_channels WHERE tenant_id = @tenant LIMIT @most", r => KeyValuePair.Create(r.GetString(0), r.GetString(1)),
                    ("tenant", tenant), ("most", Most))).Concat(distributors).ToDictionary()) { Renewals = await RenewalRate.Of(s, tenant, from, to, clock.GetUtcNow().ToUnixTimeMilliseconds()) };
        }, ct);
    }

    /// <summary>A month's sales as <see cref="SalesMonth.Sales"/> has them, and what was given back, by the same parts: both add up to the month's figures.</summary>
    public async Task<List<Sale>> WithRefunds(string tenant, SalesMonth month, CancellationToken ct)
    {
        var (zone, (_, from, to)) = (settings.Zone(tenant), Bounds(tenant, month.Month));
        var back = await db.Read(s => s.All(
            """
            SELECT e.created_at, e.currency, o.plan_id, o.channel_id, COALESCE(c.account_id, CASE WHEN o.kind = 'bulk' THEN o.account_id END), e.amount FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id
            LEFT JOIN orders o ON o.id = t.order_id LEFT JOIN commissions c ON c.order_id = o.id WHERE e.account = 'refunds' AND e.tenant_id = @tenant AND e.created_at >= @from AND e.created_at < @to
            """, r => new Sale(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(0)), zone).DateTime), r.GetString(1), r.TextOrNull(2), r.TextOrNull(3), r.TextOrNull(4), 0, 0, 0, 0) { Refunds = r.GetInt64(5) },
            ("tenant", tenant), ("from", from), ("to", to)), ct);
        return [.. month.Sales.Concat(back).GroupBy(x => (x.Day, x.Currency, x.Plan, x.Channel, x.Distributor)).Select(g => g.First() with { Refunds = g.Sum(x => x.Refunds) }).OrderBy(x => x.Day).ThenBy(x => x.Currency, StringComparer.Ordinal)];
    }

    /// <summary>A month's first day, and the instants at which it begins and ends in the operator's time zone.</summary>
    /// <exception cref="Refusal">422 on <c>month</c>.</exception>
    public (DateOnly First, long From, long To) Bounds(string tenant, string? month)
    {
        var zone = settings.Zone(tenant);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime);
        var first = new DateOnly(today.Year, today.Month, 1);
        if (!string.IsNullOrWhiteSpace(month) && !(DateOnly.TryParseExact(month.Trim(), Shape, CultureInfo.InvariantCulture, DateTimeStyles.None, out first) && first.Year is > 1970 and < 9990))
            throw Refusal.Field("month", "sales.wrong.month");
        return (first, Begin(first, zone), Begin(first.AddMonths(1), zone));
    }

    // All of them from the index alone; those of distributors, which are few, are then taken out of what is nobody's.
    private static async ValueTask<List<Sale>> OfDay(ReadTx s, string tenant, DateOnly day, TimeZoneInfo zone)
    {
        (string, object?)[] of = [("tenant", tenant), ("from", Begin(day, zone)), ("to", Begin(day.AddDays(1), zone))];
        var (all, byDistributors) = (await s.All(Sales, r => Map(day, r), of), await s.All(SalesOfDistributors, r => Map(day, r), of));
        var taken = byDistributors.ToLookup(t => (t.Currency, t.Plan, t.Channel));
        return
        [
            .. byDistributors,
            .. all.Select(a => taken[(a.Currency, a.Plan, a.Channel)].Aggregate(a, (left, t) => left with { Orders = left.Orders - t.Orders, Quantity = left.Quantity - t.Quantity, Listed = left.Listed - t.Listed, Discount = left.Discount - t.Discount }))
                .Where(a => a.Orders > 0),
        ];
    }

    private static Sale Map(DateOnly day, Row r) => new(day, r.GetString(0), r.TextOrNull(1), r.TextOrNull(2), r.TextOrNull(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6), r.GetInt64(7));

    private const string Sales =
        $"""
        SELECT currency, plan_id, channel_id, NULL, COUNT(*), CAST(SUM(quantity) AS BIGINT), CAST(SUM(total) AS BIGINT), CAST(SUM(discount) AS BIGINT) FROM orders
        WHERE tenant_id = @tenant AND paid_at >= @from AND paid_at < @to AND {SalesDays.Earned} GROUP BY currency, plan_id, channel_id ORDER BY currency, plan_id, channel_id
        """;

    private const string SalesOfDistributors =
        $"""
        SELECT x.currency, x.plan_id, x.channel_id, x.who, COUNT(*), CAST(SUM(x.quantity) AS BIGINT), CAST(SUM(x.total) AS BIGINT), CAST(SUM(x.discount) AS BIGINT) FROM (
          SELECT o.currency, o.plan_id, o.channel_id, c.account_id AS who, o.quantity, o.total, o.discount FROM commissions c JOIN orders o ON o.id = c.order_id WHERE c.tenant_id = @tenant AND c.paid_at >= @from AND c.paid_at < @to
          UNION ALL SELECT o.currency, o.plan_id, o.channel_id, o.account_id, o.quantity, o.total, o.discount FROM orders o WHERE o.tenant_id = @tenant AND o.paid_at >= @from AND o.paid_at < @to AND o.kind = 'bulk' AND {SalesDays.Earned}) x
        GROUP BY x.currency, x.plan_id, x.channel_id, x.who ORDER BY x.currency, x.plan_id, x.channel_id, x.who
        """;

    private static async ValueTask<Dictionary<string, long>> Sums(ReadTx s, string sql, params (string, object?)[] args) =>
        (await s.All(sql, r => KeyValuePair.Create(r.GetString(0), r.GetInt64(1)), args)).ToDictionary();

    private static long Begin(DateOnly day, TimeZoneInfo zone) => Calendar.Instant(string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}T00:00"), zone)!.Value;
}
