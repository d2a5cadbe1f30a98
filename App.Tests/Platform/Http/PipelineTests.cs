using System.Net;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace Gatehouse.Tests.Platform.Http;

/// <summary>What every request passes through, whatever the endpoint.</summary>
public sealed class PipelineTests
{
    public static readonly TheoryData<string, int, string> Failures = new()
    {
        { "refusal", 409, "BUSY" },
        { "queue", 503, "BUSY" },
        { "full", 503, "STORAGE_FULL" },
        { "away", 503, "STORAGE_UNAVAILABLE" },
        { "bug", 500, "INTERNAL" },
    };

    private static Task Fail(string kind) => throw (kind switch
    {
        "refusal" => new Refusal(new(409, "BUSY")),
        "queue" => new PasswordQueueFullException(),
        "full" => new StorageFullException(),
        "away" => new StorageUnavailableException("secret cause"),
        _ => new InvalidOperationException("secret cause"),
    });

    [Theory, MemberData(nameof(Failures))]
    public async Task A_failure_is_a_problem_or_a_page_and_tells_no_secret(string kind, int status, string code)
    {
        await using var server = await TestServer.Start(map: app =>
        {
            app.MapGet("/api/test/fail", () => Fail(kind)).OpenToAll();
            app.MapGet("/test/fail", () => Fail(kind)).OpenToAll();
        });
        var answer = await server.Http.GetApi("/api/test/fail");
        Assert.Equal((status, code), ((int)answer.Status, answer.Code));
        Assert.Equal("application/problem+json", answer.ContentHeaders.ContentType!.MediaType);
        var page = await server.Browser().Get("/test/fail");
        Assert.Equal(status, (int)page.Status);
        Assert.Equal("text/html", page.ContentHeaders.ContentType!.MediaType);
        Assert.NotNull(page.Document.QuerySelector("h1"));
        foreach (var headers in new[] { answer.Headers, page.Headers })
            Assert.Equal(status == 503, headers.RetryAfter is not null);
        Assert.DoesNotContain("secret", answer.Text + page.Html, StringComparison.Ordinal);
        Assert.Equal(kind is "refusal" or "queue" ? 0 : 2, server.Errors.Lines.Count(l => l.Contains(kind is "full" ? "full" : "secret cause", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_endpoint_without_a_rule_answers_nobody()
    {
        await using var server = await TestServer.Start(map: app => app.MapGet("/api/test/forgotten", () => "open"));
        Assert.Equal(HttpStatusCode.Forbidden, (await server.Http.GetApi("/api/test/forgotten")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await server.As(Role.Owner)).GetApi("/api/test/forgotten")).Status);
    }

    [Fact]
    public async Task Pages_carry_the_security_headers_and_so_do_their_errors()
    {
        await using var server = await TestServer.Start(map: app => app.MapGet("/test/page", () => "page").OpenToAll());
        foreach (var path in new[] { "/test/page", "/nothing-here" })
        {
            var page = await server.Browser().Get(path);
            var policy = page.Headers.GetValues("Content-Security-Policy").Single();
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            foreach (var part in new[] { "default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'" })
                Assert.Contains(part, policy, StringComparison.Ordinal);
            foreach (var name in new[] { "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy" })
                Assert.True(page.Headers.Contains(name), $"{path} has no {name}");
            Assert.False(page.Headers.Contains("Server"));
        }
        Assert.Equal("nosniff", (await server.Http.GetApi("/api/public-key")).Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task Too_many_requests_are_429_with_the_time_to_wait()
    {
        await using var server = await TestServer.Start(settings: new() { ["RateLimits:Enabled"] = "true", ["RateLimits:Api:PerSecond"] = "1", ["RateLimits:Api:Burst"] = "3" });
        var answers = new List<ApiAnswer>();
        for (var i = 0; i < 12; i++)
            answers.Add(await server.Http.GetApi("/api/public-key"));
        Assert.All(answers.Take(3), a => Assert.Equal(HttpStatusCode.OK, a.Status));
        var rejected = answers.First(a => a.Status == HttpStatusCode.TooManyRequests);
        Assert.Equal("RATE_LIMITED", rejected.Code);
        Assert.NotNull(rejected.Headers.RetryAfter);
    }

    /// <summary>Told before it is sent or only by its length, to anybody or to staff only: who still sends is not cut off unheard.</summary>
    [Theory]
    [InlineData("/api/validate", 2, false)]
    [InlineData("/api/validate", 2, true)]
    [InlineData("/api/validate", 20, false)]
    [InlineData("/api/validate", 20, true)]
    [InlineData("/api/plans", 20, false)]
    public async Task A_body_that_is_too_large_is_413(string path, int megabytes, bool chunked)
    {
        await using var server = await TestServer.Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[megabytes * 1024 * 1024]) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TransferEncodingChunked = chunked;
        var answer = await server.Http.Call(request);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "BODY_TOO_LARGE"), (answer.Status, answer.Code));
    }
}
