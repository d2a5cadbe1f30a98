using Gatehouse.Audit.Security;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary><c>/api/logs</c>: what the lists are narrowed by, and how they are walked.</summary>
public sealed class LogTests
{
    [Theory, BothEngines]
    public async Task Sign_ins_are_narrowed_and_walked_newest_first(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        var id = await server.Staff.Customer(username: "chen", passwordHash: await Endpoints.Site.PasswordHash);
        for (var i = 0; i < 3; i++)
        {
            await server.Http.PostApi("/api/user/login", new { login = "chen", password = i < 2 ? "wrong horse wrong" : Bench.Password });
            server.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        await server.Http.PostApi("/api/user/login", new { login = "nobody", password = "wrong horse wrong" });

        async Task<string> Outcomes(string query) => string.Join(' ', (await owner.GetApi("/api/logs/signins" + query))["items"]!.AsArray().Select(i => $"{i!["outcome"]}:{i["kind"]}"));
        Assert.Equal("wrong: ok:customer wrong:customer wrong:customer", await Outcomes(""));
        foreach (var account in new[] { id, "chen", "Chen", $"{id}%40example.com" })
            Assert.Equal("ok:customer wrong:customer wrong:customer", await Outcomes("?account=" + account));
        Assert.Equal("", await Outcomes("?account=nobody"));
        Assert.Equal("", await Outcomes("?kind=staff"));
        Assert.Equal("ok:customer", await Outcomes("?outcome=ok&kind=customer&ip=127.0.0.1"));
        Assert.Equal("", await Outcomes("?ip=127.0.0.2"));
        var second = DateTimeOffset.FromUnixTimeMilliseconds(server.Clock.Now).AddMinutes(-2).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ");
        Assert.Equal("wrong:customer", await Outcomes("?to=" + second));
        Assert.Equal("wrong: ok:customer wrong:customer", await Outcomes("?from=" + second));
        var first = await owner.GetApi("/api/logs/signins?limit=2");
        Assert.Equal("wrong:customer wrong:customer", await Outcomes("?limit=2&after=" + first["next"]));
        foreach (var (query, field) in new[] { ("?outcome=no", "outcome"), ("?kind=dog", "kind"), ("?from=yesterday", "from"), ("?to=1", "to") })
            Assert.NotNull((await owner.GetApi("/api/logs/signins" + query)).Error(field));
    }

    [Theory, BothEngines]
    public async Task Security_events_are_narrowed(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        foreach (var (kind, severity, ip) in new[] { ("signin.locked", "warn", "203.0.113.7"), ("signin.failed_many", "bad", "203.0.113.8"), ("twofactor.reset", "warn", "203.0.113.8") })
        {
            await server.Db.Write(async s =>
            {
                await server.Service<SecurityEvents>().Record(s, Caller.Public(ip, null), kind, severity, "chen", "3");
                return true;
            });
            server.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        async Task<string> Kinds(string query) => string.Join(' ', (await owner.GetApi("/api/logs/security" + query))["items"]!.AsArray().Select(i => (string?)i!["kind"]));
        Assert.Equal("twofactor.reset signin.failed_many signin.locked", await Kinds(""));
        Assert.Equal("signin.failed_many signin.locked", await Kinds("?kind=signin"));
        Assert.Equal("signin.locked", await Kinds("?kind=signin.locked"));
        Assert.Equal("", await Kinds("?kind=sign"));
        Assert.Equal("twofactor.reset", await Kinds("?severity=warn&ip=203.0.113.8"));
        var last = DateTimeOffset.FromUnixTimeMilliseconds(server.Clock.Now).AddMinutes(-1).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ");
        Assert.Equal("twofactor.reset", await Kinds("?from=" + last));
        Assert.Equal("signin.failed_many signin.locked", await Kinds("?to=" + last));
    }
}
