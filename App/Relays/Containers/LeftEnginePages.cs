using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Servers;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.Containers;

/// <summary>What staff do about engines: those of servers that were removed are given up, and another behind the same address is taken.</summary>
public static class LeftEnginePages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var write = app.MapGroup(ServerPages.Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(RelayPermissions.ServersWrite);
        write.MapPost("/left/{id}/give-up", GiveUp);
        write.MapPost("/{id}/engine", Take);
    }

    /// <summary>Above the list of servers.</summary>
    internal static async Task<RenderFragment?> Notice(HttpContext ctx)
    {
        var left = await ctx.RequestServices.GetRequiredService<Database>().Read(s => LeftEngineStore.OfTenant(s, ctx.Caller().TenantId), ctx.RequestAborted);
        return left.Count == 0 ? null : ComponentFragment.Of<LeftEnginesCard>((nameof(LeftEnginesCard.Engines), left));
    }

    private static async Task GiveUp(HttpContext ctx, string id, Database db, LeftEngines engines)
    {
        var left = await db.Command(ctx.Caller(), s => engines.GiveUp(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, ServerPages.Path, new Toast("ok", "servers.left.given_up", left.Name));
    }

    private static async Task Take(HttpContext ctx, string id, Database db, ServerService servers)
    {
        var server = await db.Command(ctx.Caller(), s => servers.TakeEngine(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"{ServerPages.Path}/{id}", new Toast("ok", "servers.engine.taken", server.Name));
    }
}
