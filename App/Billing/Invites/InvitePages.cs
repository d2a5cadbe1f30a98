using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Invites;

/// <summary><c>/account/invite</c>: a customer's own link, whom it brought, and what that earned.</summary>
public static class InvitePages
{
    public const string Path = "/account/invite";

    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup(Path).RequiresCustomer().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        own.MapGet("", Show);
        own.MapPost("", Make);
    }

    /// <summary>The part of a customer's first page, where inviting is rewarded.</summary>
    public static async Task<AccountCards> Card(HttpContext ctx)
    {
        var (who, services) = (ctx.Caller(), ctx.RequestServices);
        var invites = services.GetRequiredService<InviteService>();
        await invites.Refresh(who.TenantId);
        if (invites.Now(who.TenantId) is not { } offer)
            return AccountCards.None;
        var (waiting, earned) = await services.GetRequiredService<Database>().Read(s => InviteStore.Sums(s, who.TenantId, who.Id!), ctx.RequestAborted);
        return new AccountCards { Side = ComponentFragment.Of<InviteCard>((nameof(InviteCard.Offer), offer), (nameof(InviteCard.Waiting), waiting), (nameof(InviteCard.Earned), earned)) };
    }

    internal static async ValueTask<InviteModel> Load(ReadTx s, Caller who, InviteService invites, string? after, int limit)
    {
        var offer = invites.Now(who.TenantId);
        var (waiting, earned) = await InviteStore.Sums(s, who.TenantId, who.Id!);
        var lines = Slice<InvitedLine>.Of(await InviteStore.List(s, who.TenantId, who.Id!, offer?.Days ?? 0, Cursor.Decode(after), limit + 1), limit, l => l.Invited.Id);
        // Where nothing is given, nothing comes.
        if (offer is null)
            lines = lines with { Items = [.. lines.Items.Select(l => l with { DueAt = null })] };
        return new(offer, await InviteStore.Code(s, who.TenantId, who.Id!) is { } code ? invites.Link(who.TenantId, code) : null, waiting, earned, lines, string.IsNullOrEmpty(after));
    }

    private static async Task Show(HttpContext ctx, Database db, PageRenderer pages, InviteService invites)
    {
        await invites.Refresh(ctx.Caller().TenantId);
        await pages.Render<InvitePage, InviteModel>(ctx, await db.Read(s => Load(s, ctx.Caller(), invites, ctx.Request.Query["after"], Cursor.DefaultLimit), ctx.RequestAborted));
    }

    private static async Task Make(HttpContext ctx, Database db, InviteService invites)
    {
        await invites.Refresh(ctx.Caller().TenantId);
        try
        {
            await db.Write(s => invites.Code(s, ctx.Caller()), ctx.RequestAborted);
            PageRenderer.Redirect(ctx, Path);
        }
        catch (Refusal refusal) when (refusal.Error == InviteErrors.Off)
        {
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("warn", refusal.Detail));
        }
    }
}

/// <param name="Offer">What one who buys is worth now; null: nothing.</param>
/// <param name="Link">Null: not asked for yet.</param>
/// <param name="First">Is this the newest page?</param>
public sealed record InviteModel(Reward? Offer, string? Link, long Waiting, IReadOnlyList<(string Kind, string Currency, long Amount)> Earned, Slice<InvitedLine> Lines, bool First);
