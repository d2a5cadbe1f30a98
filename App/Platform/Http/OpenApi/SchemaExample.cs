using System.Text.Json.Nodes;

namespace Gatehouse.Platform.Http.OpenApi;

/// <summary>A believable value for a field of the API, declared by the feature that has the field; shown where its type fits.</summary>
public sealed record SchemaExample(string Field, Func<JsonNode?> Value);
