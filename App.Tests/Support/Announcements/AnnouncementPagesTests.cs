using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;

namespace Gatehouse.Tests.Support.Announcements;

/// <summary>/admin/announcements.</summary>
public sealed class AnnouncementPagesTests
{
    [Theory]
    [InlineData(Engine.Sqlite, "en", "Sale", "will be shown when its time comes", "Upcoming", "is saved", "is deleted")]
    [InlineData(Engine.Postgres, "zh", "促销", "到时间会自动显示", "未开始", "已保存", "已删除")]
    public async Task An_operator_makes_one_in_the_zone_of_the_place_changes_and_deletes_it(Engine engine, string language, string title, string made, string state, string saved, string deleted)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        await http.PatchApi("/api/settings", new { time_zone = "Asia/Shanghai" });
        var browser = await server.SignedIn(Role.Operator, language: language);
        var page = await browser.Get("/admin/announcements/new");
        page = await browser.Submit(page, "#announcement", new() { ["title_" + language] = title, ["text_" + language] = "One\r\nTwo", ["starts_at"] = "2026-04-01T08:30", ["ends_at"] = "2026-04-02T00:00", ["audience"] = "customers" });
        Assert.Contains(made, page.Text, StringComparison.Ordinal);
        Assert.Contains(state, page.One("tbody tr").TextContent, StringComparison.Ordinal);
        var kept = (await http.GetApi("/api/announcements")).Items().Single()!;
        Assert.Equal(("2026-04-01T00:30:00.000Z", "2026-04-01T16:00:00.000Z", "customers"), ((string?)kept["starts_at"], (string?)kept["ends_at"], (string?)kept["audience"]));

        // The form shows the times as they were typed; saving it as it is changes nothing.
        page = await browser.Get("/admin/announcements/" + kept["id"]);
        Assert.Equal("2026-04-01T08:30", page.One("#starts_at").GetAttribute("value"));
        page = await browser.Submit(page, "#announcement");
        Assert.Contains(saved, page.Text, StringComparison.Ordinal);
        Assert.Equal(kept.ToJsonString(), (await http.GetApi("/api/announcements")).Items().Single()!.ToJsonString());
        page = await browser.Submit(await browser.Get("/admin/announcements/" + kept["id"]), "#announcement", new() { ["starts_at"] = "", ["severity"] = "warning" });
        Assert.Null((await http.GetApi("/api/announcements")).Items().Single()!["starts_at"]);

        page = await browser.Submit(await browser.Get("/admin/announcements/" + kept["id"]), "#remove form");
        Assert.Contains(deleted, page.Text, StringComparison.Ordinal);
        Assert.Empty((await http.GetApi("/api/announcements")).Items());
    }

    [Fact]
    public async Task A_form_that_failed_keeps_what_was_typed_and_says_all_that_is_wrong()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Operator);
        var page = await browser.Submit(await browser.Get("/admin/announcements/new"), "#announcement", new() { ["text_en"] = "Kept text", ["ends_at"] = "soon", ["severity"] = "loud" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Equal("Kept text", page.One("#text_en").TextContent);
        Assert.Contains("Give a date and a time.", page.Text, StringComparison.Ordinal);
        Assert.Contains("Use one of: info, warning.", page.Text, StringComparison.Ordinal);
        page = await browser.Submit(await browser.Get("/admin/announcements/new"), "#announcement", new() { ["title_en"] = "x", ["starts_at"] = "2026-04-02T00:00", ["ends_at"] = "2026-04-01T00:00" });
        Assert.Contains("The end must be after the beginning.", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_has_tabs_a_search_and_says_how_to_begin()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Operator);
        Assert.Contains("No announcements yet", (await browser.Get("/admin/announcements")).Text, StringComparison.Ordinal);
        var http = await server.As(Role.Operator);
        await http.PostApi("/api/announcements", new { title_en = "Old", ends_at = server.Clock.GetUtcNow().AddDays(-1) });
        await http.PostApi("/api/announcements", new { title_en = "New" });
        Assert.Equal(["Old"], Titles(await browser.Get("/admin/announcements?state=past")));
        Assert.Equal(["New"], Titles(await browser.Get("/admin/announcements?q=new")));
        var none = await browser.Get("/admin/announcements?q=nothing");
        Assert.Empty(Titles(none));
        Assert.Contains("No announcement matches", none.Text, StringComparison.Ordinal);
        // Who may only look finds neither button nor open field.
        var analyst = await server.SignedIn(Role.Analyst);
        var page = await analyst.Get("/admin/announcements");
        Assert.Empty(page.Document.QuerySelectorAll("a[href='/admin/announcements/new']"));
        page = await analyst.Get(page.One("tbody tr:first-child a").GetAttribute("href")!);
        Assert.Equal(2, page.Document.QuerySelectorAll("fieldset[disabled]").Length);
        Assert.Empty(page.Document.QuerySelectorAll("#remove"));
    }

    private static string[] Titles(TestPage page) => [.. page.Document.QuerySelectorAll("tbody .gh-plan").Select(a => a.TextContent)];
}
