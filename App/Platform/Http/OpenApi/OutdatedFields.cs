using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gatehouse.Platform.Http.OpenApi;

/// <summary>Fields that stay for those who read them, until the next version.</summary>
public static class OutdatedFields
{
    /// <summary>Marks a field of an answer as deprecated in the API's description.</summary>
    /// <param name="field">In snake_case.</param>
    /// <param name="instead">What to read instead.</param>
    public static IServiceCollection Outdated<T>(this IServiceCollection services, string field, string instead) => services.Configure<OpenApiOptions>(ApiDocsSetup.Name, options => options.AddSchemaTransformer((schema, context, _) =>
    {
        if (context.JsonTypeInfo.Type == typeof(T) && schema.Properties?[field] is OpenApiSchema old)
            (old.Deprecated, old.Description) = (true, instead);
        return Task.CompletedTask;
    }));
}
