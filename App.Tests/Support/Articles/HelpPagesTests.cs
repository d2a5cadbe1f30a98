using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Ui;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Support.Articles;

/// <summary>/help, and /admin/articles where it is written.</summary>
public sealed class HelpPagesTests
{
    [Theory, BothEngines]
    public async Task Customers_read_and_search_what_is_published(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        await http.PatchApi("/api/settings", new { site_name = "Atlas & *Co*" });
        var (visitor, chinese) = (server.Browser(), server.Browser("zh"));
        Assert.Contains("Nothing here yet", (await visitor.Get("/help")).Text, StringComparison.Ordinal);
        await http.PostApi("/api/articles", new { slug = "start", title_en = "First steps", title_zh = "入门", body_en = "Open **{{site}}** of {{site_name}}. <script>x</script>", body_zh = "打开 {{site}}", published = true });
        await http.PostApi("/api/articles", new { slug = "refund", title_zh = "退款说明", body_zh = "七天内可退款。", published = true, position = 1 });
        await http.PostApi("/api/articles", new { slug = "secret", title_en = "Draft", body_en = "Not yet" });
        Assert.Equal("退款说明, First steps", Titles(await visitor.Get("/help")));
        Assert.Equal("退款说明, 入门", Titles(await chinese.Get("/help")));
        Assert.Equal("退款说明", Titles(await visitor.Get("/help?q=七天")));
        Assert.Equal("First steps", Titles(await visitor.Get("/help?q=OPEN")));
        Assert.Contains("No article matches", (await visitor.Get("/help?q=not yet")).Text, StringComparison.Ordinal);

        var page = await visitor.Get("/help/start");
        Assert.Equal($"Open {server.Address.GetLeftPart(UriPartial.Authority)} of Atlas & *Co*. <script>x</script>", page.One(".gh-article").TextContent.Trim());
        Assert.Equal(server.Address.GetLeftPart(UriPartial.Authority), page.One(".gh-article strong").TextContent);
        Assert.Empty(page.Document.QuerySelectorAll(".gh-article script"));
        Assert.Equal(("入门", null), ((await chinese.Get("/help/start")).One("h1").TextContent, (await chinese.Get("/help/start")).One("article").GetAttribute("lang")));
        Assert.Equal("zh-CN", (await visitor.Get("/help/refund")).One("article").GetAttribute("lang"));
        foreach (var path in new[] { "/help/secret", "/help/none" })
            Assert.Equal(HttpStatusCode.NotFound, (await visitor.Get(path)).Status);
        // Nobody else's.
        await (await server.As(Role.Operator, "other")).PostApi("/api/articles", new { slug = "theirs", title_en = "Theirs", body_en = "x", published = true });
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.Get("/help/theirs")).Status);
        Assert.Empty(server.Errors.Lines);
    }

    [Fact]
    public async Task What_features_know_of_the_reader_stands_in_the_text_and_what_it_is_where_they_know_nothing()
    {
        var asked = 0;
        ReaderValue key = new("key", 30, "reader.site_name", ctx =>
        {
            asked++;
            return ValueTask.FromResult<string?>(ctx.Caller().Role is null ? null : "VIP-1*2*3");
        });
        await using var server = await TestServer.Start(adjust: services => services.AddSingleton(key));
        var http = await server.As(Role.Operator);
        await http.PostApi("/api/articles", new { slug = "key", title_en = "Key", body_en = "Yours: {{key}}", published = true });
        await http.PostApi("/api/articles", new { slug = "other", title_en = "Other", body_en = "No gap", published = true });
        Assert.Equal("Yours: the name of this site", (await server.Browser().Get("/help/key")).One(".gh-article").TextContent.Trim());
        Assert.Equal("Yours: 本站名称", (await server.Browser("zh").Get("/help/key")).One(".gh-article").TextContent.Trim());
        Assert.Equal("Yours: VIP-1*2*3", (await (await server.SignedIn(Role.Analyst)).Get("/help/key")).One(".gh-article").TextContent.Trim());
        Assert.Equal(3, asked);
        // Only what a text asks for is looked up.
        await server.Browser().Get("/help/other");
        Assert.Equal(3, asked);
        Assert.Contains("{{key}}", (await (await server.SignedIn(Role.Operator)).Get("/admin/articles/new")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Engine.Sqlite, "en", "is published", "is saved", "is deleted", "Another article has this address.")]
    [InlineData(Engine.Postgres, "zh", "已发布", "已保存", "已删除", "该网址已被其他文章使用。")]
    public async Task An_operator_writes_previews_changes_and_deletes_one(Engine engine, string language, string made, string saved, string deleted, string taken)
    {
        await using var server = await TestServer.Start(engine);
        var browser = await server.SignedIn(Role.Operator, language: language);
        var page = await browser.Get("/admin/articles/new");
        Assert.Contains("{{site_name}}", page.Text, StringComparison.Ordinal);
        var typed = new Dictionary<string, string?> { ["title_en"] = "How to pay", ["body_en"] = "For **{{site_name}}** <i>x</i>", ["published"] = "true", ["preview"] = "1" };
        page = await browser.Submit(page, "#article", typed);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("<p>For <strong>Gatehouse</strong> &lt;i&gt;x&lt;/i&gt;</p>", page.One("#preview .gh-article").InnerHtml.Trim());
        Assert.Equal(("How to pay", true), (page.One("#title_en").GetAttribute("value"), page.One("#published").HasAttribute("checked")));
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM articles")));

        page = await browser.Submit(page, "#article");
        Assert.Contains(made, page.Text, StringComparison.Ordinal);
        var address = page.One("tbody .gh-plan").GetAttribute("href")!;
        Assert.Equal("How to pay", (await server.Browser().Get("/help/how-to-pay")).One("h1").TextContent);
        // What was previewed of a saved one is not saved.
        await browser.Submit(await browser.Get(address), "#article", new() { ["title_en"] = "Other", ["preview"] = "1" });
        Assert.Equal("How to pay", (await server.Browser().Get("/help/how-to-pay")).One("h1").TextContent);
        page = await browser.Submit(await browser.Get(address), "#article", new() { ["published"] = null });
        Assert.Contains(saved, page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Browser().Get("/help/how-to-pay")).Status);
        var again = await browser.Submit(await browser.Get("/admin/articles/new"), "#article", new() { ["title_en"] = "How to pay", ["body_en"] = "Kept" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "Kept"), (again.Status, again.One("#body_en").TextContent));
        Assert.Contains(taken, again.Text, StringComparison.Ordinal);
        page = await browser.Submit(await browser.Get(address), "#remove form");
        Assert.Contains(deleted, page.Text, StringComparison.Ordinal);
    }

    private static string Titles(TestPage page) => string.Join(", ", page.Document.QuerySelectorAll(".gh-help a").Select(a => a.TextContent.Trim()));
}
