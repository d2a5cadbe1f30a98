using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;

namespace Gatehouse.Tests.Support.Articles;

/// <summary>/api/articles.</summary>
public sealed class ArticleApiTests
{
    [Theory, BothEngines]
    public async Task An_article_is_written_read_changed_and_deleted(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Operator);
        var made = await http.PostApi("/api/articles", new { title_en = "First steps: how?", body_en = "# Go", title_zh = "入门", body_zh = "走" });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var body = made["article"]!;
        Assert.Equal(["id", "slug", "title_en", "title_zh", "body_en", "body_zh", "published", "position", "created_at", "updated_at"], body.Names());
        Assert.Equal(("first-steps-how", false, 100L), ((string)body["slug"]!, (bool)body["published"]!, (long)body["position"]!));
        var path = "/api/articles/" + (string)body["id"]!;
        Assert.Equal(body.ToJsonString(), (await http.GetApi(path))["article"]!.ToJsonString());
        // The slug stays when the title changes.
        var changed = (await http.PatchApi(path, new { title_en = "Begin", published = true, position = 0 }))["article"]!;
        Assert.Equal(("first-steps-how", "Begin", true, 0L), ((string)changed["slug"]!, (string)changed["title_en"]!, (bool)changed["published"]!, (long)changed["position"]!));
        Assert.Equal(["success", "id"], (await http.DeleteApi(path)).Body.Names());
        foreach (var gone in new[] { await http.GetApi(path), await http.PatchApi(path, new { position = 1 }), await http.DeleteApi(path) })
            gone.IsProblem(HttpStatusCode.NotFound, "NO_SUCH_ARTICLE");
        Assert.Equal(["article.deleted", "article.changed", "article.created"], (await (await server.As(Role.Admin)).GetApi("/api/audit?action=article")).Items().Select(e => (string?)e!["action"]));
    }

    [Theory, BothEngines]
    public async Task The_list_goes_in_order_by_pages_without_texts(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Operator);
        foreach (var (slug, position, published) in new[] { ("c", 9, true), ("a", 10, true), ("b", 10, false), ("d", 2, true) })
            await http.PostApi("/api/articles", new { slug, title_en = slug, body_en = "Text of " + slug, position, published });
        Assert.Equal("d c a b", await Listed(""));
        Assert.Equal("d c a", await Listed("published=true"));
        Assert.Equal("b", await Listed("published=false"));
        Assert.Equal("a", await Listed("q=TEXT of a"));
        var pages = new List<string>();
        for (string? next = ""; next is not null;)
        {
            var page = await http.GetApi($"/api/articles?limit=1&after={next}");
            Assert.Equal(["id", "slug", "title_en", "title_zh", "published", "position", "created_at", "updated_at"], page.Items().Single().Names());
            pages.Add((string)page.Items().Single()!["slug"]!);
            next = (string?)page["next"];
        }
        Assert.Equal(["d", "c", "a", "b"], pages);
        foreach (var (query, field) in new[] { ("published=maybe", "published"), ("after=?", "after"), ("after=eHg", "after"), ("limit=501", "limit") })
            (await http.GetApi("/api/articles?" + query)).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", field);

        async Task<string> Listed(string query) => string.Join(' ', (await http.GetApi("/api/articles?" + query)).Items().Select(a => (string)a!["slug"]!));
    }

    [Theory, BothEngines]
    public async Task A_slug_is_one_articles_of_a_tenant(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Operator);
        await http.PostApi("/api/articles", new { slug = "same", title_en = "One", body_en = "x" });
        (await http.PostApi("/api/articles", new { slug = " SAME ", title_en = "Two", body_en = "x" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "slug");
        var other = (string)(await http.PostApi("/api/articles", new { title_en = "Two", body_en = "x" }))["article"]!["id"]!;
        (await http.PatchApi("/api/articles/" + other, new { slug = "same" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "slug");
        Assert.Equal(HttpStatusCode.Created, (await (await server.As(Role.Operator, "other")).PostApi("/api/articles", new { slug = "same", title_en = "x", body_en = "x" })).Status);
    }

    [Fact]
    public async Task What_cannot_be_is_told_by_field()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Operator);
        foreach (var (body, field) in new (object, string)[]
                 {
                     (new { }, "title_en"), (new { title_en = "x" }, "body_en"), (new { title_en = "x", body_en = "x", title_zh = "y" }, "body_zh"), (new { title_en = "x", body_en = "x", body_zh = "y" }, "title_zh"),
                     (new { title_zh = "入门", body_zh = "x" }, "slug"), (new { title_en = "?!", body_en = "x" }, "slug"), (new { slug = "a--b", title_en = "x", body_en = "x" }, "slug"),
                     (new { slug = "../a", title_en = "x", body_en = "x" }, "slug"), (new { title_en = "x", body_en = new string('x', 20_001) }, "body_en"), (new { title_en = "x", body_en = new string('>', 5000) + "a" }, "body_en"),
                     (new { title_en = "x", body_en = "x", position = -1 }, "position"), (new { title_en = "x", body_en = "x", published = "yes" }, "published"), (new { title_en = "x", body_en = "x\u0007" }, "body_en"),
                 })
            (await http.PostApi("/api/articles", body)).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", field);
        Assert.Empty((await http.GetApi("/api/articles")).Items());
    }
}
