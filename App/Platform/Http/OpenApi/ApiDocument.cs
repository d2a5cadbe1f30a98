using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
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

    private static readonly JsonSerializerOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static async Task<Made> Make(IServiceProvider services)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(ApiDocsSetup.Name).GetOpenApiDocumentAsync();
        var json = JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1))!.AsObject();
        ApiFinish.Finish(json, services.GetServices<FieldDescription>());
        return new Made(Encoding.UTF8.GetBytes(json.ToJsonString(Written)), DocGroup.All(document));
    }
}
