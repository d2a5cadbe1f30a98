using System.Net;
using Gatehouse.Accounts.LookAs;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Staff see a customer's pages as the customer would, and change nothing.</summary>
public sealed class LookAsTests
{
    private static async Task<(TestBrowser Browser, string Customer)> Begin(TestServer server, string language = "en")
    {
        var id = await server.Staff.Customer();
        var browser = await server.SignedIn(Role.Admin, language: language);
        var page = await browser.Submit(await browser.Get("/admin/users/" + id), "#look-as form");
        Assert.Equal("/account", page.Path);
        return (browser, id);
    }

    [Theory, BothEngines]
    public async Task Every_page_is_as_the_customer_sees_it_and_nothing_is_noted_as_theirs(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (browser, id) = await Begin(server);
        var own = server.Browser();
        own.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, "default", id));
        var before = await Snapshot.Take(server, "default");
        foreach (var path in EndpointCatalogue.Rows.Where(r => r is { IsCustomers: true, Method: "GET", IsApi: false, Type: "text/html", Status: 200 } && !r.Path.Contains('{', StringComparison.Ordinal)).Select(r => r.Path))
        {
            var (seen, theirs) = (await browser.Get(path), await own.Get(path));
            Assert.Equal((HttpStatusCode.OK, path), (seen.Status, seen.Path));
            Assert.Equal(theirs.Document.QuerySelectorAll("main h1, main h2").Select(h => h.TextContent), seen.Document.QuerySelectorAll("main h1, main h2").Select(h => h.TextContent));
            Assert.Contains("You are looking as Test customer", seen.One("#looking").TextContent);
            Assert.Null(theirs.Document.QuerySelector("#looking"));
        }
        Assert.Equal("", (await Snapshot.Take(server, "default")).Since(before, new Things(server, "default", server.Http, null)));
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM sign_ins")));
        // Their own work goes on beside it.
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/admin/users")).Status);
    }

    [Theory, BothEngines]
    public async Task Whatever_is_sent_is_refused_and_says_why(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (browser, _) = await Begin(server, "zh");
        var csrf = (await browser.Get("/account")).One("#looking input[name='_csrf']").GetAttribute("value")!;
        var before = await Snapshot.Take(server, "default");
        foreach (var path in EndpointCatalogue.Rows.Where(r => r is { IsCustomers: true, Method: "POST", IsApi: false }).Select(r => r.Route.Replace("{id}", "x", StringComparison.Ordinal)))
        {
            var page = await browser.Post(path, new() { ["_csrf"] = csrf, ["display_name"] = "Mallory" });
            Assert.Equal(HttpStatusCode.Forbidden, page.Status);
            Assert.Contains("不能代其进行任何更改", page.Text);
            Assert.NotNull(page.Document.QuerySelector("main a[href='/account']"));
        }
        // Also what is open to all, where it is sent from the customer's pages: by the referrer a form's page is known. How this browser shows pages is its own.
        foreach (var (path, status) in new[] { ("/sign-out", HttpStatusCode.Forbidden), ("/preferences/language", HttpStatusCode.SeeOther) })
            Assert.Equal((path, status), (path, (await browser.Send(() =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["_csrf"] = csrf, ["language"] = "en" }) };
                request.Headers.Referrer = new Uri(server.Address, "/account/details");
                return request;
            })).Status));
        Assert.Equal("", (await Snapshot.Take(server, "default")).Since(before, new Things(server, "default", server.Http, null)));
        Assert.Empty(server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task It_ends_by_the_button_by_the_clock_with_the_session_and_with_the_permission(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (browser, id) = await Begin(server);
        var page = await browser.Submit(await browser.Get("/account/details"), "#looking form");
        Assert.Equal(("/admin/users/" + id, (string?)null), (page.Path, browser.Cookie(Cookies.LookAs)));
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/account")).Status);
        using var owner = await server.As(Role.Owner);
        Assert.Equal(["customer.look_ended", "customer.look_started"], (await owner.GetApi("/api/logs/audit?action=customer"))["items"]!.AsArray().Select(i => (string?)i!["action"]));

        (browser, id) = await Begin(server);
        server.Clock.Advance(LookingAs.Life - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/account")).Status);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/account")).Status);

        // The cookie is nothing in another session, nor when the account may no longer, nor when the customer is gone.
        (browser, id) = await Begin(server);
        var thief = await server.SignedIn(Role.Admin);
        thief.SetCookie(Cookies.LookAs, browser.Cookie(Cookies.LookAs)!);
        Assert.Equal(HttpStatusCode.Forbidden, (await thief.Get("/account")).Status);
        var stranger = server.Browser();
        stranger.SetCookie(Cookies.LookAs, browser.Cookie(Cookies.LookAs)!);
        Assert.Equal("/sign-in?return=%2Faccount", (await stranger.Get("/account", follow: false)).Location);
        await server.Db.Write(s => s.Execute("UPDATE accounts SET role = 'operator' WHERE kind = 'staff'"));
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/account")).Status);
        await server.Db.Write(s => s.Execute("UPDATE accounts SET role = 'admin' WHERE kind = 'staff'"));
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/account")).Status);
        await owner.DeleteApi("/api/users/" + id);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/account")).Status);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM look_as WHERE account_id = @id", ("id", id))));
    }

    [Fact]
    public async Task Only_who_may_sees_the_button()
    {
        await using var server = await TestServer.Start();
        var id = await server.Staff.Customer();
        Assert.Null((await (await server.SignedIn(Role.Operator)).Get("/admin/users/" + id)).Document.QuerySelector("#look-as"));
    }
}
