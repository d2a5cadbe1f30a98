using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Statistics;

/// <summary>Sums of days that are over: what was paid on them changes no more, so it is counted once.</summary>
public sealed class SalesDays(Database db, TimeProvider clock)
{
    public const string JobName = "sales.close";
    internal const long Day = 86_400_000;

    /// <summary>Orders of recharge keys are none, as top-ups are not: what is bought from the balance is counted then.</summary>
    internal const string Earned = "kind <> 'top_up' AND (plan_id IS NULL OR plan_id NOT IN (SELECT id FROM plans WHERE tenant_id = @tenant AND recharge > 0))";

    // So many days in one transaction: no other write waits long for it.
    private const long Step = 31;

    /// <summary>Counts the days that ended a day ago or more; whoever wrote an order on them has long committed.</summary>
    public async Task<Message> Close(CancellationToken ct)
    {
        var (until, count) = (clock.GetUtcNow().ToUnixTimeMilliseconds() / Day - 1, 0L);
        foreach (var tenant in await db.Read(s => s.All("SELECT id FROM tenants ORDER BY id", r => r.GetString(0)), ct))
            while (await db.Write(s => Close(s, tenant, until), ct) is > 0 and var closed)
                count += closed;
        return new("job.sales.close.done", count);
    }

    /// <summary>What was sold since ever, by currency: orders, and minor units.</summary>
    public static async ValueTask<Dictionary<string, (long Orders, long Revenue)>> Total(ReadTx s, string tenant)
    {
        var from = await s.Number("SELECT until_day FROM sales_closed WHERE tenant_id = @tenant", ("tenant", tenant)) * Day;
        var rows = await s.All(
            $"""
            SELECT currency, CAST(SUM(orders) AS BIGINT), CAST(SUM(revenue) AS BIGINT) FROM sales_days WHERE tenant_id = @tenant GROUP BY currency
            UNION ALL SELECT currency, COUNT(*), CAST(SUM(total - discount) AS BIGINT) FROM orders WHERE tenant_id = @tenant AND paid_at >= @from AND {Earned} GROUP BY currency
            """, r => (Currency: r.GetString(0), Orders: r.GetInt64(1), Revenue: r.GetInt64(2)), ("tenant", tenant), ("from", from));
        return rows.GroupBy(r => r.Currency).ToDictionary(g => g.Key, g => (g.Sum(r => r.Orders), g.Sum(r => r.Revenue)));
    }

    // How many days were closed.
    private static async ValueTask<long> Close(WriteTx s, string tenant, long until)
    {
        (string, object?)[] of = [("tenant", tenant)];
        if (await s.Locked("SELECT until_day FROM sales_closed WHERE tenant_id = @tenant", r => (long?)r.GetInt64(0), of) is not { } from)
        {
            if (await s.One("SELECT MIN(paid_at) FROM orders WHERE tenant_id = @tenant AND paid_at IS NOT NULL", r => r.LongOrNull(0), of) is not { } first)
                return 0;
            from = first / Day;
            if (await s.Execute("INSERT INTO sales_closed (tenant_id, until_day) VALUES (@tenant, @from) ON CONFLICT DO NOTHING", [("from", from), .. of]) == 0)
                return 0;
        }
        if (until < from)
        {
            // A clock that ran ahead has closed days that were not over: they are opened again.
            await s.Execute("DELETE FROM sales_days WHERE tenant_id = @tenant AND day >= @until", [("until", until), .. of]);
            await s.Execute("UPDATE sales_closed SET until_day = @until WHERE tenant_id = @tenant", [("until", until), .. of]);
        }
        var to = Math.Min(until, from + Step);
        if (to <= from)
            return 0;
        await s.Execute(
            $"""
            INSERT INTO sales_days (tenant_id, day, currency, orders, revenue)
            SELECT tenant_id, paid_at / @ms, currency, COUNT(*), CAST(SUM(total - discount) AS BIGINT) FROM orders
            WHERE tenant_id = @tenant AND paid_at >= @since AND paid_at < @before AND {Earned} GROUP BY tenant_id, paid_at / @ms, currency
            """, [("ms", Day), ("since", from * Day), ("before", to * Day), .. of]);
        await s.Execute("UPDATE sales_closed SET until_day = @to WHERE tenant_id = @tenant", [("to", to), .. of]);
        return to - from;
    }
}
