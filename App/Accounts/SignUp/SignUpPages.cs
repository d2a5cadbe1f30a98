using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.SignUp;

/// <summary><c>/sign-up</c>: an account in two steps, a form and a code.</summary>
public static class SignUpPages
{
    private const string Path = "/sign-up", CodePath = Path + "/code";

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("").OpenToAll().ExcludeFromDescription();
        pages.MapGet(Path, Show).RequireRateLimiting(RateLimits.Pages);
        pages.MapGet(CodePath, (HttpContext ctx) => PageRenderer.Redirect(ctx, Path)).RequireRateLimiting(RateLimits.Pages);
        pages.MapPost(Path, Apply).RequireRateLimiting(RateLimits.SignIn);
        pages.MapPost(CodePath, Confirm).RequireRateLimiting(RateLimits.SignIn);
        pages.MapPost(CodePath + "/again", SendAgain).RequireRateLimiting(RateLimits.SignIn);
    }

    private static async Task Show(HttpContext ctx, PageRenderer pages, PlainHttp plain, SignUpDoor door)
    {
        if (ctx.Caller().IsCustomer)
            PageRenderer.Redirect(ctx, "/account");
        else if (!await SignInPages.RefusedPlainHttp(ctx, pages, plain))
            await Render(ctx, pages, door, "", "", ctx.Request.Query["invite"].ToString(), ctx.Request.Query["by"], null, null);
    }

    private static async Task Apply(HttpContext ctx, PageRenderer pages, PlainHttp plain, SignUpDoor door)
    {
        if (await SignInPages.RefusedPlainHttp(ctx, pages, plain))
            return;
        var form = await RequestBody.Form(ctx);
        var (email, username, solved) = (form["email"].ToString(), form["username"].ToString(), new SolvedChallenge(form["challenge"], form["nonce"]));
        var (invite, by) = (form["invite"].ToString(), form["by"].ToString());
        try
        {
            var applied = await door.Apply(ctx.Caller(), email, username, form["password"], ctx.Text().Language, solved, invite, checks =>
            {
                if (form["password"] != form["password_repeat"])
                    checks.Wrong("password_repeat", "accounts.field.password_repeat");
            }, by);
            await pages.Render<SignUpCodePage, SignUpCodeModel>(ctx, new(ContactRules.Email(email)!, applied.Attempt, applied.Sent));
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 422 or 429)
        {
            await Render(ctx, pages, door, email, username, invite, by, solved.Id, refusal);
        }
    }

    private static async Task Confirm(HttpContext ctx, PageRenderer pages, Database db, SignUpDoor door, SessionStore sessions, Cookies cookies, Csrf csrf, TimeProvider clock)
    {
        var form = await RequestBody.Form(ctx);
        var (email, attempt, who) = (form["email"].ToString(), form["attempt"].ToString(), ctx.Caller());
        try
        {
            // From this page only the attempt that it belongs to: another's code would bring in another's password.
            var customer = await door.Confirm(who, email, form["code"], attempt.Length == 0 ? "-" : attempt);
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var (session, browser) = await db.Write(async s =>
            {
                await SignIns.RecordSuccess(s, who, customer.Id, customer.Username, now);
                return (await sessions.Open(s, who, customer.Id), await KnownBrowsers.Remember(s, who.TenantId, customer.Id, null, now));
            });
            cookies.Set(ctx, Cookies.Session, session, null);
            cookies.Set(ctx, Cookies.Browser, browser, KnownBrowsers.Life);
            csrf.Renew(ctx);
            PageRenderer.RedirectWithToast(ctx, "/account", new Toast("ok", "signup.done"));
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 422)
        {
            await pages.Render<SignUpCodePage, SignUpCodeModel>(ctx, new(email, attempt, await door.CanMail(who.TenantId), refusal), refusal.Status);
        }
    }

    private static async Task SendAgain(HttpContext ctx, PageRenderer pages, SignUpDoor door)
    {
        var form = await RequestBody.Form(ctx);
        var (email, attempt) = (form["email"].ToString(), form["attempt"].ToString());
        Refusal? refused = null;
        try
        {
            await door.SendAgain(ctx.Caller(), attempt, email, ctx.Text().Language);
        }
        catch (Refusal refusal) when (refusal.Status == 429)
        {
            refused = refusal;
        }
        await pages.Render<SignUpCodePage, SignUpCodeModel>(ctx, new(email, attempt, await door.CanMail(ctx.Caller().TenantId), refused, SentAgain: refused is null), refused?.Status ?? 200);
    }

    private static async Task Render(HttpContext ctx, PageRenderer pages, SignUpDoor door, string email, string username, string invite, string? by, string? challenge, Refusal? refusal)
    {
        var tenant = ctx.Caller().TenantId;
        var mode = await door.Mode(tenant);
        var work = mode == SignUpSettings.Closed || !door.AsksForWork(tenant) ? null : await door.Work(challenge);
        await pages.Render<SignUpPage, SignUpModel>(ctx, new(mode, await door.CanMail(tenant), email, username, invite, work, refusal) { By = SignUpDoor.LinkOf(by) }, refusal?.Status ?? 200);
    }
}

/// <param name="Mode">One of the modes of <see cref="SignUpSettings"/>.</param>
/// <param name="CanMail">Else staff hand the code over.</param>
public sealed record SignUpModel(string Mode, bool CanMail, string Email, string Username, string Invite, Challenge? Challenge = null, Refusal? Refusal = null) : IFormModel
{
    /// <summary>The code of a customer's link that led here; may be empty.</summary>
    public string By { get; init; } = "";
}

public sealed record SignUpCodeModel(string Email, string Attempt, bool Sent, Refusal? Refusal = null, bool SentAgain = false) : IFormModel;
