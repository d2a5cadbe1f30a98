using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Moves;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Slots;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.RentalDesk;

/// <summary><c>/admin/rentals</c>: people's rentals, for staff.</summary>
public static class RentalDeskPages
{
    public const string Path = "/admin/rentals";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = group.MapGroup("").Requires(RelayPermissions.RentalsRead);
        read.MapGet("", List);
        read.MapGet("/{id}", (HttpContext ctx, string id, PageRenderer pages, Database db, TenantSettings settings) => Show(ctx, id, pages, db, settings, null, null));
        var write = group.MapGroup("").Requires(RelayPermissions.RentalsWrite);
        write.MapGet("/new", (HttpContext ctx, PageRenderer pages, Database db) => New(ctx, pages, db, new FormValues { ["account"] = ctx.Request.Query["account"].ToString() }, null));
        write.MapPost("/new", Give);
        write.MapPost("/{id}", Change);
        write.MapPost("/{id}/suspend", Suspend);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, TimeProvider clock)
    {
        var (who, query) = (ctx.Caller(), ctx.Request.Query);
        var filter = new RentalFilter(Status: RentalStore.Listed.FirstOrDefault(s => s == query["status"]), Search: SearchTerm.Of(query["q"]));
        var page = await db.Read(async s =>
        {
            var found = await RentalDeskService.List(s, who.TenantId, filter, clock.GetUtcNow().ToUnixTimeMilliseconds(), query["after"], Cursor.DefaultLimit);
            var names = await RentalStore.People(s, who.TenantId, found.Items.Select(r => r.AccountId));
            return new Slice<StaffRental>([.. found.Items.Select(r => new StaffRental(r, names.GetValueOrDefault(r.AccountId, "")))], found.Next);
        }, ctx.RequestAborted);
        await pages.Render<RentalListPage, RentalListModel>(ctx, new(page, filter, !query.ContainsKey("after")));
    }

    // The form as it was typed, or as the rental is.
    private static async Task Show(HttpContext ctx, string id, PageRenderer pages, Database db, TenantSettings settings, FormValues? form, Refusal? refused)
    {
        var (tenant, zone) = (ctx.Caller().TenantId, settings.Zone(ctx.Caller().TenantId));
        var model = await db.Read(async s =>
        {
            var rental = await RentalDeskService.Get(s, tenant, id);
            var person = (await RentalStore.People(s, tenant, [rental.AccountId])).GetValueOrDefault(rental.AccountId, "");
            return new StaffRentalModel(rental, person, await SlotStore.OfRental(s, tenant, id), await DeviceService.List(s, tenant, rental.AccountId, id), await RentalStore.Events(s, tenant, rental.AccountId, id, null, 50), form ?? Typed(rental, zone), zone.Id, refused)
            {
                Refused = await RefusedStore.All(s, id),
                Moving = (await MoveStore.List(s, tenant, null, id, true, null, 1000)).ToDictionary(m => m.SlotId),
            };
        }, ctx.RequestAborted);
        await pages.Render<StaffRentalPage, StaffRentalModel>(ctx, model with { Traffic = await TrafficPanels.Load(ctx, model.Rental) }, refused?.Status ?? 200);
    }

    private static async Task Change(HttpContext ctx, string id, PageRenderer pages, Database db, RentalDeskService desk, TenantSettings settings)
    {
        var (who, zone) = (ctx.Caller(), settings.Zone(ctx.Caller().TenantId));
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var changed = await db.Command(who, async s =>
            {
                var before = await RentalDeskService.Get(s, who.TenantId, id);
                var check = new FieldChecks();
                var devices = long.TryParse(form["device_limit"], out var most) ? most : (long?)null;
                if (devices is null)
                    check.Wrong("device_limit", "field.number");
                // Minutes are what the field shows: an end that was not touched stays to the second.
                var end = form["end_at"] == Local(before.EndAt, zone) ? null : Calendar.Instant(form["end_at"], zone);
                if (end is null && form["end_at"] != Local(before.EndAt, zone))
                    check.Wrong("end_at", "field.time");
                check.ThrowIfAny();
                return await desk.Change(s, who, id, new(form["name"], form["notes"], devices, end, null));
            }, ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("ok", "rentals.changed", changed.Name));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            await Show(ctx, id, pages, db, settings, form, refusal);
        }
    }

    private static async Task Suspend(HttpContext ctx, string id, PageRenderer pages, Database db, RentalDeskService desk, TenantSettings settings)
    {
        var on = (await RequestBody.Form(ctx))["suspended"] == "true";
        try
        {
            var changed = await db.Command(ctx.Caller(), s => desk.Change(s, ctx.Caller(), id, new(null, null, null, null, on)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("ok", on ? "rentals.suspended" : "rentals.resumed", changed.Name));
        }
        catch (Refusal refusal) when (refusal.Status is 409)
        {
            await Show(ctx, id, pages, db, settings, null, refusal);
        }
    }

    private static async Task New(HttpContext ctx, PageRenderer pages, Database db, FormValues form, Refusal? refused)
    {
        var tenant = ctx.Caller().TenantId;
        var plans = await db.Read(s => s.All("SELECT p.id, p.name FROM plans p JOIN products d ON d.id = p.product_id WHERE p.tenant_id = @tenant AND d.kind = 'relay' AND p.retired_at IS NULL AND p.enabled = 1 ORDER BY p.name LIMIT 500", r => (r.GetString(0), r.GetString(1)), ("tenant", tenant)), ctx.RequestAborted);
        await pages.Render<GiveRentalPage, GiveRentalModel>(ctx, new(form, plans, refused), refused?.Status ?? 200);
    }

    private static async Task Give(HttpContext ctx, PageRenderer pages, Database db, RentalDeskService desk)
    {
        var (form, who) = (new FormValues(await RequestBody.Form(ctx)), ctx.Caller());
        try
        {
            var given = await db.Command(who, s => desk.Grant(s, who, form["account"], form["plan"], new(null, form["name"])), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{given.Id}", new Toast("ok", "rentals.given", given.Name));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422 || refusal.Code == CustomerErrors.NotFound.Code)
        {
            await New(ctx, pages, db, form, refusal.Status is 404 ? Refusal.Field("account", "error." + refusal.Code) : refusal);
        }
    }

    private static FormValues Typed(Rental r, TimeZoneInfo zone) => new()
    {
        ["name"] = r.Name, ["notes"] = r.Notes, ["device_limit"] = r.Terms.DeviceLimit.ToString(), ["end_at"] = Local(r.EndAt, zone),
    };

    private static string Local(long? at, TimeZoneInfo zone) => at is { } ms ? Calendar.Local(ms / 60_000 * 60_000, zone) : "";
}

/// <param name="Person">What the owner is called.</param>
public sealed record StaffRental(Rental Rental, string Person);

public sealed record RentalListModel(Slice<StaffRental> Rentals, RentalFilter Filter, bool First);

/// <param name="Events">The newest.</param>
/// <param name="Zone">That the end is typed in.</param>
public sealed record StaffRentalModel(Rental Rental, string Person, IReadOnlyList<Slot> Slots, IReadOnlyList<RentalDevice> Devices, IReadOnlyList<RentalEvent> Events, FormValues Form, string Zone, Refusal? Refusal) : IFormModel
{
    /// <summary>Those of its relays that go to another server, by slot.</summary>
    public IReadOnlyDictionary<string, RelayMove> Moving { get; init; } = new Dictionary<string, RelayMove>();

    /// <summary>Machines that its relays did not let in.</summary>
    public IReadOnlyList<RefusedMachine> Refused { get; init; } = [];

    /// <summary>The card of its traffic; null: nothing was carried yet.</summary>
    public RenderFragment? Traffic { get; init; }
}

/// <param name="Plans">Ids and names of what can be given.</param>
public sealed record GiveRentalModel(FormValues Form, IReadOnlyList<(string Id, string Name)> Plans, Refusal? Refusal) : IFormModel;
