using System.Text.Json;
using System.Text.Json.Serialization;

// What the machine can do: Kestrel that parses the JSON of POST /api/validate and answers with JSON of the same shape, and nothing else.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
var app = builder.Build();
app.MapPost("/api/validate", Validate);
app.Run();

static async Task Validate(HttpContext ctx)
{
    var ask = (await JsonSerializer.DeserializeAsync(ctx.Request.Body, FloorJson.Default.Ask))!;
    ctx.Response.ContentType = "application/json; charset=utf-8";
    var body = JsonSerializer.SerializeToUtf8Bytes(new Verdict(true, true, "VALID", "The key is valid.", "active", false, ask.Code, "VIP", ask.MachineCode,
        "2026-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z", 31536000, new string('x', 1600)), FloorJson.Default.Verdict);
    ctx.Response.ContentLength = body.Length;
    await ctx.Response.Body.WriteAsync(body);
}

internal sealed record Ask(string Code, string MachineCode);

internal sealed record Verdict(
    bool Success, bool Valid, string Code, string Message, string Status, bool FirstActivation, string FullCode, string Plan, string MachineCode,
    string UsedAt, string ExpireAt, long RemainingSeconds, string Certificate);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Ask))]
[JsonSerializable(typeof(Verdict))]
internal sealed partial class FloorJson : JsonSerializerContext;
