using System.Net;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Licensing.Activation;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Activation;

/// <summary>Who has guessed at keys works for each further answer; who has a key and a machine that it is bound to never does.</summary>
public sealed class GuessWorkTests
{
    private static readonly Dictionary<string, string?> Limits = new()
    {
        ["RateLimits:Enabled"] = "true", ["RateLimits:Api:Burst"] = "1000", ["RateLimits:Pages:Burst"] = "1000", ["RateLimits:Key:Burst"] = "100", ["Keys:GuessLimit"] = "3", ["Keys:GuessLimitInTotal"] = "10",
    };

    private static int _wrong;

    [Theory, BothEngines]
    public async Task A_program_is_asked_for_work_once_its_address_has_guessed_and_each_piece_serves_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine, Limits);
        var key = (await (await server.As(Role.Owner)).MakeKeys(await (await server.As(Role.Owner)).MakePlan("VIP"), 1)).Keys[0];
        await Guess(server, 2);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetApi("/api/status/" + key)).Status);
        await Guess(server, 1);
        (await server.Http.GetApi("/api/status/" + key)).IsProblem(HttpStatusCode.TooManyRequests, "TOO_MANY_WRONG_KEYS");
        server.Clock.Advance(TimeSpan.FromSeconds(1));

        // The right and the wrong key are answered alike, and what was not told counts as no guess.
        foreach (var path in new[] { "/api/status/" + key, "/api/status/VIP-NOSUCHKEY" })
            (await server.Http.GetApi(path)).IsProblem(HttpStatusCode.Forbidden, "CHALLENGE_REQUIRED");
        foreach (var code in new[] { key, "VIP-NOSUCHKEY" })
            (await Validate(server, code, null)).IsProblem(HttpStatusCode.Forbidden, "CHALLENGE_REQUIRED");
        var (id, nonce) = Solved(server);
        (await server.Http.GetApi($"/api/status/{key}?challenge={id}&nonce=x")).IsProblem(HttpStatusCode.Forbidden, "CHALLENGE_REQUIRED");
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.Http.GetApi($"/api/status/{key}?challenge={id}&nonce={nonce}")));
        Assert.Single(all, a => a.Status == HttpStatusCode.OK);
        Assert.Equal(3, all.Count(a => a.Code == "CHALLENGE_REQUIRED"));
        Assert.Equal("VALID", (await Validate(server, key, Solved(server))).Code);

        // A wrong key costs the work, and the wait that it did.
        Assert.Equal("NOT_FOUND", (await Validate(server, "VIP-NOSUCHKEY", Solved(server))).Code);
        (await Validate(server, "VIP-OTHERKEY", Solved(server))).IsProblem(HttpStatusCode.TooManyRequests, "TOO_MANY_WRONG_KEYS");
        Assert.Equal("VALID", (await Validate(server, key, null)).Code);
        server.Clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromMilliseconds(1));
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetApi("/api/status/" + key)).Status);
    }

    [Theory, BothEngines]
    public async Task A_machine_that_its_key_is_bound_to_is_never_asked(Engine engine)
    {
        await using var server = await TestServer.Start(engine, Limits);
        var key = (await (await server.As(Role.Owner)).MakeKeys(await (await server.As(Role.Owner)).MakePlan("VIP"), 1)).Keys[0];
        Assert.Equal("VALID", (await server.Validate(key)).Code);
        await Guess(server, 3);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 5; i++)
            Assert.Equal("VALID", (await server.Validate(key)).Code);
        (await server.Validate(key, "another machine")).IsProblem(HttpStatusCode.Forbidden, "CHALLENGE_REQUIRED");
        Assert.Equal("MACHINE_MISMATCH", (await Validate(server, key, Solved(server), "another machine")).Code);
    }

    [Fact]
    public async Task While_wrong_keys_come_from_everywhere_pages_ask_all_and_programs_those_who_take_part()
    {
        await using var shop = await Shop.Open(settings: Limits);
        var key = await shop.Unused();
        Caller guesser = Caller.Public("192.0.2.1", null), stranger = Caller.Public("192.0.2.99", null);
        await shop.Activation.Look(guesser, "VIP-WRONG", default);
        Assert.NotNull(await shop.Activation.Look(stranger, new TypedKey(key, OnPage: true), default));
        Assert.Null(await shop.Get<GuessGuard>().Work(stranger.Ip, null));
        for (var i = 0; i < 9; i++)
            await shop.Activation.Look(Caller.Public($"198.51.100.{i}", null), $"VIP-WRONG{i}", default);

        Assert.NotNull(await shop.Activation.Look(stranger, key, default));
        Assert.True((await shop.Activation.Validate(stranger, key, "m", default)).Valid);
        Assert.Equal("CHALLENGE_REQUIRED", await Bench.Code(() => shop.Activation.Look(guesser, key, default)));
        Assert.Equal("CHALLENGE_REQUIRED", await Bench.Code(() => shop.Activation.Look(stranger, new TypedKey(key, OnPage: true), default)));
        var work = await shop.Get<GuessGuard>().Work(stranger.Ip, null);
        var solved = new SolvedChallenge(work!.Id, ChallengeTests.Solve(work.Salt, work.Bits));
        Assert.NotNull(await shop.Activation.Look(stranger, new TypedKey(key, solved, OnPage: true), default));

        shop.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.NotNull(await shop.Activation.Look(stranger, new TypedKey(key, OnPage: true), default));
        Assert.NotNull(await shop.Activation.Look(guesser, key, default));
    }

    [Theory]
    [InlineData("/activate", "form[action='/activate']", "VIP · 1 day")]
    [InlineData("/status", "form[action='/status']", "VIP")]
    [InlineData("/account/keys", "form[action='/account/keys']", "VIP")]
    public async Task Who_has_no_script_waits_on_the_page_and_is_answered_then(string path, string form, string told)
    {
        await using var server = await TestServer.Start(settings: Limits);
        var http = await server.As(Role.Owner);
        var key = (await http.Keys(await http.Plan(), 1))[0];
        var browser = server.Browser();
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, await server.Staff.Customer()));
        Assert.Null((await browser.Get(path)).Document.QuerySelector("[name=challenge]"));
        await Guess(server, 3);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        var fields = new Dictionary<string, string?> { ["key"] = key, ["look"] = "1" };

        var asked = await browser.Submit(await browser.Get(path), form, fields);
        Assert.Equal(HttpStatusCode.Forbidden, asked.Status);
        Assert.Contains("wait 5 seconds", asked.Text);
        Assert.Contains(key, asked.Html);
        var challenge = Challenge(asked);
        // The same is waited for further, however often the button is pressed.
        Assert.Equal(challenge, Challenge(await browser.Submit(asked, form, fields)));
        server.Clock.Advance(TimeSpan.FromSeconds(5));
        var answered = await browser.Submit(asked, form, fields);
        Assert.Equal(HttpStatusCode.OK, answered.Status);
        Assert.Contains(told, answered.Text);
        Assert.NotEqual(challenge, Challenge(answered));
        // It is used up: who goes back gets another.
        var again = await browser.Submit(asked, form, fields);
        Assert.Equal(HttpStatusCode.Forbidden, again.Status);
        Assert.NotEqual(challenge, Challenge(again));
    }

    private static string Challenge(TestPage page) => page.One("[name=challenge]").GetAttribute("value")!;

    private static async Task Guess(TestServer server, int times)
    {
        for (var i = 0; i < times; i++)
            Assert.Equal("NOT_FOUND", (await server.Validate($"VIP-GUESS{Interlocked.Increment(ref _wrong)}")).Code);
    }

    private static (string Id, string Nonce) Solved(TestServer server)
    {
        var challenge = server.Service<Challenges>().Make();
        return (challenge.Id, ChallengeTests.Solve(challenge.Salt, challenge.Bits));
    }

    private static Task<ApiAnswer> Validate(TestServer server, string code, (string Id, string Nonce)? solved, string machine = "machine-1") =>
        server.Http.PostApi("/api/validate", new { code, machine_code = machine, challenge = solved is { } s ? new { id = s.Id, nonce = s.Nonce } : null });
}
