using Gatehouse.Audit.Log;
using Gatehouse.Console.Permissions;
using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Templates;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console.MailTemplates;

/// <summary>/admin/settings/mail-templates: the words of mails, seen as their receivers will see them before they are kept.</summary>
public static class MailTemplatePages
{
    internal const string Path = "/admin/settings/mail-templates";

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(ConsolePermissions.SettingsManage);
        pages.MapGet("", List);
        pages.MapGet("/{name}/{language}", Edit);
        pages.MapPost("/{name}/{language}", Change);
        pages.MapPost("/{name}/{language}/reset", Reset);
        pages.MapGet("/{name}/{language}/preview", async (HttpContext ctx, string name, string language, Database db, MailTextService texts) =>
            await Framed(ctx, texts, name, language, (await db.Read(s => texts.Get(s, ctx.Caller().TenantId, name, language), ctx.RequestAborted)).Text));
        pages.MapPost("/{name}/{language}/preview", async (HttpContext ctx, string name, string language, MailTextService texts) =>
            await Framed(ctx, texts, name, language, Typed(await RequestBody.Form(ctx))));
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, MailTextService texts) =>
        await pages.Render<MailTemplateListPage, MailTemplateListModel>(ctx, new(await db.Read(s => texts.List(s, ctx.Caller().TenantId), ctx.RequestAborted)));

    private static async Task Edit(HttpContext ctx, string name, string language, PageRenderer pages, Database db, MailTextService texts)
    {
        var text = await db.Read(s => texts.Get(s, ctx.Caller().TenantId, name, language), ctx.RequestAborted);
        await Show(ctx, pages, new(text, text.Text));
    }

    private static async Task Change(HttpContext ctx, string name, string language, PageRenderer pages, Database db, MailTextService texts)
    {
        var typed = Typed(await RequestBody.Form(ctx));
        try
        {
            await db.Command(ctx.Caller(), s => texts.Change(s, ctx.Caller(), name, language, _ => typed), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{name}/{language}", new Toast("ok", "mail_template.saved"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            var text = await db.Read(s => texts.Get(s, ctx.Caller().TenantId, name, language), ctx.RequestAborted);
            await Show(ctx, pages, new(text, typed, refusal));
        }
    }

    private static async Task Reset(HttpContext ctx, string name, string language, Database db, MailTextService texts)
    {
        await db.Command(ctx.Caller(), s => texts.Reset(s, ctx.Caller(), name, language), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"{Path}/{name}/{language}", new Toast("ok", "mail_template.was_reset"));
    }

    private static Task Show(HttpContext ctx, PageRenderer pages, MailTemplateModel model)
    {
        SecurityHeaders.AllowFrames(ctx);
        return pages.Render<MailTemplatePage, MailTemplateModel>(ctx, model, model.Refusal?.Status ?? 200);
    }

    private static MailText Typed(IFormCollection form) => new(form["subject"].ToString(), form["body"].ToString());

    private static Task Framed(HttpContext ctx, MailTextService texts, string name, string language, MailText text)
    {
        try
        {
            return MailFrame.Send(ctx, MailFrame.Of(ctx.Text(), texts.Preview(ctx.Caller().TenantId, name, language, text)));
        }
        catch (Refusal refusal) when (refusal.Fields.Count > 0)
        {
            return MailFrame.Send(ctx, MailFrame.Of(ctx.Text(), refusal), refusal.Status);
        }
    }
}

public sealed record MailTemplateListModel(IReadOnlyList<TemplateText> Texts);

/// <param name="Text">As it is kept.</param>
/// <param name="Typed">As the form has it.</param>
public sealed record MailTemplateModel(TemplateText Text, MailText Typed, Refusal? Refusal = null) : IFormModel;
