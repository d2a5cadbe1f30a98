using System.Globalization;
using System.Text;
using System.Text.Json;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.Plans;

/// <summary>The rules of what a plan needs to be sold: prices by quantity, and how it is delivered.</summary>
public static class PlanSelling
{
    /// <summary>Buyers get their keys at once.</summary>
    public const string ByKey = "key";

    /// <summary>Staff fill in what the buyer gets.</summary>
    public const string ByHand = "hand";

    public static readonly IReadOnlyList<string> Deliveries = [ByKey, ByHand];

    /// <summary>No order has more, whatever the plan says.</summary>
    public const long MostPerOrder = 1000;

    internal const int MaxDescription = 10_000;
    private const int MaxTiers = 20;

    /// <summary>Prices by quantity on a form: a line each, <c>10 = 9.00</c>.</summary>
    internal static readonly FieldInput<Plan, string> TierInput = new("tiers", (plan, json, form) => form["tiers"] = Lines(json, plan.Currency), ReadLines);

    /// <summary>What one costs when so many are bought, in minor units.</summary>
    public static long UnitPrice(Plan plan, long quantity)
    {
        var price = plan.Price;
        foreach (var (from, tier) in Tiers(plan.Tiers))
            if (quantity >= from)
                price = tier;
        return price;
    }

    /// <summary>Prices by quantity, the smallest quantity first.</summary>
    public static IReadOnlyList<(long From, long Price)> Tiers(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(t => (t.GetProperty("from").GetInt64(), t.GetProperty("price").GetInt64()))];
    }

    /// <summary>How many one order may have.</summary>
    public static long Most(Plan plan) => plan.Trial ? 1 : plan.OrderLimit > 0 ? plan.OrderLimit : MostPerOrder;

    internal static string CheckTiers(FieldChecks check, string field, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var tiers = document.RootElement.EnumerateArray().Select(t => t.EnumerateObject().Count() == 2 ? (From: t.GetProperty("from").GetInt64(), Price: t.GetProperty("price").GetInt64()) : default).ToList();
            if (tiers.Count <= MaxTiers && tiers.All(t => t is { From: >= 2 and <= MostPerOrder, Price: >= 0 and <= Plan.MaxPrice }) && tiers.Zip(tiers.Skip(1)).All(p => p.First.From < p.Second.From))
                return Json(tiers);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // Told to the caller below, as anything else that is no such list.
        }
        check.Wrong(field, "field.tiers", MostPerOrder);
        return "[]";
    }

    internal static string CheckDelivery(FieldChecks check, string field, string delivery)
    {
        if (!Deliveries.Contains(delivery))
            check.Wrong(field, "field.one_of", string.Join(", ", Deliveries));
        return delivery;
    }

    private static string Json(IEnumerable<(long From, long Price)> tiers) =>
        $"[{string.Join(',', tiers.Select(t => string.Create(CultureInfo.InvariantCulture, $$"""{"from":{{t.From}},"price":{{t.Price}}}""")))}]";

    private static string Lines(string json, string currency)
    {
        var lines = new StringBuilder();
        foreach (var (from, price) in Tiers(json))
            lines.Append(CultureInfo.InvariantCulture, $"{from} = {Money.Plain(price, currency)}\n");
        return lines.ToString().TrimEnd('\n');
    }

    private static string ReadLines(FormValues form, FieldChecks check, string field)
    {
        var (tiers, currency) = (new List<(long, long)>(), form["currency"].Trim().ToUpperInvariant());
        foreach (var line in form["tiers"].ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (line.Split('=', StringSplitOptions.TrimEntries) is [var from, { Length: > 0 } price] && long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var quantity) && Money.Parse(price, currency) is { } amount)
                tiers.Add((quantity, amount));
            else
                check.Wrong(field, "field.tiers", MostPerOrder);
        return Json(tiers);
    }
}
