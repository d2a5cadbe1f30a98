using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Support.Articles;

/// <summary>The use cases of articles; each runs inside the transaction it is given.</summary>
public sealed class ArticleService(AuditWriter audit, TimeProvider clock)
{
    /// <exception cref="Refusal">404 NO_SUCH_ARTICLE.</exception>
    public async ValueTask<Article> Get(ReadTx s, string tenant, string id) => await ArticleStore.Find(s, tenant, id) ?? throw new Refusal(ArticleErrors.NotFound);

    /// <summary>What people read.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_ARTICLE: of a draft as well.</exception>
    public async ValueTask<Article> Published(ReadTx s, string tenant, string slug) =>
        await ArticleStore.FindBySlug(s, tenant, slug) is { Published: true } article ? article : throw new Refusal(ArticleErrors.NotFound);

    public async ValueTask<Slice<ArticleItem>> List(ReadTx s, string tenant, ArticleFilter filter, string? after, int limit) =>
        Slice<ArticleItem>.Of(await ArticleStore.List(s, tenant, filter, Cursor.Decode(after), limit + 1), limit, a => a.Cursor);

    /// <exception cref="Refusal">422 with all that is wrong, by field; the slug may be taken.</exception>
    public async ValueTask<Article> Create(WriteTx s, Caller who, Article wanted)
    {
        var now = Now();
        var article = Article.Checked(wanted) with { Id = Ids.New(), CreatedAt = now, UpdatedAt = now };
        if (await ArticleStore.Insert(s, who.TenantId, article) == 0)
            throw Refusal.Field("slug", "articles.field.slug_taken");
        await audit.Write(s, who, "article.created", Target(article), after: Article.Fields.Json(article));
        return article;
    }

    /// <exception cref="Refusal">404 NO_SUCH_ARTICLE, or 422 with all that is wrong, by field; the slug may be taken.</exception>
    public async ValueTask<Article> Update(WriteTx s, Caller who, string id, Func<Article, Article> change)
    {
        var before = await Get(s, who.TenantId, id);
        var article = Article.Checked(change(before)) with { UpdatedAt = Now() };
        if (await ArticleStore.FindBySlug(s, who.TenantId, article.Slug) is { } other && other.Id != id)
            throw Refusal.Field("slug", "articles.field.slug_taken");
        await ArticleStore.Update(s, who.TenantId, article);
        await audit.Write(s, who, "article.changed", Target(article), Article.Fields.Json(before), Article.Fields.Json(article));
        return article;
    }

    /// <summary>Returns what there was.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_ARTICLE.</exception>
    public async ValueTask<Article> Remove(WriteTx s, Caller who, string id)
    {
        var gone = await Get(s, who.TenantId, id);
        await ArticleStore.Delete(s, who.TenantId, id);
        await audit.Write(s, who, "article.deleted", Target(gone), before: Article.Fields.Json(gone));
        return gone;
    }

    private static AuditTarget Target(Article a) => new("article", a.Id, a.TitleEn.Length > 0 ? a.TitleEn : a.TitleZh);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What requests about articles are refused with.</summary>
public static class ArticleErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_ARTICLE");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound];
}
