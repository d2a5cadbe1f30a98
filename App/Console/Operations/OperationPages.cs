using Gatehouse.Platform.Http;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console.Operations;

/// <summary>/admin/operations: what takes or took long. What one sees is decided by its kind, as over REST.</summary>
public static class OperationPages
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(OperationLinks.List, List).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().RequiresSignIn();

    private static async Task List(HttpContext ctx, Database db, OperationService operations, PageRenderer pages)
    {
        var after = ctx.Request.Query["after"].ToString() is { Length: > 0 } cursor ? cursor : null;
        var page = await db.Read(tx => operations.List(tx, ctx.Caller(), after, Cursor.DefaultLimit), ctx.RequestAborted);
        await pages.Render<OperationsPage, OperationsModel>(ctx, new(page, after, operations.OutcomeOf));
    }
}

/// <param name="After">The cursor that the page begins after; null for the newest.</param>
/// <param name="Outcome">What one that succeeded gave.</param>
public sealed record OperationsModel(Slice<Operation> Page, string? After, Func<Operation, OperationOutcome?> Outcome);

/// <summary>Addresses of these pages.</summary>
public static class OperationLinks
{
    public const string List = "/admin/operations";
    public const string Outbox = "/admin/outbox";
    public const string GivenUp = Outbox + "?state=dead";
}
