using System.Net;
using System.Text.Json.Serialization;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Platform.Http;

/// <summary>A POST with a key is done once, over an endpoint that counts how often it was done.</summary>
public sealed partial class IdempotencyTests
{
    public sealed record Counted(bool Success, long N);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Counted))]
    private sealed partial class Shapes : JsonSerializerContext;

    private static async Task<TestServer> Start(Engine engine)
    {
        var server = await TestServer.Start(engine, map: app => app.MapPost("/api/test/count", async (HttpContext ctx, Database db) =>
        {
            var body = await RequestBody.Bytes(ctx);
            await Idempotency.Run(ctx, db, body, async s =>
            {
                await s.Execute("UPDATE counts SET n = n + 1");
                if (body.Length == 0)
                    throw new Refusal(new(409, "BUSY"));
                return new Counted(true, await s.Number("SELECT n FROM counts"));
            }, Shapes.Default.Counted, 201);
        }).OpenToAll());
        await server.Db.Write(s => s.Execute("CREATE TABLE counts (n BIGINT NOT NULL)"));
        await server.Db.Write(s => s.Execute("INSERT INTO counts (n) VALUES (0)"));
        return server;
    }

    private static Task<ApiAnswer> Post(TestServer server, string? key, string body = "{\"a\":1}", HttpClient? http = null, string query = "")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/test/count" + query) { Content = new StringContent(body) };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return (http ?? server.Http).Call(request);
    }

    [Theory, BothEngines]
    public async Task The_same_request_gets_the_same_answer_and_is_done_once(Engine engine)
    {
        await using var server = await Start(engine);
        var first = await Post(server, "key-1");
        var second = await Post(server, "key-1");
        Assert.Equal(HttpStatusCode.Created, first.Status);
        Assert.Equal(HttpStatusCode.Created, second.Status);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(1, (long)second["n"]!);
        Assert.Equal(2, (long)(await Post(server, "key-2"))["n"]!);
        Assert.Equal(3, (long)(await Post(server, null))["n"]!);
        Assert.Equal(4, (long)(await Post(server, null))["n"]!);
    }

    [Theory, BothEngines]
    public async Task The_same_key_with_another_request_is_refused(Engine engine)
    {
        await using var server = await Start(engine);
        await Post(server, "key");
        foreach (var other in new[] { await Post(server, "key", "{\"a\":2}"), await Post(server, "key", query: "?b=1") })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
            Assert.Equal("IDEMPOTENCY_REUSED", other.Code);
        }
        Assert.Equal(2, (long)(await Post(server, null))["n"]!);
    }

    [Theory, BothEngines]
    public async Task Fifty_at_once_do_the_work_once(Engine engine)
    {
        await using var server = await Start(engine);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Post(server, "key"))));
        Assert.All(answers, a => Assert.Equal((HttpStatusCode.Created, 1), (a.Status, (long)a["n"]!)));
        Assert.Equal(2, (long)(await Post(server, null))["n"]!);
    }

    [Theory, BothEngines]
    public async Task A_refusal_is_not_kept_so_the_key_can_be_used_again(Engine engine)
    {
        await using var server = await Start(engine);
        Assert.Equal("BUSY", (await Post(server, "key", "")).Code);
        Assert.Equal(1, (long)(await Post(server, "key"))["n"]!);
    }

    [Theory, BothEngines]
    public async Task A_key_is_forgotten_after_a_day_and_not_before(Engine engine)
    {
        await using var server = await Start(engine);
        await Post(server, "key");
        server.Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(1, (long)(await Post(server, "key"))["n"]!);
        server.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, (long)(await Post(server, "key", "{\"a\":2}"))["n"]!);
    }

    [Theory, BothEngines]
    public async Task Two_callers_may_choose_the_same_key(Engine engine)
    {
        await using var server = await Start(engine);
        await Post(server, "key");
        Assert.Equal(2, (long)(await Post(server, "key", http: await server.As(Role.Admin)))["n"]!);
        Assert.Equal(3, (long)(await Post(server, "key", http: await server.As(Role.Admin)))["n"]!);
        Assert.Equal(4, (long)(await Post(server, "key", http: await server.As(Role.Admin, "other")))["n"]!);
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("ümlaut")]
    [InlineData("129")]
    public async Task A_key_that_is_none_is_refused_by_name(string key)
    {
        await using var server = await Start(Engine.Sqlite);
        var answer = await Post(server, key == "129" ? new string('x', 129) : key);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.NotNull(answer.Error("Idempotency-Key"));
    }
}
