using Gatehouse.Accounts.MyAccount;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.EmailChange;

/// <summary><c>/account/email</c>, and the page that undoes it.</summary>
public static class EmailChangePages
{
    public const string Path = "/account/email";

    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup(Path).RequiresCustomer().ExcludeFromDescription();
        own.MapGet("", (HttpContext ctx) => Render(ctx, "", false, null)).RequireRateLimiting(RateLimits.Pages);
        own.MapPost("", Ask).RequireRateLimiting(RateLimits.SignIn);
        own.MapPost("/code", Confirm).RequireRateLimiting(RateLimits.SignIn);
        var undo = app.MapGroup(EmailDoor.UndoPath).OpenToAll().ExcludeFromDescription();
        undo.MapGet("", ShowUndo).RequireRateLimiting(RateLimits.Pages);
        undo.MapPost("", Undo).RequireRateLimiting(RateLimits.SignIn);
    }

    private static async Task Render(HttpContext ctx, string email, bool sent, Refusal? refusal)
    {
        var (services, who) = (ctx.RequestServices, ctx.Caller());
        var own = await services.GetRequiredService<Database>().Read(s => services.GetRequiredService<MyAccountService>().Get(s, who), ctx.RequestAborted);
        var canMail = await services.GetRequiredService<EmailDoor>().CanMail(who.TenantId);
        await services.GetRequiredService<PageRenderer>().Render<EmailChangePage, EmailChangeModel>(ctx, new(own.Email, email, canMail, sent, refusal), refusal?.Status ?? 200);
    }

    private static async Task Ask(HttpContext ctx, EmailDoor door)
    {
        var form = await RequestBody.Form(ctx);
        try
        {
            await Render(ctx, (await door.Ask(ctx.Caller(), form["email"], form["password"], ctx.Text().Language)).Email, true, null);
        }
        catch (Refusal refusal) when (refusal.Status is 422 or 429)
        {
            await Render(ctx, form["email"].ToString(), false, refusal);
        }
    }

    private static async Task Confirm(HttpContext ctx, EmailDoor door)
    {
        var form = await RequestBody.Form(ctx);
        try
        {
            await door.Confirm(ctx.Caller(), form["code"], ctx.Text().Language);
            PageRenderer.RedirectWithToast(ctx, "/account/details", new Toast("ok", "emailchange.done"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Render(ctx, form["email"].ToString(), true, refusal);
        }
    }

    private static async Task ShowUndo(HttpContext ctx, Database db, PageRenderer pages, PlainHttp plain, EmailChanges changes, string? token)
    {
        if (await SignInPages.RefusedPlainHttp(ctx, pages, plain))
            return;
        var good = !string.IsNullOrEmpty(token) && await db.Read(s => changes.IsGood(s, ctx.Caller().TenantId, token));
        await pages.Render<UndoEmailPage, UndoEmailModel>(ctx, new(token ?? "", good), good ? 200 : SignUpErrors.InvalidLink.Status);
    }

    private static async Task Undo(HttpContext ctx, PageRenderer pages, PlainHttp plain, EmailDoor door)
    {
        if (await SignInPages.RefusedPlainHttp(ctx, pages, plain))
            return;
        try
        {
            PageRenderer.RedirectWithToast(ctx, "/reset-password?token=" + await door.Undo(ctx.Caller(), (await RequestBody.Form(ctx))["token"].ToString()), new Toast("ok", "emailchange.undone"));
        }
        catch (Refusal refusal) when (refusal.Status == 410)
        {
            await pages.Render<UndoEmailPage, UndoEmailModel>(ctx, new("", false), refusal.Status);
        }
    }
}

/// <param name="Current">The address now; null: none.</param>
/// <param name="Email">The new one, as typed.</param>
/// <param name="Sent">A code is on its way there.</param>
public sealed record EmailChangeModel(string? Current, string Email, bool CanMail, bool Sent, Refusal? Refusal) : IFormModel;

/// <param name="Good">The link is.</param>
public sealed record UndoEmailModel(string Token, bool Good);
