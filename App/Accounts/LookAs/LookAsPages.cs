using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.LookAs;

/// <summary>Beginning and ending to look as a customer.</summary>
public static class LookAsPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/admin/users/{id}/look-as", Begin).Requires(AccountsPermissions.UsersLookAs).AsksForProof().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        app.MapPost("/admin/look-as/end", End).RequiresSignIn().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
    }

    private static async Task Begin(HttpContext ctx, string id, Database db, LookingAs looking, Cookies cookies)
    {
        var (_, cookie) = await db.Command(ctx.Caller(), s => looking.Begin(s, ctx.Caller(), id), ctx.RequestAborted);
        cookies.Set(ctx, Cookies.LookAs, cookie, LookingAs.Life);
        PageRenderer.Redirect(ctx, "/account");
    }

    private static async Task End(HttpContext ctx, Database db, LookingAs looking, Cookies cookies)
    {
        var account = await db.Command(ctx.Caller(), s => looking.End(s, ctx.Caller()), ctx.RequestAborted);
        cookies.Delete(ctx, Cookies.LookAs);
        PageRenderer.RedirectWithToast(ctx, account is null ? "/admin/users" : "/admin/users/" + account, new Toast("ok", "lookas.ended"));
    }
}
