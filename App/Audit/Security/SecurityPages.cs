using System.Text.Json.Serialization;
using Gatehouse.Audit.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Audit.Security;

/// <summary>A security event as the API tells it. <c>message</c> is in the caller's language.</summary>
public sealed record SecurityEventItem(string Id, DateTime Time, string Kind, string Severity, string? Ip, string Subject, string Detail, string Message);

public sealed record SecurityEventList(bool Success, IReadOnlyList<SecurityEventItem> Items, string? Next);

/// <summary>The list of what looked wrong, as a page and over REST.</summary>
public static class SecurityPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/admin/security", Show).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(AuditPermissions.AuditRead);
        app.MapGet("/api/security-events", List).RequireRateLimiting(RateLimits.Api).Requires(AuditPermissions.AuditRead).WithTags("Audit").Paged()
            .Query("severity", "`info`, `warn` or `bad`; all when left out.").Produces<SecurityEventList>().Refuses(HttpErrors.ValidationFailed)
            .WithSummary("List what looked wrong").WithName("listSecurityEvents");
    }

    private static async Task Show(HttpContext ctx, Database db, SecurityEvents events, PageRenderer pages)
    {
        var severity = ctx.Request.Query["severity"].ToString() is "info" or "warn" or "bad" ? ctx.Request.Query["severity"].ToString() : null;
        var page = await db.Read(s => events.List(s, ctx.Caller().TenantId, severity, ctx.Request.Query["after"], Cursor.DefaultLimit), ctx.RequestAborted);
        await pages.Render<SecurityPage, SecurityModel>(ctx, new(page, severity, ctx.Request.Query.ContainsKey("after")));
    }

    private static async Task List(HttpContext ctx, Database db, SecurityEvents events)
    {
        var severity = ctx.Request.Query["severity"].ToString() switch
        {
            "" => null,
            "info" or "warn" or "bad" => ctx.Request.Query["severity"].ToString(),
            _ => throw Refusal.Field("severity", "field.one_of", "info, warn, bad"),
        };
        var limit = Cursor.Limit(ctx.Request.Query["limit"]);
        var page = await db.Read(s => events.List(s, ctx.Caller().TenantId, severity, ctx.Request.Query["after"], limit), ctx.RequestAborted);
        var text = ctx.Text();
        await SignedJson.Send(ctx, new SecurityEventList(true, [.. page.Items.Select(e => new SecurityEventItem(
            e.Id, DateTimeOffset.FromUnixTimeMilliseconds(e.At).UtcDateTime, e.Kind, e.Severity, e.Ip, e.Subject, e.Detail, text[e.What]))], page.Next), SecurityJson.Default.SecurityEventList);
    }
}

/// <param name="Paged">This is not the first page.</param>
public sealed record SecurityModel(Slice<SecurityEvent> Events, string? Severity = null, bool Paged = false);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SecurityEventList))]
internal sealed partial class SecurityJson : JsonSerializerContext;
