using System.Net;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>What is dangerous asks again who is at the browser.</summary>
public sealed class ProofTests
{
    private static async Task<(TestBrowser Browser, string Id)> SignedIn(TestServer server)
    {
        var id = await server.Staff.Account(Role.Owner, username: "wei", passwordHash: await Site.PasswordHash);
        var browser = server.Browser();
        await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = "wei", ["password"] = Bench.Password });
        server.Clock.Advance(RecentProof.Life);
        return (browser, id);
    }

    // As a browser does with a 307: the same form, to the new place.
    private static async Task<TestPage> GoOn(TestBrowser browser, TestPage asks, string proof)
    {
        var answer = await browser.Submit(asks, "#prove form", new() { ["_proof"] = proof }, follow: false);
        if (answer.Status != HttpStatusCode.TemporaryRedirect)
            return answer;
        var fields = asks.Document.QuerySelectorAll("#prove form input[type=hidden]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!);
        fields["_proof"] = proof;
        return await browser.Post(answer.Location!, fields, follow: true);
    }

    [Theory, BothEngines]
    public async Task A_form_is_kept_while_its_sender_shows_who_they_are(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (browser, _) = await SignedIn(server);
        var asks = await browser.Submit(await browser.Get("/admin/tokens/new"), "form[action='/admin/tokens']", new() { ["name"] = "<b>shop", ["role"] = "analyst", ["expires"] = "30", ["scopes"] = "*" });
        Assert.Equal(HttpStatusCode.Forbidden, asks.Status);
        Assert.Equal("<b>shop", asks.One("#prove input[name=name]").GetAttribute("value"));
        Assert.Single(asks.Document.QuerySelectorAll("#prove input[name=_csrf]"));
        asks = await GoOn(browser, asks, "");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, asks.Status);
        asks = await GoOn(browser, asks, "wrong horse one");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "<b>shop"), (asks.Status, asks.One("#prove input[name=name]").GetAttribute("value")));
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM api_tokens")));
        var made = await GoOn(browser, asks, Bench.Password);
        Assert.Equal((HttpStatusCode.OK, 1L), (made.Status, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM api_tokens WHERE name = '<b>shop'"))));
        // It holds for ten minutes, for other acts too.
        server.Clock.Advance(RecentProof.Life - TimeSpan.FromSeconds(1));
        Assert.Equal("/admin/staff", (await browser.Submit(await browser.Get("/admin/staff/new"), "form[action='/admin/staff']", new() { ["username"] = "bo", ["role"] = "analyst", ["password"] = "another horse two" })).Path);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Submit(await browser.Get("/admin/staff/new"), "form[action='/admin/staff']", new() { ["username"] = "bo2", ["role"] = "analyst" })).Status);
        // A program shows its token each time.
        Assert.Equal(HttpStatusCode.Created, (await (await server.As(Role.Owner)).PostApi("/api/staff", new { username = "bo3", role = "analyst" })).Status);
    }

    [Fact]
    public async Task A_code_does_as_well_and_a_download_is_asked_for_again()
    {
        await using var server = await TestServer.Start();
        var (browser, id) = await SignedIn(server);
        Assert.DoesNotContain("code", (await browser.Get("/admin/keys/export")).One("#prove label").TextContent);
        await TwoFactorEndpoints.SwitchOn(server, Caller.DefaultTenant, id);
        var asks = await browser.Get("/admin/keys/export?format=csv");
        Assert.Contains("code", asks.One("#prove label").TextContent);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await GoOn(browser, asks, "000000")).Status);
        var back = await browser.Submit(asks, "#prove form", new() { ["_proof"] = await TwoFactorEndpoints.Code(server, id) });
        Assert.Equal("/admin", back.Path);
        Assert.Contains("once more", back.Text);
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/admin/keys/export?format=csv")).Status);
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM sessions WHERE second_factor_at = @now AND proved_at = @now", ("now", server.Clock.Now))));
    }

    [Fact]
    public async Task It_leads_nowhere_else_and_guessing_is_counted()
    {
        await using var server = await TestServer.Start(settings: new() { ["SignIn:LockoutFailures"] = "3" });
        var (browser, _) = await SignedIn(server);
        var csrf = (await browser.Get("/admin/account")).Document.QuerySelector("input[name=_csrf]")!.GetAttribute("value")!;
        Task<TestPage> Prove(string proof, string to) => browser.Post("/admin/account/prove", new() { ["_csrf"] = csrf, ["_to"] = to, ["_proof"] = proof });
        Assert.Equal("/", (await Prove(Bench.Password, "https://evil.example/")).Location);
        Assert.Equal("/", (await Prove(Bench.Password, "//evil.example/")).Location);
        for (var i = 0; i < 3; i++)
            await Prove("wrong horse " + i, "/admin/staff");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Prove(Bench.Password, "/admin/staff")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.Post("/admin/account/prove", new() { ["_to"] = "/admin/staff", ["_proof"] = "x" })).Status);
    }
}
