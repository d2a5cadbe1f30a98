using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Audit.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Log;

/// <summary>An audit entry as the API tells it.</summary>
/// <param name="Before">The object before the change, secrets masked; null when there was none.</param>
public sealed record AuditItem(
    long Seq, DateTime Time, string ActorKind, string? ActorId, string Actor, string? Ip, string Action, string TargetKind, string TargetId, string Target,
    JsonElement? Before, JsonElement? After, string? Reason, string Hash)
{
    public static AuditItem Of(AuditEntry e) => new(e.Seq, DateTimeOffset.FromUnixTimeMilliseconds(e.At).UtcDateTime, e.ActorKind, e.ActorId, e.ActorName, e.Ip, e.Action,
        e.Target.Kind, e.Target.Id, e.Target.Name, Element(e.Before), Element(e.After), e.Reason, e.Hash);

    private static JsonElement? Element(string? json)
    {
        if (json is null)
            return null;
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            // Told as a text: a row that somebody has spoilt is still a record, and keeps no other from being read.
            return JsonElement.Parse($"\"{JsonEncodedText.Encode(json)}\"");
        }
    }
}

public sealed record AuditList(bool Success, IReadOnlyList<AuditItem> Items, string? Next);

public static class AuditEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var audit = app.MapGroup("/api/audit").RequireRateLimiting(RateLimits.Api).WithTags("Audit").Requires(AuditPermissions.AuditRead);
        Filtered(audit.MapGet("", List)).Paged().Produces<AuditList>().WithSummary("Search the audit log").WithName("listAudit");
        var logs = app.MapGroup("/api/logs").RequireRateLimiting(RateLimits.Api).WithTags("Audit").Requires(AuditPermissions.AuditRead);
        Filtered(logs.MapGet("/audit", List)).Paged().Produces<AuditList>().WithSummary("Search the audit log").WithDescription("The same as `/api/audit`, beside the other logs.").WithName("listAuditLog");
        Filtered(logs.MapGet("/system", List)).Paged().Produces<AuditList>().WithSummary("Search what was changed in the system").WithDescription("The same as `/api/audit`: every change by staff, tokens, the shell and the program itself.").WithName("listSystemLog");
        Filtered(audit.MapGet("/export", Export)).Query("format", "`csv` or `jsonl`; `jsonl` when left out.").Sends("application/jsonl", "The log as a file, newest first; CSV when `format=csv`.")
            .WithSummary("Export the audit log").WithName("exportAudit");
    }

    private static RouteHandlerBuilder Filtered(RouteHandlerBuilder builder) => builder.Refuses(HttpErrors.ValidationFailed)
        .Query("actor", "Part of the actor's name.").Query("action", "An action such as `plan.created`, or its first part (`plan`).")
        .Query("target", "Part of the target's name, or its id.").Query("q", "Part of anything an entry says.")
        .Query("from", "Entries at or after this time (ISO 8601).", "date-time").Query("to", "Entries before this time (ISO 8601).", "date-time");

    private static async Task List(HttpContext ctx, Database db)
    {
        var query = AuditFilter.FromApi(ctx.Request.Query);
        var limit = Cursor.Limit(ctx.Request.Query["limit"]);
        var page = await db.Read(s => AuditStore.Find(s, ctx.Caller().TenantId, query, ctx.Request.Query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new AuditList(true, [.. page.Items.Select(e => AuditItem.Of(e) with { Target = e.Target.Said(ctx.Text()) })], page.Next), AuditJson.Default.AuditList);
    }

    private static Task Export(HttpContext ctx, Database db, TimeProvider clock) => ctx.Request.Query["format"].ToString() switch
    {
        "" or "jsonl" => AuditExport.Send(ctx, db, clock, ctx.Caller().TenantId, AuditFilter.FromApi(ctx.Request.Query), csv: false),
        "csv" => AuditExport.Send(ctx, db, clock, ctx.Caller().TenantId, AuditFilter.FromApi(ctx.Request.Query), csv: true),
        _ => throw Refusal.Field("format", "field.one_of", "csv, jsonl"),
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(AuditList))]
[JsonSerializable(typeof(AuditItem))]
internal sealed partial class AuditJson : JsonSerializerContext;
