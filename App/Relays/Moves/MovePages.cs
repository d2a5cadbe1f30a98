using Gatehouse.Audit.Log;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Moves;

/// <summary><c>/admin/rentals/{id}/move/{slot}</c>: staff move one relay.</summary>
public static class MovePages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/admin/rentals/{id}/move/{slot}").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(RelayPermissions.ServersWrite);
        group.MapGet("", (HttpContext ctx, string id, string slot, PageRenderer pages, Database db) => Show(ctx, id, slot, pages, db, new FormValues(), null));
        group.MapPost("", Move);
    }

    private static async Task Show(HttpContext ctx, string id, string slot, PageRenderer pages, Database db, FormValues form, Refusal? refused)
    {
        var tenant = ctx.Caller().TenantId;
        var model = await db.Read(async s =>
        {
            var relay = await SlotStore.Find(s, tenant, slot) is { } found && found.RentalId == id ? found : throw new Refusal(MoveErrors.NotFound);
            var servers = (await ServerStore.Open(s, tenant)).Where(v => v.IsThere && v.Id != relay.ServerId && v.Room > 0).ToList();
            return new MoveModel(relay, servers, form, refused);
        }, ctx.RequestAborted);
        await pages.Render<MovePage, MoveModel>(ctx, model, refused?.Status ?? 200);
    }

    private static async Task Move(HttpContext ctx, string id, string slot, PageRenderer pages, Database db, MoveService moves)
    {
        var (form, who) = (new FormValues(await RequestBody.Form(ctx)), ctx.Caller());
        try
        {
            var move = await db.Command(who, async s => await SlotStore.Find(s, who.TenantId, slot) is { } relay && relay.RentalId == id ? await moves.Ask(s, who, slot, form["server"] is { Length: > 0 } to ? to : null) : throw new Refusal(MoveErrors.NotFound), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, "/admin/rentals/" + id, new Toast("ok", "moves.begun", move.To ?? ""));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            await Show(ctx, id, slot, pages, db, form, refusal);
        }
    }
}

/// <param name="Servers">Where it could go.</param>
public sealed record MoveModel(Slot Relay, IReadOnlyList<RelayServer> Servers, FormValues Form, Refusal? Refusal) : IFormModel;
