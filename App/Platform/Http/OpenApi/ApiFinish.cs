using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gatehouse.Platform.Http.OpenApi;

/// <summary>
/// The description as programs read it: names of operations for generated clients, what is open said to be, words for every heading and
/// for what has one meaning, and the captured calls as examples.
/// </summary>
internal static partial class ApiFinish
{
    private const string Json = "json";

    public static void Finish(JsonObject document, IEnumerable<FieldDescription> fields)
    {
        document["info"]!["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" };
        var used = new HashSet<string>();
        foreach (var (path, item) in document["paths"]!.AsObject())
            foreach (var (method, operation) in item!.AsObject().Select(o => (o.Key, o.Value!.AsObject())))
            {
                used.UnionWith(operation["tags"]!.AsArray().Select(t => (string)t!));
                Operation(operation, method.ToUpperInvariant(), path);
            }
        JsonArray tags = [.. ApiTags.All.Where(t => used.Contains(t.Name)).Select(t => (JsonNode)new JsonObject { ["name"] = t.Name, ["description"] = t.Description })];
        document["tags"] = tags;
        var schemas = document["components"]!["schemas"]!.AsObject();
        foreach (var field in fields)
            Describe(schemas[field.Schema]!["properties"]![field.Field]!.AsObject(), field);
        foreach (var (_, schema) in schemas)
            foreach (var (name, property) in schema!["properties"]?.AsObject() ?? [])
            {
                // Null is one of what any JSON may be: of the two, both fit.
                if (property is JsonObject { Count: 1 } either && either["oneOf"] is JsonArray choices)
                    (either["anyOf"], _) = (choices.DeepClone(), either.Remove("oneOf"));
                // Beside a reference nothing is said: what it leads to says it.
                if (property is JsonObject described && !described.ContainsKey("description") && !described.ContainsKey("$ref") && ApiWords.Fields.TryGetValue(name, out var words))
                    described["description"] = words;
            }
    }

    private static void Operation(JsonObject operation, string method, string path)
    {
        operation["operationId"] = Name(method, path);
        if (!operation.ContainsKey("security"))
            operation["security"] = new JsonArray();
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
            if (!parameter!.AsObject().ContainsKey("description") && ApiWords.Paths.TryGetValue((string)parameter["name"]!, out var words))
                parameter["description"] = words;
        if (!CapturedCalls.All.TryGetValue($"{method} {path}", out var call))
            return;
        if (call.Body is { } body && Media(operation["requestBody"]) is { } sent)
            sent["example"] = body.DeepClone();
        if (call.Answer is { } answer && Media(operation["responses"]?[call.Status.ToString()]) is { } got)
            got["example"] = answer.DeepClone();
    }

    private static JsonObject? Media(JsonNode? part) => part?["content"]?.AsObject().FirstOrDefault(c => c.Key.Contains(Json, StringComparison.Ordinal)).Value?.AsObject();

    private static void Describe(JsonObject property, FieldDescription field)
    {
        property["description"] = field.Description;
        if (field.Outdated)
            property["deprecated"] = true;
        if (field.Values is not { } values)
            return;
        JsonArray all = [.. values.Select(v => (JsonNode)v)];
        if (property["type"] is JsonArray types && types.Any(t => (string?)t == "null"))
            all.Add(null);
        property["enum"] = all;
    }

    /// <summary><c>POST /api/plans/{id}/notes</c> is <c>postPlansByIdNotes</c>: by no two operations, and what a client's method is called.</summary>
    internal static string Name(string method, string path) => method.ToLowerInvariant() + string.Concat(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(1)
        .Select(part => part.StartsWith('{') ? "By" + Words(part.Trim('{', '}')) : Words(part)));

    private static string Words(string part) => string.Concat(Parts().Split(part).Where(w => w.Length > 0).Select(w => char.ToUpperInvariant(w[0]) + w[1..]));

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex Parts();
}
