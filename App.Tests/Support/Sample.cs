using System.Text.Json.Nodes;
using Gatehouse.Platform.Fields;

namespace Gatehouse.Tests.Support;

/// <summary>Bodies made of a noun's fields.</summary>
public static class Sample
{
    /// <summary>What a client sends to make or change the noun: all the fields that clients may set.</summary>
    public static JsonObject Body<T>(Fields<T> fields, T item) where T : class, new()
    {
        var all = JsonNode.Parse(fields.Json(item))!.AsObject();
        return new JsonObject(fields.All.Where(f => f.Is(FieldUse.Set)).Select(f => KeyValuePair.Create(f.Name, all[f.Name]?.DeepClone())));
    }
}
