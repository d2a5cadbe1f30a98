using System.Net;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Http;

/// <summary>Every JSON answer is signed, and by the key that the server tells.</summary>
public sealed class SignedJsonTests
{
    public static readonly TheoryData<string, string, string?> Requests = new()
    {
        { "GET", "/api/public-key", null },
        { "GET", "/api/nothing-here", null },
        { "GET", "/api/keys?status=unused&q=%E5%8D%A1%20a%2Bb", null },
        { "GET", "/api/status/NO%2DSUCH-KEY?x=1", null },
        { "POST", "/api/validate", """{"code":"NOPE-123456","machine_code":"m"}""" },
        { "POST", "/api/validate", "not json" },
    };

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    [Theory, MemberData(nameof(Requests))]
    public async Task Every_answer_is_signed_for_what_was_asked(string method, string target, string? body)
    {
        await using var server = await TestServer.Start();
        var publicKey = (string)(await server.Http.GetApi("/api/public-key"))["public_key"]!;
        foreach (var host in new[] { server.Address.Authority, "keys.example.com" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Address.GetLeftPart(UriPartial.Authority) + target, AsWritten));
            request.Headers.Host = host;
            if (body is not null)
                request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var response = await server.Http.SendAsync(request);
            SignedAnswers.Check(response, await response.Content.ReadAsByteArrayAsync(), method, target, host, publicKey);
            Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        }
    }

    [Fact]
    public async Task The_date_is_one_that_http_clients_read()
    {
        await using var server = await TestServer.Start();
        using var response = await server.Http.GetAsync("/api/public-key");
        Assert.InRange(response.Headers.Date!.Value, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Fact]
    public async Task A_problem_has_all_its_members_in_the_callers_language()
    {
        await using var server = await TestServer.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/nothing-here");
        request.Headers.Add("Accept-Language", "zh-CN");
        var answer = await server.Http.Call(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("application/problem+json", answer.ContentHeaders.ContentType!.MediaType);
        Assert.Equal(["type", "title", "status", "detail", "success", "code", "message"], answer.Body!.Select(m => m.Key));
        Assert.Equal(404, (int)answer["status"]!);
        Assert.False((bool)answer["success"]!);
        Assert.Equal("NO_SUCH_PAGE", answer.Code);
        Assert.Equal("这个地址没有内容。", (string?)answer["message"]);
    }

    [Fact]
    public async Task A_method_that_an_address_does_not_take_is_405()
    {
        await using var server = await TestServer.Start();
        var answer = await server.Http.DeleteApi("/api/validate");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.Status);
        Assert.Equal("METHOD_NOT_ALLOWED", answer.Code);
        Assert.Equal(["POST"], answer.ContentHeaders.Allow);
    }
}
