using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Messaging.Sending;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Messaging.Channels;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>/account/channels: bound by a code that was sent by it, and told what happens to the account.</summary>
public sealed class MyChannelTests
{
    [Theory]
    [InlineData(Engine.Sqlite, "en", "A code was sent", "This is not the code", "It works.", "Sign-in from a new browser", "Password changed")]
    [InlineData(Engine.Postgres, "zh", "验证码已发送", "验证码不正确", "设置成功", "新浏览器登录", "密码已更改")]
    public async Task A_customer_binds_a_channel_by_its_code_and_is_told_by_it(Engine engine, string language, string sent, string wrong, string proved, string signIn, string password)
    {
        await using var gateway = await Gateway.Start();
        await using var server = await Start(engine);
        var browser = await SignIn(server, language);
        var page = await browser.Get("/account/channels/new");
        // Nothing that costs the operator money, and no requests of their own making.
        Assert.Empty(page.Document.QuerySelectorAll("a[href*='sms'], a[href*='template'], a[href*='mail'], a[href*='wecom_app']"));
        page = await browser.Submit(await browser.Get("/account/channels/new?kind=webhook"), "#channel", new() { ["name"] = "Phone", ["settings.url"] = gateway.Address + "/mine", ["settings.signing_secret"] = "s" });
        Assert.Contains(sent, page.Text, StringComparison.Ordinal);
        var code = Text(gateway)[language == "zh" ? 4..10 : 0..6];
        // Until it is typed in, nothing comes by it.
        await SignIn(server, language);
        page = await browser.Submit(page, "#code-form", new() { ["code"] = code == "000000" ? "000001" : "000000" });
        Assert.Contains(wrong, page.Text, StringComparison.Ordinal);
        page = await browser.Submit(page, "#code-form", new() { ["code"] = code });
        Assert.Contains(proved, page.Text, StringComparison.Ordinal);
        Assert.Single(gateway.All);

        await SignIn(server, language);
        await Wait.Until(() => Task.FromResult(gateway.All.Count == 2), "the sign-in is told");
        Assert.Equal(("account.sign_in", signIn), ((string?)Body(gateway)["event"], (string?)Body(gateway)["title"]));
        // A browser that is known is not told; nor is what was switched off.
        await browser.Submit(page, "#choose-form", new() { ["told"] = "account.password" });
        await SignIn(server, language);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        page = await browser.Get("/account/security");
        await browser.Submit(page, "#password form", new() { ["current"] = Bench.Password, ["password"] = "another horse two", ["password_repeat"] = "another horse two" });
        await Wait.Until(() => Task.FromResult(gateway.All.Count == 3), "the new password is told");
        Assert.Equal(password, (string?)Body(gateway)["title"]);
        // News are, where they are for customers.
        var staff = await server.As(Role.Owner);
        await staff.PostApi("/api/announcements", new { title_en = "For staff", text_en = "x", audience = "staff" });
        page = await browser.Get((await browser.Get("/account/channels")).One("tbody .gh-plan").GetAttribute("href")!);
        await browser.Submit(page, "#choose-form", new() { ["told"] = "news.posted" });
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        await staff.PostApi("/api/announcements", new { title_en = "Version 3", text_en = "x", audience = "customers" });
        await Wait.Until(() => Task.FromResult(gateway.All.Count == 4), "the news are told");
        Assert.Contains("Version 3", (string?)Body(gateway)["text"], StringComparison.Ordinal);
        // Staff neither see nor reach it.
        Assert.Empty((await staff.GetApi("/api/channels")).Items());
        var id = await server.Db.Read(s => s.One("SELECT id FROM channels", r => r.GetString(0)));
        Assert.Equal(HttpStatusCode.NotFound, (await staff.DeleteApi("/api/channels/" + id)).Status);
        // It goes with the account.
        var account = (string)(await staff.GetApi("/api/users")).Items().Single()!["id"]!;
        Assert.Equal(HttpStatusCode.OK, (await staff.DeleteApi("/api/users/" + account)).Status);
        foreach (var table in new[] { "channels", "channel_codes", "channel_sends", "notices", "notice_turns" })
            Assert.Equal(0, await server.Db.Read(s => s.Number($"SELECT COUNT(*) FROM {table}")));
        Assert.Empty(server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task Codes_are_sent_slowly_and_guessed_five_times(Engine engine)
    {
        await using var gateway = await Gateway.Start();
        await using var server = await Start(engine);
        var browser = await SignIn(server, "en");
        var page = await browser.Submit(await browser.Get("/account/channels/new?kind=bark"), "#channel", new() { ["settings.device_key"] = "d", ["settings.base_url"] = gateway.Address });
        Assert.Contains("It was not sent. 200 ok", page.Text, StringComparison.Ordinal);
        Assert.Contains("Not sent", page.One("#send-form").TextContent, StringComparison.Ordinal);
        gateway.Says(200, """{"code":200,"message":"success"}""");
        page = await browser.Submit(page, "#send-form");
        Assert.Equal((HttpStatusCode.TooManyRequests, 1), (page.Status, gateway.All.Count));
        server.Clock.Advance(TimeSpan.FromSeconds(61));
        page = await browser.Submit(page, "#send-form");
        var code = ((string)Body(gateway)["body"]!)[..6];
        var other = code == "000000" ? "000001" : "000000";
        for (var i = 0; i < 5; i++)
            page = await browser.Submit(page, "#code-form", new() { ["code"] = other });
        page = await browser.Submit(page, "#code-form", new() { ["code"] = code });
        Assert.Contains("no longer good", page.Text, StringComparison.Ordinal);
        server.Clock.Advance(TimeSpan.FromSeconds(61));
        page = await browser.Submit(page, "#send-form");
        code = ((string)Body(gateway)["body"]!)[..6];
        server.Clock.Advance(TimeSpan.FromMinutes(10));
        page = await browser.Submit(page, "#code-form", new() { ["code"] = code });
        Assert.Contains("no longer good", page.Text, StringComparison.Ordinal);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM channels WHERE enabled = 1")));
        // One that waits cannot be switched on past its code.
        await browser.Send(() => new HttpRequestMessage(HttpMethod.Post, page.Path)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["enabled"] = "true", ["_csrf"] = page.One("#send-form input[name=_csrf]").GetAttribute("value")! }),
        });
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM channels WHERE enabled = 1")));
    }

    [Fact]
    public async Task Customers_have_five_of_the_kinds_that_are_theirs_and_reach_nothing_inside()
    {
        await using var server = await TestServer.Start(settings: new() { ["Outbound:AllowedHosts"] = "127.0.0.1" });
        await server.Staff.Customer(username: "known", passwordHash: await Site.PasswordHash);
        var browser = await SignIn(server, "en");
        var form = await browser.Get("/account/channels/new?kind=webhook");
        var page = await browser.Submit(form, "#channel", new() { ["kind"] = "sms_twilio" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        await using var gateway = await Gateway.Start();
        for (var i = 0; i < 5; i++)
        {
            page = await browser.Submit(form, "#channel", new() { ["settings.url"] = gateway.Address, ["settings.signing_secret"] = "s" });
            Assert.Contains("This address cannot be reached from here.", page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("private network", page.Text, StringComparison.Ordinal);
            server.Clock.Advance(TimeSpan.FromSeconds(61));
        }
        page = await browser.Submit(form, "#channel", new() { ["settings.url"] = gateway.Address, ["settings.signing_secret"] = "s" });
        Assert.Contains("at most 5", page.Text, StringComparison.Ordinal);
        Assert.Empty(gateway.All);
    }

    // Customers' channels reach nothing on this machine but in this test.
    private static async Task<TestServer> Start(Engine engine)
    {
        var server = await TestServer.Start(engine, new() { ["Outbound:AllowedHosts"] = "127.0.0.1" });
        server.Service<ChannelTrust>().Customers.Add("127.0.0.1");
        await server.Staff.Customer(username: "known", passwordHash: await Site.PasswordHash);
        return server;
    }

    private static async Task<TestBrowser> SignIn(TestServer server, string language)
    {
        var browser = server.Browser(language);
        await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = "known", ["password"] = Bench.Password });
        return browser;
    }

    private static JsonNode Body(Gateway gateway) => JsonNode.Parse(gateway.All.Last().Body)!;

    private static string Text(Gateway gateway) => (string)Body(gateway)["text"]!;
}
