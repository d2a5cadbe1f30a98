using System.Text.Json.Serialization;
using Gatehouse.Accounts.Staff;
using Gatehouse.Devices.Fingerprints;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.Licenses;

public sealed record ValidateRequest(string Code, string MachineCode);

/// <summary>The answer to POST /api/validate.</summary>
public sealed record ValidateResponse(
    bool Success, bool Valid, string Code, string Message, string? Status, bool FirstActivation, string? FullCode, string? Plan, string? MachineCode,
    string? UsedAt, string? ExpireAt, long? RemainingSeconds, RawJson? Entitlements, string? Certificate)
{
    public static ValidateResponse Of(Validation v, string message, string? certificate)
    {
        if (v.Key is not { } key)
            return new ValidateResponse(true, false, v.Code, message, null, false, null, null, v.Machine, null, null, null, null, null);
        return new ValidateResponse(true, v.Valid, v.Code, message, LicenseState.At(key.Stored, key.ExpireAt, v.Now), v.FirstActivation, key.Key, key.PlanName,
            v.Machine, Format.Iso(key.UsedAt), Format.Iso(key.ExpireAt), License.Remaining(key.UsedAt, key.ExpireAt, v.Now),
            v.Valid ? new RawJson(key.Entitlements) : null, certificate);
    }
}

/// <summary>What anybody who has a key may know of it.</summary>
public sealed record StatusResponse(bool Success, string FullCode, string Status, string Plan, string? UsedAt, string? ExpireAt, long? RemainingSeconds, string? MachineCode)
{
    public static StatusResponse Of(License key, long now) => new(true, key.Key, key.StateAt(now), key.PlanName, Format.Iso(key.UsedAt), Format.Iso(key.ExpireAt),
        key.RemainingSeconds(now), key.Machine is null ? null : Devices.Fingerprints.MachineCode.Mask(key.Machine));
}

/// <param name="PublishedKeys">All keys that were ever signed with, the current one last.</param>
public sealed record PublicKeyResponse(bool Success, string KeyId, string Algorithm, string PublicKey, IReadOnlyList<PublicKeyView> PublishedKeys);

/// <param name="RetiredAt">Null: it is the current one.</param>
public sealed record PublicKeyView(string KeyId, string Algorithm, string PublicKey, string CreatedAt, string? RetiredAt);

public sealed record GenerateRequest(string Plan, string? Prefix = null, long Count = 1, long Length = KeyFormat.DefaultCode, string? Note = null);

public sealed record GenerateResponse(bool Success, string BatchId, long Count, IReadOnlyList<string> Keys);

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

public sealed record BulkRequest(
    string Action, string[]? Keys = null, BulkFilter? Filter = null, long? Seconds = null, string? Plan = null, string? Prefix = null, string? Note = null,
    string? MachineCode = null, string? Reason = null)
{
    public LicenseAction ToAction() => new(Action, Seconds, Plan, Prefix, Note, MachineCode, Reason);
}

public sealed record BulkFilter(string? Status = null, string? Prefix = null, string? Plan = null, string? Batch = null, string? Q = null)
{
    public LicenseFilter ToFilter() => new LicenseFilter(Status, Prefix?.ToUpperInvariant(), Plan, Batch, Q).Checked();
}

public sealed record BulkResponse(bool Success, long Matched, long Changed, IReadOnlyList<BulkSkipped> Skipped);

public sealed record BulkSkipped(string Key, string Code);

/// <summary>What the audit log keeps of a bulk action.</summary>
public sealed record BulkAudit(string Action, LicenseFilter? Filter, List<string>? FirstKeys, long Matched, long Changed);

/// <summary>Keys made elsewhere. <paramref name="Content"/> is the file's text; without a <paramref name="Plan"/> its column <c>plan</c> names each key's.</summary>
public sealed record ImportRequest(string Content, string? Plan = null, string Format = "txt", string? Note = null, bool DryRun = false);

/// <param name="BatchId">The first of the batches.</param>
/// <param name="BatchIds">Where the file's keys are of several plans: the batch of each.</param>
/// <param name="NotRead">The file's columns that were passed over, where there are any.</param>
public sealed record ImportResponse(
    bool Success, bool DryRun, long Count, string? BatchId, IReadOnlyList<ImportError> Errors,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? BatchIds = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? NotRead = null);

public sealed record ImportError(int Line, string Key, string Message);

public sealed record BatchView(string Id, string Name, string Plan, string PlanId, string Source, string Prefix, long Count, string CreatedBy, string CreatedAt)
{
    public static BatchView Of(Batch b) => new(b.Id, b.Name, b.PlanName, b.PlanId, b.Source, b.Prefix, b.Count, b.CreatedBy, Format.Iso(b.CreatedAt));
}

public sealed record BatchList(bool Success, IReadOnlyList<BatchView> Items, string? Next);

public sealed record LicenseStatisticsResponse(
    bool Success, long Total, Dictionary<string, long> ByStatus, IReadOnlyList<PlanStatistics> ByPlan, long Activations24h, long Activations30d,
    IReadOnlyList<long> ActivationsByHour, IReadOnlyList<long> ActivationsByDay, long ExpiringSoon, string CountedAt);

public sealed record PlanStatistics(string PlanId, string Plan, Dictionary<string, long> ByStatus);
