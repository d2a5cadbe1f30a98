using System.Net;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Signing in and what follows, as a browser without script sees it.</summary>
public sealed class AccountPagesTests
{
    [Fact]
    public async Task In_and_out()
    {
        await using var server = await TestServer.Start();
        await Staff(server, "wei", Role.Admin);
        var browser = server.Browser();
        var page = await browser.Get("/admin/staff?q=x");
        Assert.Equal("/sign-in?return=%2Fadmin%2Fstaff%3Fq%3Dx", page.Path);
        page = await browser.Submit(page, "form[action='/sign-in']", new() { ["username"] = "Wei", ["password"] = Bench.Password });
        Assert.Equal("/admin/staff?q=x", page.Path);
        var old = browser.Cookie(Cookies.Session)!;
        page = await browser.Submit(page, "form[action='/sign-out']");
        Assert.Equal("/sign-in", page.Path);
        Assert.Null(browser.Cookie(Cookies.Session));
        browser.SetCookie(Cookies.Session, old);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Get("/admin/account", follow: false)).Status);
    }

    [Theory]
    [InlineData("https://evil.example/", "/admin")]
    [InlineData("//evil.example/", "/admin")]
    [InlineData("/\\evil.example", "/admin")]
    [InlineData("/sign-in", "/admin")]
    [InlineData("", "/admin")]
    [InlineData("/admin/account?x=1", "/admin/account?x=1")]
    public async Task One_lands_on_this_site(string wanted, string landed)
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Admin);
        Assert.Equal(landed, (await browser.Get("/sign-in?return=" + Uri.EscapeDataString(wanted), follow: false)).Location);
    }

    /// <summary>A session may end while a form is filled in, and there is no page where that is sent to.</summary>
    [Theory]
    [InlineData("/admin/staff/new?x=1", "/sign-in?return=%2Fadmin%2Fstaff%2Fnew%3Fx%3D1")]
    [InlineData("https://evil.example/admin/staff", "/sign-in?return=")]
    [InlineData(null, "/sign-in?return=")]
    public async Task Who_sent_a_form_comes_back_to_where_it_stands(string? from, string asked)
    {
        await using var server = await TestServer.Start();
        using var form = new HttpRequestMessage(HttpMethod.Post, "/admin/staff/1/disable") { Content = new FormUrlEncodedContent([]) };
        if (from is not null)
            form.Headers.Referrer = new Uri(server.Address, from);
        using var answer = await server.Http.SendAsync(form);
        Assert.Equal(asked, answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_refusal_does_not_say_why()
    {
        await using var server = await TestServer.Start(settings: new() { ["SignIn:LockoutFailures"] = "2" });
        await Staff(server, "wei", Role.Admin);
        var browser = server.Browser();
        var page = await browser.Get("/sign-in");
        var said = new List<string>();
        foreach (var (name, password) in new[] { ("nobody", "wrong horse one"), ("wei", "wrong horse one"), ("wei", "wrong horse two"), ("wei", Bench.Password) })
        {
            var answer = await browser.Submit(page, "form[action='/sign-in']", new() { ["username"] = name, ["password"] = password });
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
            Assert.Equal(name, answer.One("input[name=username]").GetAttribute("value"));
            Assert.DoesNotContain(password, answer.Html);
            said.Add(answer.One("[role=alert]").TextContent);
        }
        Assert.Single(said.Distinct());
    }

    [Fact]
    public async Task A_browser_that_was_in_before_gets_in_where_strangers_have_closed_the_address()
    {
        await using var server = await TestServer.Start(settings: new() { ["SignIn:LockoutFailures"] = "2" });
        await Staff(server, "wei", Role.Admin);
        var own = server.Browser();
        var page = await own.Submit(await own.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = "wei", ["password"] = Bench.Password }, follow: false);
        var set = page.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith(Cookies.Browser, StringComparison.Ordinal));
        Assert.Contains("httponly", set, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("max-age=15552000", set, StringComparison.OrdinalIgnoreCase);
        await own.Submit(await own.Get("/admin/account"), "form[action='/sign-out']");
        // By itself it opens nothing.
        Assert.Equal("/sign-in", (await own.Get("/admin/account")).Path.Split('?')[0]);

        var stranger = server.Browser();
        foreach (var password in new[] { "wrong horse one", "wrong horse two", Bench.Password })
            page = await stranger.Submit(await stranger.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = "wei", ["password"] = password });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Contains("too many wrong tries", page.One("[role=alert]").TextContent);
        await SignInAttempt(own, "wei");
        Assert.Equal(HttpStatusCode.OK, (await own.Get("/admin/account", follow: false)).Status);

        // With another password it is known by another cookie.
        var old = own.Cookie(Cookies.Browser);
        await own.Submit(await own.Get("/admin/account"), "#password form", new() { ["current"] = Bench.Password, ["password"] = "another horse two", ["password_repeat"] = "another horse two" });
        Assert.NotNull(own.Cookie(Cookies.Browser));
        Assert.NotEqual(old, own.Cookie(Cookies.Browser));
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM known_browsers")));
    }

    [Fact]
    public async Task Signing_in_anew_ends_the_browsers_session_before()
    {
        await using var server = await TestServer.Start();
        await Staff(server, "wei", Role.Admin);
        var browser = server.Browser();
        await SignInAttempt(browser, "wei");
        var old = browser.Cookie(Cookies.Session)!;
        var csrf = (await browser.Get("/admin/account")).Document.QuerySelector("input[name=_csrf]")!.GetAttribute("value")!;
        await browser.Post("/sign-in", new() { ["_csrf"] = csrf, ["username"] = "wei", ["password"] = Bench.Password });
        Assert.NotEqual(old, browser.Cookie(Cookies.Session));
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM sessions")));
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions_and_renews_this_one()
    {
        await using var server = await TestServer.Start();
        await Staff(server, "wei", Role.Admin);
        var (here, there) = (server.Browser(), server.Browser());
        await SignInAttempt(here, "wei");
        await SignInAttempt(there, "wei");
        var old = here.Cookie(Cookies.Session);
        var page = await here.Get("/admin/account");
        page = await here.Submit(page, "#password form", new() { ["current"] = "wrong horse one", ["password"] = "another horse two", ["password_repeat"] = "another horse two" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Equal(2, await SessionStore());
        page = await here.Submit(page, "#password form", new() { ["current"] = Bench.Password, ["password"] = "another horse two", ["password_repeat"] = "another horse two" });
        Assert.Equal("/admin/account", page.Path);
        Assert.Equal(1, await SessionStore());
        Assert.NotEqual(old, here.Cookie(Cookies.Session));
        Assert.Equal(HttpStatusCode.Redirect, (await there.Get("/admin/account", follow: false)).Status);
        Assert.Null(await server.Service<SignIns>().Enter(Bench.Visitor, "wei", Bench.Password));
        Assert.NotNull(await server.Service<SignIns>().Enter(Bench.Visitor, "wei", "another horse two"));

        Task<long> SessionStore() => server.Db.Read(s => s.Number("SELECT COUNT(*) FROM sessions"));
    }

    [Fact]
    public async Task Guessing_the_current_password_locks_too()
    {
        await using var server = await TestServer.Start(settings: new() { ["SignIn:LockoutFailures"] = "2" });
        await Staff(server, "wei", Role.Admin);
        var browser = server.Browser();
        await SignInAttempt(browser, "wei");
        var page = await browser.Get("/admin/account");
        foreach (var current in new[] { "wrong horse one", "wrong horse two", Bench.Password })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.Submit(page, "#password form",
                new() { ["current"] = current, ["password"] = "another horse two", ["password_repeat"] = "another horse two" })).Status);
    }

    [Fact]
    public async Task Sessions_are_seen_and_ended_one_by_one_or_together()
    {
        await using var server = await TestServer.Start();
        await Staff(server, "wei", Role.Admin);
        var browsers = Enumerable.Range(0, 4).Select(_ => server.Browser()).ToArray();
        foreach (var browser in browsers)
            await SignInAttempt(browser, "wei");
        var page = await browsers[0].Get("/admin/account");
        Assert.Equal(4, page.Document.QuerySelectorAll("#sessions tbody tr").Length);
        var first = page.Document.QuerySelector("#sessions tbody form input[name=session]")!.GetAttribute("value")!;
        var csrf = page.Document.QuerySelector("#sessions input[name=_csrf]")!.GetAttribute("value")!;
        await browsers[0].Post("/admin/account/sessions/end", new() { ["_csrf"] = csrf, ["session"] = first });
        var alive = 0;
        foreach (var browser in browsers)
            alive += (await browser.Get("/admin/account", follow: false)).Status == HttpStatusCode.OK ? 1 : 0;
        Assert.Equal(3, alive);
        page = await browsers[0].Submit(await browsers[0].Get("/admin/account"), "form[action='/admin/account/sessions/end-others']");
        Assert.Single(page.Document.QuerySelectorAll("#sessions tbody tr"));
        // Somebody else's session cannot be ended here.
        await server.Staff.Session(Role.Owner);
        var others = await server.Db.Read(s => s.One("SELECT id_hash FROM sessions WHERE user_agent = 'test'", r => r.GetString(0)));
        Assert.Equal(HttpStatusCode.NotFound, (await browsers[0].Post("/admin/account/sessions/end", new() { ["_csrf"] = csrf, ["session"] = others! })).Status);
    }

    [Fact]
    public async Task A_one_time_password_is_shown_once_and_opens_only_the_account_page()
    {
        await using var server = await TestServer.Start();
        var owner = await server.SignedIn(Role.Owner);
        var page = await owner.Submit(await owner.Get("/admin/staff/new"), "form[action='/admin/staff']", new() { ["username"] = "bo", ["role"] = "admin" });
        var password = page.One("#one-time-password").TextContent;
        Assert.Null(owner.Cookie("gh-toast"));
        var browser = server.Browser();
        page = await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = "bo", ["password"] = password });
        Assert.Equal("/admin/account", page.Path);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/admin/staff")).Status);
        page = await browser.Submit(page, "#password form", new() { ["current"] = password, ["password"] = Bench.Password, ["password_repeat"] = Bench.Password });
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/admin/staff")).Status);
    }

    [Fact]
    public async Task A_token_is_shown_once_on_its_page()
    {
        await using var server = await TestServer.Start();
        var owner = await server.SignedIn(Role.Owner);
        var page = await owner.Submit(await owner.Get("/admin/tokens/new"), "form[action='/admin/tokens']", new() { ["name"] = "<b>shop", ["role"] = "admin", ["expires"] = "30", ["scopes"] = "*" });
        var secret = page.One("#token").TextContent;
        Assert.Null(owner.Cookie("gh-toast"));
        using var http = server.Client(secret);
        Assert.Equal(HttpStatusCode.OK, (await http.GetApi("/api/staff")).Status);
        page = await owner.Get("/admin/tokens");
        Assert.DoesNotContain(secret, page.Html);
        Assert.DoesNotContain("<b>shop", page.Html);
        await owner.Submit(page, "form[action$='/revoke']");
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetApi("/api/staff")).Status);
    }

    [Fact]
    public async Task Staff_are_changed_disabled_and_removed_on_their_page()
    {
        await using var server = await TestServer.Start();
        var owner = await server.SignedIn(Role.Owner);
        await Staff(server, "wei", Role.Operator);
        var page = await owner.Get("/admin/staff?q=wei");
        var path = page.Document.QuerySelector("#list tbody a")!.GetAttribute("href")!;
        page = await owner.Submit(await owner.Get(path), $"form[action='{path}']", new() { ["display_name"] = "Li Wei", ["role"] = "admin" });
        Assert.Equal("/admin/staff", page.Path);
        page = await owner.Submit(await owner.Get(path), $"form[action='{path}/disable']");
        Assert.Contains("Disabled", page.Text);
        page = await owner.Submit(await owner.Get(path), $"form[action='{path}/enable']");
        page = await owner.Submit(await owner.Get(path), $"form[action='{path}/password']", new() { ["password"] = "short" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        page = await owner.Submit(page, $"form[action='{path}/password']", new() { ["password"] = "" });
        Assert.NotNull(await server.Service<SignIns>().Enter(Bench.Visitor, "wei", page.One("#one-time-password").TextContent));
        await owner.Submit(await owner.Get(path), $"form[action='{path}/remove']");
        Assert.Equal(HttpStatusCode.NotFound, (await owner.Get(path)).Status);
    }

    private static async Task Staff(TestServer server, string username, Role role)
    {
        var hash = await server.Service<Passwords>().Hash(Bench.Password);
        await server.Db.Write(s => server.Service<AccountService>().Create(s, Caller.System, new NewStaff(username, "", role, hash)));
    }

    private static async Task SignInAttempt(TestBrowser browser, string username) =>
        await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = username, ["password"] = Bench.Password });
}
