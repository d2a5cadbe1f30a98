using System.Text.Json.Serialization.Metadata;

namespace Gatehouse.Platform.Http;

/// <summary>A query parameter that a handler reads itself.</summary>
/// <param name="Type"><c>string</c>, <c>integer</c>, <c>boolean</c> or <c>date-time</c>.</param>
public sealed record QueryParameter(string Name, string Description, string Type);

/// <summary>Codes that an endpoint refuses with, besides those that any may.</summary>
public sealed record RefusalCodes(IReadOnlyList<ErrorCode> Codes);

/// <summary>The endpoint honours <c>Idempotency-Key</c>.</summary>
public sealed record IdempotentMark;

/// <summary>The endpoint answers something else than JSON: a file.</summary>
public sealed record FileResponse(string ContentType, string Description);

/// <summary>What endpoints tell of themselves for the API's description, beyond the framework's own (Accepts, Produces, WithSummary, WithTags).</summary>
public static class ApiDescription
{
    public static T Query<T>(this T builder, string name, string description, string type = "string") where T : IEndpointConventionBuilder =>
        With(builder, new QueryParameter(name, description, type));

    /// <summary>The parameters of every list: <c>after</c> and <c>limit</c>.</summary>
    public static T Paged<T>(this T builder) where T : IEndpointConventionBuilder => builder
        .Query("after", "The `next` of the page before. Without it, the first page.")
        .Query("limit", $"Items a page, 1 to {Cursor.MaxLimit}; {Cursor.DefaultLimit} when left out.", "integer");

    public static T Refuses<T>(this T builder, params ErrorCode[] codes) where T : IEndpointConventionBuilder => With(builder, new RefusalCodes(codes));

    public static T Idempotent<T>(this T builder) where T : IEndpointConventionBuilder => With(builder, new IdempotentMark());

    public static T Sends<T>(this T builder, string contentType, string description) where T : IEndpointConventionBuilder => With(builder, new FileResponse(contentType, description));

    private static T With<T>(T builder, object metadata) where T : IEndpointConventionBuilder
    {
        builder.Add(b => b.Metadata.Add(metadata));
        return builder;
    }
}

/// <summary>The shapes of the description.</summary>
public static class ApiJson
{
    /// <summary>Makes a feature's JSON shapes known to the API's description.</summary>
    public static IServiceCollection AddApiJson(this IServiceCollection services, params IJsonTypeInfoResolver[] shapes) => services.ConfigureHttpJsonOptions(json =>
    {
        foreach (var shape in shapes)
            json.SerializerOptions.TypeInfoResolverChain.Add(shape);
    });
}
