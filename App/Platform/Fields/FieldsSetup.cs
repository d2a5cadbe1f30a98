using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Platform.Http.OpenApi;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gatehouse.Platform.Fields;

/// <summary>Writes a noun by its fields wherever it stands in an answer.</summary>
public abstract class FieldsConverter<T>(Fields<T> fields) : JsonConverter<T> where T : class, new()
{
    /// <exception cref="NotSupportedException">Always: what clients send is read by <see cref="Fields{T}.Change"/>.</exception>
    public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => fields.WriteJson(writer, value);
}

public static class FieldsSetup
{
    // Where the framework notes that a schema is one of the document's named ones.
    private const string SchemaId = "x-schema-id";

    /// <summary>Tells the API's description of the noun: as answers show it, and as clients send it.</summary>
    /// <typeparam name="TBody">A type without members that stands for the body, by its own name.</typeparam>
    /// <param name="view">What the description calls the noun in answers.</param>
    public static IServiceCollection AddFields<T, TBody>(this IServiceCollection services, Fields<T> fields, string view) where T : class, new() =>
        services.AddFields<T, T, TBody>(fields, view);

    /// <inheritdoc cref="AddFields{T, TBody}"/>
    /// <typeparam name="TView">What stands for the noun in answers, where that is not itself.</typeparam>
    /// <param name="body">What clients may send, where that is less than what may be set at all.</param>
    public static IServiceCollection AddFields<T, TView, TBody>(this IServiceCollection services, Fields<T> fields, string view, Fields<T>? body = null) where T : class, new() =>
        services.Configure<OpenApiOptions>(ApiDocsSetup.Name, options =>
        {
            var name = options.CreateSchemaReferenceId;
            options.CreateSchemaReferenceId = type => type.Type == typeof(TView) ? view : name(type);
            options.AddSchemaTransformer((schema, context, _) =>
            {
                if (context.JsonTypeInfo.Type == typeof(TView))
                    Describe(schema, fields.All.Where(f => f.Is(FieldUse.Shown)), body: false);
                else if (context.JsonTypeInfo.Type == typeof(TBody))
                    Describe(schema, (body ?? fields).All.Where(f => f.Is(FieldUse.Set)), body: true);
                // The framework knows nothing of what a converter writes, and says nothing of the items of a list of it: they come next.
                else if (context.JsonTypeInfo.ElementType == typeof(TView))
                    schema.Items = new OpenApiSchema { Metadata = new Dictionary<string, object> { [SchemaId] = view } };
                return Task.CompletedTask;
            });
        });

    private static void Describe<T>(OpenApiSchema schema, IEnumerable<Field<T>> fields, bool body)
    {
        schema.Type = JsonSchemaType.Object;
        schema.Properties = fields.ToDictionary(f => f.Name, IOpenApiSchema (f) => new OpenApiSchema
        {
            Type = body ? f.Shape | JsonSchemaType.Null : f.Shape, Format = f.Shape is { } shape && shape.HasFlag(JsonSchemaType.Integer) ? "int64" : null,
        });
        // Every member is in every answer; what a client leaves out has a default, or stays as it is.
        schema.Required = body ? null : schema.Properties.Keys.ToHashSet();
    }
}
