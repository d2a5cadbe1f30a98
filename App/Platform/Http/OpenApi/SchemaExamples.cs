using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Gatehouse.Platform.Http.OpenApi;

/// <summary>Tells a JSON schema as fields, and makes an example of it.</summary>
internal sealed class SchemaExamples(IEnumerable<SchemaExample> examples)
{
    private const int Deepest = 4;

    // By the field's name.
    private readonly FrozenDictionary<string, Func<JsonNode?>> _known = examples.ToFrozenDictionary(e => e.Field, e => e.Value);

    /// <summary><c>string (date-time) or null</c>, <c>object</c>, <c>array of integer</c>.</summary>
    public static string Type(IOpenApiSchema? schema)
    {
        if (schema is null || Bare(schema, out var nullable) is not { } bare)
            return "any";
        var type = bare.Type & ~JsonSchemaType.Null;
        nullable |= bare.Type is { } t && t.HasFlag(JsonSchemaType.Null) && type != 0;
        var word = type switch
        {
            JsonSchemaType.Array => "array of " + Type(bare.Items),
            JsonSchemaType.Object => "object",
            JsonSchemaType.Integer => "integer",
            JsonSchemaType.Number => "number",
            JsonSchemaType.Boolean => "boolean",
            JsonSchemaType.String => bare.Format is { Length: > 0 } format ? $"string ({format})" : "string",
            _ => "any",
        };
        return nullable ? word + " or null" : word;
    }

    /// <summary>Every field, those of inner objects as <c>outer.inner</c>.</summary>
    public static IReadOnlyList<DocField> Fields(IOpenApiSchema? schema)
    {
        var fields = new List<DocField>();
        Walk(schema, "", fields, 0);
        return fields;
    }

    public JsonNode? Of(IOpenApiSchema schema, string? name = null, int depth = 0)
    {
        var bare = Bare(schema, out _);
        var type = bare?.Type & ~JsonSchemaType.Null;
        if (bare is null || depth > Deepest)
            return null;
        if (type == JsonSchemaType.Object)
        {
            var example = new JsonObject();
            foreach (var (property, inner) in bare.Properties ?? new Dictionary<string, IOpenApiSchema>())
                example[property] = Of(inner, property, depth + 1);
            return example;
        }
        if (name is not null && _known.TryGetValue(name, out var known) && Fits(known(), type))
            return known();
        return type switch
        {
            JsonSchemaType.Array => bare.Items is { } items ? new JsonArray(Of(items, null, depth + 1)) : new JsonArray(),
            JsonSchemaType.Integer => 1,
            JsonSchemaType.Number => 1.5,
            JsonSchemaType.Boolean => true,
            JsonSchemaType.String => bare.Format == "date-time" || name is { } n && (n.EndsWith("_at", StringComparison.Ordinal) || n == "time") ? "2026-03-04T09:30:00Z" : "…",
            _ => null,
        };
    }

    private static void Walk(IOpenApiSchema? schema, string path, List<DocField> fields, int depth)
    {
        if (schema is null || depth > Deepest || Bare(schema, out _) is not { } bare)
            return;
        if (bare.Items is { } items)
            Walk(items, path + "[]", fields, depth + 1);
        foreach (var (name, inner) in bare.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            var full = path.Length == 0 ? name : $"{path}.{name}";
            fields.Add(new DocField(full, Type(inner), bare.Required?.Contains(name) == true, inner.Description));
            Walk(inner, full, fields, depth + 1);
        }
    }

    // A nullable reference is a choice of null and the reference.
    private static IOpenApiSchema? Bare(IOpenApiSchema schema, out bool nullable)
    {
        nullable = false;
        if (schema.OneOf is not { Count: > 0 } choices)
            return schema;
        nullable = choices.Any(c => c.Type == JsonSchemaType.Null);
        return choices.FirstOrDefault(c => c.Type != JsonSchemaType.Null);
    }

    private static bool Fits(JsonNode? value, JsonSchemaType? type) => value?.GetValueKind() switch
    {
        null => true,
        System.Text.Json.JsonValueKind.String => type == JsonSchemaType.String,
        System.Text.Json.JsonValueKind.Number => type is JsonSchemaType.Integer or JsonSchemaType.Number,
        System.Text.Json.JsonValueKind.True => type == JsonSchemaType.Boolean,
        System.Text.Json.JsonValueKind.Array => type == JsonSchemaType.Array,
        _ => false,
    };
}
