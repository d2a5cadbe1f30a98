using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.MyAccount;

/// <summary>Which mails a customer wants, beside those about the account itself: the same choice that the link at the foot of a mail makes.</summary>
internal static class MailChoicePages
{
    public const string Path = "/account/details/mail";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost(Path, Save).RequiresCustomer().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();

    private static async Task Save(HttpContext ctx, Database db, MyAccountService account)
    {
        var wanted = (await RequestBody.Form(ctx))["news"] == "true";
        await db.Write(s => account.Update(s, ctx.Caller(), c => c with { News = wanted }), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, "/account/details", new Toast("ok", "myaccount.saved"));
    }
}
