using System.Net;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>API tokens: what they open, and when they no longer do.</summary>
public sealed class TokenTests
{
    private const string Path = "/api/tokens";

    [Theory, BothEngines]
    public async Task A_token_opens_what_its_scopes_name_and_no_more(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        var made = await owner.PostApi(Path, new { name = "shop", role = "admin", scopes = new[] { "tokens.manage" } });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        using var http = server.Client((string)made["secret"]!);
        Assert.Equal(HttpStatusCode.OK, (await http.GetApi(Path)).Status);
        Assert.Equal("FORBIDDEN", (await http.GetApi("/api/staff")).Code);
        // It cannot make a stronger one of itself.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await http.PostApi(Path, new { name = "x", role = "admin", scopes = new[] { "staff.manage" } })).Status);
        Assert.Equal("OWNERS_ONLY", (await http.PostApi(Path, new { name = "x", role = "owner" })).Code);
        var child = await http.PostApi(Path, new { name = "x", role = "admin" });
        Assert.Equal(["tokens.manage"], child["token"]!["scopes"]!.AsArray().Select(s => (string?)s));
    }

    [Theory, BothEngines]
    public async Task A_revoked_token_is_turned_away_at_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        var made = await owner.PostApi(Path, new { name = "shop", role = "admin" });
        using var http = server.Client((string)made["secret"]!);
        Assert.Equal(HttpStatusCode.OK, (await http.GetApi(Path)).Status);
        var id = (string)made["token"]!["id"]!;
        Assert.Equal("revoked", (string?)(await owner.DeleteApi($"{Path}/{id}"))["token"]!["state"]);
        // The clock stands still: nothing has to run out first.
        Assert.Equal("UNAUTHORIZED", (await http.GetApi(Path)).Code);
        Assert.Equal("TOKEN_REVOKED", (await owner.PatchApi($"{Path}/{id}", new { name = "y" })).Code);
        Assert.Equal(HttpStatusCode.OK, (await owner.DeleteApi($"{Path}/{id}")).Status);
    }

    [Theory, BothEngines]
    public async Task What_another_node_takes_back_is_gone_within_a_second(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        Assert.Equal(HttpStatusCode.OK, (await owner.GetApi(Path)).Status);
        await server.Db.Write(s => s.Execute("UPDATE api_tokens SET revoked_at = 1"));
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await owner.GetApi(Path)).Status);
    }

    [Theory, BothEngines]
    public async Task A_token_runs_out_to_the_millisecond(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        var made = await owner.PostApi(Path, new { name = "short", role = "admin", expires_at = FakeClock.Start.AddMilliseconds(500).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'") });
        using var http = server.Client((string)made["secret"]!);
        Assert.Equal(HttpStatusCode.OK, (await http.GetApi(Path)).Status);
        server.Clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetApi(Path)).Status);
        Assert.Equal("expired", (string?)(await owner.GetApi($"{Path}/{made["token"]!["id"]}"))["token"]!["state"]);
    }

    [Theory, BothEngines]
    public async Task A_token_follows_the_person_who_made_it(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var accounts = server.Service<AccountService>();
        var admin = await server.Db.Write(s => accounts.Create(s, Caller.System, new NewStaff("wei", "", Role.Admin, "!")));
        var (_, secret) = await server.Db.Write(s => server.Service<TokenService>().Create(s, Bench.As(admin), new NewToken("shop", Role.Admin, null, null)));
        using var http = server.Client(secret);
        Assert.Equal(HttpStatusCode.OK, (await http.GetApi(Path)).Status);
        using var owner = await server.As(Role.Owner);
        await owner.PatchApi($"/api/staff/{admin.Id}", new { role = "analyst" });
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetApi(Path)).Status);
        await owner.PatchApi($"/api/staff/{admin.Id}", new { role = "admin", disabled = true });
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetApi(Path)).Status);
        await owner.PatchApi($"/api/staff/{admin.Id}", new { disabled = false });
        Assert.Equal(HttpStatusCode.OK, (await http.GetApi(Path)).Status);
        await owner.DeleteApi($"/api/staff/{admin.Id}");
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetApi(Path)).Status);
    }

    [Theory, BothEngines]
    public async Task Its_use_is_noted_once_a_minute(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        var start = server.Clock.Now;
        await owner.GetApi(Path);
        Assert.Equal(start, await Used());
        server.Clock.Advance(TimeSpan.FromSeconds(59));
        await owner.GetApi(Path);
        Assert.Equal(start, await Used());
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        await owner.GetApi(Path);
        Assert.Equal(start + 60_000, await Used());

        Task<long> Used() => server.Db.Read(s => s.Number("SELECT last_used_at FROM api_tokens"));
    }

    [Theory, BothEngines]
    public async Task A_use_that_a_clock_which_was_ahead_has_noted_is_noted_anew(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (start, ahead) = (server.Clock.Now, TimeSpan.FromDays(40));
        server.Clock.Advance(ahead);
        using var owner = await server.As(Role.Owner);
        var browser = await server.SignedIn(Role.Owner);
        await owner.GetApi(Path);
        await browser.Get("/admin/account");
        server.Clock.Advance(-ahead);
        await owner.GetApi(Path);
        await browser.Get("/admin/account");
        Assert.Equal(start, await server.Db.Read(s => s.Number("SELECT last_used_at FROM api_tokens")));
        // Else the session would last without being used for as long as the clock was wrong.
        Assert.Equal((start, start + (long)TimeSpan.FromHours(12).TotalMilliseconds),
            await server.Db.Read(s => s.One("SELECT last_seen_at, expires_at FROM sessions", r => (r.GetInt64(0), r.GetInt64(1)))));
    }

    [Theory, BothEngines]
    public async Task The_secret_is_in_the_first_answer_and_nowhere_else(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        var first = await owner.PostApi(Path, new { name = "shop", role = "operator" }, "once");
        var secret = (string)first["secret"]!;
        Assert.StartsWith(TokenRules.Prefix, secret);
        Assert.Equal(TokenRules.SecretLength, secret.Length);
        var again = await owner.PostApi(Path, new { name = "shop", role = "operator" }, "once");
        Assert.Equal(HttpStatusCode.Created, again.Status);
        Assert.Equal((string?)first["token"]!["id"], (string?)again["token"]!["id"]);
        Assert.Null(again["secret"]);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM idempotency_keys WHERE body LIKE @secret", ("secret", $"%{secret}%"))));
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM audit_entries WHERE after_json LIKE @secret", ("secret", $"%{secret}%"))));
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM api_tokens WHERE token_hash = @secret", ("secret", secret))));
    }

    [Fact]
    public async Task A_cookie_opens_no_rest_and_a_token_no_page()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Owner);
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/admin/tokens")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.Get(Path)).Status);
        using var http = await server.As(Role.Owner);
        Assert.Equal(HttpStatusCode.Redirect, (await http.GetAsync("/admin/tokens")).StatusCode);
    }

    [Theory]
    [InlineData("{\"role\":\"admin\"}", "name")]
    [InlineData("{\"name\":\"x\"}", "role")]
    [InlineData("{\"name\":\"x\",\"role\":\"king\"}", "role")]
    [InlineData("{\"name\":5,\"role\":\"admin\"}", "name")]
    [InlineData("{\"name\":\"x\",\"role\":\"admin\",\"scopes\":[\"no.such\"]}", "scopes")]
    [InlineData("{\"name\":\"x\",\"role\":\"analyst\",\"scopes\":[\"keys.write\"]}", "scopes")]
    [InlineData("{\"name\":\"x\",\"role\":\"admin\",\"expires_at\":\"tomorrow\"}", "expires_at")]
    [InlineData("{\"name\":\"x\",\"role\":\"admin\",\"expires_at\":\"2001-01-01T00:00:00Z\"}", "expires_at")]
    [InlineData("{\"name\":\"x\",\"role\":\"admin\",\"expiry\":1}", "expiry")]
    [InlineData("{\"name\":\"a\\u0000b\",\"role\":\"admin\"}", "name")]
    public async Task Bad_input_is_refused_by_its_field(string body, string field)
    {
        await using var server = await TestServer.Start();
        using var owner = await server.As(Role.Owner);
        var answer = await owner.Call(new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent(body, null, "application/json") });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.NotNull(answer.Error(field));
    }

    [Fact]
    public async Task Lists_are_narrowed_by_state_and_name()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.As(Role.Owner);
        foreach (var name in new[] { "one", "two", "three" })
            await owner.PostApi(Path, new { name, role = "analyst", expires_at = name == "two" ? "2026-03-05T00:00:00Z" : null });
        var three = (await owner.GetApi(Path + "?q=THREE"))["items"]!.AsArray();
        await owner.DeleteApi($"{Path}/{Assert.Single(three)!["id"]}");
        server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["two"], await Names("?state=expired"));
        Assert.Equal(["three"], await Names("?state=revoked"));
        Assert.Equal(["one"], await Names("?state=active&q=o"));
        // What its maker's absence keeps from opening anything is not active.
        var maker = await server.Staff.Account(Role.Admin, username: "maker");
        await server.Db.Write(s => s.Execute("UPDATE api_tokens SET created_by = @maker WHERE name = 'one'", ("maker", maker)));
        Assert.Equal(["one"], await Names("?state=active"));
        await owner.PatchApi($"/api/staff/{maker}", new { disabled = true });
        Assert.Equal(["one"], await Names("?state=suspended"));
        Assert.Empty(await Names("?state=active"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await owner.GetApi(Path + "?state=odd")).Status);

        async Task<IEnumerable<string?>> Names(string query) => (await owner.GetApi(Path + query))["items"]!.AsArray().Select(t => (string?)t!["name"]).Where(n => !n!.StartsWith("Test "));
    }
}
