using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Support.Permissions;

namespace Gatehouse.Support.Articles;

/// <summary>/api/articles.</summary>
public static class ArticleEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/articles").RequireRateLimiting(RateLimits.Api).WithTags("Articles");
        var read = group.MapGroup("").Requires(SupportPermissions.SupportRead);
        read.MapGet("", List).WithSummary("List help articles in their order, without their texts").Query("q", "Part of a title or a text.")
            .Query("published", "`true`: published ones; `false`: drafts.", "boolean").Paged().Produces<ArticleList>();
        read.MapGet("/{id}", Get).WithSummary("One help article").Refuses(ArticleErrors.NotFound).Produces<ArticleResponse>();
        var write = group.MapGroup("").Requires(SupportPermissions.SupportWrite);
        write.MapPost("", Create).WithSummary("Write a help article").Idempotent().Accepts<ArticleInput>("application/json").Produces<ArticleResponse>(201);
        write.MapPatch("/{id}", Change).WithSummary("Change what is named").Refuses(ArticleErrors.NotFound).Accepts<ArticleInput>("application/json").Produces<ArticleResponse>();
        write.MapDelete("/{id}", Remove).WithSummary("Delete a help article").Refuses(ArticleErrors.NotFound).Produces<ArticleRemoved>();
    }

    /// <summary>What a query asks for.</summary>
    /// <exception cref="Refusal">422 by the name of the parameter.</exception>
    internal static ArticleFilter Filter(IQueryCollection query) => new(SearchTerm.Of(query["q"]), query["published"].ToString() switch
    {
        "" => null,
        "true" => true,
        "false" => false,
        _ => throw Refusal.Field("published", "field.one_of", "true, false"),
    });

    private static async Task List(HttpContext ctx, Database db, ArticleService articles)
    {
        var query = ctx.Request.Query;
        var (limit, filter) = (Cursor.Limit(query["limit"]), Filter(query));
        var page = await db.Read(s => articles.List(s, ctx.Caller().TenantId, filter, query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new ArticleList(true, [.. page.Items.Select(ArticleItemView.Of)], page.Next), ArticleJson.Default.ArticleList);
    }

    private static async Task Get(HttpContext ctx, string id, Database db, ArticleService articles) =>
        await Send(ctx, await db.Read(s => articles.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted));

    private static async Task Create(HttpContext ctx, Database db, ArticleService articles)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var wanted = Article.Fields.Change(ctx, bytes)(new Article());
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s => new ArticleResponse(true, await articles.Create(s, ctx.Caller(), wanted))), ArticleJson.Default.ArticleResponse, 201);
    }

    private static async Task Change(HttpContext ctx, string id, Database db, ArticleService articles)
    {
        var change = Article.Fields.Change(ctx, await RequestBody.Bytes(ctx));
        await Send(ctx, await db.Command(ctx.Caller(), s => articles.Update(s, ctx.Caller(), id, change), ctx.RequestAborted));
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, ArticleService articles)
    {
        await db.Command(ctx.Caller(), s => articles.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new ArticleRemoved(true, id), ArticleJson.Default.ArticleRemoved);
    }

    private static Task Send(HttpContext ctx, Article article) => SignedJson.Send(ctx, new ArticleResponse(true, article), ArticleJson.Default.ArticleResponse);
}
