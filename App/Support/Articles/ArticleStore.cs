using System.Globalization;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Support.Articles;

/// <summary>What a list of articles is narrowed by; null asks for nothing.</summary>
public sealed record ArticleFilter(string? Search = null, bool? Published = null);

/// <summary>Articles in the database.</summary>
internal static class ArticleStore
{
    private const string Items = "SELECT a.id, a.slug, a.title_en, a.title_zh, a.published, a.position, a.created_at, a.updated_at FROM articles a";
    private static readonly string Select = $"SELECT {Article.Fields.Columns} FROM articles a";
    private static readonly string InsertSql = Article.Fields.Insert + " ON CONFLICT DO NOTHING";
    private static readonly string UpdateSql = Article.Fields.Update;

    public static ValueTask<Article?> Find(ReadTx s, string tenant, string id) =>
        s.One(Select + " WHERE a.tenant_id = @tenant AND a.id = @id", Article.Fields.FromRow, ("tenant", tenant), ("id", id));

    public static ValueTask<Article?> FindBySlug(ReadTx s, string tenant, string slug) =>
        s.One(Select + " WHERE a.tenant_id = @tenant AND a.slug = @slug", Article.Fields.FromRow, ("tenant", tenant), ("slug", slug));

    /// <summary>In their order.</summary>
    /// <param name="after">The <see cref="ArticleItem.Cursor"/> of the last one before.</param>
    /// <exception cref="Refusal">422 on <c>after</c> when it is not one of ours.</exception>
    public static ValueTask<List<ArticleItem>> List(ReadTx s, string tenant, ArticleFilter wanted, string? after, int limit)
    {
        var filter = new SqlFilter("a.tenant_id = @tenant", ("tenant", tenant)).Contains("q", wanted.Search, "a.folded");
        if (wanted.Published is { } published)
            filter.And("a.published = @published", ("published", published ? 1L : 0L));
        if (after is not null)
        {
            var parts = after.Split(':');
            if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var position))
                throw Refusal.Field("after", "field.cursor");
            filter.And("(a.position > @position OR (a.position = @position AND a.id > @last))", ("position", position), ("last", parts[1]));
        }
        return s.All($"{Items} WHERE {filter.Sql} ORDER BY a.position, a.id LIMIT @limit",
            r => new ArticleItem(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4) != 0, r.GetInt64(5), r.GetInt64(6), r.GetInt64(7)), filter.Args(("limit", (long)limit)));
    }

    /// <summary>0 when the tenant has one of that slug.</summary>
    public static ValueTask<int> Insert(WriteTx s, string tenant, Article a) => s.Execute(InsertSql, Article.Fields.Arguments(FieldUse.Inserted, tenant, a));

    public static ValueTask<int> Update(WriteTx s, string tenant, Article a) => s.Execute(UpdateSql, Article.Fields.Arguments(FieldUse.Updated, tenant, a));

    public static ValueTask<int> Delete(WriteTx s, string tenant, string id) => s.Execute("DELETE FROM articles WHERE tenant_id = @tenant AND id = @id", ("tenant", tenant), ("id", id));
}
