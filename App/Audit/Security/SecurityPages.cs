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
    private const int MaxText = 100;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/admin/security", Show).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(AuditPermissions.AuditRead);
        Filtered(app.MapGet("/api/security-events", List)).WithSummary("List what looked wrong").WithName("listSecurityEvents");
        Filtered(app.MapGet("/api/logs/security", List)).WithSummary("List what looked wrong, newest first").WithDescription("The same as `/api/security-events`, beside the other logs.").WithName("listSecurityLog");
    }

    private static RouteHandlerBuilder Filtered(RouteHandlerBuilder builder) => builder.RequireRateLimiting(RateLimits.Api).Requires(AuditPermissions.AuditRead).WithTags("Audit").Paged()
        .Query("severity", "`info`, `warn` or `bad`; all when left out.").Query("kind", "A kind such as `signin.locked`, or its first part (`signin`).").Query("ip", "The address it came from.")
        .Query("from", "At or after this time (ISO 8601).", "date-time").Query("to", "Before this time (ISO 8601).", "date-time").Produces<SecurityEventList>().Refuses(HttpErrors.ValidationFailed);

    private static async Task Show(HttpContext ctx, Database db, SecurityEvents events, PageRenderer pages)
    {
        var severity = ctx.Request.Query["severity"].ToString() is "info" or "warn" or "bad" ? ctx.Request.Query["severity"].ToString() : null;
        var page = await db.Read(s => events.List(s, ctx.Caller().TenantId, new(severity), ctx.Request.Query["after"], Cursor.DefaultLimit), ctx.RequestAborted);
        await pages.Render<SecurityPage, SecurityModel>(ctx, new(page, severity, ctx.Request.Query.ContainsKey("after")));
    }

    private static async Task List(HttpContext ctx, Database db, SecurityEvents events)
    {
        var query = ctx.Request.Query;
        var checks = new FieldChecks();
        if (query["severity"].ToString() is not ("" or "info" or "warn" or "bad"))
            checks.Wrong("severity", "field.one_of", "info, warn, bad");
        var (from, to) = TimeRange.Of(query, checks);
        var filter = new SecurityFilter(Text("severity"), Text("kind"), Text("ip"), from, to);
        checks.ThrowIfAny();
        var limit = Cursor.Limit(query["limit"]);
        var page = await db.Read(s => events.List(s, ctx.Caller().TenantId, filter, query["after"], limit), ctx.RequestAborted);
        var text = ctx.Text();
        await SignedJson.Send(ctx, new SecurityEventList(true, [.. page.Items.Select(e => new SecurityEventItem(
            e.Id, DateTimeOffset.FromUnixTimeMilliseconds(e.At).UtcDateTime, e.Kind, e.Severity, e.Ip, e.Subject, e.Detail, text[e.What]))], page.Next), SecurityJson.Default.SecurityEventList);

        string? Text(string name) => checks.Text(name, query[name], 0, MaxText) is { Length: > 0 } given ? given : null;
    }
}

/// <param name="Paged">This is not the first page.</param>
public sealed record SecurityModel(Slice<SecurityEvent> Events, string? Severity = null, bool Paged = false);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SecurityEventList))]
internal sealed partial class SecurityJson : JsonSerializerContext;
