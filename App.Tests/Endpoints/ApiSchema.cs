using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>What <c>/openapi/v1.json</c> says of an endpoint, and what of an answer is not as it says.</summary>
public sealed class ApiSchema(JsonObject document)
{
    public static async Task<ApiSchema> Of(TestServer server) => new((await server.Http.GetApi("/openapi/v1.json")).Body!);

    public bool TakesBody(EndpointRow row) => Operation(row)["requestBody"] is not null;

    public bool TakesKey(EndpointRow row) => Parameters(row, "header").Contains("Idempotency-Key");

    public IEnumerable<string> Queries(EndpointRow row) => Parameters(row, "query");

    /// <summary>Members that are not described, described ones that are missing, and values of another type; in the sample's body and in the answer.</summary>
    public IEnumerable<string> Faults(EndpointRow row, Act act, Reply reply) => Faults(row, act.Json, reply.Status, JsonNode.Parse(reply.Text));

    /// <param name="answer">Null: a file.</param>
    public IEnumerable<string> Faults(EndpointRow row, string? json, int status, JsonNode? answer)
    {
        var faults = new List<string>();
        if (json is not null)
            Check(faults, "request", Operation(row)["requestBody"]!["content"]!["application/json"]!["schema"]!, JsonNode.Parse(json));
        var described = Operation(row)["responses"]![status.ToString()]?["content"];
        if (answer is null && described is not null && described["application/json"] is null)
            return faults;
        if (described?["application/json"]?["schema"] is { } schema)
            Check(faults, "answer", schema, answer);
        else
            faults.Add($"{status} is not described");
        return faults;
    }

    /// <summary>What of a failure's body is not as <c>Problem</c> says.</summary>
    public IEnumerable<string> ProblemFaults(JsonNode? body)
    {
        var faults = new List<string>();
        Check(faults, "problem", document["components"]!["schemas"]!["Problem"]!, body);
        return faults;
    }

    /// <summary>The types that a schema names; none: any.</summary>
    public static IReadOnlyList<string> TypesOf(JsonNode schema) => schema["type"] switch { JsonArray many => [.. many.Select(t => (string)t!)], { } one => [(string)one!], null => [] };

    private JsonObject Operation(EndpointRow row) => document["paths"]![row.Route]![row.Method.ToLowerInvariant()]!.AsObject();

    private IEnumerable<string> Parameters(EndpointRow row, string kind) =>
        (Operation(row)["parameters"]?.AsArray() ?? []).Where(p => (string?)p!["in"] == kind).Select(p => (string)p!["name"]!);

    private void Check(List<string> faults, string at, JsonNode schema, JsonNode? value)
    {
        if ((string?)schema["$ref"] is { } reference)
        {
            Check(faults, at, document["components"]!["schemas"]![reference.Split('/')[^1]]!, value);
            return;
        }
        if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray choices)
        {
            var tries = choices.Select(choice =>
            {
                var found = new List<string>();
                Check(found, at, choice!, value);
                return found;
            }).ToList();
            faults.AddRange(tries.MinBy(t => t.Count)!);
            return;
        }
        var types = TypesOf(schema);
        if (types.Count > 0 && !Kinds(value).Any(types.Contains))
        {
            faults.Add($"{at} is {value?.ToJsonString() ?? "null"} and not {string.Join(" or ", types)}");
            return;
        }
        if (schema["enum"] is JsonArray named && value is not null && !named.Any(n => JsonNode.DeepEquals(n, value)))
            faults.Add($"{at} is {value.ToJsonString()} and none of {named.ToJsonString()}");
        if (schema["const"] is { } only && !JsonNode.DeepEquals(only, value))
            faults.Add($"{at} is {value?.ToJsonString()} and not {only.ToJsonString()}");
        if ((string?)schema["format"] == "date-time" && value is not null && !DateTimeOffset.TryParse((string)value!, CultureInfo.InvariantCulture, out _))
            faults.Add($"{at} is {value.ToJsonString()} and no time");
        if (value is JsonArray items && schema["items"] is { } each)
            for (var i = 0; i < items.Count; i++)
                Check(faults, $"{at}[{i}]", each, items[i]);
        if (value is not JsonObject members)
            return;
        faults.AddRange((schema["required"]?.AsArray() ?? []).Select(n => (string)n!).Where(n => !members.ContainsKey(n)).Select(n => $"{at}.{n} is missing"));
        foreach (var (name, member) in members)
            if ((schema["properties"]?[name] ?? (schema["additionalProperties"] is JsonObject other ? other : null)) is { } known)
                Check(faults, $"{at}.{name}", known, member);
            else if (schema["properties"] is not null)
                faults.Add($"{at}.{name} is not described");
    }

    /// <summary>The types that a value has.</summary>
    public static IEnumerable<string> Kinds(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => ["null"],
        JsonValueKind.True or JsonValueKind.False => ["boolean"],
        JsonValueKind.Number => value.ToJsonString().All(c => char.IsAsciiDigit(c) || c == '-') ? ["integer", "number"] : ["number"],
        JsonValueKind.Array => ["array"],
        JsonValueKind.Object => ["object"],
        _ => ["string"],
    };
}
