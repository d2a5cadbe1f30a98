using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Support.Announcements;
using Gatehouse.Tests.Accounts;

namespace Gatehouse.Tests.Support.Announcements;

/// <summary>Announcements above the pages of their audience, and on the page of news.</summary>
public sealed class BannerTests
{
    [Theory, BothEngines]
    public async Task Each_stands_on_the_pages_of_its_audience_while_it_is_current(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Operator);
        var (visitor, staff) = (server.Browser(), await server.SignedIn(Role.Analyst));
        Assert.Empty((await visitor.Get("/activate")).Document.QuerySelectorAll(".gh-banners"));
        await http.PostApi("/api/announcements", new { title_en = "For all" });
        await http.PostApi("/api/announcements", new { title_en = "For buyers", audience = "customers", ends_at = server.Clock.GetUtcNow().AddHours(1) });
        await http.PostApi("/api/announcements", new { title_en = "For us", audience = "staff", severity = "warning" });
        await http.PostApi("/api/announcements", new { title_en = "Later", starts_at = server.Clock.GetUtcNow().AddHours(1) });
        // A warning first, then the newest. What was changed is there at once on this node.
        Assert.Equal("For buyers, For all", await Shown(visitor, "/activate"));
        Assert.Equal("For us, For all", await Shown(staff, "/admin"));
        Assert.Equal("For buyers, For all", await News(visitor));
        Assert.Equal("For us, For buyers, For all", await News(staff));
        server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("Later, For all", await Shown(visitor, "/activate"));
        Assert.Equal("For us, Later, For all", await Shown(staff, "/admin"));
        Assert.Equal("Later, For all", await News(visitor));
        // Not on the pages of another tenant.
        Assert.Equal("", await Shown(await server.SignedIn(Role.Owner, "other"), "/admin"));
        Assert.Empty(server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task A_signed_in_customer_finds_the_latest_on_the_first_page(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Operator);
        var browser = server.Browser();
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, await server.Staff.Customer()));
        Assert.Empty((await browser.Get("/account")).Document.QuerySelectorAll(".gh-news"));
        foreach (var title in new[] { "One", "Two", "Three", "Four" })
            await http.PostApi("/api/announcements", new { title_en = title, audience = "customers" });
        await http.PostApi("/api/announcements", new { title_en = "Ours", audience = "staff" });
        Assert.Equal("Four, Three, Two", await Shown(browser, "/account"));
        Assert.Equal(["Four", "Three", "Two"], (await browser.Get("/account")).Document.QuerySelectorAll(".gh-news b").Select(b => b.TextContent));
        Assert.Equal("Four, Three, Two, One", await News(browser));
        Assert.Empty(server.Errors.Lines);
    }

    [Fact]
    public async Task It_speaks_the_readers_language_or_the_other()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Operator);
        await http.PostApi("/api/announcements", new { title_en = "Both <b>", title_zh = "两种", text_en = "en\nline", text_zh = "zh" });
        await http.PostApi("/api/announcements", new { title_zh = "仅中文" });
        await http.PostApi("/api/announcements", new { title_en = "English only" });
        Assert.Equal("English only, 仅中文, Both <b>", await News(server.Browser()));
        Assert.Equal("English only, 仅中文, 两种", await News(server.Browser("zh")));
        var page = await server.Browser("zh").Get("/news");
        Assert.Equal(["en", null, null], page.Document.QuerySelectorAll("main article").Select(a => a.GetAttribute("lang")));
        Assert.Equal("English only, 仅中文, 两种", await Shown(server.Browser("zh"), "/"));
    }

    [Theory, BothEngines]
    public async Task Who_closes_it_sees_it_again_when_it_says_something_else(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Operator);
        var made = await http.PostApi("/api/announcements", new { title_en = "One" });
        var path = "/api/announcements/" + (string)made["announcement"]!["id"]!;
        await http.PostApi("/api/announcements", new { title_en = "Two" });
        var (visitor, other) = (server.Browser(), server.Browser());
        var page = await visitor.Get("/activate?code=a");
        var closed = await visitor.Submit(page, ".gh-banner:last-child form");
        Assert.Equal(("/activate?code=a", "Two"), (closed.Path, await Shown(visitor, "/")));
        Assert.Equal("Two, One", await Shown(other, "/"));
        // Another end is nothing new; other words are.
        await http.PatchApi(path, new { ends_at = server.Clock.GetUtcNow().AddDays(9) });
        Assert.Equal("Two", await Shown(visitor, "/"));
        await http.PatchApi(path, new { text_en = "It is worse than we thought" });
        Assert.Equal("Two, One", await Shown(visitor, "/"));
        // It stays among the news either way.
        Assert.Equal("Two, One", await News(visitor));
        await http.DeleteApi(path);
        Assert.Equal("Two", await Shown(other, "/"));
    }

    [Fact]
    public async Task The_cookie_of_what_was_closed_stays_small_and_holds_keys_alone()
    {
        await using var server = await TestServer.Start();
        var browser = server.Browser();
        await browser.Get("/");
        var csrf = (await browser.Get("/")).One("form[action$=theme] input[name=_csrf]").GetAttribute("value")!;
        for (var i = 0; i < 40; i++)
            await browser.Post("/preferences/banner", new() { ["_csrf"] = csrf, ["banner"] = $"{i:x16}", ["return"] = "/" });
        Assert.Equal(30 * 17 - 1, browser.Cookie("gh-closed")!.Length);
        Assert.StartsWith($"{39:x16}.{38:x16}", browser.Cookie("gh-closed"), StringComparison.Ordinal);
        var odd = await browser.Post("/preferences/banner", new() { ["_csrf"] = csrf, ["banner"] = "x; Path=/", ["return"] = "//evil.example" });
        Assert.Equal((HttpStatusCode.SeeOther, "/", 30 * 17 - 1), (odd.Status, odd.Location, browser.Cookie("gh-closed")!.Length));
    }

    [Theory, BothEngines]
    public async Task Another_node_shows_it_within_seconds_and_a_page_reads_nothing_meanwhile(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (here, there) = (server.Service<AnnouncementService>(), new AnnouncementBoard(server.Db, server.Clock));
        await there.Refresh(Caller.DefaultTenant);
        await (await server.As(Role.Operator)).PostApi("/api/announcements", new { title_en = "News" });
        Assert.NotNull(here);
        await there.Refresh(Caller.DefaultTenant);
        Assert.Empty(On(there));
        server.Clock.Advance(AnnouncementBoard.Freshness);
        await there.Refresh(Caller.DefaultTenant);
        Assert.Single(On(there));
        Assert.Equal(TenantSettings.Freshness, AnnouncementBoard.Freshness);

        List<string> On(AnnouncementBoard board) => [.. board.Current(Caller.DefaultTenant, Gatehouse.Platform.Localization.Localizer.For("en"), server.Clock.GetUtcNow()).Select(b => b.Title)];
    }

    private static async Task<string> Shown(TestBrowser browser, string path) =>
        string.Join(", ", (await browser.Get(path)).Document.QuerySelectorAll(".gh-banner a").Select(a => a.TextContent));

    private static async Task<string> News(TestBrowser browser) => string.Join(", ", (await browser.Get("/news")).Document.QuerySelectorAll("main article h2").Select(h => h.TextContent));
}
