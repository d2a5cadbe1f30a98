using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Coupons;

/// <summary>What takes something off the price of an order: a percentage or an amount, by one code that everybody may use, or by codes for one use each. Money in minor units.</summary>
[JsonConverter(typeof(CouponConverter))]
public sealed record Coupon
{
    public const int MaxName = 80, MaxCode = 40;
    private const long MaxCount = 100_000_000;
    private const int MaxListed = 100;

    /// <summary>All that is known of one, declared once.</summary>
    public static readonly Fields<Coupon> Fields = new Fields<Coupon>("coupons", "c")
        .Text("id", c => c.Id, (c, v) => c with { Id = v }, use: FieldUse.Shown | FieldUse.Inserted)
        .Text("code", c => c.Code, (c, v) => c with { Code = v }, CheckCode)
        .Text("name", c => c.Name, (c, v) => c with { Name = v }, (check, field, v) => check.Text(field, v, 0, MaxName))
        .Number("percent", c => c.Percent, (c, v) => c with { Percent = v }, (check, field, v) => check.Range(field, v, 0, 100))
        .Amount("amount", c => c.Amount, (c, v) => c with { Amount = v }, (check, field, v) => check.Range(field, v, 0, Plan.MaxPrice), "currency", c => c.Currency)
        .Amount("minimum", c => c.Minimum, (c, v) => c with { Minimum = v }, (check, field, v) => check.Range(field, v, 0, Plan.MaxPrice), "currency", c => c.Currency)
        .Text("currency", c => c.Currency, (c, v) => c with { Currency = v }, CheckCurrency)
        .Json("plans", c => c.Plans, (c, v) => c with { Plans = v }, CheckList, ListInput("plans"))
        .Json("shop_groups", c => c.Groups, (c, v) => c with { Groups = v }, CheckList, ListInput("shop_groups"))
        .MomentOrNull("starts_at", c => c.StartsAt, (c, v) => c with { StartsAt = v }, (_, _, v) => v)
        .MomentOrNull("ends_at", c => c.EndsAt, (c, v) => c with { EndsAt = v }, (_, _, v) => v)
        .Number("total_limit", c => c.TotalLimit, (c, v) => c with { TotalLimit = v }, Count)
        .Number("person_limit", c => c.PersonLimit, (c, v) => c with { PersonLimit = v }, Count)
        .Flag("first_order", c => c.FirstOrder, (c, v) => c with { FirstOrder = v })
        .Flag("stackable", c => c.Stackable, (c, v) => c with { Stackable = v })
        .Flag("enabled", c => c.Enabled, (c, v) => c with { Enabled = v })
        .Number("uses", c => c.Uses, (c, v) => c with { Uses = v }, use: FieldUse.Shown)
        .Number("codes", c => c.Codes, (c, v) => c with { Codes = v }, use: FieldUse.Shown)
        .Text("folded", c => SearchText.Of(c.Code, c.Name), (c, _) => c, use: FieldUse.Stored)
        .Time("created_at", c => c.CreatedAt, (c, v) => c with { CreatedAt = v }, FieldUse.Shown | FieldUse.Inserted)
        .Time("updated_at", c => c.UpdatedAt, (c, v) => c with { UpdatedAt = v }, FieldUse.Shown | FieldUse.Stored);

    public string Id { get; init; } = "";

    /// <summary>In capitals; empty: it has codes for one use alone.</summary>
    public string Code { get; init; } = "";

    /// <summary>For staff; its code where none is given.</summary>
    public string Name { get; init; } = "";

    /// <summary>Of the listed price; 0 where an amount is taken off.</summary>
    public long Percent { get; init; }
    public long Amount { get; init; }

    /// <summary>Orders whose listed price is below take none.</summary>
    public long Minimum { get; init; }

    /// <summary>Of <see cref="Amount"/> and <see cref="Minimum"/>: what has either fits orders of that currency alone.</summary>
    public string Currency { get; init; } = "CNY";

    /// <summary>A JSON array of the ids of plans. It is good for these and for those of <see cref="Groups"/>; for all where both are empty.</summary>
    public string Plans { get; init; } = "[]";
    public string Groups { get; init; } = "[]";

    public IReadOnlyList<string> PlanIds => JsonSerializer.Deserialize(Plans, CouponJson.Default.StringArray)!;

    public IReadOnlyList<string> GroupNames => JsonSerializer.Deserialize(Groups, CouponJson.Default.StringArray)!;

    /// <summary>From then on; null: at once. Unix milliseconds.</summary>
    public long? StartsAt { get; init; }

    /// <summary>Until then; null: for ever.</summary>
    public long? EndsAt { get; init; }

    /// <summary>How many orders may have it, and how many of one person; 0: any number.</summary>
    public long TotalLimit { get; init; }
    public long PersonLimit { get; init; }

    /// <summary>For people who have not bought anything yet.</summary>
    public bool FirstOrder { get; init; }

    /// <summary>Others that may be combined can stand beside it in one order.</summary>
    public bool Stackable { get; init; }
    public bool Enabled { get; init; } = true;

    /// <summary>How many orders have it that were not given up.</summary>
    public long Uses { get; init; }

    /// <summary>How many codes for one use were made.</summary>
    public long Codes { get; init; }
    public long CreatedAt { get; init; }
    public long UpdatedAt { get; init; }

    /// <summary>Its words are <c>coupons.state.STATE</c>.</summary>
    public string State(long now) => !Enabled ? "off" : EndsAt <= now ? "ended" : StartsAt > now ? "upcoming" : TotalLimit > 0 && Uses >= TotalLimit ? "used_up" : "on";

    /// <summary>What it takes off so much, in minor units: half a unit is rounded up, and never more than there is.</summary>
    public long Off(long price) => Percent == 0 ? Math.Min(Amount, price) : (long)(((Int128)price * Percent + 50) / 100);

    /// <summary>Is it good for a plan?</summary>
    public bool Fits(string plan, string group) => (PlanIds.Count == 0 && GroupNames.Count == 0) || PlanIds.Contains(plan) || GroupNames.Contains(group);

    /// <summary>A code as it is stored; empty when it can be none.</summary>
    public static string Typed(string? typed)
    {
        var code = typed is { Length: <= MaxCode * 4 } ? PastedText.Clean(typed).Replace(" ", "").ToUpperInvariant() : "";
        return code.Length <= MaxCode && code.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c is '-' or '_') ? code : "";
    }

    private static string CheckCode(FieldChecks check, string field, string typed)
    {
        var code = Typed(typed);
        if (code.Length is 1 or 2 || (code.Length == 0 && !string.IsNullOrWhiteSpace(typed)))
            check.Wrong(field, "coupons.wrong.code", MaxCode);
        return code;
    }

    private static string CheckCurrency(FieldChecks check, string field, string typed)
    {
        var currency = typed.Trim().ToUpperInvariant();
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper))
            check.Wrong(field, "field.currency");
        return currency;
    }

    private static string CheckList(FieldChecks check, string field, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var given = document.RootElement.ValueKind == JsonValueKind.Null ? [] : document.RootElement.EnumerateArray().Select(e => e.GetString()?.Trim() ?? "").Where(t => t.Length > 0).Distinct().ToArray();
            if (given.Length <= MaxListed && Array.TrueForAll(given, t => t.Length <= MaxName && !t.Any(char.IsControl)))
                return JsonSerializer.Serialize(given, CouponJson.Default.StringArray);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Told to the caller below, as anything else that is no list of texts.
        }
        check.Wrong(field, "coupons.wrong.list", MaxListed);
        return "[]";
    }

    private static FieldInput<Coupon, string> ListInput(string name) => new(name,
        (_, json, form) => form[name] = string.Join(",", JsonSerializer.Deserialize(json, CouponJson.Default.StringArray)!),
        (form, _, _) => JsonSerializer.Serialize(form[name].Split([',', '\uff0c'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), CouponJson.Default.StringArray));

    private static long Count(FieldChecks check, string field, long value) => check.Range(field, value, 0, MaxCount);
}

internal sealed class CouponConverter() : FieldsConverter<Coupon>(Coupon.Fields);
