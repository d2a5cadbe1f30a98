using Gatehouse.Audit.Log;
using Gatehouse.Console.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console.Operations;

/// <summary>/admin/outbox: messages that were given up, to try again or to discard.</summary>
public static class OutboxPages
{
    private const int MaxAtOnce = 500;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(OperationLinks.Outbox).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(ConsolePermissions.OutboxManage);
        pages.MapGet("", List);
        pages.MapPost("/retry", (HttpContext ctx, Database db, OutboxService outbox) => Act(ctx, db, outbox.Retry, "outbox.retry.done"));
        pages.MapPost("/discard", (HttpContext ctx, Database db, OutboxService outbox) => Act(ctx, db, outbox.Discard, "outbox.discard.done"));
    }

    private static async Task List(HttpContext ctx, Database db, OutboxService outbox, PageRenderer pages)
    {
        var after = ctx.Request.Query["after"].ToString() is { Length: > 0 } cursor ? cursor : null;
        var page = await db.Read(tx => outbox.List(tx, ctx.Caller().TenantId, after, Cursor.DefaultLimit), ctx.RequestAborted);
        await pages.Render<OutboxPage, OutboxModel>(ctx, new(page, after));
    }

    private static async Task Act(HttpContext ctx, Database db, Func<WriteTx, Caller, string, ValueTask> act, string done)
    {
        var form = await RequestBody.Form(ctx);
        var ids = form["id"].OfType<string>().Take(MaxAtOnce).ToList();
        if (ids.Count == 0)
        {
            PageRenderer.RedirectWithToast(ctx, OperationLinks.Outbox, new Toast("warn", "outbox.none_ticked"));
            return;
        }
        var count = await db.Command(ctx.Caller(), tx => OutboxService.Each(ids, id => act(tx, ctx.Caller(), id)), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, OperationLinks.Outbox, new Toast("ok", new Message(done, count)));
    }
}

/// <param name="After">The cursor that the page begins after; null for the newest.</param>
public sealed record OutboxModel(Slice<DeadMessage> Page, string? After);
