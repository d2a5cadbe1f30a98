using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.Profile;

/// <summary><c>/admin/account/two-factor</c> and <c>/account/security/two-factor</c>: switching one's own two-factor sign-in on and off.</summary>
public static class TwoFactorPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var (home, customers) in OwnPages.Homes)
        {
            var pages = app.MapOwn(home + "/two-factor", customers, RateLimits.Pages);
            pages.MapGet("", (HttpContext ctx, Database db, PageRenderer render, TwoFactorService twoFactor, RecentProof proof) => Show(ctx, db, render, twoFactor, proof, null));
            pages.MapGet("/set-up", (HttpContext ctx, Database db, PageRenderer render, TwoFactorService twoFactor, TenantSettings settings) => ShowSetUp(ctx, db, render, twoFactor, settings, null));
            var tries = app.MapOwn(home + "/two-factor", customers, RateLimits.SignIn);
            tries.MapPost("/begin", Begin);
            tries.MapPost("/set-up", SwitchOn);
            tries.MapPost("/recovery-codes", NewCodes);
            tries.MapPost("/off", SwitchOff);
        }
    }

    private static async Task Show(HttpContext ctx, Database db, PageRenderer pages, TwoFactorService twoFactor, RecentProof proof, Refusal? refusal, string? form = null)
    {
        var who = ctx.Caller();
        var status = await db.Read(s => twoFactor.Status(s, who.TenantId, who.AccountId!));
        await pages.Render<TwoFactorPage, TwoFactorModel>(ctx, new(status, proof.Holds(who), form, refusal), refusal?.Status ?? 200);
    }

    private static async Task ShowSetUp(HttpContext ctx, Database db, PageRenderer pages, TwoFactorService twoFactor, TenantSettings settings, Refusal? refusal)
    {
        var who = ctx.Caller();
        if (await db.Read(s => twoFactor.Begun(s, who.TenantId, who.AccountId!)) is not { } begun)
        {
            PageRenderer.Redirect(ctx, OwnPages.TwoFactor(who));
            return;
        }
        await settings.Refresh(who.TenantId);
        var address = TotpCode.Address(settings.Get(who.TenantId, TenantSettings.SiteName), begun.Username, begun.Secret);
        await pages.Render<TwoFactorSetUpPage, TwoFactorSetUpModel>(ctx, new(address, TotpCode.Text(begun.Secret), refusal), refusal?.Status ?? 200);
    }

    // An unattended browser must not be enough to put a stranger's phone between people and their account.
    private static Task Begin(HttpContext ctx, Database db, PageRenderer pages, TwoFactorService twoFactor, RecentProof proof, SignIns signIns) => Act(ctx, db, pages, twoFactor, proof, "begin", async form =>
    {
        if (!proof.Holds(ctx.Caller()))
            await CheckPassword(ctx, signIns, form);
        await db.Change(ctx.Caller(), s => twoFactor.Begin(s, ctx.Caller()));
        PageRenderer.Redirect(ctx, OwnPages.TwoFactor(ctx.Caller()) + "/set-up");
    });

    // The recovery codes stand on the page that answers, and nowhere else: no redirect, no cookie.
    private static async Task SwitchOn(HttpContext ctx, Database db, PageRenderer pages, TwoFactorService twoFactor, RecentProof proof, TenantSettings settings, Cookies cookies)
    {
        var form = await RequestBody.Form(ctx);
        try
        {
            var on = await db.Change(ctx.Caller(), s => twoFactor.SwitchOn(s, ctx.Caller(), form["code"].ToString(), ctx.Text().Language));
            cookies.Set(ctx, Cookies.Session, on.SessionId, null);
            await pages.Render<RecoveryCodesPage, RecoveryCodesModel>(ctx, new(on.RecoveryCodes, First: true));
        }
        catch (Refusal refusal) when (refusal.Status is 409)
        {
            await Show(ctx, db, pages, twoFactor, proof, refusal);
        }
        catch (Refusal refusal) when (refusal.Status is 422)
        {
            await ShowSetUp(ctx, db, pages, twoFactor, settings, refusal);
        }
    }

    private static Task NewCodes(HttpContext ctx, Database db, PageRenderer pages, TwoFactorService twoFactor, RecentProof proof, SignIns signIns) => Act(ctx, db, pages, twoFactor, proof, "codes", async form =>
    {
        await CheckCode(ctx, signIns, form);
        var codes = await db.Change(ctx.Caller(), s => twoFactor.NewRecoveryCodes(s, ctx.Caller()));
        await pages.Render<RecoveryCodesPage, RecoveryCodesModel>(ctx, new(codes, First: false));
    });

    private static Task SwitchOff(HttpContext ctx, Database db, PageRenderer pages, TwoFactorService twoFactor, RecentProof proof, SignIns signIns) => Act(ctx, db, pages, twoFactor, proof, "off", async form =>
    {
        await CheckPassword(ctx, signIns, form);
        await CheckCode(ctx, signIns, form);
        await db.Change(ctx.Caller(), s => twoFactor.SwitchOff(s, ctx.Caller(), ctx.Text().Language));
        PageRenderer.RedirectWithToast(ctx, OwnPages.TwoFactor(ctx.Caller()), new Toast("ok", "twofactor.was_off"));
    });

    // What is refused is said in the form that was sent.
    private static async Task Act(HttpContext ctx, Database db, PageRenderer pages, TwoFactorService twoFactor, RecentProof proof, string name, Func<IFormCollection, Task> work)
    {
        try
        {
            await work(await RequestBody.Form(ctx));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            await Show(ctx, db, pages, twoFactor, proof, refusal, name);
        }
    }

    private static async Task CheckPassword(HttpContext ctx, SignIns signIns, IFormCollection form)
    {
        if (form["password"].ToString() is not { Length: > 0 } password)
            throw Refusal.Field("password", "field.required");
        if (await signIns.Confirm(ctx.Caller(), password) is null)
            throw Refusal.Field("password", "accounts.field.password_wrong");
    }

    private static async Task CheckCode(HttpContext ctx, SignIns signIns, IFormCollection form)
    {
        if (form["code"].ToString() is not { Length: > 0 } code)
            throw Refusal.Field("code", "field.required");
        if (!await signIns.ConfirmCode(ctx.Caller(), code))
            throw Refusal.Field("code", "twofactor.code_wrong");
    }
}

/// <param name="Proved">They have shown lately who they are.</param>
/// <param name="Form">Which of the page's forms was refused: <c>begin</c>, <c>codes</c> or <c>off</c>.</param>
public sealed record TwoFactorModel(TwoFactorStatus Status, bool Proved, string? Form = null, Refusal? Refusal = null) : IFormModel;

/// <param name="Address">What the QR code holds.</param>
/// <param name="Secret">The same secret, to be typed.</param>
public sealed record TwoFactorSetUpModel(string Address, string Secret, Refusal? Refusal = null) : IFormModel;

/// <param name="First">Two-factor sign-in was switched on with them; else they take the place of others.</param>
public sealed record RecoveryCodesModel(IReadOnlyList<string> Codes, bool First);
