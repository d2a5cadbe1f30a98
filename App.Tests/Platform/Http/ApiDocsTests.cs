using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Platform.Http.OpenApi;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Routing;

namespace Gatehouse.Tests.Platform.Http;

/// <summary>The API's description is whole, and made of the API itself.</summary>
public sealed class ApiDocsTests
{
    private static readonly string[] Verbs = ["get", "post", "put", "patch", "delete"];

    private static async Task<JsonObject> Document(TestServer server) => (await server.Http.GetApi("/openapi/v1.json")).Body!;

    private static IEnumerable<(string Path, string Verb, JsonObject Operation)> Operations(JsonObject document) =>
        document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Where(o => Verbs.Contains(o.Key)).Select(o => (p.Key, o.Key, o.Value!.AsObject())));

    [Fact]
    public async Task Every_endpoint_of_the_api_is_described_and_no_page_is()
    {
        await using var server = await TestServer.Start();
        var described = Operations(await Document(server)).Select(o => $"{o.Verb.ToUpperInvariant()} {o.Path}").ToHashSet();
        var there = server.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(m => $"{m} /{e.RoutePattern.RawText!.Trim('/')}"))
            .Where(e => e.Split(' ')[1] is var path && (path.StartsWith("/api/", StringComparison.Ordinal) || path.StartsWith("/v1/", StringComparison.Ordinal))).ToHashSet();
        Assert.Empty(there.Except(described));
        Assert.Empty(described.Except(there));
        Assert.True(described.Count > 20);
    }

    [Fact]
    public async Task Each_operation_says_what_it_is_for_what_it_takes_and_what_it_answers()
    {
        await using var server = await TestServer.Start();
        var wrong = new List<string>();
        foreach (var (path, verb, operation) in Operations(await Document(server)))
        {
            var name = $"{verb} {path}";
            if (string.IsNullOrEmpty((string?)operation["summary"]))
                wrong.Add($"{name}: no summary");
            if (operation["tags"]?.AsArray() is not [{ } tag] || ((string)tag!).EndsWith("Endpoints", StringComparison.Ordinal))
                wrong.Add($"{name}: no tag");
            if (!operation["responses"]!.AsObject().Any(r => r.Key[0] == '2' && r.Value!["content"] is not null))
                wrong.Add($"{name}: no answer with a shape");
            if ((string?)operation["responses"]!["default"]?["content"]?["application/problem+json"]?["schema"]?["$ref"] != "#/components/schemas/Problem")
                wrong.Add($"{name}: no problem");
            foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
                if ((string)parameter!["in"]! == "query" && string.IsNullOrEmpty((string?)parameter["description"]))
                    wrong.Add($"{name}: {parameter["name"]} is not explained");
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task References_lead_somewhere_and_names_are_as_on_the_wire()
    {
        await using var server = await TestServer.Start();
        var document = await Document(server);
        var text = document.ToJsonString();
        foreach (System.Text.RegularExpressions.Match m in System.Text.RegularExpressions.Regex.Matches(text, "\"#/components/schemas/([^\"]+)\""))
            Assert.NotNull(document["components"]!["schemas"]![m.Groups[1].Value]);
        Assert.NotNull(document["components"]!["schemas"]!["ValidateRequest"]!["properties"]!["machine_code"]);
        Assert.Equal("bearer", (string)document["components"]!["securitySchemes"]!["bearer"]!["scheme"]!);
        var generate = Operations(document).Single(o => o.Path == "/api/keys/generate").Operation;
        Assert.Contains(generate["parameters"]!.AsArray(), p => (string)p!["name"]! == "Idempotency-Key");
        Assert.NotNull(generate["security"]);
        Assert.Empty(Operations(document).Single(o => o.Path == "/api/validate").Operation["security"]!.AsArray());
        Assert.NotNull(generate["responses"]!["200"]!["headers"]!["Keygen-Signature"]);
        Assert.Contains("STORAGE_FULL", document["components"]!["schemas"]!["Problem"]!["properties"]!["code"]!["enum"]!.AsArray().Select(n => (string)n!));
    }

    [Theory]
    [InlineData("en", "There is no such job.")]
    [InlineData("zh", "没有这个任务。")]
    public async Task The_page_explains_every_operation_and_every_code(string language, string words)
    {
        await using var server = await TestServer.Start();
        var page = await server.Browser(language).Get("/docs");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        var document = await Document(server);
        Assert.Equal(Operations(document).Count(), page.Document.QuerySelectorAll("details.card").Length);
        Assert.All(Declared.Errors.All, error => Assert.NotNull(page.Document.GetElementById(error.Code)));
        Assert.Contains(words, page.One("#JOB_NOT_FOUND").TextContent);
        Assert.NotNull(page.Document.GetElementById("signatures"));
        var ids = page.Document.QuerySelectorAll("[id]").Select(e => e.Id).ToList();
        Assert.Equal(ids.Distinct(), ids);
        // A curl line that works as it stands.
        var curl = page.One("#post-api-validate .gh-code code").TextContent;
        Assert.StartsWith($"curl -X POST '{server.Address.ToString().TrimEnd('/')}/api/validate' -H 'Content-Type: application/json' -d '{{", curl);
    }

    [Fact]
    public async Task Examples_are_bodies_that_the_endpoints_take()
    {
        await using var server = await TestServer.Start();
        var page = await server.Browser().Get("/docs");
        var body = JsonNode.Parse(page.Document.QuerySelector("#post-api-validate pre")!.TextContent)!;
        var answer = await server.Http.Call(new HttpRequestMessage(HttpMethod.Post, "/api/validate") { Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json") });
        Assert.Equal("NOT_FOUND", answer.Code);
    }
}
