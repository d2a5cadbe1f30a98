using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Operations;

/// <summary>Work that takes long, as the API tells it. <c>title</c> is in the caller's language; <c>done</c> of <c>total</c> is its progress.</summary>
public sealed record OperationItem(
    string Id, string Kind, string Title, string State, string RequestedBy, DateTime CreatedAt, DateTime? StartedAt, DateTime? FinishedAt, long Done, long Total,
    JsonElement? Result, OperationFailure? Failure);

/// <summary>Why it failed, as the request would have been refused: then nothing of it was kept.</summary>
public sealed record OperationFailure(string Code, string Message, Dictionary<string, string[]>? Errors);

public sealed record OperationList(bool Success, IReadOnlyList<OperationItem> Items, string? Next);

public sealed record OperationResponse(bool Success, OperationItem Operation);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OperationList))]
[JsonSerializable(typeof(OperationResponse))]
internal sealed partial class OperationsJson : JsonSerializerContext;

/// <summary>/api/operations: what takes long, from whichever node it is asked. What one may see is decided by its kind.</summary>
public static class OperationEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/operations").RequireRateLimiting(RateLimits.Api).WithTags("Operations").RequiresSignIn();
        group.MapGet("", List).Paged().Produces<OperationList>().WithSummary("List what takes or took long, newest first").WithName("listOperations")
            .WithDescription("Generating, importing and changing many keys, for 30 days after they ended. Each kind asks for a permission of its own; others are left out.");
        group.MapGet("/{id}", Get).Produces<OperationResponse>().Refuses(OperationErrors.NotFound).WithSummary("How far one is").WithName("getOperation");
    }

    private static async Task List(HttpContext ctx, Database db, OperationService operations)
    {
        var query = ctx.Request.Query;
        var limit = Cursor.Limit(query["limit"]);
        var page = await db.Read(tx => operations.List(tx, ctx.Caller(), query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new OperationList(true, [.. page.Items.Select(o => Item(ctx.Text(), o))], page.Next), OperationsJson.Default.OperationList);
    }

    private static async Task Get(string id, HttpContext ctx, Database db, OperationService operations)
    {
        var operation = await db.Read(tx => operations.Get(tx, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new OperationResponse(true, Item(ctx.Text(), operation)), OperationsJson.Default.OperationResponse);
    }

    private static OperationItem Item(Localizer text, Operation o) => new(
        o.Id, o.Kind, text["operation." + o.Kind], o.State, o.Who.Name, Time(o.CreatedAt)!.Value, Time(o.StartedAt), Time(o.FinishedAt), o.Done, o.Total,
        o.Result is { } result ? Parse(result) : null, o.Failure is { } failure ? Failed(Problem.From(failure, text)) : null);

    private static OperationFailure Failed(Problem problem) => new(problem.Code, problem.Message, problem.Errors);

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static DateTime? Time(long? at) => at is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime : null;
}
