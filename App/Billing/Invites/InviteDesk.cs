using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Invites;

/// <param name="Id">Null: the account is gone.</param>
public sealed record InvitePerson(string? Id, string? Name);

/// <param name="Inviter">Whose link it was.</param>
/// <param name="Status"><c>waiting</c>, <c>earned</c> or <c>void</c>.</param>
/// <param name="Reward">What the inviter got; null: nothing yet.</param>
/// <param name="Order">The number of the order that earned it.</param>
/// <param name="DueAt">When the reward comes, unless something goes back until then; null: nothing was bought yet, or it has come.</param>
public sealed record InviteDeskItem(string Id, InvitePerson Inviter, InvitePerson Invited, string Status, InviteReward? Reward, string? Order, DateTime JoinedAt, DateTime? DueAt, DateTime? SettledAt);

public sealed record InviteDeskList(bool Success, IReadOnlyList<InviteDeskItem> Items, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(InviteDeskList))]
internal sealed partial class InviteDeskJson : JsonSerializerContext;

/// <summary>Who invited whom, for staff: /api/invites and /admin/invites.</summary>
public static class InviteDesk
{
    public const string Path = "/admin/invites";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/invites", List).Requires(BillingPermissions.MoneyRead).RequireRateLimiting(RateLimits.Api).WithTags("Finance").WithSummary("Who invited whom, the newest first")
            .Query("q", "A part of the name, e-mail address or phone number of either.").Query("status", "One of " + string.Join(", ", Invited.States) + ".").Paged().Produces<InviteDeskList>();
        app.MapGet(Path, Show).Requires(BillingPermissions.MoneyRead).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
    }

    private static async Task List(HttpContext ctx, Database db, InviteService invites)
    {
        var query = ctx.Request.Query;
        if (query["status"].ToString() is { Length: > 0 } status && !Invited.States.Contains(status))
            throw Refusal.Field("status", "field.one_of", string.Join(", ", Invited.States));
        var page = await Load(ctx, db, invites, Filter(ctx), Cursor.Limit(query["limit"]));
        await SignedJson.Send(ctx, new InviteDeskList(true, [.. page.Items.Select(View)], page.Next), InviteDeskJson.Default.InviteDeskList);
    }

    private static async Task Show(HttpContext ctx, Database db, PageRenderer pages, InviteService invites)
    {
        var filter = Filter(ctx);
        await pages.Render<InviteListPage, InviteListModel>(ctx, new(await Load(ctx, db, invites, filter, Cursor.DefaultLimit), filter, invites.Now(ctx.Caller().TenantId), !ctx.Request.Query.ContainsKey("after")));
    }

    private static InviteFilter Filter(HttpContext ctx) =>
        new(SearchTerm.Of(ctx.Request.Query["q"]), Invited.States.Contains(ctx.Request.Query["status"].ToString()) ? ctx.Request.Query["status"].ToString() : null);

    private static async Task<Slice<InviteDeskLine>> Load(HttpContext ctx, Database db, InviteService invites, InviteFilter filter, int limit)
    {
        var tenant = ctx.Caller().TenantId;
        await invites.Refresh(tenant);
        var offer = invites.Now(tenant);
        var page = Slice<InviteDeskLine>.Of(await db.Read(s => InviteStore.Desk(s, tenant, filter, offer?.Days ?? 0, Cursor.Decode(ctx.Request.Query["after"]), limit + 1), ctx.RequestAborted), limit, l => l.Invited.Id);
        // Where nothing is given, nothing comes.
        return offer is not null ? page : page with { Items = [.. page.Items.Select(l => l with { DueAt = null })] };
    }

    private static InviteDeskItem View(InviteDeskLine l)
    {
        var i = l.Invited;
        return new(i.Id, new(l.InviterName is null ? null : i.Inviter, l.InviterName), new(i.AccountId, l.Name), i.State, i.State == Invited.Earned ? new(i.Kind, i.Amount, i.Currency) : null,
            l.Number is { } number ? OrderNumber.Shown(number) : null, Time(i.CreatedAt)!.Value, Time(l.DueAt), Time(i.SettledAt));
    }

    private static DateTime? Time(long? at) => at is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known).UtcDateTime : null;
}

/// <param name="Offer">What one who buys is worth now; null: nothing.</param>
/// <param name="First">Is this the newest page?</param>
public sealed record InviteListModel(Slice<InviteDeskLine> Lines, InviteFilter Filter, Reward? Offer, bool First);
