using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Platform.Http.OpenApi;

/// <summary>One call as the program itself answered it.</summary>
/// <param name="Path">With its query, and real values where the route has parameters.</param>
/// <param name="Body">JSON; null where none is sent.</param>
/// <param name="Answer">JSON; null where the answer is a file.</param>
public sealed record CapturedCall(string Path, JsonNode? Body, int Status, JsonNode? Answer);

/// <summary>
/// The examples of <c>/docs</c>: one call of each operation, captured from the running program by a test that also tells when one is out
/// of step (packaging/tools/capture-examples.sh writes them anew).
/// </summary>
public static class CapturedCalls
{
    private static readonly Lazy<FrozenDictionary<string, CapturedCall>> Known = new(Read);

    /// <summary>By the operation, such as <c>GET /api/plans/{id}</c>.</summary>
    public static IReadOnlyDictionary<string, CapturedCall> All => Known.Value;

    private static FrozenDictionary<string, CapturedCall> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("api-examples.json")!;
        return JsonNode.Parse(stream, documentOptions: new JsonDocumentOptions { MaxDepth = 32 })!.AsObject().ToFrozenDictionary(
            c => c.Key, c => new CapturedCall((string)c.Value!["path"]!, c.Value["body"], (int)c.Value["status"]!, c.Value["answer"]));
    }
}
