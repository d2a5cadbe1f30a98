using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Support.Articles;

/// <summary>/help: what customers read.</summary>
public static class HelpPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/help").OpenToAll().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        group.MapGet("", List);
        group.MapGet("/{slug}", Read);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, ArticleService articles)
    {
        var (query, filter) = (ctx.Request.Query, new ArticleFilter(SearchTerm.Of(ctx.Request.Query["q"]), true));
        var page = await db.Read(s => articles.List(s, ctx.Caller().TenantId, filter, query["after"], Cursor.DefaultLimit), ctx.RequestAborted);
        await pages.Render<HelpPage, HelpModel>(ctx, new(page, filter.Search, !query.ContainsKey("after")));
    }

    private static async Task Read(HttpContext ctx, string slug, PageRenderer pages, Database db, ArticleService articles, ReaderValues values)
    {
        var article = await db.Read(s => articles.Published(s, ctx.Caller().TenantId, slug), ctx.RequestAborted);
        var (title, body, language) = article.For(ctx.Text());
        await pages.Render<HelpArticlePage, HelpArticleModel>(ctx, new(title, await values.Html(ctx, body), language, article));
    }
}

/// <param name="First">Is this the first page?</param>
public sealed record HelpModel(Slice<ArticleItem> Articles, string? Search, bool First);

/// <param name="Language">That it is written in, for the <c>lang</c> attribute.</param>
public sealed record HelpArticleModel(string Title, string Html, string Language, Article Article);
