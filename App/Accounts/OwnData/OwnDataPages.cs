using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Leaving;
using Gatehouse.Accounts.MyAccount;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.OwnData;

/// <summary><c>/account/data</c>: take one's data along, and leave. Both ask for the password: a browser that was left open must not be enough.</summary>
public static class OwnDataPages
{
    public const string Path = "/account/data";

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).RequiresCustomer().ExcludeFromDescription();
        pages.MapGet("", (HttpContext ctx, Database db, PageRenderer render, MyAccountService account) => Show(ctx, db, render, account, "", null)).RequireRateLimiting(RateLimits.Pages);
        pages.MapPost("/export", Export).RequireRateLimiting(RateLimits.SignIn);
        pages.MapPost("/leave", Leave).RequireRateLimiting(RateLimits.SignIn);
        pages.MapPost("/stay", Stay).RequireRateLimiting(RateLimits.Pages);
    }

    /// <summary>The part of a customer's first page while the account is about to go.</summary>
    public static async Task<AccountCards> Load(HttpContext ctx)
    {
        var account = ctx.RequestServices.GetRequiredService<MyAccountService>();
        var own = await ctx.RequestServices.GetRequiredService<Database>().Read(s => account.Get(s, ctx.Caller()), ctx.RequestAborted);
        return own.LeavesAt is { } at ? new AccountCards { ToDo = ComponentFragment.Of<LeavingRow>((nameof(LeavingRow.At), at)) } : AccountCards.None;
    }

    private static async Task Show(HttpContext ctx, Database db, PageRenderer pages, MyAccountService account, string at, Refusal? refusal)
    {
        var own = await db.Read(s => account.Get(s, ctx.Caller()), ctx.RequestAborted);
        await pages.Render<OwnDataPage, OwnDataModel>(ctx, new(own, at, refusal), refusal?.Status ?? 200);
    }

    private static async Task Export(HttpContext ctx, Database db, PageRenderer pages, MyAccountService account, SignIns signIns, OwnDataArchive archive, TimeProvider clock)
    {
        try
        {
            await Confirm(ctx, signIns);
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, db, pages, account, "export", refusal);
            return;
        }
        var bytes = await archive.Of(ctx.Caller(), ctx.RequestAborted);
        var response = ctx.Response;
        response.ContentType = "application/zip";
        response.ContentLength = bytes.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = $"attachment; filename=\"account-{clock.GetUtcNow():yyyy-MM-dd}.zip\"";
        await response.Body.WriteAsync(bytes, ctx.RequestAborted);
    }

    private static async Task Leave(HttpContext ctx, Database db, PageRenderer pages, MyAccountService account, SignIns signIns, LeavingService leaving, MailStatus mail)
    {
        try
        {
            await Confirm(ctx, signIns);
            var canMail = await mail.IsSetUp(ctx.Caller().TenantId);
            await db.Write(s => leaving.Leave(s, ctx.Caller(), canMail, ctx.Text().Language), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, "/account", new Toast("ok", "leaving.begun"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, db, pages, account, "leave", refusal);
        }
    }

    private static async Task Stay(HttpContext ctx, Database db, LeavingService leaving)
    {
        await db.Write(s => leaving.Stay(s, ctx.Caller()), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, "/account", new Toast("ok", "leaving.stayed"));
    }

    private static async Task Confirm(HttpContext ctx, SignIns signIns)
    {
        var password = (await RequestBody.Form(ctx))["password"].ToString();
        if (password.Length == 0)
            throw Refusal.Field("password", "field.required");
        if (await signIns.Confirm(ctx.Caller(), password) is null)
            throw Refusal.Field("password", "accounts.field.password_wrong");
    }
}

/// <param name="At">The form that was refused: <c>export</c>, <c>leave</c>; empty: none.</param>
public sealed record OwnDataModel(Customer Customer, string At = "", Refusal? Refusal = null) : IFormModel;
