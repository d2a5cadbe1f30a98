using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gatehouse.Platform.Http.OpenApi;

/// <summary>The OpenAPI document, made once at first use: the endpoints do not change while the program runs.</summary>
public sealed class ApiDocument
{
    private readonly Lazy<Task<Made>> _made;

    public ApiDocument(IServiceProvider services) => _made = new(() => Make(services));

    public sealed record Made(byte[] Json, IReadOnlyList<DocGroup> Groups);

    public Task<Made> Get() => _made.Value;

    private static async Task<Made> Make(IServiceProvider services)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(ApiDocsSetup.Name).GetOpenApiDocumentAsync();
        return new Made(Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1)), DocGroup.All(document));
    }
}
