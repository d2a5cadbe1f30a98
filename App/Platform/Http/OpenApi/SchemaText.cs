using Microsoft.OpenApi;

namespace Gatehouse.Platform.Http.OpenApi;

/// <summary>Tells a JSON schema as fields.</summary>
internal static class SchemaText
{
    private const int Deepest = 4;

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

    private static void Walk(IOpenApiSchema? schema, string path, List<DocField> fields, int depth)
    {
        if (schema is null || depth > Deepest || Bare(schema, out _) is not { } bare)
            return;
        if (bare.Items is { } items)
            Walk(items, path + "[]", fields, depth + 1);
        foreach (var (name, inner) in bare.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            var full = path.Length == 0 ? name : $"{path}.{name}";
            fields.Add(new DocField(full, Type(inner), bare.Required?.Contains(name) == true, inner.Description ?? ApiWords.Fields.GetValueOrDefault(name)));
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
}
