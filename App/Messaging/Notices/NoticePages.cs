using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Messaging.Notices;

/// <summary>/admin/notices: which kinds of notices come by which channel.</summary>
public static class NoticePages
{
    public const string Path = "/admin/notices";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(MessagingPermissions.ChannelsManage);
        group.MapGet("", Show);
        group.MapPost("", Save);
    }

    private static async Task Show(HttpContext ctx, PageRenderer pages, Database db, TenantSettings settings, IEnumerable<NoticeKind> kinds)
    {
        var tenant = ctx.Caller().TenantId;
        await settings.Refresh(tenant);
        var channels = await db.Read(s => ChannelStore.All(s, tenant), ctx.RequestAborted);
        await pages.Render<NoticeMatrixPage, NoticeMatrixModel>(ctx, new(Staff(kinds), channels, settings.Get(tenant, NoticeSettings.QuietFrom), settings.Get(tenant, NoticeSettings.QuietUntil)));
    }

    private static async Task Save(HttpContext ctx, Database db, ChannelService channels, IEnumerable<NoticeKind> kinds)
    {
        var form = await RequestBody.Form(ctx);
        var (ids, told) = (form["channel"].OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList(), form["told"].OfType<string>().ToHashSet());
        await db.Command(ctx.Caller(), async s =>
        {
            foreach (var id in ids)
                await channels.Choose(s, ctx.Caller(), id, ChannelEvents.Json(Staff(kinds).Select(k => (k.Name, told.Contains($"{id}:{k.Name}")))));
        }, ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "notices.saved"));
    }

    /// <summary>What staff may be told, in its order.</summary>
    internal static List<NoticeKind> Staff(IEnumerable<NoticeKind> kinds) => [.. kinds.Where(k => !k.ForCustomers).OrderBy(k => k.Order)];
}

/// <param name="QuietFrom">Empty: there are no quiet hours.</param>
public sealed record NoticeMatrixModel(IReadOnlyList<NoticeKind> Kinds, IReadOnlyList<Channel> Channels, string QuietFrom, string QuietUntil);
