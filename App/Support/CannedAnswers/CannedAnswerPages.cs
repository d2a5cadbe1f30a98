using Gatehouse.Audit.Log;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Fields;
using Gatehouse.Support.Permissions;

namespace Gatehouse.Support.CannedAnswers;

/// <summary>/admin/canned-answers.</summary>
public static class CannedAnswerPages
{
    public const string Path = "/admin/canned-answers";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = group.MapGroup("").Requires(SupportPermissions.TicketsRead);
        read.MapGet("", List);
        read.MapGet("/{id}", Edit);
        var write = group.MapGroup("").Requires(SupportPermissions.TicketsWrite);
        write.MapGet("/new", New);
        write.MapPost("/new", Create);
        write.MapPost("/{id}", Change);
        write.MapPost("/{id}/remove", Remove);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, CannedAnswerService answers)
    {
        var (query, search) = (ctx.Request.Query, SearchTerm.Of(ctx.Request.Query["q"]));
        var page = await db.Read(s => answers.List(s, ctx.Caller().TenantId, search, query["after"], Cursor.DefaultLimit), ctx.RequestAborted);
        await pages.Render<CannedAnswerListPage, CannedAnswerListModel>(ctx, new(page, search, !query.ContainsKey("after")));
    }

    private static async Task New(HttpContext ctx, PageRenderer pages, Database db, CannedAnswerService answers) =>
        await Show(ctx, pages, null, CannedAnswer.Fields.ToForm(CopyLink.Of(ctx) is { } from ? await Find(ctx, from, db, answers) : new CannedAnswer()));

    private static async Task Create(HttpContext ctx, PageRenderer pages, Database db, CannedAnswerService answers)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var made = await db.Command(ctx.Caller(), s => answers.Create(s, ctx.Caller(), CannedAnswer.Fields.FromForm(new CannedAnswer(), form)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "support.saved", made.Title));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, pages, null, form, refusal);
        }
    }

    private static async Task Edit(HttpContext ctx, string id, PageRenderer pages, Database db, CannedAnswerService answers)
    {
        var answer = await Find(ctx, id, db, answers);
        await Show(ctx, pages, answer, CannedAnswer.Fields.ToForm(answer));
    }

    private static async Task Change(HttpContext ctx, string id, PageRenderer pages, Database db, CannedAnswerService answers)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var changed = await db.Command(ctx.Caller(), s => answers.Update(s, ctx.Caller(), id, c => CannedAnswer.Fields.FromForm(c, form)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "support.saved", changed.Title));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, pages, await Find(ctx, id, db, answers), form, refusal);
        }
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, CannedAnswerService answers)
    {
        var gone = await db.Command(ctx.Caller(), s => answers.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "support.deleted", gone.Title));
    }

    private static Task<CannedAnswer> Find(HttpContext ctx, string id, Database db, CannedAnswerService answers) =>
        db.Read(s => answers.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);

    private static Task Show(HttpContext ctx, PageRenderer pages, CannedAnswer? answer, FormValues form, Refusal? refusal = null) =>
        pages.Render<CannedAnswerFormPage, CannedAnswerFormModel>(ctx, new(form, answer, refusal), refusal?.Status ?? 200);
}

/// <param name="First">Is this the first page?</param>
public sealed record CannedAnswerListModel(Slice<CannedAnswer> Answers, string? Search, bool First);

/// <param name="Answer">Null while it is being written.</param>
public sealed record CannedAnswerFormModel(FormValues Form, CannedAnswer? Answer, Refusal? Refusal = null) : IFormModel;
