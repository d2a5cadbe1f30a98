using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.NetworkAccess;
using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Accounts.SignIn;

/// <summary>Coming in and going out.</summary>
public static class SignInPages
{
    /// <summary>Where one changes one's own password: a page of Profile, which stands above.</summary>
    internal const string PasswordPath = "/admin/account";

    /// <summary>Where the code is asked for: a page of SecondStep, which stands above.</summary>
    internal const string CodePath = "/sign-in/code";

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("").OpenToAll().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        pages.MapGet("/sign-in", Show);
        pages.MapPost("/sign-out", Leave);
        var tries = app.MapGroup("").OpenToAll().RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
        tries.MapPost("/sign-in", Enter);
        tries.MapPost("/sign-in/passkey", EnterByPasskey);
    }

    private static async Task Show(HttpContext ctx, Database db, PageRenderer pages, PlainHttp plain, SignInForm form, [FromQuery(Name = "return")] string? back)
    {
        if (ctx.Caller() is { SessionId: not null } who)
        {
            PageRenderer.Redirect(ctx, Landing(back, who.IsCustomer));
            return;
        }
        if (await RefusedPlainHttp(ctx, pages, plain))
            return;
        var needsSetup = !await db.Read(s => AccountStore.HasOwner(s, Caller.DefaultTenant));
        await pages.Render<SignInPage, SignInModel>(ctx, form.Of(ctx, PageRenderer.LocalPath(back)) with { NeedsSetup = needsSetup });
    }

    private static async Task Enter(HttpContext ctx, PageRenderer pages, PlainHttp plain, SignIns signIns, SignInLimits limits, SignInForm page, Cookies cookies, Csrf csrf)
    {
        if (await RefusedPlainHttp(ctx, pages, plain))
            return;
        var form = await RequestBody.Form(ctx);
        var (username, password, back) = (form["username"].ToString(), form["password"].ToString(), PageRenderer.LocalPath(form["return"]));
        Refusal refusal;
        try
        {
            var checks = new FieldChecks();
            if (username.Length == 0)
                checks.Wrong("username", "field.required");
            if (password.Length == 0)
                checks.Wrong("password", "field.required");
            checks.ThrowIfAny();
            var tried = await signIns.Try(ctx.Caller(), username, password, Replaced(ctx, cookies), cookies.Get(ctx, Cookies.Browser));
            if (tried.SignedIn is { } signedIn)
            {
                Welcome(ctx, cookies, csrf, signedIn, back);
                return;
            }
            refusal = tried.Outcome == "network" ? StaffNetworks.Refusal(ctx.Caller()) : new Refusal(SignInErrors.Failed, limits.LockoutFailures, (int)limits.Lockout.TotalMinutes);
        }
        catch (Refusal wrong)
        {
            refusal = wrong;
        }
        await pages.Render<SignInPage, SignInModel>(ctx, page.Of(ctx, back) with { Username = username, Refusal = refusal }, refusal.Status);
    }

    // An unknown passkey, one that is not taken and one of an account that the door is closed to read alike.
    private static async Task EnterByPasskey(HttpContext ctx, PageRenderer pages, PlainHttp plain, SignIns signIns, PasskeySites sites, SignInForm page, Cookies cookies, Csrf csrf)
    {
        if (await RefusedPlainHttp(ctx, pages, plain))
            return;
        var form = await RequestBody.Form(ctx);
        var back = PageRenderer.LocalPath(form["return"]);
        if (sites.Of(ctx) is not { } site)
        {
            PageRenderer.Redirect(ctx, "/sign-in");
            return;
        }
        if ((await signIns.TryPasskey(ctx.Caller(), site, form["passkey"].ToString(), Replaced(ctx, cookies), cookies.Get(ctx, Cookies.Browser))).SignedIn is { } signedIn)
            Welcome(ctx, cookies, csrf, signedIn, back);
        else
            await pages.Render<SignInPage, SignInModel>(ctx, page.Of(ctx, back) with { Refusal = new Refusal(SignInErrors.Passkey) }, SignInErrors.Passkey.Status);
    }

    /// <summary>The hash of the session that the browser has, which ends when it signs in anew.</summary>
    internal static string? Replaced(HttpContext ctx, Cookies cookies) => cookies.Get(ctx, Cookies.Session) is { } old ? OpaqueToken.Hash(old) : null;

    /// <summary>Gives the browser its cookies and sends it on; to the second step, when there is one to take.</summary>
    internal static void Welcome(HttpContext ctx, Cookies cookies, Csrf csrf, SignedIn signedIn, string back)
    {
        if (signedIn.HalfSession is { } half)
        {
            cookies.Set(ctx, Cookies.HalfSession, half, HalfSessions.Life);
            PageRenderer.Redirect(ctx, $"{CodePath}?return={Uri.EscapeDataString(back)}");
            return;
        }
        cookies.Set(ctx, Cookies.Session, signedIn.SessionId, null);
        cookies.Set(ctx, Cookies.Browser, signedIn.Browser, KnownBrowsers.Life);
        csrf.Renew(ctx);
        if (signedIn.Language.Length > 0)
            WebPages.SpeakTo(ctx, signedIn.Language);
        PageRenderer.Redirect(ctx, !signedIn.OneTime ? Landing(back, signedIn.Customer) : signedIn.Customer ? AccessMiddleware.ChoosePassword : PasswordPath);
    }

    private static async Task Leave(HttpContext ctx, Database db, SessionStore sessions, Cookies cookies, Csrf csrf)
    {
        if (ctx.Caller() is { SessionId: { } session } who)
            await db.Write(s => sessions.Drop(s, who.TenantId, session));
        cookies.Delete(ctx, Cookies.Session);
        csrf.Renew(ctx);
        PageRenderer.RedirectWithToast(ctx, "/sign-in", new Toast("ok", "signin.left"));
    }

    /// <summary>Shows why nobody can sign in on this connection, and what to do; false where they can.</summary>
    internal static async Task<bool> RefusedPlainHttp(HttpContext ctx, PageRenderer pages, PlainHttp plain)
    {
        if (!plain.Refuses(ctx))
            return false;
        var (port, host) = PlainHttp.Reached(ctx);
        await pages.Render<PlainHttpPage, PlainHttpModel>(ctx, new(port, host), 403);
        return true;
    }

    /// <summary>Where to after signing in: the path when it is one of ours that needs it. Nobody is sent to where only others may be.</summary>
    internal static string Landing(string? back, bool customer)
    {
        var (own, others) = customer ? ("/account", "/admin") : ("/admin", "/account");
        return string.IsNullOrEmpty(back) || PageRenderer.LocalPath(back) is not { Length: > 1 } local || local.StartsWith("/sign-", StringComparison.Ordinal)
            || local == others || local.StartsWith(others + "/", StringComparison.Ordinal) || local.StartsWith(others + "?", StringComparison.Ordinal) ? own : local;
    }
}

/// <param name="Port">Where the server listens.</param>
/// <param name="Host">The name it was reached by.</param>
public sealed record PlainHttpModel(int Port, string Host);

/// <param name="NeedsSetup">There is no owner yet.</param>
/// <param name="SignUp">People may make an account.</param>
/// <param name="Passkey">What the browser is asked for a passkey, as JSON; null where browsers know none.</param>
public sealed record SignInModel(string Return = "/", string? Username = null, bool NeedsSetup = false, bool SignUp = false, string? Passkey = null, Refusal? Refusal = null) : IFormModel;

/// <summary>What the page of the door shows, whatever has led there.</summary>
internal sealed class SignInForm(TenantSettings settings, PasskeyService passkeys, PasskeySites sites)
{
    public SignInModel Of(HttpContext ctx, string back)
    {
        var tenant = ctx.Caller().TenantId;
        return new(back, SignUp: settings.Get(tenant, SignUpSettings.Mode) != SignUpSettings.Closed, Passkey: sites.Of(ctx) is { } site ? passkeys.AskAnybody(tenant, site) : null);
    }
}
