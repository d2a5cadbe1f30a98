using System.Net;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>A customer hears of a program that signs in for them once, not each time: programs keep no cookie.</summary>
public sealed class ProgramSignInTests
{
    private const string Told = "SELECT COUNT(*) FROM outbox WHERE topic = 'notice' AND what LIKE '%account.sign_in%'";

    [Theory, BothEngines]
    public async Task A_program_is_known_by_what_it_calls_itself_and_where_it_is(Engine engine)
    {
        await using var server = await Start(engine);
        await Login(server, "203.0.113.7", "Client/1.0");
        await Login(server, "203.0.113.7", "Client/1.0");
        Assert.Equal(1, await Count(server, Told));
        await Login(server, "203.0.113.8", "Client/1.0");
        await Login(server, "203.0.113.8", "Client/1.1");
        await Login(server, "2001:db8::1", "Client/1.1");
        await Login(server, "2001:db8::2", "Client/1.1");
        Assert.Equal(4, await Count(server, Told));
        // A browser without its cookie is a new one, wherever it is and whatever it says.
        await Browser(server, "203.0.113.7", "Client/1.0");
        Assert.Equal(5, await Count(server, Told));
        server.Clock.Advance(KnownBrowsers.Life + TimeSpan.FromMinutes(1));
        await Login(server, "203.0.113.7", "Client/1.0");
        Assert.Equal(6, await Count(server, Told));
    }

    [Theory, BothEngines]
    public async Task Of_many_that_sign_in_at_once_one_is_told_of(Engine engine)
    {
        await using var server = await Start(engine);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Login(server, "203.0.113.7", "Client/1.0")));
        Assert.Equal((1, 1), (await Count(server, Told), await Count(server, "SELECT COUNT(*) FROM known_browsers")));
    }

    [Theory, BothEngines]
    public async Task A_program_on_its_way_pushes_no_browser_out_and_opens_no_lock(Engine engine)
    {
        await using var server = await Start(engine);
        var browser = await Browser(server, "203.0.113.7", "Firefox");
        for (var i = 0; i < 25; i++)
            await Login(server, $"198.51.100.{i}", "Client/1.0");
        Assert.Equal((1, 20), (await Count(server, "SELECT COUNT(*) FROM known_browsers WHERE program = 0"), await Count(server, "SELECT COUNT(*) FROM known_browsers WHERE program = 1")));
        var before = await Count(server, Told);
        await browser.Submit(await browser.Get("/account"), "form[action='/sign-out']");
        await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = "known", ["password"] = Bench.Password });
        Assert.Equal(before, await Count(server, Told));
        // Wrong passwords from where the program is known count against that address as a stranger's do.
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await From(server, "198.51.100.24", "Client/1.0").PostApi("/api/user/login", new { login = "known", password = "wrong horse" })).Status);
        Assert.Equal("ACCOUNT_LOCKED", (await From(server, "198.51.100.24", "Client/1.0").PostApi("/api/user/login", new { login = "known", password = Bench.Password })).Code);
        Assert.Equal("198.51.100.24", await server.Db.Read(s => s.One("SELECT source FROM sign_in_failures", r => r.GetString(0))));
    }

    [Theory, BothEngines]
    public async Task With_a_code_it_is_the_same(Engine engine)
    {
        await using var server = await Start(engine);
        var id = (await server.Db.Read(s => s.One("SELECT id FROM accounts WHERE username = 'known'", r => r.GetString(0))))!;
        var who = Caller.Public("203.0.113.7", "test") with { Kind = "customer", Id = id, SessionId = OpaqueToken.Hash(await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, id)) };
        var twoFactor = server.Service<TwoFactorService>();
        await server.Db.Write(s => twoFactor.Begin(s, who));
        var secret = (await server.Db.Read(s => twoFactor.Begun(s, who.TenantId, id)))!.Secret;
        string Code() => TotpCode.Of(secret, TotpCode.Counter(server.Clock.Now));
        await server.Db.Write(s => twoFactor.SwitchOn(s, who, Code()));
        for (var i = 0; i < 2; i++)
        {
            server.Clock.Advance(TimeSpan.FromSeconds(30));
            await Login(server, "203.0.113.7", "Client/1.0", Code());
        }
        Assert.Equal(1, await Count(server, Told));
    }

    private static async Task<TestServer> Start(Engine engine)
    {
        var server = await TestServer.Start(engine, new() { ["Server:TrustedProxies"] = "127.0.0.1", ["Server:AllowPlainHttp"] = "true" });
        var account = await server.Staff.Customer(username: "known", passwordHash: await Site.PasswordHash);
        await MyChannelRows.Insert(server, Caller.DefaultTenant, account);
        return server;
    }

    private static HttpClient From(TestServer server, string ip, string agent)
    {
        var http = server.Client();
        http.DefaultRequestHeaders.Add("X-Forwarded-For", ip);
        http.DefaultRequestHeaders.Add("User-Agent", agent);
        return http;
    }

    private static async Task Login(TestServer server, string ip, string agent, string? code = null) =>
        Assert.Equal(HttpStatusCode.OK, (await From(server, ip, agent).PostApi("/api/user/login", new { login = "known", password = Bench.Password, code })).Status);

    private static async Task<TestBrowser> Browser(TestServer server, string ip, string agent)
    {
        var browser = new TestBrowser(From(server, ip, agent), "en");
        Assert.Equal("/account", (await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = "known", ["password"] = Bench.Password })).Path);
        return browser;
    }

    private static Task<long> Count(TestServer server, string sql) => server.Db.Read(s => s.Number(sql));
}
