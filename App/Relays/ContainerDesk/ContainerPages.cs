using System.Globalization;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Permissions;

namespace Gatehouse.Relays.ContainerDesk;

/// <summary>/admin/containers: relays' processes, as they should be and as they are.</summary>
public static class ContainerPages
{
    public const string Path = "/admin/containers";
    private const int Lines = 100, MostBare = 100;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = group.MapGroup("").Requires(RelayPermissions.ServersRead);
        read.MapGet("", List);
        read.MapGet("/{id}", Show);
        var write = group.MapGroup("").Requires(RelayPermissions.ServersWrite);
        write.MapPost("/allocate", Allocate);
        write.MapPost("/{id}/renew", Renew);
        write.MapPost("/{id}/release", Release);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db)
    {
        var query = ctx.Request.Query;
        var filter = ContainerEndpoints.Filter(query);
        var (tenant, first) = (ctx.Caller().TenantId, !query.ContainsKey("after"));
        var (page, bare) = await db.Read(async s => (await ContainerService.List(s, tenant, filter, query["after"], Cursor.DefaultLimit),
            first && filter is { State: null, Search: null } ? await RelayContainerStore.Bare(s, tenant, filter, MostBare) : []), ctx.RequestAborted);
        await pages.Render<ContainerListPage, ContainerListModel>(ctx, new(page, filter, first) { Bare = bare });
    }

    private static async Task Show(HttpContext ctx, string id, PageRenderer pages, Database db, ContainerLooks looks)
    {
        var tenant = ctx.Caller().TenantId;
        var container = await db.Read(s => ContainerService.Get(s, tenant, id), ctx.RequestAborted);
        await pages.Render<ContainerPage, ContainerModel>(ctx, new(container, await looks.Look(tenant, container, Lines, ctx.RequestAborted)));
    }

    private static async Task Allocate(HttpContext ctx, Database db, ContainerService containers)
    {
        var form = await RequestBody.Form(ctx);
        var region = long.TryParse(form["region_id"], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : throw Refusal.Field("region_id", "containers.wrong.slot");
        var made = await db.Command(ctx.Caller(), s => containers.Allocate(s, ctx.Caller(), form["rental"].ToString(), region, again: false), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"{Path}/{made[0].Id}", new Toast("ok", "containers.renewed", made[0].Server));
    }

    private static async Task Release(HttpContext ctx, string id, Database db, ContainerService containers)
    {
        var gone = await db.Command(ctx.Caller(), s => containers.Release(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "containers.released", gone.RentalName, gone.Server));
    }

    private static async Task Renew(HttpContext ctx, string id, Database db, ContainerService containers)
    {
        var made = await db.Command(ctx.Caller(), s => containers.Renew(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"{Path}/{made.Id}", new Toast("ok", "containers.renewed", made.Server));
    }
}

/// <param name="First">Is this the newest page?</param>
public sealed record ContainerListModel(Slice<RelayContainerRow> Containers, ContainerFilter Filter, bool First)
{
    /// <summary>Relays that have none.</summary>
    public IReadOnlyList<BareRelay> Bare { get; init; } = [];
}

public sealed record ContainerModel(RelayContainerRow Container, ContainerLook Look);
