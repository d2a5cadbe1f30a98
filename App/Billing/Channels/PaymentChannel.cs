using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Billing.Gateways;
using Gatehouse.Messaging.Channels;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Billing.Channels;

/// <summary>A way to be paid that the operator has set up: a merchant's account at a gateway, a bank, the balance.</summary>
[JsonConverter(typeof(PaymentChannelConverter))]
public sealed record PaymentChannel
{
    public const int MaxName = 60;
    private const long MaxAmount = 1_000_000_000_00;
    private const int MaxPlans = 500;

    /// <summary>All that is known of one, declared once. Of its secrets the names alone are shown.</summary>
    public static readonly Fields<PaymentChannel> Fields = new Fields<PaymentChannel>("payment_channels", "c")
        .Text("id", c => c.Id, (c, v) => c with { Id = v }, use: FieldUse.Shown | FieldUse.Inserted)
        .Text("kind", c => c.Kind, (c, v) => c with { Kind = v }, CheckKind, FieldUse.Set | FieldUse.Shown | FieldUse.Inserted)
        .Text("name", c => c.Name, (c, v) => c with { Name = v }, (check, field, v) => check.Text(field, v, 1, MaxName))
        .Text("icon", c => c.Icon, (c, v) => c with { Icon = v }, (check, field, v) => v.Length == 0 || ChannelIcon.All.Contains(v) ? v : Wrong(check, field, ChannelIcon.All))
        .Json("currencies", c => c.Currencies, (c, v) => c with { Currencies = v }, CheckCurrencies,
            new("currencies", (c, _, form) => form["currencies"] = string.Join(' ', c.CurrencyCodes), (form, _, _) => JsonSerializer.Serialize([form["currencies"]], PaymentChannelJson.Default.StringArray)))
        .Json("settings", c => c.Settings, (c, v) => c with { Settings = ChannelValues.Overlaid(c.Settings, v) }, ChannelValues.Check,
            new("kind", (c, json, form) => ChannelValues.Show(c.Kind, json, form), (form, _, _) => ChannelValues.Read(GatewayKinds.Find(form["kind"])?.Fields ?? [], form)))
        .Json("secrets", c => c.Secrets, (c, v) => c with { Secrets = v }, null, null, FieldUse.Shown | FieldUse.Stored)
        .Text("sealed_secrets", c => c.SealedSecrets, (c, v) => c with { SealedSecrets = v }, use: FieldUse.Stored)
        .Amount("minimum", c => c.Minimum, (c, v) => c with { Minimum = v }, (check, field, v) => check.Range(field, v, 0, MaxAmount), "currencies", c => c.CurrencyCodes[0])
        .Amount("maximum", c => c.Maximum, (c, v) => c with { Maximum = v }, (check, field, v) => check.Range(field, v, 0, MaxAmount), "currencies", c => c.CurrencyCodes[0])
        .Percent("fee_rate", c => c.FeeRate, (c, v) => c with { FeeRate = v }, (check, field, v) => check.Range(field, v, 0, ChannelFee.MaxRate))
        .Amount("fee_fixed", c => c.FeeFixed, (c, v) => c with { FeeFixed = v }, (check, field, v) => check.Range(field, v, 0, MaxAmount), "currencies", c => c.CurrencyCodes[0])
        .Text("fee_by", c => c.FeeBy, (c, v) => c with { FeeBy = v }, ChannelFee.CheckCarrier)
        .Json("plans", c => c.Plans, (c, v) => c with { Plans = v }, CheckPlans,
            new("plans_shown", (c, _, form) => form["plans"] = string.Join(',', c.PlanIds), (form, _, _) => JsonSerializer.Serialize(form["plans"].Split(',', StringSplitOptions.RemoveEmptyEntries), PaymentChannelJson.Default.StringArray)))
        .Number("wait_minutes", c => c.WaitMinutes, (c, v) => c with { WaitMinutes = v }, (check, field, v) => check.Range(field, v, 5, 7 * 24 * 60))
        .Number("shop_order", c => c.ShopOrder, (c, v) => c with { ShopOrder = v }, (check, field, v) => check.Range(field, v, 0, 1_000_000))
        .Flag("enabled", c => c.Enabled, (c, v) => c with { Enabled = v })
        .Text("notify_url", c => c.NotifyUrl, (c, v) => c with { NotifyUrl = v }, use: FieldUse.Shown, sql: "''")
        .Time("created_at", c => c.CreatedAt, (c, v) => c with { CreatedAt = v }, FieldUse.Shown | FieldUse.Inserted)
        .Time("updated_at", c => c.UpdatedAt, (c, v) => c with { UpdatedAt = v }, FieldUse.Shown | FieldUse.Stored);

    /// <summary>What the audit log keeps: no number of anybody's.</summary>
    public static readonly Fields<PaymentChannel> Audited = Fields.Part("id", "kind", "name", "currencies", "secrets", "minimum", "maximum", "fee_rate", "fee_fixed", "fee_by", "plans", "wait_minutes", "enabled");

    public string Id { get; init; } = "";

    /// <summary>A name of <see cref="GatewayKinds"/>; it stays.</summary>
    public string Kind { get; init; } = "";
    public string Name { get; init; } = "";

    /// <summary>One of <see cref="ChannelIcon.All"/>; empty: that of its kind.</summary>
    public string Icon { get; init; } = "";

    /// <summary>A JSON array of ISO 4217 codes: what it can be paid in.</summary>
    public string Currencies { get; init; } = """["CNY"]""";

    /// <summary>What it can be paid in.</summary>
    public IReadOnlyList<string> CurrencyCodes => JsonSerializer.Deserialize(Currencies, PaymentChannelJson.Default.StringArray)!;

    /// <summary>JSON of its values that are no secrets; on its way in, of those as well.</summary>
    public string Settings { get; init; } = "{}";

    /// <summary>JSON of the names of its secrets that are set.</summary>
    public string Secrets { get; init; } = "[]";
    public string SealedSecrets { get; init; } = "";

    /// <summary>The least and the most that it is offered for, in minor units of the order's currency; 0: any.</summary>
    public long Minimum { get; init; }
    public long Maximum { get; init; }

    /// <summary>What it costs, in hundredths of a percent of the price.</summary>
    public long FeeRate { get; init; }

    /// <summary>What it costs beside that, in minor units.</summary>
    public long FeeFixed { get; init; }

    /// <summary>Who carries it: one of <see cref="ChannelFee.Carriers"/>.</summary>
    public string FeeBy { get; init; } = ChannelFee.Buyer;

    /// <summary>A JSON array of the ids of the plans that it pays; empty: all of them, and top-ups.</summary>
    public string Plans { get; init; } = "[]";

    /// <summary>The plans that it pays alone; empty: all.</summary>
    public IReadOnlyList<string> PlanIds => JsonSerializer.Deserialize(Plans, PaymentChannelJson.Default.StringArray)!;

    /// <summary>How long an order waits to be paid by it.</summary>
    public long WaitMinutes { get; init; } = 30;

    /// <summary>Where it stands among the others, the lowest first.</summary>
    public long ShopOrder { get; init; }
    public bool Enabled { get; init; } = true;

    /// <summary>The address that the gateway is to call; known where an answer is made, and empty for kinds that nobody calls back for.</summary>
    public string NotifyUrl { get; init; } = "";
    public long CreatedAt { get; init; }
    public long UpdatedAt { get; init; }

    /// <summary>Null when this version does not know its kind.</summary>
    public GatewayKind? Gateway => GatewayKinds.Find(Kind);

    /// <summary>Can so much be paid by it?</summary>
    public bool Takes(string currency, long amount) =>
        Enabled && CurrencyCodes.Contains(currency) && amount >= Minimum && (Maximum == 0 || amount <= Maximum);

    /// <summary>May it pay that plan?</summary>
    /// <param name="plan">Null: something that is no plan's, such as a top-up.</param>
    public bool IsFor(string? plan) => Plans == "[]" || plan is not null && PlanIds.Contains(plan);

    /// <summary>What is added to a price when it is paid by this channel.</summary>
    public long Surcharge(long price) => FeeBy == ChannelFee.Buyer ? Fee(price) : 0;

    /// <summary>What the channel keeps of a price at the operator's cost; never more than the price.</summary>
    public long Kept(long price) => FeeBy == ChannelFee.Operator ? Math.Min(Fee(price), price) : 0;

    private long Fee(long price) => ChannelFee.Of(price, FeeRate, FeeFixed);

    private static string Wrong(FieldChecks check, string field, IReadOnlyList<string> choices)
    {
        check.Wrong(field, "field.one_of", string.Join(", ", choices));
        return "";
    }

    private static string CheckKind(FieldChecks check, string field, string kind)
    {
        if (GatewayKinds.Find(kind) is null)
            check.Wrong(field, "field.one_of", string.Join(", ", GatewayKinds.All.Select(k => k.Name)));
        return kind;
    }

    private static string CheckPlans(FieldChecks check, string field, string json)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, PaymentChannelJson.Default.StringArray) is { Length: <= MaxPlans } plans && Array.TrueForAll(plans, p => p is { Length: > 0 and <= 64 }))
                return JsonSerializer.Serialize(plans.Distinct().ToArray(), PaymentChannelJson.Default.StringArray);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Told to the caller below, as anything else that is no list of ids.
        }
        check.Wrong(field, "payments.wrong.plans");
        return "[]";
    }

    // An array of codes; one text with several is understood too.
    private static string CheckCurrencies(FieldChecks check, string field, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var given = document.RootElement.ValueKind == JsonValueKind.String ? [document.RootElement.GetString()!] : document.RootElement.EnumerateArray().Select(e => e.GetString() ?? "").ToArray();
            var codes = given.SelectMany(g => g.ToUpperInvariant().Split([' ', ',', '\uff0c'], StringSplitOptions.RemoveEmptyEntries)).Distinct().ToArray();
            if (codes.Length is > 0 and <= 20 && Array.TrueForAll(codes, c => c.Length == 3 && c.All(char.IsAsciiLetterUpper)))
                return JsonSerializer.Serialize(codes, PaymentChannelJson.Default.StringArray);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Told to the caller below, as anything else that is no list of codes.
        }
        check.Wrong(field, "field.currency");
        return "[]";
    }
}

internal sealed class PaymentChannelConverter() : FieldsConverter<PaymentChannel>(PaymentChannel.Fields);

/// <summary>A payment channel as clients send it, whole or in part: described by its fields.</summary>
public sealed record PaymentChannelInput;

public sealed record PaymentChannelResponse(bool Success, PaymentChannel Channel);

public sealed record PaymentChannelList(bool Success, IReadOnlyList<PaymentChannel> Items, string? Next);

public sealed record PaymentChannelRemoved(bool Success, string Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PaymentChannelInput))]
[JsonSerializable(typeof(PaymentChannelResponse))]
[JsonSerializable(typeof(PaymentChannelList))]
[JsonSerializable(typeof(PaymentChannelRemoved))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class PaymentChannelJson : JsonSerializerContext;
