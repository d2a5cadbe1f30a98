using System.Net;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Two-factor sign-in as people meet it.</summary>
public sealed class TwoFactorPagesTests
{
    private const string Path = "/admin/account/two-factor";

    private static async Task<string> Staff(TestServer server, string username, Role role = Role.Admin) =>
        await server.Staff.Account(role, username: username, passwordHash: await Site.PasswordHash);

    private static async Task<TestPage> SignIn(TestBrowser browser, string username, string password = Bench.Password, string path = "/sign-in") =>
        await browser.Submit(await browser.Get(path), "form[action='/sign-in']", new() { ["username"] = username, ["password"] = password });

    private static Task<TestPage> Type(TestBrowser browser, TestPage page, string code) => browser.Submit(page, "form[action='/sign-in/code']", new() { ["code"] = code });

    // Signs in and switches it on; the recovery codes.
    private static async Task<List<string>> SetUp(TestServer server, TestBrowser browser, string id)
    {
        var page = await browser.Submit(await browser.Get(Path), "#begin form");
        Assert.Equal(Path + "/set-up", page.Path);
        page = await browser.Submit(page, "#set-up form", new() { ["code"] = await TwoFactorEndpoints.Code(server, id) });
        Assert.Equal(HttpStatusCode.OK, page.Status);
        server.Clock.Advance(TimeSpan.FromSeconds(30));
        return [.. page.Document.QuerySelectorAll("#recovery-codes li code").Select(c => c.TextContent)];
    }

    [Theory, BothEngines]
    public async Task From_switching_on_to_signing_in_by_either_code_to_switching_off(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var id = await Staff(server, "wei");
        var (here, there) = (server.Browser(), server.Browser());
        await SignIn(here, "wei");
        await SignIn(there, "wei");
        var before = here.Cookie(Cookies.Session);
        var codes = await SetUp(server, here, id);
        Assert.Equal(10, codes.Distinct().Count());
        Assert.NotEqual(before, here.Cookie(Cookies.Session));
        Assert.DoesNotContain(codes[0], (await here.Get(Path)).Html);
        Assert.Contains("10 of 10", (await here.Get(Path)).Text);
        Assert.Equal(HttpStatusCode.Redirect, (await there.Get("/admin", follow: false)).Status);

        // By the app, to where one wanted to go.
        var page = await SignIn(there, "wei", path: "/sign-in?return=/admin/tokens");
        Assert.Equal("/sign-in/code?return=%2Fadmin%2Ftokens", page.Path);
        Assert.Equal(HttpStatusCode.Redirect, (await there.Get("/admin", follow: false)).Status);
        page = await Type(there, page, "000000");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, true), (page.Status, page.Text.Contains("This code is wrong", StringComparison.Ordinal)));
        page = await Type(there, page, "");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        page = await Type(there, page, await TwoFactorEndpoints.Code(server, id));
        Assert.Equal("/admin/tokens", page.Path);
        Assert.Null(there.Cookie(Cookies.HalfSession));

        // By a recovery code, once.
        await there.Submit(page, "form[action='/sign-out']");
        page = await SignIn(there, "wei");
        page = await there.Get(page.One("a[href*='recovery']").GetAttribute("href")!);
        Assert.Equal("/admin", (await Type(there, page, codes[3].ToUpperInvariant().Replace('-', ' '))).Path);
        var third = server.Browser();
        await SignIn(third, "wei");
        page = await Type(third, await third.Get("/sign-in/code?recovery=1"), codes[3]);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, true), (page.Status, page.Text.Contains("wrong or was used", StringComparison.Ordinal)));
        Assert.Contains("9 of 10", (await here.Get(Path)).Text);
        Assert.Contains("Wrong code", (await here.Get("/admin/account")).Text);

        // New recovery codes; off, by password and code.
        page = await here.Submit(await here.Get(Path), "#codes form", new() { ["code"] = "12345" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        page = await here.Submit(page, "#codes form", new() { ["code"] = codes[4] });
        var renewed = page.Document.QuerySelectorAll("#recovery-codes li code").Select(c => c.TextContent).ToList();
        Assert.Empty(codes.Intersect(renewed));
        page = await here.Submit(await here.Get(Path), "#off form", new() { ["password"] = "wrong horse one", ["code"] = renewed[0] });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        page = await here.Submit(page, "#off form", new() { ["password"] = Bench.Password, ["code"] = codes[5] });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        page = await here.Submit(page, "#off form", new() { ["password"] = Bench.Password, ["code"] = renewed[0] });
        Assert.Equal(Path, page.Path);
        Assert.Equal("/admin", (await SignIn(server.Browser(), "wei")).Path);
        Assert.Empty(server.Errors.Lines);
    }

    [Fact]
    public async Task The_secret_is_shown_as_a_picture_and_as_text_that_agree()
    {
        await using var server = await TestServer.Start();
        await Staff(server, "wei");
        var browser = server.Browser();
        await SignIn(browser, "wei");
        Assert.Equal(Path, (await browser.Get(Path + "/set-up")).Path);
        var page = await browser.Submit(await browser.Get(Path), "#begin form");
        var secret = page.One("#secret").TextContent.Replace(" ", "", StringComparison.Ordinal);
        Assert.Matches("^[A-Z2-7]{32}$", secret);
        Assert.Equal($"otpauth://totp/Gatehouse:wei?secret={secret}&issuer=Gatehouse&algorithm=SHA1&digits=6&period=30", page.One("#set-up a").GetAttribute("href"));
        Assert.Equal(Gatehouse.Platform.Ui.Parts.QrCode.Of(page.One("#set-up a").GetAttribute("href")!).Path, page.One("svg.gh-qr path").GetAttribute("d"));
        Assert.DoesNotContain("style=", page.One("#set-up").InnerHtml);
        page = await browser.Submit(page, "#set-up form", new() { ["code"] = "000000" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Equal(secret, page.One("#secret").TextContent.Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unattended_browser_is_not_enough_to_switch_it_on()
    {
        await using var server = await TestServer.Start();
        await Staff(server, "wei");
        var browser = server.Browser();
        await SignIn(browser, "wei");
        server.Clock.Advance(RecentProof.Life);
        var page = await browser.Submit(await browser.Get(Path), "#begin form", new() { ["password"] = "wrong horse one" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM two_factors")));
        page = await browser.Submit(page, "#begin form", new() { ["password"] = Bench.Password });
        Assert.Equal(Path + "/set-up", page.Path);
        // Now they have shown who they are.
        Assert.Null((await browser.Get(Path)).Document.QuerySelector("#begin input[type=password]"));
    }

    [Fact]
    public async Task Without_half_a_session_there_is_no_second_step()
    {
        await using var server = await TestServer.Start(settings: new() { ["SignIn:LockoutFailures"] = "50" });
        var id = await Staff(server, "wei");
        await TwoFactorEndpoints.SwitchOn(server, Caller.DefaultTenant, id);
        var browser = server.Browser();
        Assert.Equal("/sign-in", (await browser.Get("/sign-in/code")).Path);
        var page = await SignIn(browser, "wei");
        for (var i = 0; i < HalfSessions.MaxTries; i++)
        {
            Assert.StartsWith("/sign-in/code", page.Path);
            page = await Type(browser, page, "000000");
        }
        Assert.StartsWith("/sign-in?", page.Path);
        Assert.Contains("too many wrong codes", page.Text);
        page = await SignIn(browser, "wei");
        server.Clock.Advance(HalfSessions.Life);
        page = await Type(browser, page, await TwoFactorEndpoints.Code(server, id));
        Assert.StartsWith("/sign-in?", page.Path);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM sessions")));
        // The id in the cookie is all there is: no hash of it opens, nor another browser.
        page = await SignIn(browser, "wei");
        var other = server.Browser();
        other.SetCookie(Cookies.HalfSession, OpaqueToken.Hash(browser.Cookie(Cookies.HalfSession)!));
        Assert.StartsWith("/sign-in?", (await other.Get("/sign-in/code")).Path);
    }

    /// <summary>Who does not know the password learns nothing of who has two-factor sign-in.</summary>
    [Fact]
    public async Task A_wrong_password_reads_the_same_with_it_and_without()
    {
        await using var server = await TestServer.Start();
        await Staff(server, "qq-1");
        await TwoFactorEndpoints.SwitchOn(server, Caller.DefaultTenant, await Staff(server, "qq-2"));
        var pages = new List<string>();
        foreach (var name in new[] { "qq-1", "qq-2", "qq-3" })
        {
            var page = await SignIn(server.Browser(), name, "wrong horse one");
            pages.Add($"{page.Status} {page.Html.Replace(name, "NAME", StringComparison.Ordinal)}");
        }
        var csrf = new System.Text.RegularExpressions.Regex("[0-9a-f]{64}");
        foreach (var page in pages)
            Assert.Equal(csrf.Replace(pages[0], ""), csrf.Replace(page, ""));
    }

    [Fact]
    public async Task Who_must_have_it_sets_it_up_before_anything_else()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var id = await Staff(server, "wei");
        var browser = server.Browser();
        await SignIn(browser, "wei");
        Assert.Equal(HttpStatusCode.OK, (await owner.PatchApi("/api/settings", new { two_factor_roles = new[] { "admin", "owner" } })).Status);
        Assert.Equal(["owner", "admin"], (await owner.GetApi("/api/settings"))["settings"]!["two_factor_roles"]!.AsArray().Select(r => (string)r!));
        server.Clock.Advance(Gatehouse.Accounts.Sessions.CredentialCache.Freshness);
        foreach (var path in new[] { "/admin", "/admin/keys", "/admin/account", "/admin/staff/new" })
            Assert.Equal(Path, (await browser.Get(path)).Path);
        Assert.Contains("Your role must have", (await browser.Get(Path)).Text);
        Assert.Empty((await browser.Get(Path)).Document.QuerySelectorAll(".gh-nav a"));
        // A form that was open before changes nothing.
        var csrf = (await browser.Get(Path)).Document.QuerySelector("input[name=_csrf]")!.GetAttribute("value")!;
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Post("/admin/staff", new() { ["_csrf"] = csrf, ["username"] = "bo", ["role"] = "analyst" })).Status);
        // Programs and other roles go on.
        Assert.Equal(HttpStatusCode.OK, (await (await server.As(Role.Admin)).GetApi("/api/staff")).Status);
        Assert.Equal(HttpStatusCode.OK, (await (await server.SignedIn(Role.Operator)).Get("/admin/keys", follow: false)).Status);
        await SetUp(server, browser, id);
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/admin/staff", follow: false)).Status);
        // Signing in again asks for the code; without the rule it still would.
        Assert.StartsWith("/sign-in/code", (await SignIn(server.Browser(), "wei")).Path);
    }

    [Fact]
    public async Task Only_an_owner_says_who_must_have_it()
    {
        await using var server = await TestServer.Start();
        var admin = await server.As(Role.Admin);
        var refused = await admin.PatchApi("/api/settings", new { two_factor_roles = new[] { "owner" } });
        Assert.True(refused.Status == HttpStatusCode.UnprocessableEntity && refused.Error("two_factor_roles") is not null, refused.ToString());
        Assert.Equal("VALIDATION_FAILED", (await (await server.As(Role.Owner)).PatchApi("/api/settings", new { two_factor_roles = new[] { "boss" } })).Code);
        var owner = await server.SignedIn(Role.Owner);
        var csrf = (await owner.Get("/admin/settings")).Document.QuerySelector("input[name=_csrf]")!.GetAttribute("value")!;
        await owner.Post("/admin/settings", new() { ["_csrf"] = csrf, ["site_name"] = "A", ["time_zone"] = "UTC", ["key_alphabet"] = "ABCDEFGHJKMNPQRSTUVW", ["expiring_soon_days"] = "7", ["two_factor_roles"] = "operator,analyst" });
        Assert.Equal("operator analyst", await Stored());
        // An admin sees it and saves the rest.
        var browser = await server.SignedIn(Role.Admin);
        var page = await browser.Get("/admin/settings");
        Assert.True(page.One("#two_factor_roles-operator").HasAttribute("checked"));
        Assert.True(page.One("fieldset:has(#two_factor_roles-operator)").HasAttribute("disabled"));
        await browser.Submit(page, "#settings-form", new() { ["site_name"] = "B" });
        Assert.Equal("operator analyst", await Stored());
        page = await owner.Get("/admin/settings");
        Assert.Equal("B", page.One("#site_name").GetAttribute("value"));
        // Nothing ticked is nobody.
        await owner.Post("/admin/settings", new() { ["_csrf"] = csrf, ["site_name"] = "A", ["time_zone"] = "UTC", ["key_alphabet"] = "ABCDEFGHJKMNPQRSTUVW", ["expiring_soon_days"] = "7" });
        Assert.Equal("", await Stored());

        async Task<string?> Stored() => await server.Db.Read(s => s.One("SELECT value FROM settings WHERE name = 'two_factor_roles'", r => r.GetString(0)));
    }

    [Fact]
    public async Task A_colleagues_is_reset_on_their_page_and_over_rest()
    {
        await using var server = await TestServer.Start();
        var owner = await server.SignedIn(Role.Owner);
        var id = await Staff(server, "wei");
        Assert.Contains("the password alone opens", (await owner.Get("/admin/staff/" + id)).Text);
        await TwoFactorEndpoints.SwitchOn(server, Caller.DefaultTenant, id);
        var rest = await server.As(Role.Owner);
        Assert.True((bool)(await rest.GetApi("/api/staff/" + id))["staff"]!["two_factor"]!);
        var page = await owner.Submit(await owner.Get("/admin/staff/" + id), "#reset-two-factor form");
        Assert.Equal("/admin/staff/" + id, page.Path);
        Assert.False((bool)(await rest.GetApi("/api/staff/" + id))["staff"]!["two_factor"]!);
        await TwoFactorEndpoints.SwitchOn(server, Caller.DefaultTenant, id);
        Assert.False((bool)(await rest.PostApi($"/api/staff/{id}/reset-two-factor", new { }))["staff"]!["two_factor"]!);
        Assert.Equal("TWO_FACTOR_OFF", (await rest.PostApi($"/api/staff/{id}/reset-two-factor", new { })).Code);
        Assert.Equal("/admin", (await SignIn(server.Browser(), "wei")).Path);
    }
}
