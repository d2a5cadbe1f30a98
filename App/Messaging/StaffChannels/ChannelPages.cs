using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Formats;
using Gatehouse.Messaging.Permissions;
using Gatehouse.Messaging.Sending;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Fields;

namespace Gatehouse.Messaging.StaffChannels;

/// <summary>/admin/channels.</summary>
public static class ChannelPages
{
    public const string Path = "/admin/channels";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(MessagingPermissions.ChannelsManage);
        group.MapGet("", List);
        group.MapGet("/new", New);
        group.MapPost("/new", Create);
        group.MapGet("/{id}", Edit);
        group.MapPost("/{id}", Change);
        group.MapPost("/{id}/test", Test);
        group.MapPost("/{id}/remove", Remove);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, ChannelService channels)
    {
        var query = ctx.Request.Query;
        var page = await db.Read(s => channels.List(s, ctx.Caller().TenantId, query["after"], Cursor.DefaultLimit), ctx.RequestAborted);
        await pages.Render<ChannelListPage, ChannelListModel>(ctx, new(page, !query.ContainsKey("after")));
    }

    // Without a kind it asks for one; as a copy of another it has that one's, and what is not secret.
    private static async Task New(HttpContext ctx, PageRenderer pages, Database db, ChannelService channels)
    {
        if (CopyLink.Of(ctx) is { } from && await db.Read(s => channels.Get(s, ctx.Caller().TenantId, from), ctx.RequestAborted) is { Format: { } format } model)
        {
            await pages.Render<ChannelFormPage, ChannelFormModel>(ctx, new(Channel.Fields.ToForm(model), format, null));
            return;
        }
        var kind = ChannelKinds.Find(ctx.Request.Query["kind"].ToString());
        if (kind is null)
        {
            await pages.Render<ChannelKindPage, ChannelKindModel>(ctx, new(ChannelKinds.All));
            return;
        }
        await pages.Render<ChannelFormPage, ChannelFormModel>(ctx, new(Channel.Fields.ToForm(new Channel { Kind = kind.Name, Name = ctx.Text()["channels.kind." + kind.Name] }), kind, null));
    }

    private static async Task Create(HttpContext ctx, PageRenderer pages, Database db, ChannelService channels)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var made = await db.Command(ctx.Caller(), s => channels.Create(s, ctx.Caller(), Channel.Fields.FromForm(new Channel { Kind = form["kind"] }, form)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{made.Id}", new Toast("ok", "channels.made", made.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            if (ChannelKinds.Find(form["kind"]) is { } kind)
                await pages.Render<ChannelFormPage, ChannelFormModel>(ctx, new(form, kind, null, refusal), 422);
            else
                await pages.Render<ChannelKindPage, ChannelKindModel>(ctx, new(ChannelKinds.All), 422);
        }
    }

    private static async Task Edit(HttpContext ctx, string id, PageRenderer pages, Database db, ChannelService channels)
    {
        var channel = await db.Read(s => channels.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);
        await pages.Render<ChannelFormPage, ChannelFormModel>(ctx, new(Channel.Fields.ToForm(channel), channel.Format, channel));
    }

    private static async Task Change(HttpContext ctx, string id, PageRenderer pages, Database db, ChannelService channels)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var changed = await db.Command(ctx.Caller(), s => channels.Update(s, ctx.Caller(), id, c => Channel.Fields.FromForm(c, form)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("ok", "channels.saved", changed.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            var channel = await db.Read(s => channels.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);
            await pages.Render<ChannelFormPage, ChannelFormModel>(ctx, new(form, channel.Format, channel, refusal), 422);
        }
    }

    private static async Task Test(HttpContext ctx, string id, ChannelTrial trial)
    {
        try
        {
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("ok", "channels.tested", await trial.Send(ctx.Caller(), id, ctx.Text(), ctx.RequestAborted)));
        }
        catch (Refusal refusal) when (refusal.Error == ChannelErrors.Failed)
        {
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("bad", refusal.Detail));
        }
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, ChannelService channels)
    {
        var gone = await db.Command(ctx.Caller(), s => channels.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "channels.deleted", gone.Name));
    }
}

/// <param name="First">Is this the first page?</param>
public sealed record ChannelListModel(Slice<Channel> Channels, bool First);

public sealed record ChannelKindModel(IReadOnlyList<ChannelKind> Kinds);

/// <param name="Kind">Null when this version does not know it.</param>
/// <param name="Channel">Null while it is being made.</param>
public sealed record ChannelFormModel(FormValues Form, ChannelKind? Kind, Channel? Channel, Refusal? Refusal = null) : IFormModel;
