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
    private const int Lines = 100;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = group.MapGroup("").Requires(RelayPermissions.ServersRead);
        read.MapGet("", List);
        read.MapGet("/{id}", Show);
        group.MapGroup("").Requires(RelayPermissions.ServersWrite).MapPost("/{id}/renew", Renew);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db)
    {
        var query = ctx.Request.Query;
        var filter = ContainerEndpoints.Filter(query);
        var page = await db.Read(s => ContainerService.List(s, ctx.Caller().TenantId, filter, query["after"], Cursor.DefaultLimit), ctx.RequestAborted);
        await pages.Render<ContainerListPage, ContainerListModel>(ctx, new(page, filter, !query.ContainsKey("after")));
    }

    private static async Task Show(HttpContext ctx, string id, PageRenderer pages, Database db, ContainerLooks looks)
    {
        var tenant = ctx.Caller().TenantId;
        var container = await db.Read(s => ContainerService.Get(s, tenant, id), ctx.RequestAborted);
        await pages.Render<ContainerPage, ContainerModel>(ctx, new(container, await looks.Look(tenant, container, Lines, ctx.RequestAborted)));
    }

    private static async Task Renew(HttpContext ctx, string id, Database db, ContainerService containers)
    {
        var made = await db.Command(ctx.Caller(), s => containers.Renew(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"{Path}/{made.Id}", new Toast("ok", "containers.renewed", made.Server));
    }
}

/// <param name="First">Is this the newest page?</param>
public sealed record ContainerListModel(Slice<RelayContainerRow> Containers, ContainerFilter Filter, bool First);

public sealed record ContainerModel(RelayContainerRow Container, ContainerLook Look);
