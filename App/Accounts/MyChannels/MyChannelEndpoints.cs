using System.Text.Json.Serialization;
using Gatehouse.Messaging.Channels;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.MyChannels;

/// <summary><c>/api/user/channels</c>: what a customer is told by which of their own channels. One is added on the page, where its code is typed in.</summary>
public static class MyChannelEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/api/user/channels").RequiresCustomer().RequireRateLimiting(RateLimits.Api).WithTags("My account");
        own.MapGet("", List).WithSummary("My channels, and what comes by each").WithDescription("`events` names all that can come. There are few: `next` is always null.").Produces<MyChannelList>();
        own.MapPatch("/{id}", Change).WithSummary("Choose what comes by a channel").WithDescription("What is not named stays, within `events` too. A channel that `waits` for its code cannot be switched on.")
            .Refuses(ChannelErrors.NotFound).Accepts<MyChannelBody>("application/json").Produces<MyChannelResponse>();
    }

    private static async Task List(HttpContext ctx, Database db, MyChannelService channels, IEnumerable<NoticeKind> kinds)
    {
        var own = await db.Read(s => channels.List(s, ctx.Caller()), ctx.RequestAborted);
        var offered = MyChannelPages.Own(kinds);
        await SignedJson.Send(ctx, new MyChannelList(true, [.. own.Select(c => MyChannelView.Of(c, offered))], null), MyChannelJson.Default.MyChannelList);
    }

    private static async Task Change(HttpContext ctx, string id, Database db, MyChannelService channels, IEnumerable<NoticeKind> kinds)
    {
        var body = await RequestBody.Read(ctx, MyChannelJson.Default.MyChannelBody);
        var offered = MyChannelPages.Own(kinds);
        var events = body.Events is null ? null : ChannelEvents.Json("events", body.Events, offered);
        var chosen = await db.Write(s => channels.Choose(s, ctx.Caller(), id, events, body.Enabled), ctx.RequestAborted);
        await SignedJson.Send(ctx, new MyChannelResponse(true, MyChannelView.Of(chosen, offered)), MyChannelJson.Default.MyChannelResponse);
    }
}

/// <summary>A customer's own channel as REST shows it.</summary>
/// <param name="Waits">For the code that shows that it is theirs: until then nothing comes.</param>
/// <param name="Events">By kind of notice: does it come?</param>
/// <param name="LastOk">What was sent last has arrived.</param>
internal sealed record MyChannelView(string Id, string Kind, string Name, bool Enabled, bool Waits, IReadOnlyDictionary<string, bool> Events, string CreatedAt, string? LastAt, bool LastOk)
{
    public static MyChannelView Of(MyChannel own, IEnumerable<NoticeKind> kinds) => new(
        own.Channel.Id, own.Channel.Kind, own.Channel.Name, own.Channel.Enabled, own.Waits, kinds.ToDictionary(k => k.Name, k => ChannelEvents.Wants(own.Channel, k)),
        Format.Iso(own.Channel.CreatedAt), Format.Iso(own.Channel.LastAt), own.Channel.LastOk);
}

internal sealed record MyChannelList(bool Success, IReadOnlyList<MyChannelView> Items, string? Next);

internal sealed record MyChannelResponse(bool Success, MyChannelView Channel);

internal sealed record MyChannelBody(bool? Enabled = null, Dictionary<string, bool>? Events = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(MyChannelList))]
[JsonSerializable(typeof(MyChannelResponse))]
[JsonSerializable(typeof(MyChannelBody))]
internal sealed partial class MyChannelJson : JsonSerializerContext;
