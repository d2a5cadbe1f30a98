using System.Text.Json.Serialization;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Invites;

/// <param name="Kind"><c>points</c> or <c>balance</c>.</param>
/// <param name="Amount">Points, or minor units of the currency.</param>
public sealed record InviteReward(string Kind, long Amount, string Currency);

/// <param name="Who">The address with most of it left out.</param>
/// <param name="Status"><c>waiting</c>, <c>earned</c> or <c>void</c>.</param>
/// <param name="Reward">What came; null: nothing yet.</param>
/// <param name="DueAt">When it comes, unless something goes back until then; null: nothing was bought yet, or it has come.</param>
public sealed record InviteItem(string Who, string Status, InviteReward? Reward, DateTime? DueAt, DateTime JoinedAt);

/// <param name="Offer">What one who buys is worth now; null: nothing.</param>
/// <param name="Link">Null: not asked for yet.</param>
/// <param name="Waiting">How many signed up and have not earned anything yet.</param>
public sealed record InviteList(bool Success, InviteReward? Offer, string? Link, long Waiting, IReadOnlyList<InviteReward> Earned, IReadOnlyList<InviteItem> Items, string? Next);

public sealed record InviteLink(bool Success, string Link);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(InviteList))]
[JsonSerializable(typeof(InviteLink))]
internal sealed partial class InviteJson : JsonSerializerContext;

/// <summary>/api/user/invites: a customer's own link, and what it brought.</summary>
public static class InviteEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/api/user/invites").RequiresCustomer().RequireRateLimiting(RateLimits.Api).WithTags("My account");
        own.MapGet("", List).WithSummary("My link to invite people by, and who came, the newest first").Paged().Produces<InviteList>();
        own.MapPost("", Make).WithSummary("Make my link").WithDescription("There is one: asked for again, it is the same.").Refuses(InviteErrors.Off).Produces<InviteLink>();
    }

    private static async Task List(HttpContext ctx, Database db, InviteService invites)
    {
        var (who, limit) = (ctx.Caller(), Cursor.Limit(ctx.Request.Query["limit"]));
        await invites.Refresh(who.TenantId);
        var model = await db.Read(s => InvitePages.Load(s, who, invites, ctx.Request.Query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new InviteList(true, model.Offer is { } o ? new(o.Kind, o.Amount, o.Currency) : null, model.Link, model.Waiting, [.. model.Earned.Select(e => new InviteReward(e.Kind, e.Amount, e.Currency))],
            [.. model.Lines.Items.Select(View)], model.Lines.Next), InviteJson.Default.InviteList);
    }

    private static async Task Make(HttpContext ctx, Database db, InviteService invites)
    {
        var who = ctx.Caller();
        await invites.Refresh(who.TenantId);
        await SignedJson.Send(ctx, new InviteLink(true, invites.Link(who.TenantId, await db.Write(s => invites.Code(s, who), ctx.RequestAborted))), InviteJson.Default.InviteLink);
    }

    private static InviteItem View(InvitedLine l) => new(l.Who, l.Invited.State, l.Invited.State == Invited.Earned ? new(l.Invited.Kind, l.Invited.Amount, l.Invited.Currency) : null, l.DueAt is { } due ? Time(due) : null, Time(l.Invited.CreatedAt));

    private static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
}
