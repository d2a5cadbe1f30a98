using System.Net;
using System.Net.Http.Headers;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.BadInput;

/// <summary>Whatever is sent, the answer is a problem that says what is wrong, and never a fault of the server.</summary>
public sealed class JsonTests
{
    public static TheoryData<string, Engine> Table
    {
        get
        {
            var data = new TheoryData<string, Engine>();
            foreach (var endpoint in JsonTable.Endpoints)
                foreach (var engine in Enum.GetValues<Engine>())
                    data.Add(endpoint.ToString(), engine);
            return data;
        }
    }

    [Theory, MemberData(nameof(Table))]
    public async Task Bad_bodies_are_refused_by_the_field_at_fault(string name, Engine engine)
    {
        var endpoint = JsonTable.Endpoints.Single(e => e.ToString() == name);
        // The rows are made for this endpoint alone: what passes changes them.
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Owner);
        var ids = await Rows.Make(server, http);
        var (path, body) = (Rows.Fill(endpoint.Path, ids), Rows.Fill(endpoint.Body, ids));
        var wrong = new List<string>();

        foreach (var mutation in Mutations.Of(endpoint, body))
        {
            var answer = await Send(http, endpoint.Method, path, mutation);
            if (Judge(mutation, answer) is { } complaint)
                wrong.Add($"{mutation.Name}: {complaint}: {answer.ToString()[..Math.Min(300, answer.ToString().Length)]}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Empty(server.Errors.Lines);

        // And the good one is good, so that what was refused was refused for what was wrong with it.
        var good = await Send(http, endpoint.Method, path, new Mutation("good", System.Text.Encoding.UTF8.GetBytes(body), null, true));
        Assert.True((int)good.Status < 300 || good.Error("name") is not null || good.Error("username") is not null, good.ToString());
    }

    [Fact]
    public async Task Every_endpoint_that_takes_a_body_is_in_the_table()
    {
        await using var server = await TestServer.Start();
        var mapped = server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(m => $"{m} /{e.RoutePattern.RawText!.Trim('/')}"))
            .Where(r => !r.StartsWith("GET ", StringComparison.Ordinal) && r.Contains(" /api/", StringComparison.Ordinal)).Except(JsonTable.Without).ToList();
        Assert.Equal(mapped.Select(Shape).Order(), JsonTable.Endpoints.Select(e => Shape(e.ToString())).Order());

        static string Shape(string route) => System.Text.RegularExpressions.Regex.Replace(route, @"\{\w+\}|keys\.expire", "*");
    }

    [Theory]
    [InlineData(2 * 1024 * 1024)]
    public async Task A_body_beyond_the_limit_is_413(int length)
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Owner);
        var body = new byte[length];
        Array.Fill(body, (byte)' ');
        foreach (var path in new[] { "/api/validate", "/api/plans", "/api/keys/bulk" })
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Send(http, "POST", path, new Mutation("huge", body, null, false))).Status);
    }

    private static string? Judge(Mutation mutation, ApiAnswer answer)
    {
        var status = (int)answer.Status;
        if (status >= 500)
            return "a fault of the server";
        if (status < 400)
            return mutation.MayPass ? null : "taken";
        if (answer.ContentHeaders.ContentType?.MediaType != "application/problem+json")
            return "no problem document";
        if (answer.Code is null || (bool?)answer["success"] != false || string.IsNullOrEmpty((string?)answer["message"]))
            return "a problem without its members";
        return mutation.Field is { } field && answer["errors"]?.AsObject().Any(e => e.Key == field || e.Key.StartsWith(field + "[", StringComparison.Ordinal)) != true ? $"does not name {field}" : null;
    }

    private static Task<ApiAnswer> Send(HttpClient http, string method, string path, Mutation mutation)
    {
        var content = new ByteArrayContent(mutation.Body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mutation.ContentType);
        return http.Call(new HttpRequestMessage(new HttpMethod(method), path) { Content = content });
    }
}
