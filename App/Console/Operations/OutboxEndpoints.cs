using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Console.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Console.Operations;

/// <summary>A message that could not be delivered and was given up. <c>reason</c> is why the last try failed. One that held a secret is not <c>retryable</c>: it was wiped.</summary>
public sealed record OutboxItem(string Id, string Topic, DateTime CreatedAt, DateTime GivenUpAt, long Tries, string? Reason, bool Retryable);

public sealed record OutboxList(bool Success, IReadOnlyList<OutboxItem> Items, string? Next);

/// <param name="State"><c>waiting</c> for its delivery, or <c>discarded</c>.</param>
public sealed record OutboxChanged(bool Success, string Id, string State);

/// <summary>What the audit log keeps of a message.</summary>
public sealed record OutboxAudit(string Topic, long Tries, string? Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OutboxList))]
[JsonSerializable(typeof(OutboxChanged))]
[JsonSerializable(typeof(OutboxAudit))]
internal sealed partial class OutboxJson : JsonSerializerContext;

/// <summary>/api/outbox: messages that were given up.</summary>
public static class OutboxEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/outbox").RequireRateLimiting(RateLimits.Api).WithTags("Operations").Requires(ConsolePermissions.OutboxManage);
        group.MapGet("", List).Paged().Produces<OutboxList>().WithSummary("List messages that were given up, newest first").WithName("listOutbox")
            .WithDescription("What a change leaves to be delivered is tried for about two hours. What then still failed stays here for 30 days.");
        group.MapPost("/{id}/retry", Retry).Produces<OutboxChanged>().Refuses(OutboxErrors.NotFound, OutboxErrors.Wiped).WithSummary("Deliver one anew").WithName("retryOutboxMessage");
        group.MapDelete("/{id}", Discard).Produces<OutboxChanged>().Refuses(OutboxErrors.NotFound).WithSummary("Discard one without delivering it").WithName("discardOutboxMessage");
    }

    private static async Task List(HttpContext ctx, Database db, OutboxService outbox)
    {
        var query = ctx.Request.Query;
        var limit = Cursor.Limit(query["limit"]);
        var page = await db.Read(tx => outbox.List(tx, ctx.Caller().TenantId, query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new OutboxList(true, [.. page.Items.Select(m => Item(m, ctx.Text()))], page.Next), OutboxJson.Default.OutboxList);
    }

    private static async Task Retry(string id, HttpContext ctx, Database db, OutboxService outbox)
    {
        await db.Command(ctx.Caller(), tx => outbox.Retry(tx, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new OutboxChanged(true, id, "waiting"), OutboxJson.Default.OutboxChanged);
    }

    private static async Task Discard(string id, HttpContext ctx, Database db, OutboxService outbox)
    {
        await db.Command(ctx.Caller(), tx => outbox.Discard(tx, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new OutboxChanged(true, id, "discarded"), OutboxJson.Default.OutboxChanged);
    }

    private static OutboxItem Item(DeadMessage m, Localizer text) =>
        new(m.Id, m.Topic, Time(m.CreatedAt), Time(m.DeadAt), m.Tries, m.Reason is { } reason ? text[reason] : null, !m.Wiped);

    private static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
}
