using System.Net;
using Gatehouse.Platform.Http;
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
    public async Task The_visitors_cookie_is_for_the_server_alone()
    {
        await using var server = await Start();
        var cookie = (await server.Browser().Get("/test/form")).Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", cookie, StringComparison.OrdinalIgnoreCase);
    }
}
