using System.Text.Json;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Relays.Permissions;

namespace Gatehouse.Relays.Servers;

/// <summary>/api/add_server, /api/servers, /api/server.</summary>
public static class ServerEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api").RequireRateLimiting(RateLimits.Api).WithTags("Relay servers");
        var read = group.MapGroup("").Requires(RelayPermissions.ServersRead);
        read.MapGet("/servers", List).WithSummary("List servers, the newest first").Query("q", "Part of a name, an address, a region or notes.").Paged().Produces<RelayServerList>();
        read.MapGet("/server/status/{id}", Status).WithSummary("A server, and how its relays do").Refuses(ServerErrors.NotFound).Produces<RelayServerStatus>();
        var write = group.MapGroup("").Requires(RelayPermissions.ServersWrite);
        write.MapPost("/add_server", Add).WithSummary("Try a server and add it")
            .WithDescription("`kind` `embedded`: its relays run in the appliance's own process, and `address` is where devices reach this machine. `relay_host`: they run on the machine at `address`, in one process that dials out to this appliance, by `link_url` where it is not the public address; `join.command` of the answer is what to run there, and told once. `docker`: each runs in a container of the Docker engine at `docker.url`: `unix:///var/run/docker.sock`, `tcp://HOST:2376` with `docker.tls` (`ca`, `certificate`, `key`: PEM), or `ssh://USER@HOST:22` with `docker.ssh` (`private_key` or `password`; `host_key` as the refusal shows it the first time, once you have compared it). What is secret is stored sealed and never told again. The answer tells step by step what was tried; when a step fails, nothing is added. Rates are bytes a second, `multiplier` is percent.")
            .Idempotent().Accepts<RelayServerInput>("application/json").Produces<RelayServerAdded>(201);
        write.MapPost("/server/{id}/join", Join).WithSummary("Make a new join token for a server's host").WithDescription("Of kind `relay_host`: `command` is what to run there. The token is told in this answer and nowhere else; the one before is dead, and the link that came in by it ends at once.")
            .Refuses(ServerErrors.NotFound).Produces<RelayServerJoined>();
        write.MapPost("/server/{id}/try", Try).WithSummary("Try a server as it is now, step by step").Refuses(ServerErrors.NotFound).Produces<RelayServerTried>();
        write.MapPatch("/server/{id}", Change).WithSummary("Change what is named").WithDescription("The address stays while relays are on it: devices know them by it. `draining`: it takes no new ones.").Refuses(ServerErrors.NotFound).Accepts<RelayServerInput>("application/json").Produces<RelayServerResponse>();
        write.MapDelete("/server/{id}", Remove).WithSummary("Remove a server that no relay is on").Refuses(ServerErrors.NotFound, ServerErrors.InUse).Produces<RelayServerRemoved>();
    }

    private static async Task List(HttpContext ctx, Database db, ServerService servers)
    {
        var (query, limit) = (ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]));
        var page = await db.Read(s => servers.List(s, ctx.Caller().TenantId, SearchTerm.Of(query["q"]), query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new RelayServerList(true, page.Items, page.Next), RelayServerJson.Default.RelayServerList);
    }

    private static async Task Status(HttpContext ctx, string id, Database db, ServerService servers)
    {
        var (server, counts, error) = await db.Read(async s =>
        {
            var found = await servers.Get(s, ctx.Caller().TenantId, id);
            return (found, await ServerStore.States(s, found.Id), await ServerStore.LastError(s, found.Id));
        }, ctx.RequestAborted);
        var said = Message.TryParse(server.EngineError ?? error ?? "", out var message) ? ctx.Text()[message] : null;
        await SignedJson.Send(ctx, new RelayServerStatus(true, server, server.Slots, counts.GetValueOrDefault("running"), counts.GetValueOrDefault("failed"), server.Room, said), RelayServerJson.Default.RelayServerStatus);
    }

    private static async Task Add(HttpContext ctx, Database db, ServerService servers)
    {
        var bytes = await RequestBody.Bytes(ctx);
        // Of a kind that is not there, nothing else is worth a word.
        if (RequestBody.Members(ctx, bytes).FirstOrDefault(m => m.Name == "kind").Value is { ValueKind: JsonValueKind.String } kind && !servers.Kinds.Contains(kind.GetRawText().Trim('"')))
            throw Refusal.Field("kind", "servers.wrong.kind", string.Join(", ", servers.Kinds));
        var wanted = RelayServer.Fields.Change(ctx, bytes)(new RelayServer());
        var tried = await servers.Try(wanted, ctx.RequestAborted);
        var text = ctx.Text();
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
        {
            var made = await servers.Create(s, ctx.Caller(), wanted, tried);
            return new RelayServerAdded(true, made, [.. tried.Select(c => CheckView.Of(c, text))], await servers.Join(s, ctx.Caller(), made, SiteAddress.Of(ctx)));
        }), RelayServerJson.Default.RelayServerAdded, 201, kept: answer => answer with { Join = null });
    }

    private static async Task Join(HttpContext ctx, string id, Database db, ServerService servers)
    {
        var (server, join) = await db.Command(ctx.Caller(), s => servers.JoinAnew(s, ctx.Caller(), id, SiteAddress.Of(ctx)), ctx.RequestAborted);
        await SignedJson.Send(ctx, new RelayServerJoined(true, server, join), RelayServerJson.Default.RelayServerJoined);
    }

    private static async Task Try(HttpContext ctx, string id, Database db, ServerService servers)
    {
        var server = await db.Read(s => servers.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);
        var text = ctx.Text();
        await SignedJson.Send(ctx, new RelayServerTried(true, server, [.. (await servers.TryAgain(server, ctx.RequestAborted)).Select(c => CheckView.Of(c, text))]), RelayServerJson.Default.RelayServerTried);
    }

    private static async Task Change(HttpContext ctx, string id, Database db, ServerService servers)
    {
        var change = RelayServer.Fields.Change(ctx, await RequestBody.Bytes(ctx));
        var changed = await db.Command(ctx.Caller(), s => servers.Update(s, ctx.Caller(), id, change), ctx.RequestAborted);
        await SignedJson.Send(ctx, new RelayServerResponse(true, changed), RelayServerJson.Default.RelayServerResponse);
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, ServerService servers)
    {
        await db.Command(ctx.Caller(), s => servers.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new RelayServerRemoved(true, id), RelayServerJson.Default.RelayServerRemoved);
    }
}
