using Gatehouse.Accounts.SignIn;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Accounts.SecondStep;

/// <summary><c>/sign-in/code</c>: after the right password, the code of an authenticator app or a recovery code.</summary>
public static class SecondStepPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(SignInPages.CodePath, Show).OpenToAll().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        app.MapPost(SignInPages.CodePath, Enter).OpenToAll().RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
    }

    private static async Task Show(HttpContext ctx, PageRenderer pages, SignIns signIns, Cookies cookies, [FromQuery(Name = "return")] string? back, string? recovery)
    {
        if (cookies.Get(ctx, Cookies.HalfSession) is { } half && await signIns.AwaitsCode(ctx.Caller(), half))
            await pages.Render<SecondStepPage, SecondStepModel>(ctx, new(PageRenderer.LocalPath(back), recovery is not null));
        else
            Again(ctx, cookies, back);
    }

    private static async Task Enter(HttpContext ctx, PageRenderer pages, PlainHttp plain, SignIns signIns, Cookies cookies, Csrf csrf)
    {
        if (await SignInPages.RefusedPlainHttp(ctx, pages, plain))
            return;
        var form = await RequestBody.Form(ctx);
        var (code, back, recovery) = (form["code"].ToString(), PageRenderer.LocalPath(form["return"]), form["recovery"].Count > 0);
        if (cookies.Get(ctx, Cookies.HalfSession) is not { } half)
        {
            Again(ctx, cookies, back);
            return;
        }
        if (string.IsNullOrWhiteSpace(code))
        {
            await Refuse("field.required");
            return;
        }
        var replaces = cookies.Get(ctx, Cookies.Session) is { } old ? OpaqueToken.Hash(old) : null;
        var result = await signIns.TryCode(ctx.Caller(), half, code, replaces, cookies.Get(ctx, Cookies.Browser));
        if (result.SignedIn is { } signedIn)
        {
            cookies.Delete(ctx, Cookies.HalfSession);
            SignInPages.Welcome(ctx, cookies, csrf, signedIn, back);
        }
        else if (result.Over)
            Again(ctx, cookies, back);
        else
            await Refuse(recovery ? "twofactor.recovery_wrong" : "twofactor.code_wrong");

        Task Refuse(string key) => pages.Render<SecondStepPage, SecondStepModel>(ctx, new(back, recovery, Refusal.Field("code", key)), 422);
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
public sealed record SecondStepModel(string Return, bool Recovery, Refusal? Refusal = null) : IFormModel;
