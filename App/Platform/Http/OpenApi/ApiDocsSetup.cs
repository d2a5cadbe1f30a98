using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http.Origins;
using Gatehouse.Platform.Ui;
using Microsoft.OpenApi;

namespace Gatehouse.Platform.Http.OpenApi;

/// <summary>The description of the REST faces: <c>/openapi/v1.json</c> for programs and <c>/docs</c> for people, made from the endpoints themselves.</summary>
public static class ApiDocsSetup
{
    internal const string Name = "v1";

    public static IServiceCollection AddApiDocs(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddApiJson(WebJson.Default);
        services.AddOpenApi(Name, options =>
        {
            options.ShouldInclude = endpoint => endpoint.RelativePath is { } path && (path.StartsWith("api/", StringComparison.Ordinal) || path.StartsWith("v1/", StringComparison.Ordinal));
            options.AddDocumentTransformer(ApiDescriber.Describe);
            options.AddOperationTransformer(ApiDescriber.Describe);
            // The framework passes over what holds members of any name.
            options.AddSchemaTransformer((schema, context, _) =>
            {
                if (context.JsonTypeInfo.Properties.Any(p => p.IsExtensionData))
                    schema.AdditionalProperties = new OpenApiSchema();
                return Task.CompletedTask;
            });
        });
        services.AddSingleton<ApiDocument>();
        return services;
    }

    public static void MapApiDocs(this IEndpointRouteBuilder app)
    {
        app.MapGet("/openapi/v1.json", Json).OpenToAll(asks: false).OpenToOrigins().RequireRateLimiting(RateLimits.Api).ExcludeFromDescription();
        app.MapGet("/docs", Page).OpenToAll().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
    }

    private static async Task Json(HttpContext ctx, ApiDocument document) => await SignedJson.Send(ctx, 200, (await document.Get()).Json, SignedJson.Json);

    private static async Task Page(HttpContext ctx, ApiDocument document, ErrorCatalogue errors, IConfiguration config, PageRenderer pages) => await pages.Render<DocsPage, DocsModel>(ctx, new(
        (await document.Get()).Groups,
        errors.All,
        ConfigOptions.Value(config, "Server:PublicUrl") is { Length: > 0 } known ? known.TrimEnd('/') : $"{ctx.Request.Scheme}://{ctx.Request.Host.Value}"));
}

/// <param name="Address">How this server is reached, without a slash at the end.</param>
public sealed record DocsModel(IReadOnlyList<DocGroup> Groups, IReadOnlyList<ErrorCode> Errors, string Address);
