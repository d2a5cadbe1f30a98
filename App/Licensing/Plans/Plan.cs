using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui.Parts;

namespace Gatehouse.Licensing.Plans;

/// <summary>A product's offer. Price in minor units of the currency; durations in seconds, null for perpetual. A new one is a card's: three hours on one machine.</summary>
[JsonConverter(typeof(PlanConverter))]
public sealed partial record Plan
{
    public const long MaxDuration = 100L * 366 * 86400;
    internal const int MaxName = 80;
    private const long MaxGrace = 10L * 366 * 86400, MaxReleaseWait = 30 * 86400;
    internal const long MaxPrice = 1_000_000_000_00;
    private const long MaxCount = 1_000_000;
    private const FieldUse Computed = FieldUse.Shown;

    /// <summary>The kinds of product whose keys this installation can redeem.</summary>
    public static readonly IReadOnlyList<string> Kinds = [Software, Relay];

    /// <summary>All that is known of a plan, declared once.</summary>
    public static readonly Fields<Plan> Fields = WithRelays(new Fields<Plan>("plans", "p")
        .Text("id", p => p.Id, (p, v) => p with { Id = v }, use: FieldUse.Shown | FieldUse.Inserted)
        .Text("product_id", p => p.ProductId, (p, v) => p with { ProductId = v }, use: FieldUse.Shown | FieldUse.Stored)
        .Text("name", p => p.Name, (p, v) => p with { Name = v }, (check, field, v) => check.Text(field, v, 1, MaxName))
        .Text("product", p => p.Product, (p, v) => p with { Product = v }, (check, field, v) => string.IsNullOrWhiteSpace(v) ? DefaultProduct : check.Text(field, v, 1, 80), FieldUse.Set | Computed, "d.name")
        .Text("kind", p => p.Kind, (p, v) => p with { Kind = v }, CheckKind, FieldUse.Set | Computed, "d.kind")
        .SpanOrNull("duration_seconds", p => p.DurationSeconds, (p, v) => p with { DurationSeconds = v }, (check, field, v) => v is { } span ? check.Range(field, span, 1, MaxDuration) : null, "duration")
        .Amount("price", p => p.Price, (p, v) => p with { Price = v }, (check, field, v) => check.Range(field, v, 0, MaxPrice), "currency", p => p.Currency)
        .Text("currency", p => p.Currency, (p, v) => p with { Currency = v }, CheckCurrency)
        .Number("machine_limit", p => p.MachineLimit, (p, v) => p with { MachineLimit = v }, (check, field, v) => check.Range(field, v, 1, 100_000))
        .Text("machine_code_rule", p => p.MachineCodeRule, (p, v) => p with { MachineCodeRule = v }, CheckRule)
        .Text("prefix", p => p.Prefix, (p, v) => p with { Prefix = v }, (check, _, v) => LicenseKey.CheckedPrefix(check, v))
        .Span("offline_grace_seconds", p => p.OfflineGraceSeconds, (p, v) => p with { OfflineGraceSeconds = v }, (check, field, v) => check.Range(field, v, 0, MaxGrace), "grace")
        .Number("releases_per_month", p => p.ReleasesPerMonth, (p, v) => p with { ReleasesPerMonth = v }, (check, field, v) => check.Range(field, v, 0, 1000))
        .Span("release_wait_seconds", p => p.ReleaseWaitSeconds, (p, v) => p with { ReleaseWaitSeconds = v }, (check, field, v) => check.Range(field, v, 0, MaxReleaseWait), "release_wait")
        .Json("entitlements", p => p.Entitlements, (p, v) => p with { Entitlements = v }, Plans.Entitlements.Check, Plans.Entitlements.Input)
        .Text("notes", p => p.Notes, (p, v) => p with { Notes = v }, (check, field, v) => check.Text(field, v, 0, 2000, lines: true))
        .Text("folded", p => SearchText.Of(p.Name, p.Prefix, p.Notes), (p, _) => p, use: FieldUse.Stored)
        .Amount("recharge", p => p.Recharge, (p, v) => p with { Recharge = v }, (check, field, v) => check.Range(field, v, 0, MaxPrice), "currency", p => p.Currency)
        .Flag("on_sale", p => p.OnSale, (p, v) => p with { OnSale = v })
        .Json("tiers", p => p.Tiers, (p, v) => p with { Tiers = v }, PlanSelling.CheckTiers, PlanSelling.TierInput)
        .TextOrNull("stock_batch", p => p.StockBatch, (p, v) => p with { StockBatch = v }, (check, field, v) => v is null ? null : check.Text(field, v, 1, 64))
        .Number("low_stock", p => p.LowStock, (p, v) => p with { LowStock = v }, Count)
        .Number("order_limit", p => p.OrderLimit, (p, v) => p with { OrderLimit = v }, (check, field, v) => check.Range(field, v, 0, PlanSelling.MostPerOrder))
        .Number("person_limit", p => p.PersonLimit, (p, v) => p with { PersonLimit = v }, Count)
        .Number("day_limit", p => p.DayLimit, (p, v) => p with { DayLimit = v }, Count)
        .Flag("trial", p => p.Trial, (p, v) => p with { Trial = v })
        .Json("order_form", p => p.OrderForm, (p, v) => p with { OrderForm = v }, Plans.OrderForm.Check, Plans.OrderForm.Input)
        .Json("add_ons", p => p.AddOns, (p, v) => p with { AddOns = v }, Plans.AddOns.Check, Plans.AddOns.Input)
        .Json("switch_to", p => p.SwitchTo, (p, v) => p with { SwitchTo = v }, SwitchTargets.Check, SwitchTargets.Input)
        .Text("delivery", p => p.Delivery, (p, v) => p with { Delivery = v }, PlanSelling.CheckDelivery)
        .Text("description_en", p => p.DescriptionEn, (p, v) => p with { DescriptionEn = v }, Description)
        .Text("description_zh", p => p.DescriptionZh, (p, v) => p with { DescriptionZh = v }, Description)
        .Text("shop_group", p => p.ShopGroup, (p, v) => p with { ShopGroup = v }, (check, field, v) => check.Text(field, v, 0, 60))
        .Number("shop_order", p => p.ShopOrder, (p, v) => p with { ShopOrder = v }, Count))
        .Text("picture", p => p.Picture, (p, v) => p with { Picture = v }, null, Computed, PlanStore.Picture)
        .Flag("enabled", p => p.Enabled, (p, v) => p with { Enabled = v })
        .Flag("in_use", p => p.InUse, (p, v) => p with { InUse = v }, Computed, PlanStore.InUse)
        .Time("created_at", p => p.CreatedAt, (p, v) => p with { CreatedAt = v }, FieldUse.Shown | FieldUse.Inserted)
        .Time("updated_at", p => p.UpdatedAt, (p, v) => p with { UpdatedAt = v }, FieldUse.Shown | FieldUse.Stored)
        .TimeOrNull("retired_at", p => p.RetiredAt, (p, v) => p with { RetiredAt = v }, FieldUse.Shown);

    internal const string DefaultProduct = "Default", DefaultRelays = "Relays";

    public string Id { get; init; } = "";
    public string ProductId { get; init; } = "";
    public string Name { get; init; } = "";

    /// <summary>The product's name; one that is not there yet is made.</summary>
    public string Product { get; init; } = DefaultProduct;
    public string Kind { get; init; } = Software;
    public long? DurationSeconds { get; init; } = 3 * 3600;
    public long Price { get; init; }
    public string Currency { get; init; } = "CNY";
    public long MachineLimit { get; init; } = 1;

    /// <summary>Which machine codes name one machine: a name of <see cref="Devices.Fingerprints.MachineCodeRule"/>.</summary>
    public string MachineCodeRule { get; init; } = Devices.Fingerprints.MachineCodeRule.Uuid;
    public string Prefix { get; init; } = "";
    public long OfflineGraceSeconds { get; init; } = 24 * 3600;

    /// <summary>How many machines whoever has a key may free within 30 days, without staff, and how long after one the next; see <see cref="Activation.ReleaseService"/>.</summary>
    public long ReleasesPerMonth { get; init; }
    public long ReleaseWaitSeconds { get; init; } = 24 * 3600;

    /// <summary>A JSON object of name: true/false, number or text.</summary>
    public string Entitlements { get; init; } = "{}";
    public string Notes { get; init; } = "";
    public bool Enabled { get; init; } = true;

    /// <summary>What each of its keys puts on the balance of the customer who enters it, in minor units of the currency; 0: its keys are activated. It stays as it was when the plan was made.</summary>
    public long Recharge { get; init; }

    /// <summary>Can it be bought in the shop?</summary>
    public bool OnSale { get; init; }

    /// <summary>Prices by quantity, as a JSON array of <c>from</c> and <c>price</c>; see <see cref="PlanSelling.UnitPrice"/>.</summary>
    public string Tiers { get; init; } = "[]";

    /// <summary>The batch whose unused keys are sold; null: keys are made when they are bought.</summary>
    public string? StockBatch { get; init; }

    /// <summary>Staff are told when fewer are left; 0: never.</summary>
    public long LowStock { get; init; }

    /// <summary>How many an order may have, one buyer, and one buyer within 24 hours; 0: no limit of the plan's.</summary>
    public long OrderLimit { get; init; }
    public long PersonLimit { get; init; }
    public long DayLimit { get; init; }

    /// <summary>It costs nothing, and each person gets it once.</summary>
    public bool Trial { get; init; }

    /// <summary>What buyers are asked for, as JSON: see <see cref="Plans.OrderForm"/>.</summary>
    public string OrderForm { get; init; } = "[]";

    /// <summary>What is sold on top of its keys, as JSON: see <see cref="Plans.AddOns"/>.</summary>
    public string AddOns { get; init; } = "[]";

    /// <summary>The plans that its keys may be switched to, as a JSON array of their ids.</summary>
    public string SwitchTo { get; init; } = "[]";
    public string Delivery { get; init; } = PlanSelling.ByKey;

    /// <summary>Markdown.</summary>
    public string DescriptionEn { get; init; } = "";
    public string DescriptionZh { get; init; } = "";

    /// <summary>The heading that it stands under in the shop; there, the lowest <see cref="ShopOrder"/> comes first.</summary>
    public string ShopGroup { get; init; } = "";
    public long ShopOrder { get; init; }

    /// <summary>The name of its picture; empty: it has none.</summary>
    public string Picture { get; init; } = "";

    /// <summary>Were keys made under it? Then it is retired rather than deleted.</summary>
    public bool InUse { get; init; }
    public long CreatedAt { get; init; }
    public long UpdatedAt { get; init; }
    public long? RetiredAt { get; init; }

    private static long Count(FieldChecks check, string field, long value) => check.Range(field, value, 0, MaxCount);

    private static string Description(FieldChecks check, string field, string value)
    {
        var text = check.Text(field, value.ReplaceLineEndings("\n"), 0, PlanSelling.MaxDescription, lines: true);
        if (!check.Has(field) && !MarkdownText.IsReadable(text))
            check.Wrong(field, "field.nested");
        return text;
    }

    private static string CheckKind(FieldChecks check, string field, string kind)
    {
        if (!Kinds.Contains(kind))
            check.Wrong(field, "field.plan_kind", string.Join(", ", Kinds));
        return kind;
    }

    private static string CheckRule(FieldChecks check, string field, string rule)
    {
        if (!Devices.Fingerprints.MachineCodeRule.Names.Contains(rule))
            check.Wrong(field, "field.one_of", string.Join(", ", Devices.Fingerprints.MachineCodeRule.Names));
        return rule;
    }

    private static string CheckCurrency(FieldChecks check, string field, string typed)
    {
        var currency = typed.Trim().ToUpperInvariant();
        if (currency.Length != 3 || !currency.All(c => c is >= 'A' and <= 'Z'))
            check.Wrong(field, "field.currency");
        return currency;
    }
}

internal sealed class PlanConverter() : FieldsConverter<Plan>(Plan.Fields);

/// <summary>A plan as clients send it, whole or in part: described by its fields.</summary>
public sealed record PlanInput;

public sealed record PlanResponse(bool Success, Plan Plan);

public sealed record PlanList(bool Success, IReadOnlyList<Plan> Items, string? Next);

/// <param name="Deleted">False: it is in use and was retired instead.</param>
public sealed record PlanRemoved(bool Success, bool Deleted, bool Retired);

/// <summary>JSON of plans. Clients' bodies are read by <see cref="Plan.Fields"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PlanInput))]
[JsonSerializable(typeof(PlanResponse))]
[JsonSerializable(typeof(PlanList))]
[JsonSerializable(typeof(PlanRemoved))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class PlanJson : JsonSerializerContext;
