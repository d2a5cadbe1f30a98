using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Gatehouse.Platform.Http.OpenApi;

/// <summary>Operations under one heading of <c>/docs</c>.</summary>
public sealed record DocGroup(string Name, IReadOnlyList<DocOperation> Operations)
{
    /// <summary>For links within the page.</summary>
    public string Anchor => "group-" + Name.ToLowerInvariant().Replace(' ', '-');

    internal static IReadOnlyList<DocGroup> All(OpenApiDocument document) =>
    [
        .. document.Paths.SelectMany(p => p.Value.Operations!.Select(o => DocOperation.Of(p.Key, o.Key.Method, o.Value)))
            .GroupBy(o => o.Tag).OrderBy(g => ApiTags.Order(g.Key)).Select(g => new DocGroup(g.Key, [.. g])),
    ];
}

/// <summary>A parameter, or a field of a body: <c>items[].name</c> for one inside a list.</summary>
public sealed record DocField(string Name, string Type, bool Required, string? Description);

/// <summary>One answer of an operation.</summary>
/// <param name="Example">JSON; null where the answer is none.</param>
public sealed record DocResponse(string Status, string? Description, string? Example);

public sealed record DocOperation(
    string Id, string Tag, string Method, string Path, string Summary, string? Description, bool SignedIn,
    IReadOnlyList<DocField> Parameters, IReadOnlyList<DocField> Body, string? BodyExample, IReadOnlyList<DocField> Fields, IReadOnlyList<DocResponse> Answers)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The path with the query of the captured call.</summary>
    public string Called { get; private init; } = "";

    internal static DocOperation Of(string path, string method, OpenApiOperation operation)
    {
        var body = operation.RequestBody?.Content?.Values.FirstOrDefault()?.Schema;
        var call = CapturedCalls.All.GetValueOrDefault($"{method} {path}");
        var success = operation.Responses!.Where(r => r.Key.StartsWith('2')).Select(r => Schema(r.Value)).FirstOrDefault();
        return new DocOperation(
            Slug(method, path), operation.Tags?.FirstOrDefault()?.Name ?? "", method, path, operation.Summary ?? "", operation.Description, operation.Security?.Count > 0,
            [.. (operation.Parameters ?? []).Select(p => new DocField(p.Name!, $"{SchemaText.Type(p.Schema)}, {p.In.ToString()!.ToLowerInvariant()}", p.Required, p.Description ?? ApiWords.Paths.GetValueOrDefault(p.Name!)))],
            SchemaText.Fields(body), call?.Body is { } sent ? Write(sent) : null, SchemaText.Fields(success),
            [.. operation.Responses!.Where(r => r.Key[0] != '4').Select(r => new DocResponse(r.Key, r.Value.Description, call is { Answer: { } answer } && r.Key == call.Status.ToString(CultureInfo.InvariantCulture) ? Write(answer) : null))])
        {
            Called = call?.Path ?? path,
        };
    }

    /// <summary>One line for a shell.</summary>
    /// <param name="address">Of the server, without a slash at the end.</param>
    public string Curl(string address)
    {
        List<string> parts = ["curl"];
        if (Method != "GET")
            parts.Add("-X " + Method);
        parts.Add($"'{address}{Called}'");
        if (SignedIn)
            parts.Add("-H \"Authorization: Bearer $TOKEN\"");
        if (BodyExample is not null)
            parts.Add($"-H 'Content-Type: application/json' -d '{JsonNode.Parse(BodyExample)!.ToJsonString(OneLine).Replace("'", "'\\''")}'");
        return string.Join(' ', parts);
    }

    private static IOpenApiSchema? Schema(IOpenApiResponse response) =>
        response.Content?.FirstOrDefault(c => c.Key.Contains("json", StringComparison.Ordinal)).Value?.Schema;

    private static string Write(JsonNode example) => example.ToJsonString(Indented);

    private static string Slug(string method, string path) =>
        $"{method.ToLowerInvariant()}-{string.Join('-', path.Split(['/', '{', '}', '_', '.'], StringSplitOptions.RemoveEmptyEntries))}";
}
