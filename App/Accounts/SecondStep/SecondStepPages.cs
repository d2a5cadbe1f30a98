using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Accounts.SecondStep;

/// <summary><c>/sign-in/code</c>: after the right password, the code of an authenticator app, a recovery code or a passkey.</summary>
public static class SecondStepPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(SignInPages.CodePath, Show).OpenToAll().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        app.MapPost(SignInPages.CodePath, Enter).OpenToAll().RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
    }

    private static async Task Show(
        HttpContext ctx, Database db, PageRenderer pages, SignIns signIns, PasskeyService passkeys, PasskeySites sites, Cookies cookies, [FromQuery(Name = "return")] string? back, string? recovery)
    {
        if (cookies.Get(ctx, Cookies.HalfSession) is { } half && await Asked(ctx, db, signIns, passkeys, sites, half) is { Waits: true } asked)
            await pages.Render<SecondStepPage, SecondStepModel>(ctx, new(PageRenderer.LocalPath(back), recovery is not null, asked.Passkey));
        else
            Again(ctx, cookies, back);
    }

    // Does the half session wait still, and what may the browser be asked for in place of a code?
    private static async Task<(bool Waits, string? Passkey)> Asked(HttpContext ctx, Database db, SignIns signIns, PasskeyService passkeys, PasskeySites sites, string half)
    {
        if (await signIns.AwaitsCode(ctx.Caller(), half) is not { } account)
            return (false, null);
        return (true, await db.Read(s => passkeys.Ask(s, ctx.Caller().TenantId, sites.Of(ctx), PasskeyUse.SecondStep(half), account)));
    }

    private static async Task Enter(HttpContext ctx, Database db, PageRenderer pages, PlainHttp plain, SignIns signIns, PasskeyService passkeys, PasskeySites sites, Cookies cookies, Csrf csrf)
    {
        if (await SignInPages.RefusedPlainHttp(ctx, pages, plain))
            return;
        var form = await RequestBody.Form(ctx);
        var (code, passkey, back, recovery) = (form["code"].ToString(), form["passkey"].ToString(), PageRenderer.LocalPath(form["return"]), form["recovery"].Count > 0);
        if (cookies.Get(ctx, Cookies.HalfSession) is not { } half)
        {
            Again(ctx, cookies, back);
            return;
        }
        if (passkey.Length == 0 && string.IsNullOrWhiteSpace(code))
        {
            await Refuse("field.required");
            return;
        }
        var (replaces, browser) = (SignInPages.Replaced(ctx, cookies), cookies.Get(ctx, Cookies.Browser));
        var result = passkey.Length > 0 ? await signIns.TryPasskeyAsCode(ctx.Caller(), sites.Of(ctx), half, passkey, replaces, browser)
            : await signIns.TryCode(ctx.Caller(), half, code, replaces, browser);
        if (result.SignedIn is { } signedIn)
        {
            cookies.Delete(ctx, Cookies.HalfSession);
            SignInPages.Welcome(ctx, cookies, csrf, signedIn, back);
        }
        else if (result.Over)
            Again(ctx, cookies, back);
        else
            await Refuse(passkey.Length > 0 ? "passkey.refused" : recovery ? "twofactor.recovery_wrong" : "twofactor.code_wrong");

        async Task Refuse(string key)
        {
            var asked = await Asked(ctx, db, signIns, passkeys, sites, half);
            await pages.Render<SecondStepPage, SecondStepModel>(ctx, new(back, recovery, asked.Passkey, Refusal.Field("code", key)), 422);
        }
    }

    private static void Again(HttpContext ctx, Cookies cookies, string? back)
    {
        if (cookies.Get(ctx, Cookies.HalfSession) is null)
        {
            PageRenderer.Redirect(ctx, "/sign-in");
            return;
        }
        cookies.Delete(ctx, Cookies.HalfSession);
        PageRenderer.RedirectWithToast(ctx, "/sign-in?return=" + Uri.EscapeDataString(PageRenderer.LocalPath(back)), new Toast("warn", "signin.code_over"));
    }
}

/// <param name="Recovery">A recovery code is asked for, not one of the app.</param>
/// <param name="Passkey">What the browser is asked for a passkey in place of it, as JSON; null where the account has none of this place.</param>
public sealed record SecondStepModel(string Return, bool Recovery, string? Passkey = null, Refusal? Refusal = null) : IFormModel;
