using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.Plans;

/// <summary>A plan as the API shows it.</summary>
public sealed record PlanView(
    string Id, string Name, string Product, string Kind, long? DurationSeconds, long Price, string Currency, long MachineLimit, string Prefix,
    long OfflineGraceSeconds, RawJson Entitlements, string Notes, bool Enabled, bool InUse, string CreatedAt, string UpdatedAt, string? RetiredAt)
{
    public static PlanView Of(Plan p) => new(p.Id, p.Name, p.ProductName, p.Kind, p.DurationSeconds, p.Price, p.Currency, p.MachineLimit, p.Prefix,
        p.OfflineGraceSeconds, new RawJson(p.Entitlements), p.Notes, p.Enabled, p.InUse, Format.Iso(p.CreatedAt), Format.Iso(p.UpdatedAt), Format.Iso(p.RetiredAt));
}

public sealed record PlanResponse(bool Success, PlanView Plan);

public sealed record PlanList(bool Success, IReadOnlyList<PlanView> Items, string? Next);

/// <param name="Deleted">False: it is in use and was retired instead.</param>
public sealed record PlanRemoved(bool Success, bool Deleted, bool Retired);

/// <summary>A plan as callers send it, whole or in part. A duration of null is perpetual; left out it is three hours, or as it was.</summary>
public sealed record PlanInput(
    string? Name = null, string? Product = null, string? Kind = null, long? Price = null, string? Currency = null,
    long? MachineLimit = null, string? Prefix = null, long? OfflineGraceSeconds = null, string? Notes = null, bool? Enabled = null)
{
    // Not parameters: the schema exporter cannot write down their default.
    public JsonElement DurationSeconds { get; init; }

    public JsonElement Entitlements { get; init; }

    public PlanDraft ToDraft() => Over(new PlanDraft { Name = "" });

    /// <summary>The plan with what this names changed.</summary>
    public PlanDraft ChangedFrom(Plan plan) => Over(DraftOf(plan));

    public static PlanDraft DraftOf(Plan plan) => new()
    {
        Name = plan.Name, Product = plan.ProductName, Kind = plan.Kind, DurationSeconds = plan.DurationSeconds, Price = plan.Price, Currency = plan.Currency,
        MachineLimit = plan.MachineLimit, Prefix = plan.Prefix, OfflineGraceSeconds = plan.OfflineGraceSeconds, Entitlements = plan.Entitlements,
        Notes = plan.Notes, Enabled = plan.Enabled,
    };

    private PlanDraft Over(PlanDraft d) => new()
    {
        Name = Name ?? d.Name, Product = Product ?? d.Product, Kind = Kind ?? d.Kind, DurationSeconds = Duration(d.DurationSeconds), Price = Price ?? d.Price,
        Currency = Currency ?? d.Currency, MachineLimit = MachineLimit ?? d.MachineLimit, Prefix = Prefix ?? d.Prefix,
        OfflineGraceSeconds = OfflineGraceSeconds ?? d.OfflineGraceSeconds,
        Entitlements = Entitlements.ValueKind is JsonValueKind.Undefined ? d.Entitlements : Entitlements.GetRawText(),
        Notes = Notes ?? d.Notes, Enabled = Enabled ?? d.Enabled,
    };

    private long? Duration(long? otherwise) => DurationSeconds.ValueKind switch
    {
        JsonValueKind.Undefined => otherwise,
        JsonValueKind.Null => null,
        JsonValueKind.Number when DurationSeconds.TryGetInt64(out var seconds) => seconds,
        _ => throw Refusal.Field("duration_seconds", "field.wrong_type"),
    };
}

/// <summary>JSON of plans. Unknown, doubled and mistyped members are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PlanInput))]
[JsonSerializable(typeof(PlanView))]
[JsonSerializable(typeof(PlanResponse))]
[JsonSerializable(typeof(PlanList))]
[JsonSerializable(typeof(PlanRemoved))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class PlanJson : JsonSerializerContext;
