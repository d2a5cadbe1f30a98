using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.MyAccount;

/// <summary><c>/account</c>: a signed-in customer's own pages.</summary>
public static class MyAccountPages
{
    private const string Details = "/account/details";
    private const string Security = AccessMiddleware.ChoosePassword;
    private const int SignInsShown = 20;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        pages.MapGet("/account", Home).RequiresCustomer();
        pages.MapGet(Details, ShowDetails).RequiresCustomer();
        pages.MapPost(Details, SaveDetails).RequiresCustomer();
        pages.MapGet(Security, ShowSecurity).RequiresCustomer(beforePassword: true);
        pages.MapPost(Security + "/sessions/end", EndSession).RequiresCustomer();
        pages.MapPost(Security + "/sessions/end-others", EndOthers).RequiresCustomer();
        app.MapPost(Security + "/password", ChangePassword).RequiresCustomer(beforePassword: true).RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
    }

    private static async Task Home(HttpContext ctx, PageRenderer pages, IEnumerable<AccountSection> sections)
    {
        var cards = new List<AccountCards>();
        foreach (var section in sections.OrderBy(s => s.Order))
            cards.Add(await section.Load(ctx));
        await pages.Render<AccountHomePage, AccountHomeModel>(ctx, new(cards));
    }

    private static async Task ShowDetails(HttpContext ctx, Database db, PageRenderer pages, MyAccountService account)
    {
        var own = await db.Read(s => account.Get(s, ctx.Caller()), ctx.RequestAborted);
        await pages.Render<AccountDetailsPage, AccountDetailsModel>(ctx, new(own, OwnAccount.Details.ToForm(own)));
    }

    private static async Task SaveDetails(HttpContext ctx, Database db, PageRenderer pages, MyAccountService account)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var own = await db.Write(s => account.Update(s, ctx.Caller(), c => OwnAccount.Details.FromForm(c, form)), ctx.RequestAborted);
            if (own.Language.Length > 0)
                WebPages.SpeakTo(ctx, own.Language);
            PageRenderer.RedirectWithToast(ctx, Details, new Toast("ok", "myaccount.saved"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            var own = await db.Read(s => account.Get(s, ctx.Caller()), ctx.RequestAborted);
            await pages.Render<AccountDetailsPage, AccountDetailsModel>(ctx, new(own, form, refusal), 422);
        }
    }

    private static Task ShowSecurity(HttpContext ctx, Database db, PageRenderer pages, MyAccountService account, SessionStore sessions, SignIns signIns, PasskeyService passkeys, PasskeySites sites) =>
        ShowSecured(ctx, db, pages, account, sessions, signIns, passkeys, sites, null);

    private static async Task ShowSecured(
        HttpContext ctx, Database db, PageRenderer pages, MyAccountService account, SessionStore sessions, SignIns signIns, PasskeyService passkeys, PasskeySites sites, Refusal? refusal)
    {
        var who = ctx.Caller();
        var model = await db.Read(async s => new AccountSecurityModel(
            await account.Get(s, who), await sessions.List(s, who.TenantId, who.Id!), await signIns.Recent(s, who.TenantId, who.Id!, SignInsShown),
            await AccountEvents.Recent(s, who.TenantId, who.Id!, SignInsShown), await passkeys.Of(s, who.TenantId, who.Id!), sites.Of(ctx), refusal), ctx.RequestAborted);
        await pages.Render<AccountSecurityPage, AccountSecurityModel>(ctx, model, refusal?.Status ?? 200);
    }

    private static async Task ChangePassword(HttpContext ctx, Database db, PageRenderer pages, MyAccountService account,
        SessionStore sessions, SignIns signIns, PasskeyService passkeys, PasskeySites sites, Passwords passwords, Cookies cookies, TimeProvider clock)
    {
        var who = ctx.Caller();
        var form = await RequestBody.Form(ctx);
        var (current, wanted) = (form["current"].ToString(), form["password"].ToString());
        try
        {
            var checks = new FieldChecks();
            if (current.Length == 0)
                checks.Wrong("current", "field.required");
            PasswordRules.CheckTwice(checks, "password", wanted, "password_repeat", form["password_repeat"], "");
            if (wanted.Length > 0 && wanted == current)
                checks.Wrong("password", "accounts.field.password_same");
            checks.ThrowIfAny();
            var verified = await signIns.Confirm(who, current) ?? throw Refusal.Field("current", "accounts.field.password_wrong");
            var hash = await passwords.Hash(wanted);
            var (session, browser) = await db.Write(async s => (
                await account.ChangePassword(s, who, verified, wanted, hash, ctx.Text().Language),
                await KnownBrowsers.Remember(s, who.TenantId, who.Id!, null, clock.GetUtcNow().ToUnixTimeMilliseconds())));
            cookies.Set(ctx, Cookies.Session, session, null);
            cookies.Set(ctx, Cookies.Browser, browser, KnownBrowsers.Life);
            PageRenderer.RedirectWithToast(ctx, who.MustChoosePassword ? "/account" : Security, new Toast("ok", "account.password_changed"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await ShowSecured(ctx, db, pages, account, sessions, signIns, passkeys, sites, refusal);
        }
    }

    private static async Task EndSession(HttpContext ctx, Database db, SessionStore sessions)
    {
        var form = await RequestBody.Form(ctx);
        await db.Write(s => sessions.End(s, ctx.Caller(), form["session"].ToString()), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, Security, new Toast("ok", "account.session_ended"));
    }

    private static async Task EndOthers(HttpContext ctx, Database db, SessionStore sessions)
    {
        var ended = await db.Write(s => sessions.EndOthers(s, ctx.Caller()), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, Security, new Toast("ok", "account.sessions_ended", ended));
    }
}

public sealed record AccountHomeModel(IReadOnlyList<AccountCards> Cards);

public sealed record AccountDetailsModel(Customer Customer, FormValues Form, Refusal? Refusal = null) : IFormModel;

/// <param name="Site">Where the browser is; null where it knows no passkeys.</param>
public sealed record AccountSecurityModel(
    Customer Customer, IReadOnlyList<AccountSession> Sessions, IReadOnlyList<SignInAttempt> SignIns, IReadOnlyList<AccountEvent> Events,
    IReadOnlyList<Passkey> Passkeys, PasskeySite? Site, Refusal? Refusal = null) : IFormModel;
