using System.Text.Json;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Plans;

/// <summary>A product's offer. Price in minor units of the currency; durations in seconds, null for perpetual.</summary>
/// <param name="InUse">Were keys made under it? Then it is retired rather than deleted.</param>
public sealed record Plan(
    string Id, string ProductId, string ProductName, string Kind, string Name, long? DurationSeconds, long Price, string Currency,
    long MachineLimit, string Prefix, long OfflineGraceSeconds, string Entitlements, string Notes, bool Enabled,
    long CreatedAt, long UpdatedAt, long? RetiredAt, bool InUse);

/// <summary>What an operator says of a plan. <see cref="Checked"/> fills in what was left out and refuses what cannot be.</summary>
public sealed record PlanDraft
{
    public const long DefaultDuration = 3 * 3600;
    public const long DefaultGrace = 24 * 3600;
    public const long MaxDuration = 100L * 366 * 86400;
    private const long MaxPrice = 1_000_000_000_00;

    /// <summary>The kinds of product whose keys this installation can redeem.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["software"];

    public required string Name { get; init; }
    public string? Product { get; init; }
    public string Kind { get; init; } = "software";
    public long? DurationSeconds { get; init; } = DefaultDuration;
    public long Price { get; init; }
    public string Currency { get; init; } = "CNY";
    public long MachineLimit { get; init; } = 1;
    public string Prefix { get; init; } = "";
    public long OfflineGraceSeconds { get; init; } = DefaultGrace;

    /// <summary>A JSON object of name: true/false, number or text.</summary>
    public string Entitlements { get; init; } = "{}";
    public string Notes { get; init; } = "";
    public bool Enabled { get; init; } = true;

    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public PlanDraft Checked()
    {
        var check = new FieldChecks();
        var draft = this with
        {
            Name = check.Text("name", Name, 1, 80),
            Product = string.IsNullOrWhiteSpace(Product) ? null : check.Text("product", Product, 1, 80),
            Price = check.Range("price", Price, 0, MaxPrice),
            Currency = Currency.Trim().ToUpperInvariant(),
            MachineLimit = check.Range("machine_limit", MachineLimit, 1, 100_000),
            Prefix = KeyFormat.Prefix(check, Prefix),
            OfflineGraceSeconds = check.Range("offline_grace_seconds", OfflineGraceSeconds, 0, 10L * 366 * 86400),
            Notes = check.Text("notes", Notes, 0, 2000, lines: true),
            Entitlements = CheckEntitlements(check, Entitlements),
        };
        if (!Kinds.Contains(Kind))
            check.Wrong("kind", "field.plan_kind", string.Join(", ", Kinds));
        if (DurationSeconds is { } seconds)
            check.Range("duration_seconds", seconds, 1, MaxDuration);
        if (draft.Currency.Length != 3 || !draft.Currency.All(c => c is >= 'A' and <= 'Z'))
            check.Wrong("currency", "field.currency");
        check.ThrowIfAny();
        return draft;
    }

    private static string CheckEntitlements(FieldChecks check, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(string.IsNullOrWhiteSpace(json) ? "{}" : json);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.GetRawText().Length <= 8000
                && root.EnumerateObject().All(p => p.Name.Length is > 0 and <= 80 && !p.Name.Any(char.IsControl)
                    && p.Value.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number or JsonValueKind.String)
                && root.EnumerateObject().Select(p => p.Name).Distinct().Count() == root.EnumerateObject().Count())
                return JsonSerializer.Serialize(root, PlanJson.Default.JsonElement);
        }
        catch (JsonException)
        {
            // Told to the caller below, as anything else that is no such object.
        }
        check.Wrong("entitlements", "field.entitlements");
        return "{}";
    }
}
