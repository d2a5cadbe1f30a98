using System.Net;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Http;

/// <summary>Pages elsewhere call what is open to all, where a setting lets them.</summary>
public sealed class CorsTests
{
    private const string Page = "https://app.example.com";

    private static async Task<HttpResponseMessage> Ask(TestServer server, string method, string path, string origin, string? wanted = null, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { { "Origin", origin } } };
        if (wanted is not null)
        {
            request.Headers.Add("Access-Control-Request-Method", wanted);
            request.Headers.Add("Access-Control-Request-Headers", "content-type");
        }
        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await server.Http.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    [Fact]
    public async Task Off_unless_it_is_set()
    {
        await using var server = await TestServer.Start();
        using var preflight = await Ask(server, "OPTIONS", "/api/validate", Page, "POST");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, preflight.StatusCode);
        using var answer = await Ask(server, "GET", "/api/public-key", Page);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.All(new[] { preflight, answer }, a => Assert.Null(Header(a, "Access-Control-Allow-Origin")));
    }

    [Theory]
    [InlineData("*", "https://anywhere.example", "*", null)]
    [InlineData("https://app.example.com, http://localhost:5173", Page, Page, "Origin")]
    [InlineData("https://app.example.com, http://localhost:5173", "http://localhost:5173", "http://localhost:5173", "Origin")]
    [InlineData("https://app.example.com", "https://app.example.com.evil.example", null, null)]
    [InlineData("https://app.example.com", "null", null, null)]
    public async Task Origins_that_are_named_may(string setting, string origin, string? allowed, string? vary)
    {
        await using var server = await TestServer.Start(settings: new() { ["Server:CorsOrigins"] = setting });
        foreach (var (path, method) in new[] { ("/api/validate", "POST"), ("/api/release", "POST"), ("/api/status/VIP-1", "GET"), ("/api/public-key", "GET"), ("/api/challenge", "GET"), ("/openapi/v1.json", "GET") })
        {
            using var preflight = await Ask(server, "OPTIONS", path, origin, method);
            Assert.Equal((allowed is null ? HttpStatusCode.MethodNotAllowed : HttpStatusCode.NoContent, allowed, vary), (preflight.StatusCode, Header(preflight, "Access-Control-Allow-Origin"), Header(preflight, "Vary")));
            if (allowed is not null)
                Assert.Equal((method, "content-type, accept-language, idempotency-key", "7200"),
                    (Header(preflight, "Access-Control-Allow-Methods"), Header(preflight, "Access-Control-Allow-Headers"), Header(preflight, "Access-Control-Max-Age")));
        }
        // An answer, a refusal and a verdict alike; never with cookies.
        foreach (var (path, body, status) in new[] { ("/api/public-key", null, 200), ("/api/status/VIP-NOSUCH", null, 404), ("/api/validate", "{", 400), ("/api/validate", """{"code":"VIP-NOSUCH","machine_code":"m"}""", 200) })
        {
            using var answer = await Ask(server, body is null ? "GET" : "POST", path, origin, body: body);
            Assert.Equal((status, allowed), ((int)answer.StatusCode, Header(answer, "Access-Control-Allow-Origin")));
            Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
            if (allowed is not null)
                Assert.Contains("keygen-signature", Header(answer, "Access-Control-Expose-Headers"));
        }
    }

    [Theory]
    [InlineData("/api/plans", "GET")]
    [InlineData("/api/user/keys", "GET")]
    [InlineData("/activate", "POST")]
    [InlineData("/api/validate", "DELETE")]
    public async Task What_is_not_open_to_all_stays_closed(string path, string method)
    {
        await using var server = await TestServer.Start(settings: new() { ["Server:CorsOrigins"] = "*" });
        using var preflight = await Ask(server, "OPTIONS", path, Page, method);
        Assert.NotEqual(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Null(Header(preflight, "Access-Control-Allow-Origin"));
        using var answer = await Ask(server, "GET", "/api/plans", Page);
        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
    }
}
