using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Http.OpenApi;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>
/// The examples of <c>/docs</c> are what the program answers. With GATEHOUSE_CAPTURE set, they are written anew
/// (packaging/tools/capture-examples.sh).
/// </summary>
public sealed partial class ApiExamplesTests
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What is another at each run, of health, of jobs and of deliveries, which go on in the background: that it is there is all that is compared.
    private static readonly string[] Volatile =
        ["version", "time_ms", "free_bytes", "free_percent", "drift_ms", "status", "overdue", "running", "last_started_at", "last_duration_ms", "last_succeeded", "last_result", "next_at",
            "state", "next_try_at", "attempts", "ended_at", "last_answer"];

    [Fact]
    public async Task Each_is_what_the_program_answers()
    {
        await using var server = await TestServer.Start(settings: ApiTour.Settings);
        var live = await ApiTour.Take(server);
        var operations = EndpointCatalogue.Rows.Where(r => r.Route.StartsWith("/api/", StringComparison.Ordinal)).Select(r => r.ToString()).ToList();
        Assert.Equal(operations.Order(StringComparer.Ordinal), live.Keys);
        if (Environment.GetEnvironmentVariable("GATEHOUSE_CAPTURE") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(Repository.Path("App", "ApiExamples.json"), new JsonObject(live.Select(c => KeyValuePair.Create<string, JsonNode?>(c.Key, ToJson(c.Value)))).ToJsonString(Written) + "\n");
            return;
        }
        var wrong = new List<string>();
        foreach (var operation in operations.Union(CapturedCalls.All.Keys))
            if (!live.TryGetValue(operation, out var now) || !CapturedCalls.All.TryGetValue(operation, out var shown))
                wrong.Add($"{operation}: {(live.ContainsKey(operation) ? "no example" : "no such operation")}");
            else
                Compare(wrong, operation, ToJson(shown), ToJson(now));
        Assert.True(wrong.Count == 0, "Run packaging/tools/capture-examples.sh if these are meant:\n" + string.Join('\n', wrong.Take(40)));
    }

    [Fact]
    public async Task The_page_shows_them_where_they_belong()
    {
        await using var server = await TestServer.Start();
        var page = await server.Browser().Get("/docs");
        foreach (var (operation, call) in CapturedCalls.All)
        {
            var parts = operation.Split(' ');
            var shown = page.One($"#{parts[0].ToLowerInvariant()}-{string.Join('-', parts[1].Split(['/', '{', '}', '_', '.'], StringSplitOptions.RemoveEmptyEntries))}").QuerySelectorAll("pre code").Select(p => JsonNode.Parse(p.TextContent)).ToList();
            Assert.Equal(new[] { call.Body, call.Answer }.OfType<JsonNode>().Select(n => n.ToJsonString()), shown.Select(n => n!.ToJsonString()));
        }
        var verdict = CapturedCalls.All["POST /api/validate"].Answer!;
        Assert.Equal(("VALID", 2592000, true), ((string)verdict["code"]!, (long)verdict["remaining_seconds"]!, (bool)verdict["first_activation"]!));
        Assert.True(string.CompareOrdinal((string)verdict["used_at"]!, (string)verdict["expire_at"]!) < 0);
        // A line for the shell is the call that was captured.
        Assert.Contains($"/api/keys/{(string)CapturedCalls.All["GET /api/keys/{key}"].Answer!["key"]!["key"]!}'", page.One("#get-api-keys-key .gh-code code").TextContent);
    }

    private static JsonObject ToJson(CapturedCall call) => new() { ["path"] = call.Path, ["body"] = call.Body?.DeepClone(), ["status"] = call.Status, ["answer"] = call.Answer?.DeepClone() };

    private static void Compare(List<string> wrong, string at, JsonNode? shown, JsonNode? now)
    {
        switch (shown, now)
        {
            case (JsonObject a, JsonObject b) when a.Select(m => m.Key).SequenceEqual(b.Select(m => m.Key)):
                foreach (var (name, value) in a)
                    if (!Volatile.Contains(name) || !Changing().IsMatch(at))
                        Compare(wrong, $"{at} {name}", value, b[name]);
                break;
            case (JsonArray a, JsonArray b) when a.Count == b.Count:
                for (var i = 0; i < a.Count; i++)
                    Compare(wrong, $"{at}[{i}]", a[i], b[i]);
                break;
            case (JsonValue a, JsonValue b) when Plain(a) == Plain(b):
            case (null, null):
                break;
            default:
                wrong.Add($"{at}: {shown?.ToJsonString() ?? "null"} is shown, {now?.ToJsonString() ?? "null"} answered");
                break;
        }
    }

    // Without what is made up anew each time: ids, codes of keys, secrets, hashes, signatures, cursors, codes, solved challenges.
    private static string Plain(JsonValue value) => MadeUp().Replace(value.ToJsonString(), "#");

    [GeneratedRegex("^[A-Z]+ /api/(health|jobs|outbox)")]
    private static partial Regex Changing();

    [GeneratedRegex(@"127\.0\.0\.1:[0-9]{4,5}|\br[0-9a-f]{12}\.relay\b|\bCARD-[2-9A-HJ-NP-Z]{12}\b|[a-z2-9]{5}(-[a-z2-9]{5}){3}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|([0-9a-f]{8}\.)?[0-9a-f]{64}|\b[2-9A-HJ-NP-Z]{12}\b|[0-9A-Za-z_-]{43,}|-----BEGIN LICENSE FILE-----.*-----END LICENSE FILE-----|\b[0-9a-f]{16}\b|[a-z]+[0-9]+x|""[0-9]+""|""[0-9A-Za-z_-]{16}""|[3467ACDEFGHJKMNPQRTWXY]{4}-[3467ACDEFGHJKMNPQRTWXY]{4}|GH[3467ACDEFGHJKMNPQRTWXY]{8}[0-9]{2}|\b[3467ACDEFGHJKMNPQRTWXY]{7}\b|\bGR[0-9a-f]{32}\b|\bTHX[3467ACDEFGHJKMNPQRTWXY]{10}\b|(/|%2F)orders(/|%2F)[0-9A-Za-z_-]{22}|sign=[0-9a-f]{32}")]
    private static partial Regex MadeUp();
}
