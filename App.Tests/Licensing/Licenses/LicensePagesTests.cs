using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Licenses;

/// <summary>The list of keys and the page of one, as a browser without script sees them.</summary>
public sealed class LicensePagesTests
{
    private const string Evil = "<script>alert('x')</script>\"&";

    [Theory]
    [BothEngines]
    public async Task The_list_shows_searches_and_filters(Engine engine)
    {
        await using var desk = await Desk.Open(engine);
        var keys = await desk.Keys(3);
        var other = (await desk.Keys(1, "OTHER"))[0];
        await desk.Server.Http.Validate(keys[1], "9f2c-machine-e1");

        var page = await desk.Browser.Get("/admin/keys");
        Assert.Equal(other, Shown(page)[0]);
        Assert.Equal(keys.Order(), Shown(page).Skip(1).Order());
        Assert.Contains("4 keys in 2 batches", page.Text);
        Assert.Contains("VIP · 30 days", page.Text);
        Assert.Contains("9f2c…e1", page.Text);
        Assert.DoesNotContain("9f2c-machine-e1", page.Html);
        Assert.Contains("in 30 days", page.Text);

        Assert.Equal([keys[1]], Shown(await desk.Browser.Get("/admin/keys?status=active")));
        Assert.Equal([keys[1]], Shown(await desk.Browser.Get("/admin/keys?q=9f2c")));
        Assert.Equal([other], Shown(await desk.Browser.Get("/admin/keys?prefix=other")));
        Assert.Equal([keys[0]], Shown(await desk.Browser.Get("/admin/keys?q=" + keys[0].ToLowerInvariant())));
        page = await desk.Browser.Submit(await desk.Browser.Get("/admin/keys?status=active"), "form[role=search][action='/admin/keys'].gh-filter", new() { ["q"] = "nothing" });
        Assert.Contains("status=active", page.Path);
        Assert.Contains("No key matches", page.Text);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await desk.Browser.Get("/admin/keys?q=%00")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await desk.Browser.Get("/admin/keys?status=lost")).Status);
    }

    [Fact]
    public async Task Older_keys_are_a_page_away()
    {
        await using var desk = await Desk.Open();
        var keys = await desk.Keys(60);
        var page = await desk.Browser.Get("/admin/keys?status=unused");
        Assert.Equal(50, Shown(page).Count);
        var older = await desk.Browser.Get(page.One("a[rel=next]").GetAttribute("href")!);
        Assert.Equal(10, Shown(older).Count);
        Assert.Equal(keys.Order(), Shown(page).Concat(Shown(older)).Order());
        Assert.Equal("/admin/keys?status=unused", older.One("nav.gh-foot a").GetAttribute("href"));
    }

    [Fact]
    public async Task Without_keys_the_list_says_what_comes_first()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Admin);
        Assert.NotNull((await browser.Get("/admin/keys")).One(".gh-empty a[href='/admin/plans/new']"));
        Assert.NotNull((await browser.Get("/admin/keys/generate")).One(".gh-empty a[href='/admin/plans/new']"));
        await (await server.As(Role.Admin)).MakePlan();
        Assert.NotNull((await browser.Get("/admin/keys")).One(".gh-empty a[href='/admin/keys/generate']"));
    }

    [Fact]
    public async Task Analysts_look_and_change_nothing()
    {
        await using var desk = await Desk.Open(role: Role.Analyst);
        var key = (await desk.Api.MakeKeys(desk.Plan)).Keys[0];
        await desk.Server.Http.Validate(key, "machine-1");
        var list = await desk.Browser.Get("/admin/keys");
        Assert.Empty(list.Document.QuerySelectorAll("main button[name=action], main [hx-post], main a[href='/admin/keys/generate']"));
        var page = await desk.Browser.Get("/admin/keys/" + key);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Empty(page.Document.QuerySelectorAll("main form"));
        Assert.Equal(HttpStatusCode.Forbidden, (await desk.Browser.Get("/admin/keys/generate")).Status);
    }

    [Fact]
    public async Task What_was_typed_is_shown_as_text()
    {
        await using var desk = await Desk.Open();
        var key = (await desk.Keys(1))[0];
        var page = await desk.Browser.Get("/admin/keys/" + key);
        page = await desk.Browser.Submit(page, $"form[action='/admin/keys/{key}/note']", new() { ["note"] = Evil });
        Assert.Equal("The note was saved.", page.One("#gh-toasts .gh-toast p").TextContent);
        Assert.Equal(HttpStatusCode.SeeOther, (await desk.Post("/admin/keys/generate", ("plan", desk.Plan), ("count", "1"), ("length", "12"), ("note", Evil), ("run", "run-1"))).Status);
        foreach (var path in new[] { "/admin/keys", "/admin/keys/" + key, "/admin/batches" })
        {
            page = path == "/admin/batches" ? await Until(desk.Browser, path, p => p.Text.Contains("alert")) : await desk.Browser.Get(path);
            Assert.Contains(Evil, page.Text);
            Assert.DoesNotContain("<script>alert", page.Html);
        }
    }

    [Theory]
    [BothEngines]
    public async Task One_key_lives_its_life(Engine engine)
    {
        await using var desk = await Desk.Open(engine);
        var key = (await desk.Keys(1))[0];
        var page = await desk.Browser.Get("/admin/keys/" + key);
        Assert.Empty(page.Document.QuerySelectorAll($"form[action$='/extend'], form[action$='/unbind'], form[action$='/reset']"));

        await desk.Server.Http.Validate(key, "machine-1");
        await desk.Server.Http.Validate(key, "machine-2");
        page = await desk.Browser.Get("/admin/keys/" + key);
        Assert.Contains("machine-1", page.Text);
        Assert.Contains("2 of 2", page.Text);
        Assert.Equal("2592000", page.One("progress").GetAttribute("max"));

        page = await Do(desk, page, key, "extend", new() { ["seconds"] = "86400" });
        Assert.Contains("Extended from 3 Apr, 09:30 to 4 Apr, 09:30", page.Text);
        page = await Do(desk, page, key, "suspend", new() { ["reason"] = "Chargeback" });
        Assert.Contains("Suspended. Chargeback", page.Text);
        Assert.Equal("suspended", await desk.State(key));
        page = await Do(desk, page, key, "reinstate");
        page = await desk.Browser.Submit(page, "#do-unbind-0 form");
        Assert.Contains("1 of 2", page.Text);

        var refused = await desk.Browser.Submit(page, $"form[action='/admin/keys/{key}/reset']", new() { ["reason"] = " " });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("This is required.", refused.Text);
        page = await desk.Browser.Submit(refused, $"form[action='/admin/keys/{key}/reset']", new() { ["reason"] = "Sold twice" });
        Assert.Contains("Reset to unused: Sold twice", page.Text);
        Assert.Equal("unused", await desk.State(key));

        page = await desk.Browser.Submit(page, $"form[action='/admin/keys/{key}/prefix']", new() { ["prefix"] = "gold" });
        var renamed = "GOLD" + key[3..];
        Assert.Equal("/admin/keys/" + renamed, page.Path);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Browser.Get("/admin/keys/" + key)).Status);
        page = await desk.Browser.Submit(page, $"form[action='/admin/keys/{renamed}/delete']");
        Assert.Equal("/admin/keys", page.Path);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Browser.Get("/admin/keys/" + renamed)).Status);
    }

    [Fact]
    public async Task A_page_says_who_used_the_key_and_what_time_is_left_of_one_that_is_of_use()
    {
        await using var desk = await Desk.Open();
        var key = (await desk.Keys(1))[0];
        await desk.Server.Http.Validate(key, "9f2c-machine-e1");
        var page = await desk.Browser.Get("/admin/keys/" + key);
        Assert.Contains("· customer", page.One(".gh-history li:first-child .gh-muted").TextContent, StringComparison.Ordinal);
        Assert.NotNull(page.One(".gh-remains"));
        Assert.Contains("ends in", page.One(".gh-head > .gh-grow p").TextContent, StringComparison.Ordinal);

        page = await desk.Browser.Submit(page, $"form[action='/admin/keys/{key}/revoke']");
        Assert.Empty(page.Document.QuerySelectorAll(".gh-remains, progress"));
        Assert.DoesNotContain("ends in", page.One(".gh-head > .gh-grow p").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_failed_keeps_what_was_typed()
    {
        await using var desk = await Desk.Open();
        var key = (await desk.Keys(1))[0];
        await desk.Server.Http.Validate(key, "machine-1");
        var page = await desk.Post($"/admin/keys/{key}/extend", ("amount", "7 weeks"), ("unit", "hours"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Equal("7 weeks", page.One("[name=amount]").GetAttribute("value"));
        Assert.Equal("true", page.One("[name=amount]").GetAttribute("aria-invalid"));
        Assert.Equal("hours", page.One("[name=unit] option[selected]").GetAttribute("value"));
        page = await desk.Post($"/admin/keys/{key}/extend", ("amount", "2"), ("unit", "hours"));
        Assert.Equal("The key has more time now.", await desk.Told(page));
    }

    [Fact]
    public async Task What_is_no_longer_possible_is_said_plainly()
    {
        await using var desk = await Desk.Open();
        var key = (await desk.Keys(1))[0];
        await desk.Post($"/admin/keys/{key}/suspend");
        Assert.Equal("The key is suspended already.", await desk.Told(await desk.Post($"/admin/keys/{key}/suspend")));
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Post($"/admin/keys/{key}/explode")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Post("/admin/keys/NO-SUCH-KEY/suspend")).Status);
    }

    [Fact]
    public async Task Downloads_keep_the_filter_and_the_selection()
    {
        await using var desk = await Desk.Open();
        var keys = await desk.Keys(3);
        await desk.Server.Http.Validate(keys[0], "machine-1");
        var list = await desk.Browser.Get("/admin/keys?status=unused");
        var file = await desk.Browser.Get(list.One("#export a[href$='format=txt']").GetAttribute("href")!);
        Assert.Equal(new[] { keys[1], keys[2] }.Order(), file.Html.Trim().Split('\n').Order());
        Assert.Matches("keys-[0-9]{8}-[0-9]{6}\\.txt", file.ContentHeaders.ContentDisposition!.FileName);
        file = await desk.Post("/admin/keys/export", ("key", keys[2]), ("key", keys[0]), ("format", "txt"));
        Assert.Equal($"{keys[2]}\n{keys[0]}\n", file.Html);
        var all = await desk.Post("/admin/keys/export", ("all", "1"), ("filter", "?status=active"), ("format", "csv"));
        Assert.Equal("/admin/keys/export?status=active&format=csv", all.Location);
    }

    [Fact]
    public async Task Another_tenant_has_none_of_it()
    {
        await using var desk = await Desk.Open();
        var key = (await desk.Keys(1))[0];
        var stranger = await desk.Server.SignedIn(Role.Owner, "other");
        Assert.DoesNotContain(key, (await stranger.Get("/admin/keys")).Html);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Get("/admin/keys/" + key)).Status);
        Assert.DoesNotContain(key, (await stranger.Get("/admin/keys/export?format=txt")).Html);
    }

    private static List<string> Shown(TestPage page) => [.. page.Document.QuerySelectorAll("tbody input[name=key]").Select(e => e.GetAttribute("value")!)];

    private static Task<TestPage> Do(Desk desk, TestPage page, string key, string action, Dictionary<string, string?>? fields = null) =>
        desk.Browser.Submit(page, $"form[action='/admin/keys/{key}/{action}']", fields);

    internal static async Task<TestPage> Until(TestBrowser browser, string path, Func<TestPage, bool> so)
    {
        TestPage page = null!;
        await Wait.Until(async () => so(page = await browser.Get(path)), path);
        return page;
    }
}
