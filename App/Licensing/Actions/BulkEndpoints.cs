using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Actions;

/// <summary>/api/keys/bulk.</summary>
public static class BulkEndpoints
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost($"/api/keys/{LicenseLinks.BulkWord}", Bulk).RequireRateLimiting(RateLimits.Api).WithTags("Keys").Requires(LicensingPermissions.KeysWrite)
            .WithSummary("Do one thing to many keys")
            .WithDescription("To those in `keys`, or to all that `filter` finds: one without members finds every key, and one with an empty member is refused.").Refuses(ActionErrors.KeysCollide).Idempotent().Accepts<BulkRequest>("application/json").Produces<BulkResponse>();

    private static async Task Bulk(HttpContext ctx, Database db, LicenseActions life)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, ActionJson.Default.BulkRequest);
        if (body.Keys is null == body.Filter is null)
            throw Refusal.Field("keys", "field.keys_or_filter");
        if (body.Keys?.Contains(null!) == true)
            throw Refusal.Field("keys", "field.wrong_type");
        var filter = body.Filter?.ToFilter();
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
        {
            var done = await life.ApplyMany(s, ctx.Caller(), body.Keys, filter, body.ToAction());
            return new BulkResponse(true, done.Matched, done.Changed, [.. done.Skipped.Select(k => new BulkSkipped(k.Key, k.Obstacle.Code))]);
        }), ActionJson.Default.BulkResponse);
    }
}

public sealed record BulkRequest(
    string Action, string[]? Keys = null, BulkFilter? Filter = null, long? Seconds = null, string? Plan = null, string? Prefix = null, string? Note = null,
    string? MachineCode = null, string? Reason = null)
{
    public LicenseAction ToAction() => new(Action, Seconds, Plan, Prefix, Note, MachineCode, Reason);
}

/// <summary>Which keys; one without members finds all.</summary>
public sealed record BulkFilter(string? Status = null, string? Prefix = null, string? Plan = null, string? Batch = null, string? Q = null)
{
    /// <exception cref="Refusal">422, on <c>filter</c> where a member is there and empty: a program that lost what it looks for must not mean every key.</exception>
    public LicenseFilter ToFilter()
    {
        var filter = new LicenseFilter(Status, Prefix, Plan, Batch, Q).Checked();
        return filter.HasEmptyPart ? throw Refusal.Field("filter", "field.filter_empty") : filter;
    }
}

public sealed record BulkResponse(bool Success, long Matched, long Changed, IReadOnlyList<BulkSkipped> Skipped);

public sealed record BulkSkipped(string Key, string Code);

/// <summary>What the audit log keeps of a bulk action, and its operation.</summary>
public sealed record BulkAudit(string Action, LicenseFilter? Filter, List<string>? FirstKeys, long Matched, long Changed)
{
    /// <summary>See <see cref="OperationKind.Outcome"/>.</summary>
    public static OperationOutcome Outcome(string result)
    {
        var done = JsonSerializer.Deserialize(result, ActionJson.Default.BulkAudit)!;
        return new OperationOutcome(new Message("operation.keys.bulk.done", new Message(ActionWords.Of[done.Action].DoneMany, done.Changed), done.Matched));
    }
}

/// <summary>JSON of what is done to many keys. Unknown, doubled and mistyped members are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(BulkRequest))]
[JsonSerializable(typeof(BulkResponse))]
[JsonSerializable(typeof(BulkAudit))]
internal sealed partial class ActionJson : JsonSerializerContext;
