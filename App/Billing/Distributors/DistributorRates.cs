using System.Globalization;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Distributors;

/// <summary>What a distributor of a level gets of what their links sell.</summary>
/// <param name="Rate">Hundredths of a percent of the price.</param>
public sealed record DistributorRate(long Level, long Rate);

/// <summary>Something that is on sale, and what a distributor gets of it.</summary>
/// <param name="Price">Minor units, of one.</param>
/// <param name="Rate">Hundredths of a percent.</param>
public sealed record DistributorOffer(string Plan, string Name, long Price, string Currency, long Rate);

/// <summary>What distributors get of the price: by level, of a plan or of all; and how long that is held after delivery.</summary>
public sealed class DistributorRates(PlanService plans, AuditWriter audit)
{
    /// <summary>All of the price.</summary>
    public const long MaxRate = 10_000;
    public const long MaxHoldDays = 365;

    private const string OfAll = "";
    private const long HeldByDefault = 7;

    /// <summary>In hundredths of a percent: what the plan says for the level, or else what is said for all plans; 0 where nothing is.</summary>
    public static ValueTask<long> Of(ReadTx s, string tenant, string? plan, long level) => s.Number(
        "SELECT COALESCE(MAX(CASE WHEN plan_id <> '' THEN rate END), MAX(rate), 0) FROM distributor_rates WHERE tenant_id = @tenant AND level = @level AND plan_id IN ('', @plan)",
        ("tenant", tenant), ("level", level), ("plan", plan ?? OfAll));

    /// <summary>What is on sale, and what a distributor of a level gets of each.</summary>
    public static ValueTask<List<DistributorOffer>> Offers(ReadTx s, string tenant, long level) => s.All(
        """
        SELECT p.id, p.name, p.price, p.currency, COALESCE(own.rate, common.rate, 0) FROM plans p
        LEFT JOIN distributor_rates own ON own.tenant_id = p.tenant_id AND own.plan_id = p.id AND own.level = @level LEFT JOIN distributor_rates common ON common.tenant_id = p.tenant_id AND common.plan_id = '' AND common.level = @level
        WHERE p.tenant_id = @tenant AND p.on_sale = 1 AND p.enabled = 1 AND p.retired_at IS NULL AND p.price > 0 ORDER BY p.shop_order, p.id LIMIT 200
        """, r => new DistributorOffer(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetString(3), r.GetInt64(4)), ("tenant", tenant), ("level", level));

    /// <summary>A plan's own by level; null: those that hold for all plans.</summary>
    public static ValueTask<List<DistributorRate>> List(ReadTx s, string tenant, string? plan) => s.All(
        "SELECT level, rate FROM distributor_rates WHERE tenant_id = @tenant AND plan_id = @plan ORDER BY level", r => new DistributorRate(r.GetInt64(0), r.GetInt64(1)), ("tenant", tenant), ("plan", plan ?? OfAll));

    /// <summary>So many days after delivery commission can be withdrawn.</summary>
    public static async ValueTask<long> HoldDays(ReadTx s, string tenant) =>
        await s.One("SELECT hold_days FROM commission_terms WHERE tenant_id = @tenant", r => (long?)r.GetInt64(0), ("tenant", tenant)) ?? HeldByDefault;

    /// <summary>Sets them anew, as a whole; what was paid before keeps its own.</summary>
    /// <param name="planName">An id or a name; null or empty: for all plans that have none of their own.</param>
    /// <param name="holdDays">Null: as it is.</param>
    /// <exception cref="Refusal">422 with what is wrong, by field.</exception>
    public async ValueTask<Plan?> Set(WriteTx s, Caller who, string? planName, IReadOnlyList<DistributorRate> rates, long? holdDays)
    {
        var (tenant, checks) = (who.TenantId, new FieldChecks());
        var plan = string.IsNullOrWhiteSpace(planName) ? null : await plans.Named(s, tenant, planName);
        if (rates.Any(r => r is null || r.Level is < 1 or > Distributor.MaxLevel || r.Rate is < 0 or > MaxRate) || rates.DistinctBy(r => r.Level).Count() != rates.Count)
            checks.Wrong("rates", "distributors.wrong.rates", Distributor.MaxLevel);
        if (holdDays is { } days)
            checks.Range("hold_days", days, 0, MaxHoldDays);
        checks.ThrowIfAny();
        if (plan is not null)
            await StockKeeper.LockPlan(s, tenant, plan.Id);
        (string, object?)[] of = [("tenant", tenant), ("plan", plan?.Id ?? OfAll)];
        var (before, held) = (await List(s, tenant, plan?.Id), await HoldDays(s, tenant));
        await s.Execute("DELETE FROM distributor_rates WHERE tenant_id = @tenant AND plan_id = @plan", of);
        await s.ExecuteMany("INSERT INTO distributor_rates (tenant_id, plan_id, level, rate) VALUES (@tenant, @plan, @level, @rate)", [.. rates.Select(r => new (string, object?)[] { of[0], of[1], ("level", r.Level), ("rate", r.Rate) })]);
        if (holdDays is not null)
            await s.Execute("INSERT INTO commission_terms (tenant_id, hold_days) VALUES (@tenant, @days) ON CONFLICT (tenant_id) DO UPDATE SET hold_days = excluded.hold_days", of[0], ("days", holdDays));
        await audit.Write(s, who, "distributor.rates", plan is null ? new("distributor", OfAll, "*") : new("plan", plan.Id, plan.Name), Json(before, held), Json(rates, holdDays ?? held));
        return plan;
    }

    private static string Json(IEnumerable<DistributorRate> rates, long days) =>
        $$"""{"rates":[{{string.Join(',', rates.Select(r => $$"""{"level":{{r.Level}},"rate":{{r.Rate}}}"""))}}],"hold_days":{{days}}}""";
}

/// <summary>Rates as staff type them: a line each, level and percent.</summary>
internal static class RateLines
{
    public static string Write(IEnumerable<DistributorRate> rates) => string.Join('\n', rates.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Level} = {Percent(r.Rate)}")));

    /// <summary><c>12.5</c> for 1,250 hundredths.</summary>
    public static string Percent(long rate) => (rate / 100m).ToString("0.##", CultureInfo.InvariantCulture);

    /// <exception cref="Refusal">422 on <c>rates</c>.</exception>
    public static List<DistributorRate> Read(string typed)
    {
        var rates = new List<DistributorRate>();
        foreach (var line in typed.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (line.Split([' ', '=', '\t', '%', '％'], StringSplitOptions.RemoveEmptyEntries) is [var level, var percent] && long.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var l)
                && decimal.TryParse(percent, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var p) && p <= 100 && p * 100 == decimal.Truncate(p * 100))
                rates.Add(new(l, (long)(p * 100)));
            else
                throw Refusal.Field("rates", "distributors.wrong.rates", Distributor.MaxLevel);
        return rates;
    }
}
