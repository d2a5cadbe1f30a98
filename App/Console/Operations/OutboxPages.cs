using Gatehouse.Audit.Log;
using Gatehouse.Console.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console.Operations;

/// <summary>/admin/outbox: what is to be delivered and what was; what was given up, to send again or to discard.</summary>
public static class OutboxPages
{
    private const int MaxAtOnce = 500;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(OperationLinks.Outbox).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = group.MapGroup("").Requires(ConsolePermissions.OutboxRead);
        read.MapGet("", List);
        read.MapGet("/{id}", Show);
        var manage = group.MapGroup("").Requires(ConsolePermissions.OutboxManage);
        manage.MapPost("/retry", (HttpContext ctx, Database db, OutboxService outbox) => Act(ctx, db, outbox.Retry, "outbox.retry.done"));
        manage.MapPost("/discard", (HttpContext ctx, Database db, OutboxService outbox) => Act(ctx, db, outbox.Discard, "outbox.discard.done"));
    }

    private static async Task List(HttpContext ctx, Database db, OutboxService outbox, IEnumerable<IOutboxHandler> handlers, PageRenderer pages)
    {
        var query = ctx.Request.Query;
        var (filter, after) = (OutboxEndpoints.Filter(query), query["after"].ToString() is { Length: > 0 } cursor ? cursor : null);
        var page = await db.Read(tx => outbox.List(tx, ctx.Caller().TenantId, filter, after, Cursor.DefaultLimit), ctx.RequestAborted);
        await pages.Render<OutboxPage, OutboxModel>(ctx, new(page, filter, after, [.. handlers.Select(h => h.Topic).Order(StringComparer.Ordinal)]));
    }

    private static async Task Show(HttpContext ctx, string id, Database db, OutboxService outbox, PageRenderer pages) =>
        await pages.Render<OutboxMessagePage, OutboxEntry>(ctx, await db.Read(tx => outbox.Get(tx, ctx.Caller().TenantId, id), ctx.RequestAborted));

    private static async Task Act(HttpContext ctx, Database db, Func<WriteTx, Caller, string, ValueTask> act, string done)
    {
        var form = await RequestBody.Form(ctx);
        var ids = form["id"].OfType<string>().Take(MaxAtOnce).ToList();
        if (ids.Count == 0)
        {
            PageRenderer.RedirectWithToast(ctx, OperationLinks.GivenUp, new Toast("warn", "outbox.none_ticked"));
            return;
        }
        var count = await db.Command(ctx.Caller(), tx => OutboxService.Each(ids, id => act(tx, ctx.Caller(), id)), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, OperationLinks.GivenUp, new Toast("ok", new Message(done, count)));
    }
}

/// <param name="After">The cursor that the page begins after; null for the newest.</param>
/// <param name="Channels">All that messages may go by.</param>
public sealed record OutboxModel(Slice<OutboxEntry> Page, OutboxFilter Filter, string? After, IReadOnlyList<string> Channels);
