using System.Net;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Platform.Http;

/// <summary>A form from elsewhere is refused; one of ours is not.</summary>
public sealed class CsrfTests
{
    private static Task<TestServer> Start() => TestServer.Start(map: app =>
    {
        app.MapGet("/test/form", (HttpContext ctx, Csrf csrf) => ctx.Response.WriteAsync(csrf.Token(ctx))).OpenToAll();
        app.MapPost("/test/form", (HttpContext ctx) => ctx.Response.WriteAsync("done")).OpenToAll();
    });

    private static async Task<TestPage> Post(TestBrowser browser, string? token, params (string Name, string Value)[] headers) => await browser.Send(() =>
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/test/form") { Content = new FormUrlEncodedContent(token is null ? [] : [new("_csrf", token)]) };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    });

    [Fact]
    public async Task The_visitors_own_token_opens_as_field_or_header()
    {
        await using var server = await Start();
        var browser = server.Browser();
        var token = (await browser.Get("/test/form")).Html;
        Assert.Equal(token, (await browser.Get("/test/form")).Html);
        Assert.Equal("done", (await Post(browser, token)).Html);
        Assert.Equal("done", (await Post(browser, null, ("X-CSRF", token))).Html);
        Assert.Equal("done", (await Post(browser, token, ("Sec-Fetch-Site", "same-origin"))).Html);
        Assert.Equal("done", (await Post(browser, token, ("Origin", server.Address.GetLeftPart(UriPartial.Authority)))).Html);
    }

    [Fact]
    public async Task Anything_else_is_400()
    {
        await using var server = await Start();
        var browser = server.Browser();
        var token = (await browser.Get("/test/form")).Html;
        var stranger = server.Browser();
        var strangers = (await stranger.Get("/test/form")).Html;
        Assert.NotEqual(token, strangers);
        foreach (var page in new[]
        {
            await Post(browser, null),
            await Post(browser, ""),
            await Post(browser, strangers),
            await Post(browser, token[..^1]),
            await Post(server.Browser(), token),
            await Post(browser, token, ("Sec-Fetch-Site", "cross-site")),
            await Post(browser, token, ("Sec-Fetch-Site", "same-site")),
            await Post(browser, token, ("Origin", "https://evil.example")),
            await Post(browser, token, ("Origin", "null")),
        })
        {
            Assert.Equal(HttpStatusCode.BadRequest, page.Status);
            Assert.Contains("no longer valid", page.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task With_a_sign_in_and_a_sign_out_the_tokens_of_before_are_worthless()
    {
        await using var server = await Start();
        var hash = await server.Service<Passwords>().Hash(Bench.Password);
        await server.Db.Write(s => server.Service<AccountService>().Create(s, Caller.System, new NewStaff("wei", "", Role.Admin, hash)));
        var browser = server.Browser();
        var before = (await browser.Get("/test/form")).Html;
        var otherTab = await browser.Get("/sign-in");
        await SignIn(browser);
        var signedIn = (await browser.Get("/test/form")).Html;
        Assert.NotEqual(before, signedIn);
        await Refused(browser, before);
        Assert.Equal("done", (await Post(browser, signedIn)).Html);
        // A tab that was opened before says so, and what to do.
        var late = await browser.Submit(otherTab, "form[action='/sign-in']", new() { ["username"] = "wei", ["password"] = Bench.Password });
        Assert.Equal(HttpStatusCode.BadRequest, late.Status);
        Assert.Contains("signed in or out since it was opened", late.Text);

        var open = await browser.Get("/admin/account");
        await browser.Submit(open, "form[action='/sign-out']");
        await Refused(browser, signedIn);
        await Refused(browser, before);
        var after = (await browser.Get("/test/form")).Html;
        Assert.DoesNotContain(after, new[] { before, signedIn });
        await SignIn(browser);
        foreach (var old in new[] { before, signedIn, after })
            await Refused(browser, old);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.Submit(open, "form[action='/sign-out']")).Status);
        // Another session's of the same person opens nothing here.
        var elsewhere = server.Browser();
        await SignIn(elsewhere);
        await Refused(browser, (await elsewhere.Get("/test/form")).Html);

        static async Task SignIn(TestBrowser browser) =>
            Assert.Equal("/admin", (await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = "wei", ["password"] = Bench.Password })).Path);

        static async Task Refused(TestBrowser browser, string token) => Assert.Equal(HttpStatusCode.BadRequest, (await Post(browser, token)).Status);
    }

    [Fact]
    public async Task The_visitors_cookie_is_for_the_server_alone()
    {
        await using var server = await Start();
        var cookie = (await server.Browser().Get("/test/form")).Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", cookie, StringComparison.OrdinalIgnoreCase);
    }
}
