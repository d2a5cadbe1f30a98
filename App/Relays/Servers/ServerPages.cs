using Gatehouse.Audit.Log;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Fields;
using Gatehouse.Relays.Engines;
using Gatehouse.Relays.Permissions;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.Servers;

/// <summary>/admin/servers.</summary>
public static class ServerPages
{
    public const string Path = "/admin/servers";

    /// <summary>Where a page that waits for a try asks how far it has come, by a key.</summary>
    public const string Tries = Path + "/tries";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = group.MapGroup("").Requires(RelayPermissions.ServersRead);
        read.MapGet("/{id}", Edit);
        var write = group.MapGroup("").Requires(RelayPermissions.ServersWrite);
        write.MapGet("/new", New);
        write.MapPost("/new", Create);
        write.MapPost("/{id}", Change);
        write.MapPost("/{id}/drain", Drain);
        write.MapPost("/{id}/join", Join);
        write.MapPost("/{id}/try", Try);
        write.MapPost("/{id}/remove", Remove);
    }

    // What devices would reach this machine by is most likely what this page was reached by.
    private static async Task New(HttpContext ctx, PageRenderer pages, Database db, ServerService servers)
    {
        var kind = ctx.Request.Query["kind"].ToString();
        if (kind is not (RelayServer.RelayHost or RelayServer.Docker))
            kind = RelayServer.Embedded;
        var begun = CopyLink.Of(ctx) is { } from ? await Find(ctx, from, db, servers) with { Name = "", Draining = false } : new RelayServer
        {
            Kind = kind, Engine = kind == RelayServer.Docker ? new DockerSettings($"unix://{UnixAddress.Usual}").ToText() : RelayServer.NoEngine, Address = kind == RelayServer.RelayHost ? "" : ctx.Request.Host.Host, Currency = ctx.Text().Language == "zh" ? "CNY" : "USD",
        };
        await Show(ctx, pages, null, RelayServer.Fields.ToForm(begun));
    }

    private static async Task Create(HttpContext ctx, PageRenderer pages, Database db, ServerService servers, TryWatch watch)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        IReadOnlyList<ServerCheck> tried = [];
        try
        {
            var wanted = RelayServer.Fields.FromForm(new RelayServer(), form);
            tried = await servers.Try(wanted, ctx.RequestAborted, watch.Begin(ctx.Caller().TenantId, form["try"]));
            var (made, join) = await db.Command(ctx.Caller(), async s => await servers.Create(s, ctx.Caller(), wanted, tried) is var one ? (one, await servers.Join(s, ctx.Caller(), one, SiteAddress.Of(ctx))) : default, ctx.RequestAborted);
            if (join is null)
                PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "servers.added", made.Name));
            else
                await pages.Render<ServerJoinPage, ServerJoinModel>(ctx, new(made, join));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            // To be compared; pressed again, it is confirmed.
            if (tried.FirstOrDefault(c => c.HostKey is not null) is { HostKey: { } shown })
                form["docker_host_key"] = shown;
            await Show(ctx, pages, null, form, refusal, tried);
        }
        finally
        {
            watch.End(ctx.Caller().TenantId, form["try"]);
        }
    }

    private static async Task Edit(HttpContext ctx, string id, PageRenderer pages, Database db, ServerService servers)
    {
        var server = await Find(ctx, id, db, servers);
        await Show(ctx, pages, server, RelayServer.Fields.ToForm(server));
    }

    private static async Task Change(HttpContext ctx, string id, PageRenderer pages, Database db, ServerService servers)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var changed = await db.Command(ctx.Caller(), s => servers.Update(s, ctx.Caller(), id, v => RelayServer.Fields.FromForm(v, form)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "servers.saved", changed.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, pages, await Find(ctx, id, db, servers), form, refusal);
        }
    }

    private static async Task Drain(HttpContext ctx, string id, Database db, ServerService servers)
    {
        var on = (await RequestBody.Form(ctx))["draining"] == "true";
        var changed = await db.Command(ctx.Caller(), s => servers.Update(s, ctx.Caller(), id, v => v with { Draining = on }), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("ok", on ? "servers.drained" : "servers.opened", changed.Name));
    }

    // The token stands on the page that answers, and nowhere else: no redirect, no cookie.
    private static async Task Join(HttpContext ctx, string id, PageRenderer pages, Database db, ServerService servers)
    {
        try
        {
            var (server, join) = await db.Command(ctx.Caller(), s => servers.JoinAnew(s, ctx.Caller(), id, SiteAddress.Of(ctx)), ctx.RequestAborted);
            await pages.Render<ServerJoinPage, ServerJoinModel>(ctx, new(server, join));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            var server = await Find(ctx, id, db, servers);
            await Show(ctx, pages, server, RelayServer.Fields.ToForm(server), refusal);
        }
    }

    private static async Task Try(HttpContext ctx, string id, PageRenderer pages, Database db, ServerService servers, TryWatch watch)
    {
        var server = await Find(ctx, id, db, servers);
        try
        {
            await Show(ctx, pages, server, RelayServer.Fields.ToForm(server), tried: await servers.TryAgain(server, ctx.RequestAborted, watch.Begin(ctx.Caller().TenantId, id)));
        }
        finally
        {
            watch.End(ctx.Caller().TenantId, id);
        }
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, ServerService servers)
    {
        var gone = await db.Command(ctx.Caller(), s => servers.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "servers.removed", gone.Name));
    }

    private static Task<RelayServer> Find(HttpContext ctx, string id, Database db, ServerService servers) => db.Read(s => servers.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);

    private static async Task Show(HttpContext ctx, PageRenderer pages, RelayServer? server, FormValues form, Refusal? refused = null, IReadOnlyList<ServerCheck>? tried = null) =>
        await pages.Render<ServerFormPage, ServerFormModel>(ctx, new(form, tried ?? [], server, refused) { Panels = server is null ? [] : await ServerPanel.All(ctx, server) }, refused?.Status ?? 200);
}

/// <param name="Tried">What trying it has found.</param>
/// <param name="Server">Null while it is being added.</param>
public sealed record ServerFormModel(FormValues Form, IReadOnlyList<ServerCheck> Tried, RelayServer? Server = null, Refusal? Refusal = null) : IFormModel
{
    /// <summary>Cards of other rooms.</summary>
    public IReadOnlyList<RenderFragment> Panels { get; init; } = [];

    /// <summary>What a try from this page is known by.</summary>
    public string Try { get; } = Server?.Id ?? Platform.Crypto.Ids.New();
}

/// <param name="Join">Shown on this page and nowhere else.</param>
public sealed record ServerJoinModel(RelayServer Server, ServerJoin Join);
