using System.Text.Json.Serialization;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;

namespace Gatehouse.Licensing.Keys;

public sealed record LicenseResponse(bool Success, LicenseView Key);

public sealed record LicenseListResponse(bool Success, IReadOnlyList<LicenseView> Items, string? Next);

public sealed record LicenseDeleted(bool Success, string Key);

/// <summary>Changes to one key: new plan, prefix or note, and at most one action.</summary>
public sealed record LicensePatch(
    string? Action = null, long? Seconds = null, string? Plan = null, string? Prefix = null, string? Note = null, string? MachineCode = null, string? Reason = null)
{
    /// <summary>The single steps that it means, in order.</summary>
    public IEnumerable<LicenseAction> Steps()
    {
        if (Plan is not null && Action is not ActionName.Plan)
            yield return new LicenseAction(ActionName.Plan, Plan: Plan, Reason: Reason);
        if (Note is not null && Action is not ActionName.Note)
            yield return new LicenseAction(ActionName.Note, Note: Note, Reason: Reason);
        if (Action is not null)
            yield return new LicenseAction(Action, Seconds, Plan, Prefix, Note, MachineCode, Reason);
        if (Prefix is not null && Action is not ActionName.Prefix)
            yield return new LicenseAction(ActionName.Prefix, Prefix: Prefix, Reason: Reason);
    }
}

/// <summary>JSON of /api/keys. Unknown, doubled and mistyped members are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(LicenseResponse))]
[JsonSerializable(typeof(LicenseListResponse))]
[JsonSerializable(typeof(LicensePatch))]
[JsonSerializable(typeof(LicenseDeleted))]
internal sealed partial class KeyJson : JsonSerializerContext;
