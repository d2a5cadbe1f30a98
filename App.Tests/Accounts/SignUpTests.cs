using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Making an account: what is asked for first, what it answers, codes, and who gets what in a race.</summary>
public sealed class SignUpTests
{
    private const string Password = "a long password 1";

    private static readonly Dictionary<string, string?> Limited = new()
    {
        ["RateLimits:Enabled"] = "true", ["RateLimits:SignIn:PerSecond"] = "1000", ["RateLimits:SignIn:Burst"] = "1000", ["RateLimits:Api:PerSecond"] = "1000", ["RateLimits:Api:Burst"] = "1000",
    };

    [Theory, BothEngines]
    public async Task A_code_makes_the_account_active(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var answer = await SignUp(server, "Chen@Example.com", "chen");
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal(("chen@example.com", "chen", "pending", "by_staff"),
            ((string)answer["user"]!["email"]!, (string)answer["user"]!["username"]!, (string)answer["user"]!["state"]!, (string)answer["verification"]!));
        Assert.Equal("ACCOUNT_PENDING", (await Login(server, "chen@example.com", Password)).Code);
        Assert.Equal("INVALID_CREDENTIALS", (await Login(server, "chen@example.com", "wrong horse")).Code);
        var id = (string)answer["user"]!["id"]!;
        var code = (await Codes(server, id)).Single().Code;
        var active = await server.Http.PostApi("/api/user/verify", new { email = "chen@example.com", code = code[..3] + " " + code[3..] });
        Assert.Equal(("active", "chen", id), ((string)active["user"]!["state"]!, (string)active["user"]!["username"]!, (string)active["user"]!["id"]!));
        Assert.Equal(HttpStatusCode.OK, (await Login(server, "chen", Password)).Status);
        // A code is good once.
        Assert.Equal("INVALID_CODE", (await server.Http.PostApi("/api/user/verify", new { email = "chen@example.com", code })).Code);
    }

    [Theory, BothEngines]
    public async Task An_answer_does_not_tell_which_addresses_have_an_account(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var known = $"{await server.Staff.Customer()}@example.com";
        var taken = await server.Staff.Account(Role.Owner, username: "wei@example.com");
        var answers = new List<JsonObject>();
        foreach (var email in new[] { known, "wei@example.com", "nobody@example.com", "nobody@example.com" })
        {
            var answer = await SignUp(server, email, "same.name");
            Assert.Equal(HttpStatusCode.Created, answer.Status);
            Assert.NotEqual(taken, (string)answer["user"]!["id"]!);
            Assert.DoesNotContain((string)answer["user"]!["id"]!, known, StringComparison.Ordinal);
            Assert.Equal("INVALID_CODE", (await server.Http.PostApi("/api/user/verify", new { email, code = "12345x", attempt = (string)answer["attempt"]! })).Code);
            answers.Add(Plain(answer));
        }
        Assert.All(answers, answer => Assert.Equal(answers[0].ToJsonString(), answer.ToJsonString()));
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE pending = 1")));

        JsonObject Plain(ApiAnswer answer)
        {
            var plain = answer.Body!.DeepClone().AsObject();
            foreach (var (node, name) in new[] { (plain["user"]!, "id"), (plain["user"]!, "email"), (plain, "attempt") })
                node[name] = ((string)node[name]!).Length == 0 ? "empty" : "there";
            return plain;
        }
    }

    [Theory, BothEngines]
    public async Task Each_code_brings_in_the_password_of_its_own_attempt(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        // Somebody else signs up with the address before and after the one who reads its mail.
        await SignUp(server, "chen@example.com", password: "the attackers one 1");
        var own = await SignUp(server, "chen@example.com", password: Password);
        await SignUp(server, "chen@example.com", password: "the attackers one 2");
        var attempt = (string)own["attempt"]!;
        var codes = await Codes(server, (string)own["user"]!["id"]!);
        Assert.Equal(3, codes.Count);
        var code = codes.Single(c => c.Id == attempt).Code;
        var other = codes.First(c => c.Id != attempt).Code;
        Assert.Equal("INVALID_CODE", (await server.Http.PostApi("/api/user/verify", new { email = "chen@example.com", code = other, attempt })).Code);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.PostApi("/api/user/verify", new { email = "chen@example.com", code, attempt })).Status);
        Assert.Equal(HttpStatusCode.OK, (await Login(server, "chen@example.com", Password)).Status);
        Assert.Equal("INVALID_CREDENTIALS", (await Login(server, "chen@example.com", "the attackers one 2")).Code);
    }

    [Theory, BothEngines]
    public async Task Guessing_a_code_is_stopped_after_five_tries(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var answer = await SignUp(server, "chen@example.com");
        var id = (string)answer["user"]!["id"]!;
        var code = (await Codes(server, id)).Single().Code;
        var wrong = code == "000000" ? "000001" : "000000";
        var tries = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.Http.PostApi("/api/user/verify", new { email = "chen@example.com", code = wrong })));
        Assert.All(tries, t => Assert.Equal("INVALID_CODE", t.Code));
        Assert.Equal(EmailCodes.MaxTries, await server.Db.Read(s => s.Number("SELECT tries FROM email_codes")));
        Assert.Equal("INVALID_CODE", (await server.Http.PostApi("/api/user/verify", new { email = "chen@example.com", code })).Code);
        // Nor is one good when its time is over.
        var late = await SignUp(server, "late@example.com");
        var lateCode = (await Codes(server, (string)late["user"]!["id"]!)).Single().Code;
        server.Clock.Advance(TimeSpan.FromMinutes(EmailCodes.Minutes));
        Assert.Equal("INVALID_CODE", (await server.Http.PostApi("/api/user/verify", new { email = "late@example.com", code = lateCode })).Code);
    }

    [Theory, BothEngines]
    public async Task Sign_ups_of_one_address_at_once_make_one_account(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        for (var round = 0; round < 4; round++)
        {
            var email = $"one{round}@example.com";
            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SignUp(server, email)));
            Assert.All(answers, a => Assert.Equal(HttpStatusCode.Created, a.Status));
            Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE email = @email", ("email", email))));
        }
    }

    [Theory, BothEngines]
    public async Task Of_two_who_want_one_name_one_gets_it_and_both_get_in(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (a, b) = (await SignUp(server, "a@example.com", "wanted"), await SignUp(server, "b@example.com", "wanted"));
        var codes = new[] { (await Codes(server, (string)a["user"]!["id"]!)).Single().Code, (await Codes(server, (string)b["user"]!["id"]!)).Single().Code };
        var done = await Task.WhenAll(server.Http.PostApi("/api/user/verify", new { email = "a@example.com", code = codes[0] }), server.Http.PostApi("/api/user/verify", new { email = "b@example.com", code = codes[1] }));
        Assert.All(done, d => Assert.True(d.Status == HttpStatusCode.OK, d.ToString()));
        Assert.Single(done, d => (string)d["user"]!["username"]! == "wanted");
    }

    [Theory, BothEngines]
    public async Task Mails_are_counted_by_network_and_by_address(Engine engine)
    {
        await using var server = await TestServer.Start(engine, Limited);
        var owner = await server.As(Role.Owner);
        await owner.PatchApi("/api/settings", new { sign_up = new { proof_of_work = false } });
        for (var i = 0; i < MailRequests.ByAddress; i++)
            Assert.Equal(HttpStatusCode.Created, (await SignUp(server, "a@example.com", challenge: false)).Status);
        var refused = await SignUp(server, "a@example.com", challenge: false);
        Assert.Equal(("TOO_MANY_MAILS", true), (refused.Code, refused.Headers.RetryAfter is not null));
        for (var i = MailRequests.ByAddress; i < MailRequests.ByNetwork; i++)
            Assert.Equal(HttpStatusCode.Created, (await SignUp(server, $"b{i}@example.com", challenge: false)).Status);
        Assert.Equal("TOO_MANY_MAILS", (await SignUp(server, "c@example.com", challenge: false)).Code);
        server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.Created, (await SignUp(server, "c@example.com", challenge: false)).Status);
    }

    [Fact]
    public async Task The_settings_say_who_may()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        Assert.Equal(["email"], Wrong(await SignUp(server, "a@mailinator.com")));
        Assert.Equal(["email"], Wrong(await SignUp(server, "a@sub.mailinator.com")));
        await owner.PatchApi("/api/settings", new { sign_up = new { refused_domains = new[] { "@Bad.example", "worse.example, evil.example" }, allowed_domains = Array.Empty<string>() } });
        Assert.Equal(["bad.example", "evil.example", "worse.example"], (await owner.GetApi("/api/settings"))["settings"]!["sign_up"]!["refused_domains"]!.AsArray().Select(d => (string)d!));
        Assert.Equal(HttpStatusCode.Created, (await SignUp(server, "a@mailinator.com")).Status);
        Assert.Equal(["email"], Wrong(await SignUp(server, "a@evil.example")));
        await owner.PatchApi("/api/settings", new { sign_up = new { allowed_domains = new[] { "good.example" } } });
        Assert.Equal(["email"], Wrong(await SignUp(server, "a@example.com")));
        Assert.Equal(HttpStatusCode.Created, (await SignUp(server, "a@mail.good.example")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await owner.PatchApi("/api/settings", new { sign_up = new { allowed_domains = new[] { "not a domain!" } } })).Status);
        await owner.PatchApi("/api/settings", new { sign_up = new { mode = "closed" } });
        Assert.Equal("SIGN_UP_CLOSED", (await SignUp(server, "b@mail.good.example")).Code);
        Assert.Null((await server.Browser().Get("/sign-up")).Document.QuerySelector("form[action='/sign-up']"));
        Assert.Null((await server.Browser().Get("/sign-in")).Document.QuerySelector("a[href='/sign-up']"));
    }

    [Fact]
    public async Task Without_script_one_waits_and_staff_hand_over_the_code()
    {
        await using var server = await TestServer.Start();
        var browser = server.Browser();
        var fields = new Dictionary<string, string?> { ["email"] = "chen@example.com", ["password"] = Password, ["password_repeat"] = Password };
        var page = await browser.Submit(await browser.Get("/sign-up"), "form[action='/sign-up']", fields);
        Assert.Equal((HttpStatusCode.Forbidden, "chen@example.com"), (page.Status, page.One("#email").GetAttribute("value")));
        Assert.Contains("5 seconds", page.Text, StringComparison.Ordinal);
        server.Clock.Advance(TimeSpan.FromSeconds(5));
        page = await browser.Submit(page, "form[action='/sign-up']", fields);
        Assert.Contains("Ask those who run this site", page.Text, StringComparison.Ordinal);
        var staff = await server.SignedIn(Role.Operator);
        var id = await server.Db.Read(s => s.One("SELECT id FROM accounts WHERE pending = 1", r => r.GetString(0)));
        var code = (await staff.Get("/admin/users/" + id)).One(".gh-code code").TextContent;
        Assert.Null((await (await server.SignedIn(Role.Analyst)).Get("/admin/users/" + id)).Document.QuerySelector(".gh-code"));
        page = await browser.Submit(page, "form[action='/sign-up/code']", new() { ["code"] = code }, follow: false);
        Assert.Equal("/account", page.Location);
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/account", follow: false)).Status);
    }

    [Theory, BothEngines]
    public async Task What_was_never_confirmed_is_gone_after_a_week(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await SignUp(server, "chen@example.com");
        server.Clock.Advance(TimeSpan.FromDays(8));
        var active = await server.Staff.Customer();
        await server.Db.Write(s => SignUpService.Tidy(s, server.Clock.Now));
        Assert.Equal([active], await server.Db.Read(s => s.All("SELECT id FROM accounts WHERE kind = 'customer'", r => r.GetString(0))));
        foreach (var table in new[] { "email_codes", "mail_requests", "used_challenges" })
            Assert.Equal(0, await server.Db.Read(s => s.Number($"SELECT COUNT(*) FROM {table}")));
    }

    private static IEnumerable<string> Wrong(ApiAnswer answer) => answer["errors"]!.AsObject().Select(e => e.Key);

    private static Task<ApiAnswer> Login(TestServer server, string login, string password) => server.Http.PostApi("/api/user/login", new { login, password });

    private static Task<ApiAnswer> SignUp(TestServer server, string email, string username = "", string password = Password, bool challenge = true)
    {
        var made = challenge ? server.Service<Challenges>().Make() : null;
        return server.Http.PostApi("/api/user/add_user", new { email, password, username, challenge = made is null ? null : new { id = made.Id, nonce = ChallengeTests.Solve(made.Salt, made.Bits) } });
    }

    private static Task<IReadOnlyList<EmailCode>> Codes(TestServer server, string account) =>
        server.Db.Read(s => server.Service<EmailCodes>().Current(s, Caller.DefaultTenant, account, EmailCodes.SignUp, server.Clock.Now));
}
