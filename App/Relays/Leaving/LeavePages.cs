using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Moves;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Servers;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.Leaving;

/// <summary>On a server's page who would go where; and <c>/admin/servers/balance</c>.</summary>
public static class LeavePages
{
    public const string Balancing = "/admin/servers/balance";
    private const int Shown = 20;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/admin/servers").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        group.MapGroup("").Requires(RelayPermissions.ServersRead).MapGet("/balance", Show);
        var write = group.MapGroup("").Requires(RelayPermissions.ServersWrite);
        write.MapPost("/balance", Balance);
        write.MapPost("/{id}/leave", Leave);
    }

    /// <summary>The card of a server that something is on.</summary>
    public static async Task<RenderFragment?> Load(HttpContext ctx, RelayServer server)
    {
        var tenant = ctx.Caller().TenantId;
        var (state, plan, moves) = await ctx.RequestServices.GetRequiredService<Database>().Read(
            async s => (await LeaveStore.State(s, server.Id), await LeaveService.Preview(s, tenant, server.Id), await MoveStore.List(s, tenant, server.Id, null, true, null, Shown)), ctx.RequestAborted);
        return server.Slots == 0 && state is { Leaving: "", OverUntil: null } ? null
            : ComponentFragment.Of<LeavePanel>((nameof(LeavePanel.Server), server), (nameof(LeavePanel.Leaving), state.Leaving), (nameof(LeavePanel.OverUntil), state.OverUntil), (nameof(LeavePanel.Going), state.Going), (nameof(LeavePanel.Plan), plan), (nameof(LeavePanel.Moves), moves));
    }

    private static async Task Show(HttpContext ctx, PageRenderer pages, Database db) =>
        await pages.Render<BalancePage, BalanceModel>(ctx, new(LeaveService.Together(await db.Read(s => LeaveService.Plan(s, ctx.Caller().TenantId), ctx.RequestAborted))));

    private static async Task Balance(HttpContext ctx, Database db, LeaveService leaves)
    {
        var begun = await db.Command(ctx.Caller(), s => leaves.Balance(s, ctx.Caller()), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, Balancing, new Toast("ok", "moves.balanced", begun.Sum(g => g.Relays)));
    }

    private static async Task Leave(HttpContext ctx, string id, Database db, LeaveService leaves)
    {
        var why = (await RequestBody.Form(ctx))["leave"].ToString();
        var server = await db.Command(ctx.Caller(), s => leaves.Leave(s, ctx.Caller(), id, why), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"{ServerPages.Path}/{id}", new Toast("ok", why == LeaveService.Stay ? "moves.stay.done" : "moves.leave.done", server.Name));
    }
}

/// <param name="Plan">What would go where.</param>
public sealed record BalanceModel(IReadOnlyList<MoveGroup> Plan);
