using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.Profile;

/// <summary>What is one's own: password, passkeys, sessions, sign-ins.</summary>
public static class ProfilePages
{
    public const string Path = SignInPages.PasswordPath;
    private const int SignInsShown = 20;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).RequiresSignIn().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        pages.MapGet("", (HttpContext ctx, Database db, PageRenderer render, AccountService accounts, SessionStore sessions, SignIns signIns, PasskeyService passkeys, PasskeySites sites) =>
            Show(ctx, db, render, accounts, sessions, signIns, passkeys, sites, null));
        pages.MapPost("/sessions/end", EndSession);
        pages.MapPost("/sessions/end-others", EndOthers);
        app.MapPost(Path + "/password", ChangePassword).RequiresSignIn().RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
    }

    private static async Task Show(
        HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, SessionStore sessions, SignIns signIns, PasskeyService passkeys, PasskeySites sites, Refusal? refusal)
    {
        var who = ctx.Caller();
        var (account, open, recent, keys) = await db.Read(async s => (
            await accounts.Get(s, who.TenantId, who.Id!),
            await sessions.List(s, who.TenantId, who.Id!),
            await signIns.Recent(s, who.TenantId, who.Id!, SignInsShown),
            await passkeys.Of(s, who.TenantId, who.Id!)));
        await pages.Render<ProfilePage, ProfileModel>(ctx, new(account, open, recent, keys, sites.Of(ctx), refusal), refusal?.Status ?? 200);
    }

    private static async Task ChangePassword(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts,
        SessionStore sessions, SignIns signIns, PasskeyService passkeys, PasskeySites sites, Passwords passwords, Cookies cookies, TimeProvider clock)
    {
        var who = ctx.Caller();
        var form = await RequestBody.Form(ctx);
        var (current, wanted) = (form["current"].ToString(), form["password"].ToString());
        try
        {
            var account = await db.Read(s => accounts.Get(s, who.TenantId, who.Id!));
            var checks = new FieldChecks();
            if (current.Length == 0)
                checks.Wrong("current", "field.required");
            PasswordRules.CheckTwice(checks, "password", wanted, "password_repeat", form["password_repeat"], account.Username);
            if (wanted.Length > 0 && wanted == current)
                checks.Wrong("password", "accounts.field.password_same");
            checks.ThrowIfAny();
            var verified = await signIns.Confirm(who, current) ?? throw Refusal.Field("current", "accounts.field.password_wrong");
            var hash = await passwords.Hash(wanted);
            var (session, browser) = await db.Command(who, async s => (
                await accounts.ChangePassword(s, who, verified, hash),
                await KnownBrowsers.Remember(s, who.TenantId, who.Id!, null, clock.GetUtcNow().ToUnixTimeMilliseconds())));
            cookies.Set(ctx, Cookies.Session, session, null);
            cookies.Set(ctx, Cookies.Browser, browser, KnownBrowsers.Life);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "account.password_changed"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, db, pages, accounts, sessions, signIns, passkeys, sites, refusal);
        }
    }

    private static async Task EndSession(HttpContext ctx, Database db, SessionStore sessions)
    {
        var form = await RequestBody.Form(ctx);
        await db.Command(ctx.Caller(), s => sessions.End(s, ctx.Caller(), form["session"].ToString()));
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "account.session_ended"));
    }

    private static async Task EndOthers(HttpContext ctx, Database db, SessionStore sessions)
    {
        var ended = await db.Command(ctx.Caller(), s => sessions.EndOthers(s, ctx.Caller()));
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "account.sessions_ended", ended));
    }
}

/// <param name="Site">Where the browser is; null where it knows no passkeys.</param>
public sealed record ProfileModel(
    Account Account, IReadOnlyList<AccountSession> Sessions, IReadOnlyList<SignInAttempt> SignIns, IReadOnlyList<Passkey> Passkeys, PasskeySite? Site, Refusal? Refusal = null) : IFormModel;
