using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.Setup;

/// <summary>The page behind the one-time link, where the first owner is made.</summary>
public static class SetupPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/setup", Show).OpenToAll().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        app.MapPost("/setup", Complete).OpenToAll().RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
    }

    private static async Task Show(HttpContext ctx, Database db, PageRenderer pages, PlainHttp plain, SetupLinks links, string? token)
    {
        KeepToken(ctx);
        if (await SignInPages.RefusedPlainHttp(ctx, pages, plain))
            return;
        if (token is not null && await db.Read(s => links.Valid(s, ctx.Caller().TenantId, token)))
            await pages.Render<SetupPage, SetupModel>(ctx, new(token));
        else
            await Closed(ctx, db, pages, links);
    }

    private static async Task Complete(
        HttpContext ctx, Database db, PageRenderer pages, PlainHttp plain, SetupLinks links, Passwords passwords, Cookies cookies, Csrf csrf)
    {
        KeepToken(ctx);
        if (await SignInPages.RefusedPlainHttp(ctx, pages, plain))
            return;
        var form = await RequestBody.Form(ctx);
        var token = form["token"].ToString() is { Length: > 0 } typed ? typed : ctx.Request.Query["token"].ToString();
        var who = ctx.Caller();
        // Asked before the password is hashed: only who holds the link may make the server work.
        if (!await db.Read(s => links.Valid(s, who.TenantId, token)))
        {
            await Closed(ctx, db, pages, links);
            return;
        }
        var (username, name) = (form["username"].ToString(), form["display_name"].ToString());
        try
        {
            var checks = new FieldChecks();
            var login = StaffRules.Username(checks, "username", username);
            checks.Text("display_name", name, 0, StaffRules.MaxDisplayName);
            PasswordRules.CheckTwice(checks, "password", form["password"], "password_repeat", form["password_repeat"], login);
            checks.ThrowIfAny();
            var hash = await passwords.Hash(form["password"]!);
            var session = await db.Command(who, s => links.Complete(s, who, token, new NewStaff(login, name, Role.Owner, hash)));
            cookies.Set(ctx, Cookies.Session, session, null);
            csrf.Renew(ctx);
            PageRenderer.RedirectWithToast(ctx, "/admin", new Toast("ok", "setup.done"));
        }
        catch (Refusal refusal) when (refusal.Error == SetupErrors.LinkInvalid)
        {
            await Closed(ctx, db, pages, links);
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await pages.Render<SetupPage, SetupModel>(ctx, new(token, username, name, refusal), 422);
        }
    }

    private static async Task Closed(HttpContext ctx, Database db, PageRenderer pages, SetupLinks links)
    {
        var needed = await db.Read(s => links.Needed(s, Caller.DefaultTenant));
        await pages.Render<SetupClosedPage, SetupClosedModel>(ctx, new(needed), 410);
    }

    // The address holds the token, so that no Referer may carry its path. The origin stays: forms are told from forgeries by it.
    private static void KeepToken(HttpContext ctx) => ctx.Response.Headers["Referrer-Policy"] = "strict-origin";
}

/// <param name="Needed">There is no owner yet: another link would help.</param>
public sealed record SetupClosedModel(bool Needed);

public sealed record SetupModel(string Token, string? Username = null, string? DisplayName = null, Refusal? Refusal = null) : IFormModel;
