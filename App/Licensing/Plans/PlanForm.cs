using System.Globalization;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Ui.Fields;

namespace Gatehouse.Licensing.Plans;

/// <summary>A plan as it stands in the form: what was typed, right or wrong.</summary>
public sealed record PlanForm
{
    private const int SpareRows = 2;
    private const int MaxRows = 100;

    public string Name { get; init; } = "";
    public string Product { get; init; } = "";
    public TimeAmount Duration { get; init; } = TimeAmount.Of(PlanDraft.DefaultDuration);
    public string Price { get; init; } = "";
    public string Currency { get; init; } = "CNY";
    public string MachineLimit { get; init; } = "1";
    public string Prefix { get; init; } = "";
    public TimeAmount Grace { get; init; } = TimeAmount.Of(PlanDraft.DefaultGrace);
    public IReadOnlyList<(string Name, string Value)> Entitlements { get; init; } = [];
    public string Notes { get; init; } = "";
    public bool Enabled { get; init; } = true;

    /// <summary>The plan as it is; amounts in the unit that measures them exactly.</summary>
    public static PlanForm Of(Plan plan) => new()
    {
        Name = plan.Name, Product = plan.ProductName, Duration = TimeAmount.Of(plan.DurationSeconds), Price = Money.Plain(plan.Price, plan.Currency),
        Currency = plan.Currency, MachineLimit = plan.MachineLimit.ToString(CultureInfo.InvariantCulture), Prefix = plan.Prefix,
        Grace = TimeAmount.Of(plan.OfflineGraceSeconds), Entitlements = Plans.Entitlements.Rows(plan.Entitlements), Notes = plan.Notes, Enabled = plan.Enabled,
    };

    public static PlanForm Read(IFormCollection form) => new()
    {
        Name = form["name"].ToString(), Product = form["product"].ToString(),
        Duration = new TimeAmount(form["duration"].ToString(), form["duration_unit"].ToString()),
        Price = form["price"].ToString(), Currency = form["currency"].ToString(), MachineLimit = form["machine_limit"].ToString(), Prefix = form["prefix"].ToString(),
        Grace = new TimeAmount(form["grace"].ToString(), form["grace_unit"].ToString()),
        Entitlements = [.. form["entitlement"].Zip(form["entitlement_value"], (n, v) => (n ?? "", v ?? "")).Take(MaxRows)],
        Notes = form["notes"].ToString(), Enabled = form["enabled"] == "true",
    };

    /// <summary>The rows to show: those that hold something, and some to fill in.</summary>
    public IEnumerable<(string Name, string Value)> Rows(int more) =>
        Entitlements.Where(r => r.Name.Trim().Length + r.Value.Trim().Length > 0).Concat(Enumerable.Repeat(("", ""), SpareRows + more));

    /// <exception cref="Refusal">422 with all that is wrong, by the names that <see cref="PlanDraft"/> uses.</exception>
    public PlanDraft ToDraft()
    {
        var check = new FieldChecks();
        var draft = new PlanDraft
        {
            Name = Name, Product = Product, DurationSeconds = Duration.IsPerpetual ? null : Span(check, "duration_seconds", Duration, 1),
            Price = Amount(check), Currency = Currency, MachineLimit = Whole(check), Prefix = Prefix,
            OfflineGraceSeconds = Span(check, "offline_grace_seconds", Grace, 0), Entitlements = Plans.Entitlements.Json(check, Entitlements),
            Notes = Notes, Enabled = Enabled,
        };
        try
        {
            draft = draft.Checked();
        }
        catch (Refusal refusal)
        {
            foreach (var (field, say) in refusal.Fields)
                check.Wrong(field, say.Key, say.Args);
        }
        check.ThrowIfAny();
        return draft;
    }

    private static long Span(FieldChecks check, string field, TimeAmount amount, long otherwise)
    {
        if (amount.Seconds() is { } seconds)
            return seconds;
        check.Wrong(field, amount.Number.Trim().Length == 0 ? "field.required" : "field.whole_number");
        return otherwise;
    }

    private long Amount(FieldChecks check)
    {
        var currency = Currency.Trim().ToUpperInvariant();
        if (Money.Parse(Price, currency) is { } price)
            return price;
        check.Wrong("price", Money.Decimals(currency) == 0 ? "field.whole_number" : "field.price", Money.Decimals(currency));
        return 0;
    }

    private long Whole(FieldChecks check)
    {
        if (long.TryParse(MachineLimit.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var limit))
            return limit;
        check.Wrong("machine_limit", MachineLimit.Trim().Length == 0 ? "field.required" : "field.whole_number");
        return 1;
    }
}
