using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Formats;
using Gatehouse.Messaging.Permissions;
using Gatehouse.Messaging.Sending;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.StaffChannels;

/// <summary>/api/channels.</summary>
public static class ChannelEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var kinds = string.Join("; ", ChannelKinds.All.Select(k => $"`{k.Name}`: {string.Join(", ", k.Fields.Select(f => $"`{f.Name}`{(f.Optional ? "?" : "")}{(f.Secret ? "*" : "")}"))}"));
        var group = app.MapGroup("/api/channels").RequireRateLimiting(RateLimits.Api).WithTags("Channels").Requires(MessagingPermissions.ChannelsManage);
        group.MapGet("", List).WithSummary("List channels, the newest first").Paged().Produces<ChannelList>();
        group.MapGet("/{id}", Get).WithSummary("One channel").WithDescription("Of its secrets the names alone are shown.").Refuses(ChannelErrors.NotFound).Produces<ChannelResponse>();
        group.MapPost("", Create).WithSummary("Make a channel")
            .WithDescription($"`kind` decides what `settings` holds (`?` may be left out, `*` is stored encrypted and never shown): {kinds}. `events` says which kinds of notices come, such as `{{\"jobs.failed\": true}}`; one that is not named comes as its severity asks for.")
            .Idempotent().Accepts<ChannelInput>("application/json").Produces<ChannelResponse>(201);
        group.MapPatch("/{id}", Change).WithSummary("Change what is named").WithDescription("Within `settings` and `events` too: a setting that is null or empty is removed.")
            .Refuses(ChannelErrors.NotFound).Accepts<ChannelInput>("application/json").Produces<ChannelResponse>();
        group.MapDelete("/{id}", Remove).WithSummary("Delete a channel").WithDescription("What waits for it is not sent any more.").Refuses(ChannelErrors.NotFound).Produces<ChannelRemoved>();
        group.MapPost("/{id}/test", Test).WithSummary("Send a test").WithDescription("It is sent at once; the answer is the other side's own. What it refuses is told by its own code and words.")
            .Refuses(ChannelErrors.NotFound, ChannelErrors.Failed).Produces<ChannelTested>();
    }

    private static async Task List(HttpContext ctx, Database db, ChannelService channels)
    {
        var limit = Cursor.Limit(ctx.Request.Query["limit"]);
        var page = await db.Read(s => channels.List(s, ctx.Caller().TenantId, ctx.Request.Query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new ChannelList(true, page.Items, page.Next), ChannelJson.Default.ChannelList);
    }

    private static async Task Get(HttpContext ctx, string id, Database db, ChannelService channels) => await Send(ctx, await db.Read(s => channels.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted));

    private static async Task Create(HttpContext ctx, Database db, ChannelService channels)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var wanted = Channel.Fields.Change(ctx, bytes)(new Channel());
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s => new ChannelResponse(true, await channels.Create(s, ctx.Caller(), wanted))), ChannelJson.Default.ChannelResponse, 201);
    }

    private static async Task Change(HttpContext ctx, string id, Database db, ChannelService channels)
    {
        var change = Channel.Fields.Change(ctx, await RequestBody.Bytes(ctx));
        await Send(ctx, await db.Command(ctx.Caller(), s => channels.Update(s, ctx.Caller(), id, change), ctx.RequestAborted));
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, ChannelService channels)
    {
        await db.Command(ctx.Caller(), s => channels.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new ChannelRemoved(true, id), ChannelJson.Default.ChannelRemoved);
    }

    private static async Task Test(HttpContext ctx, string id, ChannelTrial trial) =>
        await SignedJson.Send(ctx, new ChannelTested(true, ctx.Text()[await trial.Send(ctx.Caller(), id, ctx.Text(), ctx.RequestAborted)]), ChannelJson.Default.ChannelTested);

    private static Task Send(HttpContext ctx, Channel channel) => SignedJson.Send(ctx, new ChannelResponse(true, channel), ChannelJson.Default.ChannelResponse);
}
