using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Portal;

/// <summary>/activate and /status in a browser without script: every verdict in words, never an error page.</summary>
public sealed class PortalPagesTests
{
    private const string Form = "main form[action='/activate']";

    private static async Task<TestPage> Activate(TestServer server, string key, string machine = "machine-1", string language = "en")
    {
        var browser = server.Browser(language);
        return await browser.Submit(await browser.Get("/activate"), Form, new() { ["key"] = key, ["machine"] = machine });
    }

    private static string Told(TestPage page) => page.One(".gh-verdict b").TextContent;

    [Theory, BothEngines]
    public async Task A_key_is_looked_at_first_and_then_activated(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var key = (await http.Keys(await http.Plan(), 1))[0];
        var browser = server.Browser();
        var seen = await browser.Submit(await browser.Get("/activate"), Form, new() { ["key"] = key.ToLowerInvariant(), ["look"] = "1" });
        Assert.Equal("VIP · 1 day", Told(seen));
        Assert.Contains("Runs for 1 day from activation, on one machine.", seen.Text);
        Assert.Equal("unused", (string?)(await http.GetApi("/api/keys/" + key))["key"]!["status"]);

        var done = await browser.Submit(seen, Form, new() { ["machine"] = "PC <1>" });
        Assert.Equal((HttpStatusCode.OK, "Activated"), (done.Status, done.One("h1").TextContent));
        Assert.Contains(key, done.Text);
        Assert.Contains("PC <1>", done.Text);
        Assert.Contains("5 Mar, 09:30", done.Text);
        Assert.Equal("This machine is activated", (await Activate(server, key, "PC <1>")).One("h1").TextContent);
    }

    [Fact]
    public async Task A_qr_code_brings_the_key_along_and_shows_what_it_is()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var key = (await http.Keys(await http.Plan(), 1))[0];
        var page = await server.Browser().Get("/activate?key=" + key);
        Assert.Equal(key, page.One("#key").GetAttribute("value"));
        Assert.Equal("VIP · 1 day", Told(page));
        Assert.Equal(key, (await server.Browser().Get("/status?key=" + key)).One("#result h2").TextContent);
    }

    [Fact]
    public async Task A_key_that_was_typed_never_stands_in_an_address()
    {
        await using var server = await TestServer.Start();
        foreach (var path in new[] { "/activate", "/status" })
            Assert.All((await server.Browser().Get(path)).Document.QuerySelectorAll("main form"), f => Assert.Equal("post", f.GetAttribute("method")));
    }

    [Theory, BothEngines]
    public async Task Each_verdict_has_its_words(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var one = await http.Keys(await http.Plan(), 4);
        var two = (await http.Keys(await http.Plan("Two", machines: 2), 1))[0];
        await http.PatchApi("/api/keys/" + one[0], new { action = "suspend" });
        await http.PatchApi("/api/keys/" + one[1], new { action = "revoke" });
        await server.Validate(one[2]);
        await server.Validate(two, "m1");
        await server.Validate(two, "m2");
        Assert.Equal("This key is on hold", Told(await Activate(server, one[0])));
        Assert.Equal("This key is no longer valid", Told(await Activate(server, one[1])));
        Assert.Equal("This key belongs to another machine", Told(await Activate(server, one[2], "stranger")));
        Assert.Equal("This key is in use elsewhere", Told(await Activate(server, two, "m3")));
        Assert.Equal("There is no such key", Told(await Activate(server, "VIP-NOSUCHKEY")));
        Assert.Equal("没有这张卡密", Told(await Activate(server, "VIP-NOSUCHKEY", language: "zh-CN")));
        server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("This key has expired", Told(await Activate(server, one[2])));
        var kept = await Activate(server, " vip-x<i> ", "m");
        Assert.Equal((HttpStatusCode.OK, " vip-x<i> ", "m"), (kept.Status, kept.One("#key").GetAttribute("value"), kept.One("#machine").GetAttribute("value")));
    }

    [Fact]
    public async Task What_is_missing_is_told_at_its_field()
    {
        await using var server = await TestServer.Start();
        var page = await Activate(server, "VIP-1", "  ");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Equal("This is required.", page.One("#machine-error").TextContent);
        Assert.Equal("VIP-1", page.One("#key").GetAttribute("value"));
        Assert.Equal("This is required.", (await Activate(server, "", "m")).One("#key-error").TextContent);
    }

    [Fact]
    public async Task Guessing_is_slowed_in_words_on_the_same_form()
    {
        await using var server = await TestServer.Start(settings: new() { ["RateLimits:Enabled"] = "true", ["RateLimits:Api:Burst"] = "1000", ["Keys:GuessLimit"] = "3" });
        for (var i = 0; i < 3; i++)
            await Activate(server, $"VIP-GUESS{i}");
        var page = await Activate(server, "VIP-GUESS9");
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)), (page.Status, page.Headers.RetryAfter!.Delta));
        Assert.Contains("Too many wrong keys", Told(page));
        Assert.Equal("VIP-GUESS9", page.One("#key").GetAttribute("value"));
        Assert.Contains("Too many wrong keys", Told(await server.Browser().Get("/status?key=VIP-GUESS9")));
    }

    [Theory, BothEngines]
    public async Task Status_shows_state_time_and_a_masked_machine(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var key = (await http.Keys(await http.Plan(), 1))[0];
        var browser = server.Browser();
        var unused = await Look(key);
        Assert.Contains("Unused", unused.One("#result .gh-badge").TextContent);
        Assert.Contains("VIP · 1 day", Told(await browser.Submit(unused, "#result form", new() { ["look"] = "1" })));
        await server.Validate(key, "9f2c77b0-41aa-4be1-8c20-53d0a1e1");
        server.Clock.Advance(TimeSpan.FromHours(6));
        var active = await Look(" " + key.ToLowerInvariant());
        Assert.Contains("18 h left", active.Text);
        var bar = active.One("#result progress");
        Assert.Equal(("64800", "86400"), (bar.GetAttribute("value"), bar.GetAttribute("max")));
        Assert.Contains("9f2c…e1", active.Text);
        Assert.DoesNotContain("53d0a1e1", active.Html);
        server.Clock.Advance(TimeSpan.FromHours(18));
        Assert.Contains("Expired", (await Look(key)).One("#result .gh-badge").TextContent);
        Assert.Equal("There is no such key", Told(await Look("VIP-NOSUCH")));

        async Task<TestPage> Look(string typed) => await browser.Submit(await browser.Get("/status"), "main form[action='/status']", new() { ["key"] = typed });
    }

    [Fact]
    public async Task A_forged_form_activates_nothing()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var key = (await http.Keys(await http.Plan(), 1))[0];
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Browser().Post("/activate", new() { ["key"] = key, ["machine"] = "m" })).Status);
        Assert.Equal("unused", (string?)(await http.GetApi("/api/keys/" + key))["key"]!["status"]);
    }
}
