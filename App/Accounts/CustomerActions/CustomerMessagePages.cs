using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Templates;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.CustomerActions;

/// <summary><c>/admin/users/message</c>: a mail to those who were chosen, seen before it goes.</summary>
public static class CustomerMessagePages
{
    internal const string Path = CustomerBulkPages.List + "/message";

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).Requires(AccountsPermissions.UsersWrite).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        pages.MapGet("", (HttpContext ctx) => PageRenderer.Redirect(ctx, CustomerBulkPages.List));
        pages.MapPost("", Write);
        pages.MapPost("/preview", Preview);
    }

    private static async Task Write(HttpContext ctx, PageRenderer pages, Database db, CustomerBulk actions, CustomerService customers, MailStatus mail, TimeProvider clock)
    {
        var form = await RequestBody.Form(ctx);
        var (choice, run, who) = (CustomerChoice.Read(form), OperationKey.Of(form["run"]), ctx.Caller());
        var (count, first) = await CustomerBulkPages.Chosen(ctx, db, customers, choice, CustomerBulk.MaxLetters, clock);
        if (count == 0)
        {
            PageRenderer.RedirectWithToast(ctx, CustomerBulkPages.List, new Toast("warn", "users.bulk.none"));
            return;
        }
        var canMail = await mail.IsSetUp(who.TenantId);
        Refusal? refused = null;
        if (form["step"] == "send" && canMail)
            try
            {
                var written = actions.Written(Typed(form));
                await db.Command(who, s => actions.Write(s, who, choice, written, ctx.Text().Language, run), ctx.RequestAborted);
                PageRenderer.RedirectWithToast(ctx, "/admin/operations", new Toast("ok", "users.message.started", count));
                return;
            }
            catch (Refusal refusal) when (refusal.Status is 422 or 503)
            {
                refused = refusal;
            }
        SecurityHeaders.AllowFrames(ctx);
        await pages.Render<CustomerMessagePage, CustomerMessageModel>(ctx, new(choice, count, first, new FormValues(form), run, canMail, refused), refused?.Status ?? 200);
    }

    private static async Task Preview(HttpContext ctx, MailTextService texts)
    {
        var typed = Typed(await RequestBody.Form(ctx)).Where(t => t.Value.Subject.Trim().Length + t.Value.Body.Trim().Length > 0).ToList();
        try
        {
            await MailFrame.Send(ctx, string.Concat(typed.Select(t => MailFrame.Of(ctx.Text(), texts.PreviewLetter(ctx.Caller().TenantId, t.Key, t.Value)))));
        }
        catch (Refusal refusal) when (refusal.Fields.Count > 0)
        {
            await MailFrame.Send(ctx, MailFrame.Of(ctx.Text(), refusal), refusal.Status);
        }
    }

    private static Dictionary<string, MailText> Typed(IFormCollection form) =>
        MailTextService.Languages.ToDictionary(l => l, l => new MailText(form["subject_" + l].ToString(), form["body_" + l].ToString()));
}

/// <param name="Run">Known by the form since it was shown, so that sending it twice writes once.</param>
public sealed record CustomerMessageModel(
    CustomerChoice Choice, long Count, IReadOnlyList<Customer> First, FormValues Form, string Run, bool CanMail, Refusal? Refusal = null) : IFormModel;
