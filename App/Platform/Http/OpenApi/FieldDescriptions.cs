using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gatehouse.Platform.Http.OpenApi;

/// <summary>What the API's description says of a field of a body.</summary>
/// <param name="Schema">As the description calls the body.</param>
/// <param name="Field">In snake_case.</param>
/// <param name="Values">All that it may hold, besides null; null: it is free.</param>
/// <param name="Outdated">It goes with the next version.</param>
public sealed record FieldDescription(string Schema, string Field, string Description, IReadOnlyList<string>? Values = null, bool Outdated = false);

/// <summary>How features describe their fields.</summary>
public static class FieldDescriptions
{
    /// <summary>Describes a field of <typeparamref name="T"/>.</summary>
    public static IServiceCollection DescribesField<T>(this IServiceCollection services, string field, string description, IReadOnlyList<string>? values = null, bool outdated = false)
    {
        services.Configure<OpenApiOptions>(ApiDocsSetup.Name, options => options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(T) && schema.Properties is { } all && all.TryGetValue(field, out var found) && found is OpenApiSchema described)
                described.Description = description;
            return Task.CompletedTask;
        }));
        return services.AddSingleton(new FieldDescription(typeof(T).Name, field, description, values, outdated));
    }
}
