using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Accounts.Staff;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.PasswordReset;

/// <summary>A forgotten password: a link by mail, and the page that it opens.</summary>
public static class PasswordResetPages
{
    private const string Forgotten = "/forgot-password";

    internal const string Reset = "/reset-password";

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("").OpenToAll().ExcludeFromDescription();
        pages.MapGet(Forgotten, Ask).RequireRateLimiting(RateLimits.Pages);
        pages.MapPost(Forgotten, Send).RequireRateLimiting(RateLimits.SignIn);
        pages.MapGet(Reset, Show).RequireRateLimiting(RateLimits.Pages);
        pages.MapPost(Reset, Set).RequireRateLimiting(RateLimits.SignIn);
    }

    private static async Task Ask(HttpContext ctx, PageRenderer pages, MailStatus mail) =>
        await pages.Render<ForgottenPage, ForgottenModel>(ctx, new(await mail.IsSetUp(ctx.Caller().TenantId)));

    private static async Task Send(HttpContext ctx, Database db, PageRenderer pages, PasswordResets resets, MailStatus mail, IConfiguration config, ITenants tenants)
    {
        var email = (await RequestBody.Form(ctx))["email"].ToString();
        var canMail = await mail.IsSetUp(ctx.Caller().TenantId);
        try
        {
            var address = ContactRules.Email(email) ?? throw Refusal.Field("email", "accounts.field.email");
            if (canMail)
                await db.Write(s => resets.Send(s, ctx.Caller(), address, ctx.Text().Language, SiteAddress.Base(config, tenants, ctx.Caller().TenantId) + Reset));
            await pages.Render<ForgottenPage, ForgottenModel>(ctx, new(canMail, address, Sent: canMail));
        }
        catch (Refusal refusal) when (refusal.Status is 422 or 429)
        {
            await pages.Render<ForgottenPage, ForgottenModel>(ctx, new(canMail, email, Refusal: refusal), refusal.Status);
        }
    }

    private static async Task Show(HttpContext ctx, Database db, PageRenderer pages, PlainHttp plain, PasswordResets resets, string? token)
    {
        if (await SignInPages.RefusedPlainHttp(ctx, pages, plain))
            return;
        var good = !string.IsNullOrEmpty(token) && await db.Read(s => resets.IsGood(s, ctx.Caller().TenantId, token));
        await pages.Render<NewPasswordPage, NewPasswordModel>(ctx, new(token ?? "", good), good ? 200 : SignUpErrors.InvalidLink.Status);
    }

    private static async Task Set(HttpContext ctx, Database db, PageRenderer pages, PlainHttp plain, PasswordResets resets, Passwords passwords)
    {
        if (await SignInPages.RefusedPlainHttp(ctx, pages, plain))
            return;
        var form = await RequestBody.Form(ctx);
        var (token, wanted, who) = (form["token"].ToString(), form["password"].ToString(), ctx.Caller());
        try
        {
            // Before the password is hashed, which is work.
            if (!await db.Read(s => resets.IsGood(s, who.TenantId, token)))
                throw new Refusal(SignUpErrors.InvalidLink);
            var checks = new FieldChecks();
            PasswordRules.CheckTwice(checks, "password", wanted, "password_repeat", form["password_repeat"], "");
            checks.ThrowIfAny();
            var hash = await passwords.Hash(wanted);
            await db.Write(s => resets.Use(s, who, token, wanted, hash, ctx.Text().Language));
            PageRenderer.RedirectWithToast(ctx, "/sign-in", new Toast("ok", "reset.done"));
        }
        catch (Refusal refusal) when (refusal.Status is 410 or 422)
        {
            await pages.Render<NewPasswordPage, NewPasswordModel>(ctx, new(token, refusal.Status != 410, refusal), refusal.Status);
        }
    }
}

/// <param name="CanMail">Else only staff can help.</param>
public sealed record ForgottenModel(bool CanMail, string Email = "", bool Sent = false, Refusal? Refusal = null) : IFormModel;

/// <param name="Good">The link is.</param>
public sealed record NewPasswordModel(string Token, bool Good, Refusal? Refusal = null) : IFormModel;
