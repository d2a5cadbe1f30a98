using System.Net;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Activation;

/// <summary>Whoever has a key frees its machines, as often as the plan allows.</summary>
public sealed class ReleaseTests
{
    private static async Task<string> Key(Shop shop, long most, long wait = 0, int machines = 3)
    {
        var plan = await shop.Db.Write(s => shop.Get<PlanService>().Create(s, Shop.Staff, new Plan { Name = "Moving", DurationSeconds = 400 * 86400L, MachineLimit = machines, ReleasesPerMonth = most, ReleaseWaitSeconds = wait }));
        var key = (await shop.Keys(plan, 1))[0];
        for (var i = 1; i <= machines; i++)
            Assert.True((await shop.Validate(key, $"machine-{i}")).Valid);
        return key;
    }

    private static async Task<string> Release(Shop shop, string key, string machine)
    {
        try
        {
            await shop.Get<ReleaseService>().Release(Shop.Customer, key, machine, default);
            return "freed";
        }
        catch (Refusal refusal)
        {
            return refusal.Code;
        }
    }

    [Theory, BothEngines]
    public async Task As_many_as_the_plan_says_within_thirty_days_and_not_two_within_its_wait(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await Key(shop, most: 2, wait: 3600);
        Assert.Equal("freed", await Release(shop, key, "machine-1"));
        Assert.Equal(["machine-2", "machine-3"], (await shop.Machines(key)).Order());
        Assert.Equal("NOT_BOUND", await Release(shop, key, "machine-1"));
        Assert.Equal("RELEASE_LIMIT_REACHED", await Release(shop, key, "machine-2"));
        shop.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("freed", await Release(shop, key, "machine-2"));
        shop.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        Assert.Equal("RELEASE_LIMIT_REACHED", await Release(shop, key, "machine-3"));
        shop.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("freed", await Release(shop, key, "machine-3"));
        Assert.Equal(["released", "released", "released"], (await shop.History(key)).Where(k => k == "released"));
        Assert.True((await shop.Validate(key, "machine-new")).Valid);
    }

    [Theory, BothEngines]
    public async Task By_default_staff_alone_free_machines(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        Assert.Equal("RELEASE_NOT_ALLOWED", await Release(shop, await shop.Active(), Shop.Machine));
        var key = await Key(shop, most: 1);
        await shop.Do(key, "suspend");
        Assert.Equal("RELEASE_NOT_ALLOWED", await Release(shop, key, "machine-1"));
        Assert.Equal("KEY_NOT_FOUND", await Release(shop, "VIP-NOSUCHKEY", "machine-1"));
        Assert.Equal(3, (await shop.Key(key)).Bindings);
    }

    [Theory, BothEngines]
    public async Task What_staff_unbind_does_not_count(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await Key(shop, most: 1);
        await shop.Do(key, new Gatehouse.Licensing.Actions.LicenseAction("unbind", Machine: "machine-1"));
        Assert.Equal("freed", await Release(shop, key, "machine-2"));
    }

    [Theory, BothEngines]
    public async Task Of_twenty_at_once_one_is_done_where_one_a_month_is_allowed(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await Key(shop, most: 1, machines: 20);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Enumerable.Range(1, 20).Select(i => Task.Run(async () =>
        {
            await go.Task;
            return await Release(shop, key, $"machine-{i}");
        })).ToList();
        go.SetResult();
        Assert.Equal(["freed", .. Enumerable.Repeat("RELEASE_LIMIT_REACHED", 19)], (await Task.WhenAll(all)).OrderBy(a => a == "freed" ? 0 : 1));
        Assert.Equal(19, (await shop.Machines(key)).Count);
    }

    [Fact]
    public async Task A_wrong_machine_costs_a_guess_and_the_answer_tells_what_is_left()
    {
        await using var server = await TestServer.Start(settings: new() { ["RateLimits:Enabled"] = "true", ["Keys:GuessLimit"] = "3" });
        var http = await server.As(Role.Admin);
        var made = await http.PostApi("/api/plans", new { name = "Moving", machine_limit = 2, releases_per_month = 2, release_wait_seconds = 60 });
        var code = (await http.Keys((string)made["plan"]!["id"]!, 1))[0];
        await server.Validate(code, "machine-1");
        await server.Validate(code, "machine-2");
        var done = await server.Http.PostApi("/api/release", new { code = code.ToLowerInvariant(), machine_code = " machine-1 " });
        Assert.Equal(["success", "full_code", "machine_code", "machines", "releases_left", "next_release_at"], done.Body.Names());
        Assert.Equal((code, "machine-1", 1L, 1L, "2026-03-04T09:31:00.000Z"), ((string)done["full_code"]!, (string)done["machine_code"]!, (long)done["machines"]!, (long)done["releases_left"]!, (string)done["next_release_at"]!));
        var soon = await server.Http.PostApi("/api/release", new { code, machine_code = "machine-2" });
        soon.IsProblem(HttpStatusCode.Conflict, "RELEASE_LIMIT_REACHED");
        Assert.Equal(TimeSpan.FromSeconds(60), soon.Headers.RetryAfter!.Delta);
        for (var i = 3; i < 6; i++)
            (await server.Http.PostApi("/api/release", new { code, machine_code = $"machine-{i}" })).IsProblem(HttpStatusCode.Conflict, "NOT_BOUND");
        (await server.Http.PostApi("/api/release", new { code, machine_code = "machine-9" })).IsProblem(HttpStatusCode.TooManyRequests, "TOO_MANY_WRONG_KEYS");
    }

    [Fact]
    public async Task A_trial_frees_no_machine()
    {
        await using var server = await TestServer.Start();
        (await (await server.As(Role.Admin)).PostApi("/api/plans", new { name = "Try", trial = true, price = 0, releases_per_month = 1 })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "releases_per_month");
    }

    [Theory]
    [InlineData("en", "is free")]
    [InlineData("zh", "已解绑")]
    public async Task The_page_frees_a_machine_and_says_why_not(string language, string words)
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var plan = (string)(await http.PostApi("/api/plans", new { name = "Moving", machine_limit = 2, releases_per_month = 1 }))["plan"]!["id"]!;
        var key = (await http.Keys(plan, 1))[0];
        const string form = "form[action='/status/release']";
        var browser = server.Browser(language);
        Assert.Null((await browser.Get("/status?key=" + key)).Document.QuerySelector(form));
        await server.Validate(key, "machine-1");
        await server.Validate(key, "machine-2");
        var shown = await browser.Get("/status?key=" + key);
        var wrong = await browser.Submit(shown, form, new() { ["machine"] = "machine-9" });
        Assert.Equal(HttpStatusCode.Conflict, wrong.Status);
        Assert.Equal("machine-9", wrong.One("#machine").GetAttribute("value"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.Submit(shown, form, new() { ["machine"] = "" })).Status);
        var done = await browser.Submit(wrong, form, new() { ["machine"] = "machine-1" });
        Assert.Equal(HttpStatusCode.OK, done.Status);
        Assert.Contains(words, done.Text);
        Assert.Equal(HttpStatusCode.Conflict, (await browser.Submit(done, form, new() { ["machine"] = "machine-2" })).Status);
        Assert.Equal(["machine-2"], (await http.GetApi("/api/keys/" + key))["key"]!["machines"]!.AsArray().Select(m => (string)m!["machine_code"]!));
    }
}
