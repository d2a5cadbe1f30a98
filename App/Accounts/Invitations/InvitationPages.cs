using System.Globalization;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.Invitations;

/// <summary><c>/admin/users/invitations</c>: links by which people sign up.</summary>
public static class InvitationPages
{
    public const string Path = "/admin/users/invitations";

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).Requires(AccountsPermissions.UsersWrite).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        pages.MapGet("", (HttpContext ctx) => Show(ctx, null, null));
        pages.MapPost("", Create);
        pages.MapPost("/{id}/revoke", Revoke);
    }

    private static async Task Show(HttpContext ctx, FormValues? typed, Refusal? refusal)
    {
        var (services, tenant, after) = (ctx.RequestServices, ctx.Caller().TenantId, ctx.Request.Query["after"].ToString());
        var invitations = services.GetRequiredService<InvitationService>();
        var model = await services.GetRequiredService<Database>().Read(async s =>
        {
            var page = await invitations.List(s, tenant, after);
            var links = new Dictionary<string, string?>();
            foreach (var open in page.Items.Where(i => i.State == "open"))
                links[open.Id] = await invitations.Shown(s, tenant, open.Id);
            return new InvitationsModel(page, links, after.Length == 0, typed, refusal);
        }, ctx.RequestAborted);
        await services.GetRequiredService<PageRenderer>().Render<InvitationsPage, InvitationsModel>(ctx, model, refusal?.Status ?? 200);
    }

    private static async Task Create(HttpContext ctx, Database db, InvitationService invitations, TimeProvider clock)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            if (!int.TryParse(form["days"], NumberStyles.None, CultureInfo.InvariantCulture, out var days) || days is < 1 or > Invitation.MaxDays)
                throw Refusal.Field("days", "field.range", 1, Invitation.MaxDays);
            var wanted = Invitation.Fields.FromForm(new Invitation(), form) with { ExpiresAt = clock.GetUtcNow().AddDays(days).ToUnixTimeMilliseconds() };
            await db.Command(ctx.Caller(), s => invitations.Create(s, ctx.Caller(), wanted), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "invitations.made"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, form, refusal);
        }
    }

    private static async Task Revoke(HttpContext ctx, Database db, InvitationService invitations, string id)
    {
        await db.Command(ctx.Caller(), s => invitations.Revoke(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "invitations.revoked"));
    }
}

/// <param name="Links">Of those that are open, by id.</param>
public sealed record InvitationsModel(Slice<Invitation> Page, IReadOnlyDictionary<string, string?> Links, bool First, FormValues? Typed, Refusal? Refusal) : IFormModel;
