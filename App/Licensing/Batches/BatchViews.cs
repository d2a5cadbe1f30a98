using System.Text.Json.Serialization;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.Batches;

public sealed record GenerateRequest(string Plan, string? Prefix = null, long Count = 1, long Length = LicenseKey.DefaultCode, string? Note = null);

public sealed record GenerateResponse(bool Success, string BatchId, long Count, IReadOnlyList<string> Keys);

/// <summary>Keys made elsewhere. <paramref name="Content"/> is the file's text; without a <paramref name="Plan"/> its column <c>plan</c> names each key's.</summary>
/// <param name="SkipFaults">Passes over the lines that are wrong, and imports the others.</param>
public sealed record ImportRequest(string Content, string? Plan = null, string Format = "txt", string? Note = null, bool DryRun = false, bool SkipFaults = false);

/// <param name="BatchId">The first of the batches.</param>
/// <param name="BatchIds">Where the file's keys are of several plans: the batch of each.</param>
/// <param name="Skipped">Lines that were passed over, where that was asked for.</param>
/// <param name="NotRead">The file's columns that were passed over, where there are any.</param>
public sealed record ImportResponse(
    bool Success, bool DryRun, long Count, string? BatchId, IReadOnlyList<ImportError> Errors,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? BatchIds = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? NotRead = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Skipped = null);

public sealed record ImportError(int Line, string Key, string Message);

public sealed record BatchView(string Id, string Name, string Plan, string PlanId, string Source, string Prefix, long Count, string CreatedBy, string CreatedAt)
{
    public static BatchView Of(Batch b) => new(b.Id, b.Name, b.PlanName, b.PlanId, b.Source, b.Prefix, b.Count, b.CreatedBy, Format.Iso(b.CreatedAt));
}

public sealed record BatchList(bool Success, IReadOnlyList<BatchView> Items, string? Next);

/// <summary>JSON of batches. Unknown, doubled and mistyped members are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(GenerateRequest))]
[JsonSerializable(typeof(GenerateResponse))]
[JsonSerializable(typeof(ImportRequest))]
[JsonSerializable(typeof(ImportResponse))]
[JsonSerializable(typeof(BatchView))]
[JsonSerializable(typeof(BatchList))]
[JsonSerializable(typeof(NewKeys))]
[JsonSerializable(typeof(BatchResult))]
internal sealed partial class BatchJson : JsonSerializerContext;
