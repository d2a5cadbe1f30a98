using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Console.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Console.Operations;

/// <summary>A message as it waits, is sent, or ended. <c>last_answer</c> is what its receiver said, or why the last try failed. <c>retryable</c>: it was given up and can be sent again; one that held a secret was wiped.</summary>
/// <param name="Recipient">Empty where there is nobody, or where the address is a secret by itself.</param>
public sealed record OutboxItem(
    string Id, string Channel, string? What, string Recipient, string DedupeKey, string State, DateTime CreatedAt, DateTime? NextTryAt, long Attempts, DateTime? EndedAt, string? LastAnswer, bool Retryable)
{
    public static OutboxItem Of(OutboxEntry m, Localizer text) => new(
        m.Id, m.Topic, m.What is { } what ? text[what] : null, m.Recipient, m.DedupeKey, m.State, Time(m.CreatedAt)!.Value, Time(m.NextTryAt), m.Tries, Time(m.EndedAt),
        m.LastAnswer is { } answer ? text[answer] : null, m is { State: OutboxState.Dead, Wiped: false });

    private static DateTime? Time(long? at) => at is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime : null;
}

public sealed record OutboxList(bool Success, IReadOnlyList<OutboxItem> Items, string? Next);

public sealed record OutboxResponse(bool Success, OutboxItem Message);

/// <param name="State"><c>waiting</c> for its delivery, or <c>discarded</c>.</param>
public sealed record OutboxChanged(bool Success, string Id, string State);

/// <summary>What the audit log keeps of a message.</summary>
public sealed record OutboxAudit(string Topic, long Tries);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OutboxList))]
[JsonSerializable(typeof(OutboxResponse))]
[JsonSerializable(typeof(OutboxChanged))]
[JsonSerializable(typeof(OutboxAudit))]
internal sealed partial class OutboxJson : JsonSerializerContext;

/// <summary>/api/outbox: what is to be delivered, and what was.</summary>
public static class OutboxEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/outbox").RequireRateLimiting(RateLimits.Api).WithTags("Operations");
        var read = group.MapGroup("").Requires(ConsolePermissions.OutboxRead);
        read.MapGet("", List).Query("state", "`waiting`, `sending`, `sent`, `dead` (given up) or `discarded`; all when left out.")
            .Query("channel", "Such as `mail`.").Query("q", "Part of a recipient.").Paged().Produces<OutboxList>().WithSummary("List what is to be delivered, and what was, newest first").WithName("listOutbox")
            .WithDescription("""
                What a change leaves to be delivered is tried for about two hours; what then still failed, or was refused for good, is `dead` and stays for 30 days. What was sent stays for a week.
                One `dedupe_key` is sent once. Only where a server dies between sending and noting that it did is it sent once more, with the same Message-ID.
                """);
        read.MapGet("/{id}", Get).Produces<OutboxResponse>().Refuses(OutboxErrors.NotFound).WithSummary("One message").WithName("getOutboxMessage");
        var manage = group.MapGroup("").Requires(ConsolePermissions.OutboxManage);
        manage.MapPost("/{id}/retry", Retry).Produces<OutboxChanged>().Refuses(OutboxErrors.NotFound, OutboxErrors.Wiped).WithSummary("Send one anew that was given up").WithName("retryOutboxMessage");
        manage.MapDelete("/{id}", Discard).Produces<OutboxChanged>().Refuses(OutboxErrors.NotFound).WithSummary("Discard one that was given up").WithName("discardOutboxMessage");
    }

    /// <summary>What a query asks for.</summary>
    internal static OutboxFilter Filter(IQueryCollection query) => new(One(query["state"]), One(query["channel"]), SearchTerm.Of(query["q"]));

    private static string? One(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static async Task List(HttpContext ctx, Database db, OutboxService outbox)
    {
        var query = ctx.Request.Query;
        var limit = Cursor.Limit(query["limit"]);
        var page = await db.Read(tx => outbox.List(tx, ctx.Caller().TenantId, Filter(query), query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new OutboxList(true, [.. page.Items.Select(m => OutboxItem.Of(m, ctx.Text()))], page.Next), OutboxJson.Default.OutboxList);
    }

    private static async Task Get(string id, HttpContext ctx, Database db, OutboxService outbox)
    {
        var message = await db.Read(tx => outbox.Get(tx, ctx.Caller().TenantId, id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new OutboxResponse(true, OutboxItem.Of(message, ctx.Text())), OutboxJson.Default.OutboxResponse);
    }

    private static async Task Retry(string id, HttpContext ctx, Database db, OutboxService outbox)
    {
        await db.Command(ctx.Caller(), tx => outbox.Retry(tx, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new OutboxChanged(true, id, OutboxState.Waiting), OutboxJson.Default.OutboxChanged);
    }

    private static async Task Discard(string id, HttpContext ctx, Database db, OutboxService outbox)
    {
        await db.Command(ctx.Caller(), tx => outbox.Discard(tx, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new OutboxChanged(true, id, OutboxState.Discarded), OutboxJson.Default.OutboxChanged);
    }
}
