using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Leaving;

/// <param name="Leave"><c>drained</c>: all go to others, and it takes nobody new; <c>removed</c>: then it is removed as well; <c>none</c>: they stay.</param>
public sealed record LeaveBody(string? Leave = null);

/// <param name="To">The id of a server; null: there is no room for them.</param>
/// <param name="Relays">How many go there.</param>
/// <param name="People">Whose they are.</param>
public sealed record MoveGroupView(string From, string FromName, string? To, string? ToName, int Relays, int People)
{
    internal static IReadOnlyList<MoveGroupView> Of(IReadOnlyList<MoveGroup> groups) => [.. groups.Select(g => new MoveGroupView(g.From.Id, g.From.Name, g.To?.Id, g.To?.Name, g.Relays, g.People))];
}

/// <param name="Leaving"><c>drained</c>, <c>removed</c> or <c>none</c>.</param>
/// <param name="OverUntil">Its traffic allowance is used up as far as it may be, until then.</param>
/// <param name="Going">Relays that are on their way from it.</param>
/// <param name="Plan">Where those that are on it would go.</param>
public sealed record LeaveResponse(bool Success, string Server, string Name, string Leaving, DateTime? OverUntil, long Going, IReadOnlyList<MoveGroupView> Plan);

/// <param name="Plan">Of the answer to POST: what has begun.</param>
public sealed record MoveBalanceResponse(bool Success, IReadOnlyList<MoveGroupView> Plan);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(LeaveBody))]
[JsonSerializable(typeof(LeaveResponse))]
[JsonSerializable(typeof(MoveBalanceResponse))]
internal sealed partial class RelayLeaveJson : JsonSerializerContext;

/// <summary>/api/moves/server and /api/moves/balance.</summary>
public static class LeaveEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/moves").RequireRateLimiting(RateLimits.Api).WithTags("Relay servers");
        var read = group.MapGroup("").Requires(RelayPermissions.ServersRead);
        read.MapGet("/server/{id}", Preview).WithSummary("Where a server's relays would go").WithDescription("By regions, addresses and room as they are now.").Refuses(ServerErrors.NotFound).Produces<LeaveResponse>();
        read.MapGet("/balance", Plan).WithSummary("What would be better placed elsewhere").WithDescription("Relays of one rental that are beside each other go apart; then, within each region, some go from full servers to empty ones. At most 200.").Produces<MoveBalanceResponse>();
        var write = group.MapGroup("").Requires(RelayPermissions.ServersWrite);
        write.MapPost("/server/{id}", Leave).WithSummary("Have a server's relays go to others, or stay").WithDescription("They go one after another, each as `POST /api/moves` does. With `removed` the server is removed when nothing is on it any more. With `none` it goes on taking nobody new until `draining` is switched off.")
            .Refuses(ServerErrors.NotFound).Accepts<LeaveBody>("application/json").Produces<LeaveResponse>();
        write.MapPost("/balance", Balance).WithSummary("Begin the moves that make it better").Produces<MoveBalanceResponse>();
    }

    private static async Task Preview(HttpContext ctx, string id, Database db, ServerService servers) =>
        await SignedJson.Send(ctx, await db.Read(async s => await Of(s, ctx.Caller().TenantId, await servers.Get(s, ctx.Caller().TenantId, id)), ctx.RequestAborted), RelayLeaveJson.Default.LeaveResponse);

    private static async Task Leave(HttpContext ctx, string id, Database db, LeaveService leaves)
    {
        var who = ctx.Caller();
        var body = RequestBody.Parse(ctx, await RequestBody.Bytes(ctx), RelayLeaveJson.Default.LeaveBody);
        await SignedJson.Send(ctx, await db.Command(who, async s => await Of(s, who.TenantId, await leaves.Leave(s, who, id, body.Leave)), ctx.RequestAborted), RelayLeaveJson.Default.LeaveResponse);
    }

    private static async Task Plan(HttpContext ctx, Database db) =>
        await SignedJson.Send(ctx, new MoveBalanceResponse(true, MoveGroupView.Of(LeaveService.Together(await db.Read(s => LeaveService.Plan(s, ctx.Caller().TenantId), ctx.RequestAborted)))), RelayLeaveJson.Default.MoveBalanceResponse);

    private static async Task Balance(HttpContext ctx, Database db, LeaveService leaves) =>
        await SignedJson.Send(ctx, new MoveBalanceResponse(true, MoveGroupView.Of(await db.Command(ctx.Caller(), s => leaves.Balance(s, ctx.Caller()), ctx.RequestAborted))), RelayLeaveJson.Default.MoveBalanceResponse);

    private static async ValueTask<LeaveResponse> Of(ReadTx s, string tenant, RelayServer server)
    {
        var state = await LeaveStore.State(s, server.Id);
        return new(true, server.Id, server.Name, state.Leaving.Length > 0 ? state.Leaving : LeaveService.Stay, state.OverUntil is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until).UtcDateTime : null, state.Going,
            MoveGroupView.Of(await LeaveService.Preview(s, tenant, server.Id)));
    }
}
