using Gatehouse.Audit.Log;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Fields;
using Gatehouse.Platform.Ui.Parts;
using Gatehouse.Support.Permissions;

namespace Gatehouse.Support.Articles;

/// <summary>/admin/articles.</summary>
public static class ArticlePages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/admin/articles").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = group.MapGroup("").Requires(SupportPermissions.SupportRead);
        read.MapGet("", List);
        read.MapGet("/{id}", Edit);
        var write = group.MapGroup("").Requires(SupportPermissions.SupportWrite);
        write.MapGet("/new", New);
        write.MapPost("/new", Create);
        write.MapPost("/{id}", Change);
        write.MapPost("/{id}/remove", Remove);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, ArticleService articles)
    {
        var query = ctx.Request.Query;
        var filter = ArticleEndpoints.Filter(query);
        var page = await db.Read(s => articles.List(s, ctx.Caller().TenantId, filter, query["after"], Cursor.DefaultLimit), ctx.RequestAborted);
        await pages.Render<ArticleListPage, ArticleListModel>(ctx, new(page, filter, !query.ContainsKey("after")));
    }

    // As a copy of another: all but its address, and nobody reads it yet.
    private static async Task New(HttpContext ctx, PageRenderer pages, Database db, ArticleService articles, ReaderValues values) =>
        await Show(ctx, pages, values, null, Article.Fields.ToForm(CopyLink.Of(ctx) is { } from ? await Find(ctx, from, db, articles) with { Slug = "", Published = false } : new Article()));

    private static async Task Create(HttpContext ctx, PageRenderer pages, Database db, ArticleService articles, ReaderValues values)
    {
        var sent = await RequestBody.Form(ctx);
        var form = new FormValues(sent);
        Refusal? refused = null;
        if (!sent.ContainsKey("preview"))
            try
            {
                var made = await db.Command(ctx.Caller(), s => articles.Create(s, ctx.Caller(), Article.Fields.FromForm(new Article(), form)), ctx.RequestAborted);
                PageRenderer.RedirectWithToast(ctx, "/admin/articles", new Toast("ok", made.Published ? "articles.made" : "articles.kept", made.For(ctx.Text()).Title));
                return;
            }
            catch (Refusal refusal) when (refusal.Status == 422)
            {
                refused = refusal;
            }
        await Show(ctx, pages, values, null, form, refused);
    }

    private static async Task Edit(HttpContext ctx, string id, PageRenderer pages, Database db, ArticleService articles, ReaderValues values)
    {
        var article = await Find(ctx, id, db, articles);
        await Show(ctx, pages, values, article, Article.Fields.ToForm(article));
    }

    private static async Task Change(HttpContext ctx, string id, PageRenderer pages, Database db, ArticleService articles, ReaderValues values)
    {
        var sent = await RequestBody.Form(ctx);
        var form = new FormValues(sent);
        Refusal? refused = null;
        if (!sent.ContainsKey("preview"))
            try
            {
                var changed = await db.Command(ctx.Caller(), s => articles.Update(s, ctx.Caller(), id, a => Article.Fields.FromForm(a, form)), ctx.RequestAborted);
                PageRenderer.RedirectWithToast(ctx, "/admin/articles", new Toast("ok", "support.saved", changed.For(ctx.Text()).Title));
                return;
            }
            catch (Refusal refusal) when (refusal.Status == 422)
            {
                refused = refusal;
            }
        await Show(ctx, pages, values, await Find(ctx, id, db, articles), form, refused);
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, ArticleService articles)
    {
        var gone = await db.Command(ctx.Caller(), s => articles.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, "/admin/articles", new Toast("ok", "support.deleted", gone.For(ctx.Text()).Title));
    }

    private static Task<Article> Find(HttpContext ctx, string id, Database db, ArticleService articles) =>
        db.Read(s => articles.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);

    private static async Task Show(HttpContext ctx, PageRenderer pages, ReaderValues values, Article? article, FormValues form, Refusal? refused = null)
    {
        var previews = new List<ArticlePreview>();
        foreach (var (language, title, body) in new[] { ("en", form["title_en"], form["body_en"]), ("zh", form["title_zh"], form["body_zh"]) })
            if (body.Trim().Length is > 0 and <= Article.MaxBody && MarkdownText.IsReadable(body))
                previews.Add(new ArticlePreview(Localizer.For(language).HtmlLanguage, title, await values.Html(ctx, body)));
        await pages.Render<ArticleFormPage, ArticleFormModel>(ctx, new(form, article, previews, values.All, refused), refused?.Status ?? 200);
    }
}

/// <param name="First">Is this the first page?</param>
public sealed record ArticleListModel(Slice<ArticleItem> Articles, ArticleFilter Filter, bool First);

/// <summary>A text as its readers will see it.</summary>
public sealed record ArticlePreview(string Language, string Title, string Html);

/// <param name="Article">Null while it is being written.</param>
/// <param name="Values">What its texts may have gaps for.</param>
public sealed record ArticleFormModel(FormValues Form, Article? Article, IReadOnlyList<ArticlePreview> Previews, IReadOnlyList<ReaderValue> Values, Refusal? Refusal = null) : IFormModel;
