using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing;

/// <summary>What the REST tests of keys and plans share.</summary>
internal static class ApiContract
{
    public static IEnumerable<string> Names(this JsonNode? node) => node!.AsObject().Select(p => p.Key);

    public static IEnumerable<JsonNode?> Items(this ApiAnswer answer) => answer["items"]!.AsArray();

    /// <summary>Fails unless it is a problem with that status and code, and says nothing else.</summary>
    public static void IsProblem(this ApiAnswer answer, HttpStatusCode status, string code, params string[] fields)
    {
        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.StartsWith("application/problem+json", answer.ContentHeaders.ContentType!.ToString());
        Assert.Equal(fields.Length == 0 ? ["type", "title", "status", "detail", "success", "code", "message"] : ["type", "title", "status", "detail", "success", "code", "message", "errors"], answer.Body.Names());
        Assert.False((bool)answer["success"]!);
        Assert.Equal(fields, answer["errors"]?.AsObject().Select(p => p.Key).Order() ?? Enumerable.Empty<string>());
    }

    public static async Task<string> Plan(this HttpClient http, string name = "VIP", long? duration = 86_400, long machines = 1)
    {
        var answer = await http.PostApi("/api/plans", new { name, kind = "software", duration_seconds = duration, price = 990, currency = "CNY", machine_limit = machines, prefix = "VIP", entitlements = new { beta = true, seats = 10 } });
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return (string)answer["plan"]!["id"]!;
    }

    public static async Task<List<string>> Keys(this HttpClient http, string plan, int count)
    {
        var answer = await http.PostApi("/api/keys/generate", new { plan, count });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return [.. answer["keys"]!.AsArray().Select(k => (string)k!)];
    }

    public static Task<ApiAnswer> Validate(this TestServer server, string code, string machine = "machine-1") =>
        server.Http.PostApi("/api/validate", new { code, machine_code = machine });
}
