using System.Text.Json;

namespace Gatehouse.Audit.Log;

/// <summary>One field of a change. Null: it was not there.</summary>
public sealed record FieldChange(string Field, string? Before, string? After)
{
    public bool Changed => Before != After;
}

/// <summary>Tells what a change did, field by field.</summary>
public static class AuditDiff
{
    /// <summary>Each field of either object, nested ones as <c>outer.inner</c>, in the order they stand.</summary>
    public static IReadOnlyList<FieldChange> Of(AuditEntry entry)
    {
        var before = Flat(entry.Before);
        var after = Flat(entry.After);
        return [.. before.Keys.Union(after.Keys).Select(k => new FieldChange(k, before.GetValueOrDefault(k), after.GetValueOrDefault(k)))];
    }

    private static Dictionary<string, string?> Flat(string? json)
    {
        var fields = new Dictionary<string, string?>();
        if (json is null)
            return fields;
        try
        {
            using var document = JsonDocument.Parse(json);
            Walk("", document.RootElement, fields);
        }
        catch (JsonException)
        {
            // Shown as it stands: a row that cannot be read is still a record.
            fields[""] = json;
        }
        return fields;
    }

    private static void Walk(string path, JsonElement value, Dictionary<string, string?> fields)
    {
        if (value.ValueKind == JsonValueKind.Object)
            foreach (var property in value.EnumerateObject())
                Walk(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value, fields);
        else
            fields[path] = value.ValueKind switch { JsonValueKind.Null => null, JsonValueKind.String => value.GetString(), _ => value.GetRawText() };
    }
}
