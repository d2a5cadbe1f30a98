using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing.LicenseFiles;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Activation;

/// <summary>POST /api/validate, GET /api/status and GET /api/public-key, field by field.</summary>
public sealed class ValidateApiTests
{
    private static readonly string[] ValidateFields =
        ["success", "valid", "code", "message", "status", "first_activation", "full_code", "plan", "machine_code", "used_at", "expire_at", "remaining_seconds", "entitlements", "certificate", "product", "nonce", "did_you_mean"];

    private static readonly string[] StatusFields = ["success", "full_code", "status", "plan", "used_at", "expire_at", "remaining_seconds", "machine_hint", "machine_code"];

    [Theory, BothEngines]
    public async Task The_first_call_activates_and_the_answer_says_all(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var key = (await http.Keys(await http.Plan(), 1))[0];
        var answer = await server.Validate($"  {key.ToLowerInvariant()} ");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(ValidateFields, answer.Body.Names());
        Assert.Equal((true, true, "VALID", "active", true), ((bool)answer["success"]!, (bool)answer["valid"]!, (string)answer["code"]!, (string)answer["status"]!, (bool)answer["first_activation"]!));
        Assert.Equal((key, "VIP", "machine-1"), ((string)answer["full_code"]!, (string)answer["plan"]!, (string)answer["machine_code"]!));
        Assert.Equal(("2026-03-04T09:30:00.000Z", "2026-03-05T09:30:00.000Z", 86_400L), ((string)answer["used_at"]!, (string)answer["expire_at"]!, (long)answer["remaining_seconds"]!));
        Assert.Equal("""{"beta":true,"seats":10}""", answer["entitlements"]!.ToJsonString());
        var publicKey = await server.Http.GetApi("/api/public-key");
        Assert.Equal(["success", "key_id", "algorithm", "public_key", "published_keys"], publicKey.Body.Names());
        Assert.Equal("ed25519", (string?)publicKey["algorithm"]);
        Assert.Matches("^[0-9a-f]{64}$", (string)publicKey["public_key"]!);
        Assert.Equal(key, (string?)LicenseFileTests.Read((string)answer["certificate"]!, (string)publicKey["public_key"]!)["data"]!["attributes"]!["key"]);
        Assert.False((bool)(await server.Validate(key))["first_activation"]!);
    }

    [Theory, BothEngines]
    public async Task Each_verdict_is_an_answer_and_no_failure(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var one = await http.Keys(await http.Plan(), 5);
        var two = (await http.Keys(await http.Plan("Two", machines: 2), 1))[0];
        foreach (var (key, action) in new[] { (one[0], "suspend"), (one[1], "revoke") })
            Assert.Equal(HttpStatusCode.OK, (await http.PatchApi("/api/keys/" + key, new { action })).Status);
        await server.Validate(one[2]);
        await server.Validate(two, "m1");
        await server.Validate(two, "m2");

        await Expect(one[0], "SUSPENDED", "suspended");
        await Expect(one[1], "REVOKED", "revoked");
        await Expect(one[2], "MACHINE_MISMATCH", "active");
        await Expect(two, "TOO_MANY_MACHINES", "active");
        await Expect("VIP-NOSUCHKEY", "NOT_FOUND", null);
        server.Clock.Advance(TimeSpan.FromDays(1));
        await Expect(one[2], "EXPIRED", "expired");

        async Task Expect(string key, string code, string? status)
        {
            var answer = await server.Validate(key, "stranger");
            Assert.Equal((HttpStatusCode.OK, code, status), (answer.Status, answer.Code, (string?)answer["status"]));
            Assert.Equal(ValidateFields, answer.Body.Names());
            Assert.True((bool)answer["success"]!);
            Assert.False((bool)answer["valid"]!);
            Assert.Null(answer["entitlements"]);
            Assert.Null(answer["certificate"]);
            Assert.NotEqual("", (string?)answer["message"]);
            if (code == "NOT_FOUND")
                Assert.All(new[] { "full_code", "product", "plan", "used_at", "expire_at", "remaining_seconds" }, f => Assert.Null(answer[f]));
        }
    }

    [Fact]
    public async Task A_perpetual_key_has_no_end()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var key = (await http.Keys(await http.Plan(duration: null), 1))[0];
        var answer = await server.Validate(key);
        Assert.True((bool)answer["valid"]!);
        Assert.Equal((null, null), (answer["expire_at"], answer["remaining_seconds"]));
    }

    [Theory]
    [InlineData("""{}""", 422, "code")]
    [InlineData("""{"code":"VIP-1"}""", 422, "machine_code")]
    [InlineData("""{"code":null,"machine_code":"m"}""", 422, "code")]
    [InlineData("""{"code":1,"machine_code":"m"}""", 422, "code")]
    [InlineData("""{"code":["VIP"],"machine_code":"m"}""", 422, "code")]
    [InlineData("""{"code":"VIP-1","machine_code":{}}""", 422, "machine_code")]
    [InlineData("""{"code":"","machine_code":"m"}""", 422, "code")]
    [InlineData("""{"code":"VIP-1","machine_code":"  "}""", 422, "machine_code")]
    [InlineData("""{"code":"VIP-1","machine_code":"a\u0000b"}""", 422, "machine_code")]
    [InlineData("""{"code":"VIP-\u00001","machine_code":"m"}""", 422, "code")]
    [InlineData("""{"code":"VIP-1","machine_code":"m","extra":1}""", 422, "extra")]
    [InlineData("""{"code":"VIP-1","machine_code":"m","nonce":"1234567"}""", 422, "nonce")]
    [InlineData("""{"code":"VIP-1","machine_code":"m","nonce":"1234 5678"}""", 422, "nonce")]
    [InlineData("""{"code":"VIP-1","machine_code":"m","nonce":12345678}""", 422, "nonce")]
    [InlineData("""{"code":"VIP-1","machine_code":"m","product":" "}""", 422, "product")]
    [InlineData("""[]""", 400, null)]
    [InlineData("""null""", 400, null)]
    [InlineData("""{"code":"VIP-1",""", 400, null)]
    [InlineData("", 400, null)]
    public async Task Bad_input_is_told_by_field(string body, int status, string? field)
    {
        await using var server = await TestServer.Start();
        var answer = await server.Http.Call(new HttpRequestMessage(HttpMethod.Post, "/api/validate") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") });
        answer.IsProblem((HttpStatusCode)status, field is null ? "BAD_JSON" : "VALIDATION_FAILED", field is null ? [] : [field]);
    }

    [Theory, BothEngines]
    public async Task Status_tells_what_a_key_is_and_masks_the_machine(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var key = (await http.Keys(await http.Plan(), 1))[0];
        var unused = await server.Http.GetApi("/api/status/" + key);
        Assert.Equal(StatusFields, unused.Body.Names());
        Assert.Equal(("unused", null, null, null), ((string)unused["status"]!, unused["used_at"], unused["expire_at"], unused["machine_code"]));
        await server.Validate(key, "9f2c77b0-41aa-4be1-8c20-53d0a1e1");
        server.Clock.Advance(TimeSpan.FromHours(1));
        var active = await server.Http.GetApi("/api/status/" + key.ToLowerInvariant());
        Assert.Equal((key, "active", "VIP", 82_800L, "9f2c…e1"), ((string)active["full_code"]!, (string)active["status"]!, (string)active["plan"]!, (long)active["remaining_seconds"]!, (string)active["machine_hint"]!));
        Assert.Equal((string)active["machine_hint"]!, (string)active["machine_code"]!);
        Assert.DoesNotContain("53d0a1e1", active.Text);
        (await server.Http.GetApi("/api/status/VIP-NOSUCHKEY")).IsProblem(HttpStatusCode.NotFound, "KEY_NOT_FOUND");
    }

    [Fact]
    public async Task Answers_are_signed_and_words_come_in_the_callers_language()
    {
        await using var server = await TestServer.Start();
        var publicKey = (string)(await server.Http.GetApi("/api/public-key"))["public_key"]!;
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/validate") { Content = new StringContent("""{"code":"VIP-NOSUCH","machine_code":"m"}""", System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Add("Accept-Language", "zh-CN");
        using var response = await server.Http.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        SignedAnswers.Check(response, body, "POST", "/api/validate", server.Address.Authority, publicKey);
        Assert.Equal("没有这张卡密，请检查是否输错。", (string?)JsonNode.Parse(body)!["message"]);
    }

    [Fact]
    public async Task A_nonce_comes_back_as_it_was_sent()
    {
        await using var server = await TestServer.Start();
        foreach (var nonce in new[] { "12345678", new string('~', 128), "\"<&'\\>!+/" })
            Assert.Equal(nonce, (string?)(await server.Http.PostApi("/api/validate", new { code = "VIP-NOSUCH", machine_code = "m", nonce }))["nonce"]);
        Assert.Null((await server.Validate("VIP-NOSUCH"))["nonce"]);
        (await server.Http.PostApi("/api/validate", new { code = "VIP-NOSUCH", machine_code = "m", nonce = new string('x', 129) })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "nonce");
    }

    [Theory, BothEngines]
    public async Task A_key_of_another_product_is_not_activated_for_this_one(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var made = await http.PostApi("/api/plans", new { name = "VIP", product = "Photon", duration_seconds = 60 });
        var key = (await http.Keys((string)made["plan"]!["id"]!, 1))[0];
        foreach (var product in new[] { "Atlas", "photon", "VIP" })
        {
            var other = await Ask(product);
            Assert.Equal(("PRODUCT_MISMATCH", false, "unused", "Photon"), (other.Code, (bool)other["valid"]!, (string)other["status"]!, (string)other["product"]!));
            Assert.Null(other["certificate"]);
        }
        var own = await Ask(" Photon ");
        Assert.Equal(("VALID", true), (own.Code, (bool)own["first_activation"]!));
        Assert.Equal("VALID", (await Ask((string)made["plan"]!["product_id"]!)).Code);
        Assert.Equal("VALID", (await server.Validate(key)).Code);
        Assert.Equal("PRODUCT_MISMATCH", (await Ask("Atlas")).Code);

        Task<ApiAnswer> Ask(string product) => server.Http.PostApi("/api/validate", new { code = key, machine_code = "machine-1", product });
    }

    [Fact]
    public async Task Answers_carry_chinese_as_it_is_and_what_a_page_holds_stays_escaped()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var made = await http.PostApi("/api/plans", new { name = "包月 <b>", product = "光子", duration_seconds = 60, offline_grace_seconds = 60, entitlements = new { 级别 = "高级" } });
        Assert.Contains("\"级别\":\"高级\"", made.Text);
        var key = (await http.Keys((string)made["plan"]!["id"]!, 1))[0];
        var answer = await server.Validate(key, "机器一号");
        Assert.Contains("\"包月 <b>\"", answer.Text);
        Assert.Contains("{\"级别\":\"高级\"}", answer.Text);
        Assert.DoesNotContain("\\u", answer.Text);
        Assert.Equal("机器一号", (string?)answer["machine_code"]);
        Assert.DoesNotContain("\\u", System.Text.Encoding.UTF8.GetString(await http.GetByteArrayAsync("/api/keys/export?format=jsonl")));
        var page = await (await server.SignedIn(Role.Admin)).Get("/admin/plans");
        Assert.Contains("包月 &lt;b&gt;", page.Html);
    }

    [Fact]
    public async Task A_problem_says_where_it_is_explained()
    {
        await using (var server = await TestServer.Start())
            Assert.Equal("/docs#KEY_NOT_FOUND", (string?)(await server.Http.GetApi("/api/status/VIP-NOSUCHKEY"))["type"]);
        await using (var server = await TestServer.Start(settings: new() { ["Server:PublicUrl"] = "https://keys.example.com/" }))
            Assert.Equal("https://keys.example.com/docs#KEY_NOT_FOUND", (string?)(await server.Http.GetApi("/api/status/VIP-NOSUCHKEY"))["type"]);
    }

    [Fact]
    public async Task Three_hundred_machines_of_one_office_are_all_answered_and_who_guesses_there_is_slowed()
    {
        await using var server = await TestServer.Start(settings: new() { ["RateLimits:Enabled"] = "true", ["Keys:GuessLimit"] = "3" });
        var http = await server.As(Role.Admin);
        var keys = await http.Keys(await http.Plan(), 300);
        var answers = await Task.WhenAll(keys.Select((key, i) => server.Validate(key, $"machine-{i}")));
        Assert.All(answers, a => Assert.Equal((HttpStatusCode.OK, "VALID"), (a.Status, a.Code)));
        for (var i = 0; i < 3; i++)
            Assert.Equal("NOT_FOUND", (await server.Validate($"VIP-GUESS{i}")).Code);
        (await server.Validate("VIP-GUESS9")).IsProblem(HttpStatusCode.TooManyRequests, "TOO_MANY_WRONG_KEYS");
        // Who has a key and its machine goes on; with another machine it would tell whether a key was guessed right.
        Assert.Equal("VALID", (await server.Validate(keys[0], "machine-0")).Code);
        (await server.Validate(keys[0], "machine-1")).IsProblem(HttpStatusCode.TooManyRequests, "TOO_MANY_WRONG_KEYS");
    }

    [Fact]
    public async Task Guessing_is_slowed_with_a_problem_that_says_when_to_try_again()
    {
        await using var server = await TestServer.Start(settings: new() { ["RateLimits:Enabled"] = "true", ["RateLimits:Api:Burst"] = "1000", ["Keys:GuessLimit"] = "3" });
        for (var i = 0; i < 3; i++)
            Assert.Equal("NOT_FOUND", (await server.Validate($"VIP-GUESS{i}")).Code);
        var answer = await server.Validate("VIP-GUESS9");
        answer.IsProblem(HttpStatusCode.TooManyRequests, "TOO_MANY_WRONG_KEYS");
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter!.Delta);
    }
}
