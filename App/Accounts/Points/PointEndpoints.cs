using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Points;

/// <summary><c>/api/user/points</c> for customers' programs, <c>/api/users/{id}/points</c> for staff.</summary>
public static class PointEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/api/user/points").RequiresCustomer().RequireRateLimiting(RateLimits.Api).WithTags("My account");
        own.MapGet("", Own).WithSummary("My points, the latest entry first").Paged().Produces<PointsList>();
        own.MapPost("/spend", Spend).WithSummary("Spend points").WithDescription("All or nothing: where there are fewer, nothing is taken.")
            .Refuses(PointsErrors.Insufficient).Idempotent().Accepts<PointsInput>("application/json").Produces<PointsResponse>();
        var staff = app.MapGroup("/api/users/{id}/points").RequireRateLimiting(RateLimits.Api).WithTags("Customers");
        staff.MapGet("", List).Requires(AccountsPermissions.UsersRead).WithSummary("A customer's points, the latest entry first").Refuses(CustomerErrors.NotFound).Paged().Produces<PointsList>();
        staff.MapPost("", Change).Requires(AccountsPermissions.PointsWrite).WithSummary("Give a customer points, or take some").WithDescription("An amount below zero takes. Nobody can have less than none.")
            .Refuses(CustomerErrors.NotFound, PointsErrors.Insufficient).Idempotent().Accepts<PointsInput>("application/json").Produces<PointsResponse>();
    }

    private static Task Own(HttpContext ctx, Database db, PointService points) => Page(ctx, db, points, _ => ValueTask.FromResult(ctx.Caller().Id!));

    private static Task List(HttpContext ctx, string id, Database db, PointService points, CustomerService customers) =>
        Page(ctx, db, points, s => customers.IdOf(s, ctx.Caller().TenantId, id));

    private static async Task Page(HttpContext ctx, Database db, PointService points, Func<ReadTx, ValueTask<string>> whose)
    {
        var (query, tenant) = (ctx.Request.Query, ctx.Caller().TenantId);
        var limit = Cursor.Limit(query["limit"]);
        var (balance, page) = await db.Read(async s =>
        {
            var account = await whose(s);
            return (await points.Balance(s, tenant, account), await points.List(s, tenant, account, query["after"], limit));
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, new PointsList(true, balance, page.Items, page.Next), PointsJson.Default.PointsList);
    }

    private static async Task Spend(HttpContext ctx, Database db, PointService points)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var wanted = PointEntry.Fields.Change(ctx, bytes)(new PointEntry());
        await Idempotency.Run(ctx, db, bytes, async s => Answer(await points.Spend(s, ctx.Caller(), wanted)), PointsJson.Default.PointsResponse);
    }

    private static async Task Change(HttpContext ctx, string id, Database db, PointService points)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var wanted = PointEntry.Fields.Change(ctx, bytes)(new PointEntry());
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s => Answer(await points.Change(s, ctx.Caller(), id, wanted))), PointsJson.Default.PointsResponse);
    }

    private static PointsResponse Answer(PointEntry entry) => new(true, entry.Balance, entry);
}
