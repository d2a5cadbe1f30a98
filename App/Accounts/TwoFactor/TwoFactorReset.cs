using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.TwoFactor;

/// <summary>Switching off the two-factor sign-in of a colleague who has lost phone and recovery codes: <c>/api/staff</c> and their page.</summary>
public static class TwoFactorReset
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/api/staff/{id}/reset-two-factor", Reset).Requires(AccountsPermissions.StaffManage).RequireRateLimiting(RateLimits.Api).WithTags("Staff")
            .Produces<StaffResponse>().Refuses(StaffErrors.NotFound, StaffErrors.OwnersOnly, StaffErrors.ScopeTooWide, StaffErrors.RoleTooHigh, StaffErrors.SelfReset, TwoFactorErrors.Off)
            .WithSummary("Switch off a member's two-factor sign-in").WithName("resetTwoFactor")
            .WithDescription("For one who has lost phone and recovery codes. Their passkeys go as well and their sessions end; from then on the password alone opens, until they set it up anew.");
        app.MapPost("/admin/staff/{id}/reset-two-factor", ResetOnPage).Requires(AccountsPermissions.StaffManage).RequireRateLimiting(RateLimits.Pages).AsksForProof().ExcludeFromDescription();
    }

    private static async Task Reset(HttpContext ctx, Database db, TwoFactorService twoFactor, TimeProvider clock, string id) =>
        await StaffEndpoints.Send(ctx, await db.Command(ctx.Caller(), s => twoFactor.Reset(s, ctx.Caller(), id)), clock);

    private static Task ResetOnPage(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, TwoFactorService twoFactor, string id) =>
        StaffPages.Act(ctx, db, pages, accounts, id, async () =>
        {
            var account = await db.Command(ctx.Caller(), s => twoFactor.Reset(s, ctx.Caller(), id));
            PageRenderer.RedirectWithToast(ctx, "/admin/staff/" + account.Id, new Toast("ok", "twofactor.was_reset", account.Username));
        });
}
