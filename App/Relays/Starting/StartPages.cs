using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Starting;

/// <summary>/admin/servers/start: from nothing to a serial that a customer can enter.</summary>
public static class StartPages
{
    public const string Path = ServerPages.Path + "/start";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(RelayPermissions.ServersWrite);
        group.MapGet("", Show);
        group.MapPost("", Start);
        group.MapGet("/done", Done);
    }

    // What devices would reach this machine by is most likely what this page was reached by.
    private static Task Show(HttpContext ctx, PageRenderer pages) =>
        pages.Render<StartPage, StartModel>(ctx, new(RelayServer.Fields.ToForm(new RelayServer { Name = ctx.Text()["start.server"], Address = ctx.Request.Host.Host, RegionCode = "home" }), null));

    private static async Task Start(HttpContext ctx, PageRenderer pages, Database db, ServerService servers, StartService start)
    {
        var (form, who, text) = (new FormValues(await RequestBody.Form(ctx)), ctx.Caller(), ctx.Text());
        try
        {
            // What the form does not ask for is as it is for a server of its own.
            var wanted = RelayServer.Fields.FromForm(new RelayServer(), Filled(form, text.Language));
            var tried = await servers.Try(wanted, ctx.RequestAborted);
            var made = await db.Command(who, s => start.Start(s, who, wanted, tried, days => text["start.plan", days]), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/done?server={made.Server.Id}&batch={made.Serials.Id}", new Toast("ok", "servers.added", made.Server.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await pages.Render<StartPage, StartModel>(ctx, new(form, refusal), 422);
        }
    }

    private static FormValues Filled(FormValues form, string language)
    {
        var all = RelayServer.Fields.ToForm(new RelayServer { Currency = language == "zh" ? "CNY" : "USD" });
        foreach (var field in StartPage.Asked)
            all[field] = form[field];
        return all;
    }

    private static async Task Done(HttpContext ctx, PageRenderer pages, Database db, ServerService servers, BatchQueries batches)
    {
        var (who, query) = (ctx.Caller(), ctx.Request.Query);
        var server = await db.Read(s => servers.Get(s, who.TenantId, query["server"].ToString()), ctx.RequestAborted);
        var batch = await batches.Find(who.TenantId, query["batch"].ToString(), ctx.RequestAborted) ?? throw new Refusal(BatchErrors.NotFound);
        var serials = who.May(LicensingPermissions.KeysRead) ? await batches.Keys(who.TenantId, batch.Id, 1, ctx.RequestAborted) : [];
        await pages.Render<StartedPage, StartedModel>(ctx, new(server, batch, serials.FirstOrDefault(), SiteAddress.Of(ctx)));
    }
}

public sealed record StartModel(FormValues Form, Refusal? Refusal) : IFormModel;

/// <param name="Serial">Null: who looks may not see keys.</param>
/// <param name="Site">Of the address that customers reach this server by.</param>
public sealed record StartedModel(RelayServer Server, Batch Serials, string? Serial, string Site);
