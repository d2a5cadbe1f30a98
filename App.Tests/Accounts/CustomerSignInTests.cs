using System.Net;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>The one door for customers: by all their names, from a browser and from a program.</summary>
public sealed class CustomerSignInTests
{
    [Theory, BothEngines]
    public async Task Any_of_the_names_opens_the_door(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var customer = await bench.Customer(new() { Username = "chen.yu", Email = "chen@example.com", Phone = "13800138000", Language = "zh" }, Bench.Password);
        foreach (var login in new[] { "chen.yu", " Chen.Yu ", "CHEN@Example.com", "13800138000", "+86 138 0013 8000", "0086 13800138000" })
        {
            var signedIn = (await bench.SignIns.Try(Bench.Visitor, login, Bench.Password)).SignedIn;
            Assert.Equal((customer.Id, true, "zh"), (signedIn?.AccountId, signedIn?.Customer, signedIn?.Language));
        }
        foreach (var login in new[] { "chen", "chen@example.org", "13800138001", "3800138000", "" })
            Assert.Equal("wrong", (await bench.SignIns.Try(Bench.Visitor, login, Bench.Password)).Outcome);
    }

    [Theory, BothEngines]
    public async Task What_it_answers_tells_nobody_which_names_there_are(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var hash = await Site.PasswordHash;
        await server.Staff.Customer(username: "known", passwordHash: hash);
        await server.Staff.Account(Role.Owner, username: "wei", passwordHash: hash);
        var failures = server.Service<SignInLimits>().LockoutFailures;
        var told = new Dictionary<string, List<string>>();
        foreach (var login in new[] { "known", "nobody", "wei" })
        {
            var answers = told[login] = [];
            for (var i = 0; i < failures + 2; i++)
            {
                // Staff have their own door: even their right password is a wrong one here.
                var answer = await server.Http.PostApi("/api/user/login", new { login, password = login == "wei" ? Bench.Password : "wrong horse" });
                answers.Add($"{(int)answer.Status} {answer.Body}");
            }
            Assert.StartsWith("401 ", answers[failures - 1], StringComparison.Ordinal);
            Assert.StartsWith("423 ", answers[failures], StringComparison.Ordinal);
            Assert.Contains("locked_until", answers[failures], StringComparison.Ordinal);
        }
        Assert.Equal(told["known"], told["nobody"]);
        Assert.Equal(told["known"], told["wei"]);
        // The lock ends for one as for the other.
        server.Clock.Advance(server.Service<SignInLimits>().Lockout);
        foreach (var login in told.Keys.Where(l => l != "wei"))
            Assert.Equal("INVALID_CREDENTIALS", (await server.Http.PostApi("/api/user/login", new { login, password = "wrong horse" })).Code);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.PostApi("/api/user/login", new { login = "known", password = Bench.Password })).Status);
    }

    [Fact]
    public async Task Only_who_knows_the_password_is_told_that_an_account_is_closed()
    {
        await using var server = await TestServer.Start();
        var id = await server.Staff.Customer(username: "known", passwordHash: await Site.PasswordHash);
        await server.Db.Write(s => s.Execute("UPDATE accounts SET disabled_at = 1 WHERE id = @id", ("id", id)));
        Assert.Equal("INVALID_CREDENTIALS", (await server.Http.PostApi("/api/user/login", new { login = "known", password = "wrong horse" })).Code);
        Assert.Equal("ACCOUNT_DISABLED", (await server.Http.PostApi("/api/user/login", new { login = "known", password = Bench.Password })).Code);
    }

    [Theory, BothEngines]
    public async Task A_program_has_a_session_until_it_ends(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await server.Staff.Customer(username: "known", passwordHash: await Site.PasswordHash);
        var answer = await server.Http.PostApi("/api/user/login", new { login = "known", password = Bench.Password });
        Assert.Equal(("Bearer", (long)server.Service<SignInLimits>().SessionLife.TotalSeconds), ((string)answer["token_type"]!, (long)answer["expires_in"]!));
        await owner.PatchApi("/api/users/known", new { note = "Pays late" });
        var http = server.Client((string)answer["access_token"]!);
        var me = await http.GetApi("/api/user/me");
        Assert.Equal("known", (string)me["user"]!["username"]!);
        // What staff note of people is not theirs to read, and what is not theirs to change is not changed.
        Assert.DoesNotContain("late", me.ToString(), StringComparison.Ordinal);
        foreach (var field in new[] { "note", "email", "username", "state", "id" })
        {
            var refused = await http.Call(new HttpRequestMessage(HttpMethod.Patch, "/api/user/me") { Content = new StringContent($$"""{"{{field}}":"x"}""", System.Text.Encoding.UTF8, "application/json") });
            Assert.Equal([field], refused["errors"]!.AsObject().Select(e => e.Key));
        }
        Assert.Equal("+8613800138000", (string)(await http.PatchApi("/api/user/me", new { phone = "138 0013 8000" }))["user"]!["phone"]!);
        Assert.Equal(HttpStatusCode.OK, (await http.PostApi("/api/user/logout", new { })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetApi("/api/user/me")).Status);
    }

    [Fact]
    public async Task A_customer_comes_home_and_goes_nowhere_else()
    {
        await using var server = await TestServer.Start();
        await server.Staff.Customer(username: "known", passwordHash: await Site.PasswordHash);
        foreach (var (back, home) in new[] { ("", "/account"), ("/admin", "/account"), ("/admin/keys?q=x", "/account"), ("/account/security", "/account/security"), ("/activate", "/activate"), ("//evil.example", "/account") })
        {
            var browser = server.Browser();
            var form = await browser.Get("/sign-in?return=" + Uri.EscapeDataString(back));
            var page = await browser.Submit(form, "form[action='/sign-in']", new() { ["username"] = "known", ["password"] = Bench.Password }, follow: false);
            Assert.Equal(home, page.Location);
            Assert.Equal("/account", (await browser.Get("/sign-in", follow: false)).Location);
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/admin")).Status);
        }
    }

    [Theory, BothEngines]
    public async Task A_one_time_password_opens_nothing_but_the_choice_of_another(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var made = await owner.PostApi("/api/users", new { username = "known" });
        var password = (string)made["password"]!;
        var program = server.Client((string)(await server.Http.PostApi("/api/user/login", new { login = "known", password }))["access_token"]!);
        Assert.Equal(HttpStatusCode.Forbidden, (await program.PatchApi("/api/user/me", new { display_name = "x" })).Status);
        var browser = server.Browser();
        var signIn = await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = "known", ["password"] = password }, follow: false);
        Assert.Equal("/account/security", signIn.Location);
        foreach (var path in new[] { "/account", "/account/details" })
            Assert.Equal("/account/security", (await browser.Get(path, follow: false)).Location);
        var page = await browser.Get("/account/security");
        var refused = await browser.Submit(page, "#password form", new() { ["current"] = password, ["password"] = password, ["password_repeat"] = password }, follow: false);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        var done = await browser.Submit(refused, "#password form", new() { ["current"] = password, ["password"] = "another horse two", ["password_repeat"] = "another horse two" }, follow: false);
        Assert.Equal("/account", done.Location);
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/account")).Status);
        // All other sessions ended with the old password.
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetApi("/api/user/me")).Status);
        Assert.Equal("password_changed", await server.Db.Read(s => s.One("SELECT kind FROM account_events", r => r.GetString(0))));
    }

    [Theory, BothEngines]
    public async Task Who_is_disabled_is_out_at_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await server.Staff.Customer(username: "known", passwordHash: await Site.PasswordHash);
        var program = server.Client((string)(await server.Http.PostApi("/api/user/login", new { login = "known", password = Bench.Password }))["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, (await program.GetApi("/api/user/me")).Status);
        Assert.Equal("disabled", (string)(await owner.PostApi("/api/users/known/disable", new { }))["user"]!["state"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetApi("/api/user/me")).Status);
    }
}
