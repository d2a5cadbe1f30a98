using System.Net;
using Gatehouse.Accounts.NetworkAccess;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Staff and their tokens may be limited to networks; customers are not, and the machine itself never is.</summary>
public sealed class StaffNetworksTests
{
    private const string Inside = "203.0.113.9", InsideV6 = "2001:db8:7::1", Outside = "198.51.100.7";

    // Behind a proxy that is believed: so a test comes from wherever it likes.
    private static Task<TestServer> Start(string networks = "", Engine engine = Engine.Sqlite) =>
        TestServer.Start(engine, settings: new() { ["Access:StaffNetworks"] = networks, ["Server:TrustedProxies"] = "127.0.0.1", ["Server:AllowPlainHttp"] = "true" });

    private static HttpClient From(HttpClient http, string address)
    {
        http.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return http;
    }

    private static TestBrowser Browser(TestServer server, string address, string language = "en") => new(From(server.Client(), address), language);

    private static async Task<TestPage> SignIn(TestBrowser browser, string username, string password = Bench.Password) =>
        await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = username, ["password"] = password });

    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.9", true)]
    [InlineData("203.0.113.0/24", "203.0.114.9", false)]
    [InlineData("203.0.113.9", "203.0.113.9", true)]
    [InlineData("10.0.0.0/8, 2001:db8::/32", "2001:db8:1::9", true)]
    [InlineData("10.0.0.0/8, 2001:db8::/32", "2001:db9::9", false)]
    [InlineData("2001:db8::/32", "203.0.113.9", false)]
    [InlineData("203.0.113.0/24", null, false)]
    [InlineData("", "203.0.113.9", true)]
    public async Task A_list_lets_in_who_is_in_it(string configured, string? address, bool good)
    {
        await using var bench = await Bench.Open(Engine.Sqlite, new() { [StaffNetworks.Option] = configured });
        var who = Caller.Public(address, null);
        Assert.Equal(good, await bench.Networks.Allows(who));
        Assert.True(await bench.Networks.Allows(who with { IsLocal = true }));
    }

    [Theory, BothEngines]
    public async Task A_session_and_a_token_open_nothing_from_elsewhere_and_say_why(Engine engine)
    {
        await using var server = await Start("203.0.113.0/24 2001:db8::/32", engine);
        using var token = server.Client(await server.Staff.Token(Role.Owner));
        From(token, Outside);
        var refused = await token.GetApi("/api/keys");
        Assert.Equal((HttpStatusCode.Forbidden, "STAFF_NETWORK"), (refused.Status, refused.Code));
        Assert.Contains(Outside, (string)refused["message"]!);
        foreach (var address in new[] { Inside, InsideV6, "::ffff:203.0.113.9" })
            Assert.Equal(HttpStatusCode.OK, (await From(server.Client(token.DefaultRequestHeaders.Authorization!.Parameter), address).GetApi("/api/keys")).Status);

        var session = await server.Staff.Session(Role.Owner);
        foreach (var (language, words) in new[] { ("en", "may work from certain networks only"), ("zh", "只能从指定网络访问") })
        {
            var browser = Browser(server, Outside, language);
            browser.SetCookie(Cookies.Session, session);
            var page = await browser.Get("/admin/keys");
            Assert.Equal(HttpStatusCode.Forbidden, page.Status);
            Assert.Contains(words, page.Text);
            Assert.Contains(Outside, page.Text);
            // Nothing of the staff's shell stands around it.
            Assert.DoesNotContain("/admin/staff", page.Html);
            // What is open to all is, and shows them no more than a stranger.
            Assert.Equal(HttpStatusCode.OK, (await browser.Get("/")).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/admin")).Status);
        }
        var inside = Browser(server, Inside);
        inside.SetCookie(Cookies.Session, session);
        Assert.Equal(HttpStatusCode.OK, (await inside.Get("/admin/keys")).Status);
        // The session can be ended from anywhere.
        var there = Browser(server, Outside);
        there.SetCookie(Cookies.Session, session);
        var csrf = (await there.Get("/")).Document.QuerySelector("input[name='_csrf']")!.GetAttribute("value")!;
        Assert.Equal("/sign-in", (await there.Post("/sign-out", new() { ["_csrf"] = csrf })).Location);
        Assert.Equal("/sign-in?return=%2Fadmin%2Fkeys", (await inside.Get("/admin/keys", follow: false)).Location);
        Assert.Empty(server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task Staff_do_not_sign_in_from_elsewhere_and_who_does_not_know_the_password_learns_nothing(Engine engine)
    {
        await using var server = await Start("203.0.113.0/24", engine);
        var id = await server.Staff.Account(Role.Admin, username: "mei", passwordHash: await Endpoints.Site.PasswordHash);
        await server.Staff.Customer(username: "chen", passwordHash: await Endpoints.Site.PasswordHash);
        var wrong = await SignIn(Browser(server, Outside), "mei", "wrong horse wrong");
        Assert.DoesNotContain("certain networks", wrong.Text);
        var right = await SignIn(Browser(server, Outside), "mei");
        Assert.Equal(HttpStatusCode.Forbidden, right.Status);
        Assert.Contains("certain networks", right.Text);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM sessions WHERE account_id = @id", ("id", id))));
        Assert.Equal("/account", (await SignIn(Browser(server, Outside), "chen")).Path);
        Assert.Equal("/admin", (await SignIn(Browser(server, Inside), "mei")).Path);
        using var owner = From(await server.As(Role.Owner), Inside);
        Assert.Equal("mei", (string?)Assert.Single((await owner.GetApi("/api/logs/signins?outcome=network"))["items"]!.AsArray())!["username"]);
    }

    [Fact]
    public async Task The_machine_itself_is_let_in_and_who_comes_by_a_proxy_of_it_is_not_the_machine()
    {
        await using var server = await TestServer.Start(settings: new() { ["Access:StaffNetworks"] = "203.0.113.0/24" });
        using var token = await server.As(Role.Owner);
        Assert.Equal(HttpStatusCode.OK, (await token.GetApi("/api/keys")).Status);
        foreach (var header in new[] { "X-Forwarded-For", "Forwarded", "X-Real-IP", "Via" })
        {
            using var proxied = server.Client(token.DefaultRequestHeaders.Authorization!.Parameter);
            proxied.DefaultRequestHeaders.TryAddWithoutValidation(header, Inside);
            Assert.Equal("STAFF_NETWORK", (await proxied.GetApi("/api/keys")).Code);
        }
    }

    [Theory, BothEngines]
    public async Task A_tenants_own_list_holds_at_once_and_never_shuts_out_who_sets_it(Engine engine)
    {
        await using var server = await Start(engine: engine);
        using var owner = From(await server.As(Role.Owner), Inside);
        Assert.NotNull((await owner.PatchApi("/api/settings", new { staff_networks = new[] { "the office" } })).Error("staff_networks"));
        var shutOut = await owner.PatchApi("/api/settings", new { staff_networks = new[] { "198.51.100.0/24" } });
        Assert.Contains(Inside, shutOut.Error("staff_networks"));
        Assert.NotNull((await From(await server.As(Role.Admin), Inside).PatchApi("/api/settings", new { staff_networks = new[] { Inside } })).Error("staff_networks"));
        var saved = await owner.PatchApi("/api/settings", new { staff_networks = new[] { "203.0.113.0/24", "2001:db8::/32" } });
        Assert.Equal(["203.0.113.0/24", "2001:db8::/32"], saved["settings"]!["staff_networks"]!.AsArray().Select(n => (string?)n));
        using var outside = From(await server.As(Role.Owner), Outside);
        Assert.Equal("STAFF_NETWORK", (await outside.GetApi("/api/keys")).Code);
        // Another tenant has none of it; and the server's own shell, or a tunnel to it, takes the list away.
        Assert.Equal(HttpStatusCode.OK, (await From(await server.As(Role.Owner, "other"), Outside).GetApi("/api/keys")).Status);
        using var local = await server.As(Role.Owner);
        Assert.Equal(HttpStatusCode.OK, (await local.PatchApi("/api/settings", new { staff_networks = Array.Empty<string>() })).Status);
        Assert.Equal(HttpStatusCode.OK, (await outside.GetApi("/api/keys")).Status);
        await server.Db.Write(s => s.Execute("INSERT INTO settings (tenant_id, name, value, updated_at) VALUES ('default', 'staff_networks', 'rubbish', 0) ON CONFLICT (tenant_id, name) DO UPDATE SET value = excluded.value"));
        await server.Service<TenantSettings>().Refresh("default", now: true);
        Assert.Equal(("STAFF_NETWORK", HttpStatusCode.OK), ((await outside.GetApi("/api/keys")).Code, (await local.GetApi("/api/keys")).Status));
    }

    [Fact]
    public async Task The_page_refuses_a_list_that_shuts_out_who_saves_it()
    {
        await using var server = await Start();
        var browser = Browser(server, Inside);
        browser.SetCookie(Cookies.Session, await server.Staff.Session(Role.Owner));
        var page = await browser.Submit(await browser.Get("/admin/settings"), "form[action='/admin/settings']", new() { ["staff_networks"] = "198.51.100.0/24" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Contains(Inside, page.One("#staff_networks-error").TextContent);
        page = await browser.Submit(page, "form[action='/admin/settings']", new() { ["staff_networks"] = "203.0.113.0/24，198.51.100.0/24" });
        Assert.Equal("203.0.113.0/24\n198.51.100.0/24", page.One("#staff_networks").TextContent.Trim());
    }
}
