using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.MyChannels;

/// <summary><c>/account/channels</c>: where a customer is told things.</summary>
public static class MyChannelPages
{
    public const string Path = "/account/channels";

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).RequiresCustomer().ExcludeFromDescription();
        pages.MapGet("", List);
        pages.MapGet("/new", New);
        pages.MapPost("/new", Create);
        pages.MapGet("/{id}", (HttpContext ctx, string id, Database db, PageRenderer render, MyChannelService channels, IEnumerable<NoticeKind> kinds) => Show(ctx, id, db, render, channels, kinds, null));
        pages.MapPost("/{id}", Choose);
        pages.MapPost("/{id}/send", Send);
        pages.MapPost("/{id}/code", Prove);
        pages.MapPost("/{id}/remove", Remove);
    }

    private static async Task List(HttpContext ctx, Database db, PageRenderer pages, MyChannelService channels) =>
        await pages.Render<MyChannelsPage, MyChannelsModel>(ctx, new(await db.Read(s => channels.List(s, ctx.Caller()), ctx.RequestAborted)));

    private static Task New(HttpContext ctx, PageRenderer pages)
    {
        var kind = MyChannelService.Kinds.FirstOrDefault(k => k.Name == ctx.Request.Query["kind"]);
        var name = kind is null ? "" : ctx.Text()["channels.kind." + kind.Name];
        return pages.Render<MyChannelNewPage, MyChannelNewModel>(ctx, new(kind, kind is null ? new() : Channel.Fields.ToForm(new Channel { Kind = kind.Name, Name = name })));
    }

    private static async Task Create(HttpContext ctx, Database db, PageRenderer pages, MyChannelService channels)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var wanted = Channel.Fields.FromForm(new Channel { Kind = form["kind"] }, form) with { Events = "{}" };
            var (channel, code) = await db.Write(s => channels.Create(s, ctx.Caller(), wanted, ctx.Text().Language), ctx.RequestAborted);
            await Told(ctx, db, channels, channel, code);
        }
        catch (Refusal refusal) when (refusal.Status is 422 or 429)
        {
            await pages.Render<MyChannelNewPage, MyChannelNewModel>(ctx, new(MyChannelService.Kinds.FirstOrDefault(k => k.Name == form["kind"]), form, refusal), refusal.Status);
        }
    }

    private static async Task Send(HttpContext ctx, string id, Database db, PageRenderer pages, MyChannelService channels, IEnumerable<NoticeKind> kinds)
    {
        try
        {
            var (channel, code) = await db.Write(s => channels.Again(s, ctx.Caller(), id), ctx.RequestAborted);
            await Told(ctx, db, channels, channel, code);
        }
        catch (Refusal refusal) when (refusal.Status == 429)
        {
            await Show(ctx, id, db, pages, channels, kinds, refusal);
        }
    }

    private static async Task Prove(HttpContext ctx, string id, Database db, PageRenderer pages, MyChannelService channels, IEnumerable<NoticeKind> kinds)
    {
        var typed = (await RequestBody.Form(ctx))["code"].ToString();
        try
        {
            if (!await db.Write(s => channels.Prove(s, ctx.Caller(), id, typed), ctx.RequestAborted))
                throw Refusal.Field("code", "mychannels.code.wrong");
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("ok", "mychannels.proved"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, id, db, pages, channels, kinds, refusal);
        }
    }

    private static async Task Choose(HttpContext ctx, string id, Database db, MyChannelService channels, IEnumerable<NoticeKind> kinds)
    {
        var form = await RequestBody.Form(ctx);
        var told = form["told"].OfType<string>().ToHashSet();
        await db.Write(s => channels.Choose(s, ctx.Caller(), id, ChannelEvents.Json(Own(kinds).Select(k => (k.Name, told.Contains(k.Name)))), form["enabled"] == "true"), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("ok", "mychannels.saved"));
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, MyChannelService channels)
    {
        var gone = await db.Write(s => channels.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "channels.deleted", gone.Name));
    }

    private static async Task Show(HttpContext ctx, string id, Database db, PageRenderer pages, MyChannelService channels, IEnumerable<NoticeKind> kinds, Refusal? refusal)
    {
        var channel = await db.Read(s => channels.Get(s, ctx.Caller(), id), ctx.RequestAborted);
        if (refusal?.RetryAfter is { } wait)
            ctx.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString();
        await pages.Render<MyChannelPage, MyChannelModel>(ctx, new(channel, Own(kinds), refusal), refusal?.Status ?? 200);
    }

    private static async Task Told(HttpContext ctx, Database db, MyChannelService channels, Channel channel, string? code)
    {
        var verdict = await channels.Send(ctx.Caller(), channel, code, ctx.Text(), ctx.RequestAborted);
        await db.Write(s => channels.Note(s, ctx.Caller(), channel, verdict), CancellationToken.None);
        PageRenderer.RedirectWithToast(ctx, $"{Path}/{channel.Id}", verdict.Outcome == ChannelOutcome.Sent
            ? new Toast("ok", code is null ? "mychannels.tested" : "mychannels.code.sent") : new Toast("bad", "mychannels.not_sent", verdict.Answer));
    }

    /// <summary>What customers may be told, in its order.</summary>
    internal static List<NoticeKind> Own(IEnumerable<NoticeKind> kinds) => [.. kinds.Where(k => k.ForCustomers).OrderBy(k => k.Order)];
}

public sealed record MyChannelsModel(IReadOnlyList<MyChannel> Channels);

/// <param name="Kind">Null while it is being chosen.</param>
public sealed record MyChannelNewModel(ChannelKind? Kind, FormValues Form, Refusal? Refusal = null) : IFormModel;

/// <param name="Kinds">What may come by it.</param>
public sealed record MyChannelModel(MyChannel Own, IReadOnlyList<NoticeKind> Kinds, Refusal? Refusal = null) : IFormModel;
