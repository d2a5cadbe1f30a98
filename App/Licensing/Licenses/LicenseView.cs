using System.Text.Json.Serialization;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.Licenses;

/// <summary>A key as staff see it.</summary>
public sealed record LicenseView(
    string Key, string Status, string Plan, string PlanId, string BatchId, string Batch, string Prefix, string Note, string CreatedAt, string? UsedAt,
    string? ExpireAt, long? RemainingSeconds, long MachineCount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<MachineView>? Machines = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<EventView>? History = null)
{
    public static LicenseView Of(License k, long now) => new(k.Key, k.StateAt(now), k.PlanName, k.PlanId, k.BatchId, k.BatchName, k.Prefix, k.Note,
        Format.Iso(k.CreatedAt), Format.Iso(k.UsedAt), Format.Iso(k.ExpireAt), k.RemainingSeconds(now), k.Bindings);
}

public sealed record MachineView(string MachineCode, string BoundAt, string? Ip);

public sealed record EventView(string At, string Kind, string Actor, string? Ip, string[] Detail);

/// <summary>JSON of a key as the audit log, the history and exports keep it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(LicenseView))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class LicenseJson : JsonSerializerContext;
