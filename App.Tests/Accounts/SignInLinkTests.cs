using System.Net;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.SignInLinks;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Outbox;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Links that let a customer in once: in place of the password, and of nothing else.</summary>
public sealed class SignInLinkTests
{
    private const string Page = "https://shop.example/sign-in/link";

    private static async Task<(Bench Bench, SignInLinkService Links, Customer Customer)> Open(Engine engine)
    {
        var bench = await Bench.Open(engine);
        return (bench, bench.SignInLinks, await bench.Customer(new() { Username = "chen", Email = "chen@example.com", DisplayName = "Chen Yu", Language = "zh" }));
    }

    private static async Task<string> Make(Bench bench, Customer customer, bool mailed = false)
    {
        var link = await bench.Db.Write(s => bench.SignInLinks.Make(s, Caller.System, customer.Id, Page, mailed, "en"));
        Assert.StartsWith(Page + "?token=", link.Address);
        return link.Address[(Page.Length + "?token=".Length)..];
    }

    [Theory, BothEngines]
    public async Task One_lets_in_once_within_half_an_hour_and_is_known_by_its_hash_alone(Engine engine)
    {
        var (bench, links, customer) = await Open(engine);
        await using var _ = bench;
        var token = await Make(bench, customer);
        Assert.Equal("Chen Yu", await bench.Db.Read(s => links.Opens(s, "default", token)));
        Assert.Null(await bench.Db.Read(s => links.Opens(s, "other", token)));
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM sign_in_links WHERE token_hash = @hash", ("hash", OpaqueToken.Hash(token))));
        Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM audit_entries WHERE after_json LIKE @token", ("token", $"%{token}%")));
        bench.Clock.Advance(TimeSpan.FromMinutes(SignInLinkService.Minutes - 1));
        var tried = await links.Use(Bench.Visitor, token, null, null);
        Assert.Equal((customer.Id, true, true), (tried.SignedIn!.AccountId, tried.SignedIn.Customer, tried.SignedIn.SessionId.Length > 0));
        Assert.Equal("wrong", (await links.Use(Bench.Visitor, token, null, null)).Outcome);
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM sessions"));

        var late = await Make(bench, customer);
        bench.Clock.Advance(TimeSpan.FromMinutes(SignInLinkService.Minutes));
        Assert.Equal("wrong", (await links.Use(Bench.Visitor, late, null, null)).Outcome);
        // A newer one takes its place, and so does another password.
        var (old, newer) = (await Make(bench, customer), await Make(bench, customer));
        Assert.Null(await bench.Db.Read(s => links.Opens(s, "default", old)));
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await bench.Db.Write(s => bench.Customers.ResetPassword(s, Caller.System, customer.Id, "a long password 1", "!", oneTime: false));
        Assert.Equal("wrong", (await links.Use(Bench.Visitor, newer, null, null)).Outcome);
        Assert.Equal(["customer.created", "customer.sign_in_link", "customer.sign_in_link", "customer.sign_in_link", "customer.sign_in_link", "customer.password_reset"], await bench.Actions());
        await bench.Db.Write(s => bench.Customers.Remove(s, Caller.System, customer.Id));
    }

    [Theory, BothEngines]
    public async Task Of_ten_who_open_one_at_once_one_comes_in(Engine engine)
    {
        var (bench, links, customer) = await Open(engine);
        await using var _ = bench;
        for (var round = 0; round < 5; round++)
        {
            var token = await Make(bench, customer);
            var tried = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => links.Use(Bench.Visitor, token, null, null))));
            Assert.Equal(1, tried.Count(t => t.SignedIn is not null));
            Assert.Equal(round + 1, await bench.Count("SELECT COUNT(*) FROM sessions"));
        }
    }

    [Theory, BothEngines]
    public async Task Locks_disabling_and_two_factor_hold(Engine engine)
    {
        var (bench, links, customer) = await Open(engine);
        await using var _ = bench;
        var token = await Make(bench, customer);
        for (var i = 0; i < Bench.Limits.LockoutFailures; i++)
            await bench.SignIns.Enter(Bench.Visitor, "chen", "wrong horse wrong");
        Assert.Equal("locked", (await links.Use(Bench.Visitor, token, null, null)).Outcome);
        // A refused one is not spent; from elsewhere, where nobody guessed, it opens.
        await bench.Db.Write(s => bench.Customers.SetDisabled(s, Caller.System, customer.Id, true));
        Assert.Equal("disabled", (await links.Use(Bench.Visitor with { Ip = "198.51.100.1" }, token, null, null)).Outcome);
        Assert.Equal("USER_CANNOT_SIGN_IN", await Bench.Code(() => Make(bench, customer)));
        await bench.Db.Write(s => bench.Customers.SetDisabled(s, Caller.System, customer.Id, false));
        await bench.Db.Write(s => s.Execute("INSERT INTO two_factors (account_id, tenant_id, sealed_secret, begun_at, confirmed_at) VALUES (@id, 'default', '', 0, 1)", ("id", customer.Id)));
        var half = (await links.Use(Bench.Visitor with { Ip = "198.51.100.1" }, token, null, null)).SignedIn!;
        Assert.Equal(("", true), (half.SessionId, half.HalfSession is not null));
        Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM sessions"));
        // Staff are let in by none.
        var staff = await bench.Staff("mei", Role.Analyst);
        Assert.Equal("NO_SUCH_USER", await Bench.Code(() => bench.Db.Write(s => bench.SignInLinks.Make(s, Caller.System, staff.Id, Page, false, "en"))));
    }

    [Theory, BothEngines]
    public async Task One_is_mailed_to_the_customer_in_their_language_and_sealed_until_it_goes(Engine engine)
    {
        var (bench, _, customer) = await Open(engine);
        await using var __ = bench;
        var token = await Make(bench, customer, mailed: true);
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM outbox WHERE topic = 'mail'"));
        Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM outbox WHERE payload LIKE @token OR dedupe_key LIKE @token", ("token", $"%{token}%")));
        var none = await bench.Customer(new() { Username = "lin" });
        Assert.Equal("mail", (await Assert.ThrowsAsync<Refusal>(() => Make(bench, none, mailed: true))).Fields.Keys.Single());
    }

    [Theory, BothEngines]
    public async Task Who_has_a_one_time_password_that_is_lost_chooses_another_by_it(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/users", new { username = "chen" });
        var link = new Uri((string)(await owner.PostApi("/api/users/chen/sign-in-link", new { }))["link"]!).PathAndQuery;
        var browser = server.Browser();
        var page = await browser.Submit(await browser.Get(link), "form[action='/sign-in/link']");
        Assert.StartsWith("/reset-password?token=", page.Path);
        page = await browser.Submit(page, "form[action='/reset-password']", new() { ["password"] = "a long password 1", ["password_repeat"] = "a long password 1" });
        page = await browser.Submit(page, "form[action='/sign-in']", new() { ["username"] = "chen", ["password"] = "a long password 1" });
        Assert.Equal((HttpStatusCode.OK, "/account"), (page.Status, page.Path));
    }

    [Fact]
    public async Task Staff_show_one_and_the_customer_comes_in_by_pressing_a_button()
    {
        await using var server = await TestServer.Start();
        var id = await server.Staff.Customer(username: "chen");
        foreach (var (language, title) in new[] { ("en", "Sign in by link"), ("zh", "通过链接登录") })
        {
            var staff = await server.SignedIn(Role.Operator, language: language);
            var page = await staff.Submit(await staff.Get("/admin/users/" + id), "#sign-in-link form");
            var link = new Uri(page.One("#sign-in-link").TextContent).PathAndQuery;
            var browser = server.Browser(language);
            // Looking at it, as what reads mails does, spends nothing.
            Assert.Contains(title, (await browser.Get(link)).Text);
            page = await browser.Submit(await browser.Get(link), "form[action='/sign-in/link']");
            Assert.Equal((HttpStatusCode.OK, "/account"), (page.Status, page.Path));
            var again = await server.Browser(language).Get(link);
            Assert.Equal(HttpStatusCode.Gone, again.Status);
        }
        using var analyst = await server.As(Role.Analyst);
        Assert.Equal("FORBIDDEN", (await analyst.PostApi($"/api/users/{id}/sign-in-link", new { })).Code);
        using var owner = await server.As(Role.Owner);
        Assert.Equal("MAIL_NOT_SET_UP", (await owner.PostApi($"/api/users/{id}/sign-in-link", new { mail = true })).Code);
        var made = await owner.PostApi($"/api/users/{id}/sign-in-link", new { }, "k1");
        Assert.NotNull((string?)made["link"]);
        Assert.Null((string?)(await owner.PostApi($"/api/users/{id}/sign-in-link", new { }, "k1"))["link"]);
    }
}
