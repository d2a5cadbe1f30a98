using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Notices;

/// <summary><c>/api/notices</c>: which kinds of notices come to staff by which channel, and when.</summary>
public static class NoticeEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/notices").RequireRateLimiting(RateLimits.Api).WithTags("Channels").Requires(MessagingPermissions.ChannelsManage);
        group.MapGet("", Get).WithSummary("What staff are told by which channel").Produces<NoticesResponse>()
            .WithDescription("`kinds` is the matrix: under `channels` stands of each channel whether the kind is told by it. In quiet hours only what is `bad` comes; the rest waits for their end and comes as one message. "
                + "What comes within `merged_seconds` of another of its kind is told with others, in one message. Quiet hours and language are changed by `PATCH /api/settings`, under `notices`.");
        group.MapPatch("", Change).WithSummary("Choose what staff are told by which channel").WithDescription("All that is named at once, or nothing. What is not named stays.")
            .Refuses(ChannelErrors.NotFound).Accepts<NoticesBody>("application/json").Produces<NoticesResponse>();
    }

    private static async Task Get(HttpContext ctx, Database db, TenantSettings settings, IEnumerable<NoticeKind> kinds)
    {
        var (tenant, text) = (ctx.Caller().TenantId, ctx.Text());
        await settings.Refresh(tenant, now: true);
        var channels = await db.Read(s => ChannelStore.All(s, tenant), ctx.RequestAborted);
        await SignedJson.Send(ctx, new NoticesResponse(true, new NoticesView(
            [.. NoticePages.Staff(kinds).Select(k => new NoticeKindView(k.Name, text["notice." + k.Name], k.Severity, [.. channels.Select(c => new NoticeChannelView(c.Id, c.Name, ChannelEvents.Tells(c, k)))]))],
            settings.Get(tenant, NoticeSettings.QuietFrom), settings.Get(tenant, NoticeSettings.QuietUntil), settings.Get(tenant, NoticeSettings.Language), (int)NoticeFanOut.Window.TotalSeconds)), NoticesJson.Default.NoticesResponse);
    }

    private static async Task Change(HttpContext ctx, Database db, ChannelService channels, TenantSettings settings, IEnumerable<NoticeKind> kinds)
    {
        var body = await RequestBody.Read(ctx, NoticesJson.Default.NoticesBody);
        var choices = (body.Kinds ?? []).SelectMany(k => k is { Kind: { } kind, Channels: { } to }
            ? to.Select(c => c is { Id: { } id, Told: { } told } ? (Channel: id, Kind: kind, Told: told) : throw Refusal.Field("kinds", "field.wrong_type"))
            : throw Refusal.Field("kinds", "field.wrong_type"));
        // In one order, so that two who change the same two queue.
        var wanted = choices.GroupBy(c => c.Channel).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => (g.Key, Events: ChannelEvents.Json("kinds", g.GroupBy(c => c.Kind).ToDictionary(c => c.Key, c => c.Last().Told), NoticePages.Staff(kinds)))).ToList();
        await db.Command(ctx.Caller(), async s =>
        {
            foreach (var (channel, events) in wanted)
                await channels.Choose(s, ctx.Caller(), channel, events);
        }, ctx.RequestAborted);
        await Get(ctx, db, settings, kinds);
    }
}

internal sealed record NoticesResponse(bool Success, NoticesView Notices);

/// <summary>What staff are told.</summary>
/// <param name="QuietFrom"><c>22:00</c>, in the time zone of the place; empty: there are no quiet hours.</param>
/// <param name="Language">Of what is said where the channel has none of its own.</param>
internal sealed record NoticesView(IReadOnlyList<NoticeKindView> Kinds, string QuietFrom, string QuietUntil, string Language, int MergedSeconds);

/// <param name="Title">In the caller's language.</param>
/// <param name="Severity"><c>info</c>, <c>warn</c> or <c>bad</c>.</param>
internal sealed record NoticeKindView(string Kind, string Title, string Severity, IReadOnlyList<NoticeChannelView> Channels);

/// <param name="Told">The kind comes by this channel.</param>
internal sealed record NoticeChannelView(string Id, string Name, bool Told);

internal sealed record NoticesBody(IReadOnlyList<NoticeKindBody?>? Kinds = null);

internal sealed record NoticeKindBody(string? Kind = null, IReadOnlyList<NoticeChannelBody?>? Channels = null);

internal sealed record NoticeChannelBody(string? Id = null, bool? Told = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(NoticesResponse))]
[JsonSerializable(typeof(NoticesBody))]
internal sealed partial class NoticesJson : JsonSerializerContext;
