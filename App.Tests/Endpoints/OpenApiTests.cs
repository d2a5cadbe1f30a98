using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>The description is OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), and what the program answers is as it says.</summary>
public sealed partial class OpenApiTests
{
    private static readonly string[] Types = ["null", "boolean", "object", "array", "number", "string", "integer"];

    [Fact]
    public async Task It_is_well_formed()
    {
        await using var server = await TestServer.Start();
        var document = (await server.Http.GetApi("/openapi/v1.json")).Body!;
        var wrong = new List<string>();
        Assert.Matches("^3\\.1\\.", (string)document["openapi"]!);
        Assert.NotEmpty((string)document["info"]!["title"]!);
        Assert.NotEmpty((string)document["info"]!["version"]!);
        Assert.Empty(document.Select(m => m.Key).Except(["openapi", "info", "jsonSchemaDialect", "servers", "paths", "webhooks", "components", "security", "tags", "externalDocs"]));
        var ids = new HashSet<string>();
        foreach (var (path, item) in document["paths"]!.AsObject())
            foreach (var (method, operation) in item!.AsObject())
                Operation(wrong, $"{method} {path}", path, operation!.AsObject(), document, ids);
        foreach (var (name, schema) in document["components"]!["schemas"]!.AsObject())
        {
            if (!Name().IsMatch(name))
                wrong.Add($"{name} is no name of a component");
            Schema(wrong, name, schema!, document);
        }
        Assert.Empty(wrong);
        Assert.Equal(JsonValueKind.False, document["components"]!["schemas"]!["Problem"]!["properties"]!["success"]!["const"]!.GetValueKind());
    }

    [Fact]
    public async Task Each_operation_answers_as_it_is_described_and_each_failure_is_a_problem()
    {
        await using var server = await TestServer.Start(settings: ApiTour.Settings);
        var schema = await ApiSchema.Of(server);
        var wrong = new List<string>();
        foreach (var (operation, call) in await ApiTour.Take(server))
            wrong.AddRange(schema.Faults(EndpointCatalogue.Named(operation), call.Body?.ToJsonString(), call.Status, call.Answer).Select(f => $"{operation}: {f}"));
        // Nobody, the wrong thing, the wrong body: whatever is refused is refused in one shape.
        var owner = await server.As(Role.Owner);
        var refused = 0;
        foreach (var row in EndpointCatalogue.Rows.Where(r => r.Route.StartsWith("/api/", StringComparison.Ordinal)))
            foreach (var (http, body) in new[] { (server.Http, "{}"), (owner, "{\"no_such\":1}"), (owner, "{") })
            {
                using var request = new HttpRequestMessage(new HttpMethod(row.Method), Parameter().Replace(row.Route, "none"));
                if (row.Json is not null)
                    request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
                var answer = await http.Call(request);
                if ((int)answer.Status < 400)
                    continue;
                refused++;
                wrong.AddRange(schema.ProblemFaults(answer.Body).Select(f => $"{row} {answer.Status}: {f}"));
            }
        Assert.Empty(wrong);
        Assert.True(refused > 60, $"{refused} refusals");
    }

    private static void Operation(List<string> wrong, string at, string path, JsonObject operation, JsonObject document, HashSet<string> ids)
    {
        if (operation["operationId"] is { } id && !ids.Add((string)id!))
            wrong.Add($"{at}: its operationId is another's");
        var named = (operation["parameters"]?.AsArray() ?? []).Select(p => ((string)p!["in"]!, (string)p["name"]!)).ToList();
        if (named.Distinct().Count() != named.Count)
            wrong.Add($"{at}: a parameter twice");
        if (!Parameter().Matches(path).Select(m => m.Value.Trim('{', '}')).Order().SequenceEqual(named.Where(n => n.Item1 == "path").Select(n => n.Item2).Order()))
            wrong.Add($"{at}: its path has other parameters than it says");
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
        {
            if ((string)parameter!["in"]! is not ("path" or "query" or "header" or "cookie") || ((string)parameter["in"]! == "path" && (bool?)parameter["required"] != true))
                wrong.Add($"{at}: {parameter["name"]} stands nowhere, or may be left out of the path");
            Schema(wrong, $"{at} {parameter["name"]}", parameter["schema"] ?? new JsonObject { ["type"] = "missing" }, document);
        }
        foreach (var (status, answer) in operation["responses"]!.AsObject())
        {
            if (!Status().IsMatch(status) || string.IsNullOrEmpty((string?)answer!["description"]))
                wrong.Add($"{at} {status}: no status, or without words");
            Content(wrong, $"{at} {status}", answer!["content"], document);
            foreach (var (name, header) in answer["headers"]?.AsObject() ?? [])
                Schema(wrong, $"{at} {status} {name}", header!["schema"]!, document);
        }
        if (operation["requestBody"] is { } body)
            Content(wrong, at, body["content"] ?? new JsonObject { ["none"] = null }, document);
        foreach (var scheme in (operation["security"]?.AsArray() ?? []).SelectMany(s => s!.AsObject().Select(m => m.Key)))
            if (document["components"]!["securitySchemes"]?[scheme] is null)
                wrong.Add($"{at}: no security scheme {scheme}");
    }

    private static void Content(List<string> wrong, string at, JsonNode? content, JsonObject document)
    {
        foreach (var (type, media) in content?.AsObject() ?? [])
        {
            if (!type.Contains('/', StringComparison.Ordinal))
                wrong.Add($"{at}: {type} is no media type");
            if (media?["schema"] is { } schema)
                Schema(wrong, at, schema, document);
        }
    }

    // By the rules of JSON Schema 2020-12 for what stands in ours: a constant and each of a choice is of the type that the schema names.
    private static void Schema(List<string> wrong, string at, JsonNode schema, JsonObject document)
    {
        if ((string?)schema["$ref"] is { } reference)
        {
            if (!reference.StartsWith("#/components/schemas/", StringComparison.Ordinal) || document["components"]!["schemas"]![reference.Split('/')[^1]] is null)
                wrong.Add($"{at}: {reference} leads nowhere");
            return;
        }
        var types = ApiSchema.TypesOf(schema);
        wrong.AddRange(types.Except(Types).Select(t => $"{at}: {t} is no type"));
        if (types.Distinct().Count() != types.Count)
            wrong.Add($"{at}: a type twice");
        foreach (var value in (schema["enum"]?.AsArray() ?? []).Concat(schema.AsObject().ContainsKey("const") ? [schema["const"]] : []))
            if (types.Count > 0 && !ApiSchema.Kinds(value).Any(types.Contains))
                wrong.Add($"{at}: {value?.ToJsonString() ?? "null"} is not of its type");
        if (schema["enum"] is JsonArray choices && (choices.Count == 0 || choices.Select(c => c?.ToJsonString()).Distinct().Count() != choices.Count))
            wrong.Add($"{at}: its choices are none, or some twice");
        wrong.AddRange((schema["required"]?.AsArray() ?? []).Where(n => schema["properties"]?[(string)n!] is null).Select(n => $"{at}: {n} is required and not described"));
        if (types.Contains("array") && schema["items"] is null)
            wrong.Add($"{at}: a list of what?");
        foreach (var word in new[] { "minimum", "maximum", "minLength", "maxLength" })
            if (schema[word] is { } bound && bound.GetValueKind() != JsonValueKind.Number)
                wrong.Add($"{at}: {word} is no number");
        if (schema.AsObject().ContainsKey("nullable"))
            wrong.Add($"{at}: nullable is of OpenAPI 3.0");
        foreach (var (name, inner) in schema["properties"]?.AsObject() ?? [])
            Schema(wrong, $"{at}.{name}", inner!, document);
        foreach (var inner in new[] { schema["items"], schema["additionalProperties"] is JsonObject other ? other : null }.Concat(schema["oneOf"]?.AsArray() ?? []).Concat(schema["anyOf"]?.AsArray() ?? []).Concat(schema["allOf"]?.AsArray() ?? []))
            if (inner is not null)
                Schema(wrong, at, inner, document);
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("^([1-5][0-9][0-9]|default)$")]
    private static partial Regex Status();

    [GeneratedRegex("^[a-zA-Z0-9._-]+$")]
    private static partial Regex Name();
}
