using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Extras;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Slots;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.MyRentals;

/// <summary><c>/account/rentals</c>: a customer's relays, and where serials are redeemed.</summary>
public sealed class MyRentalPages(Database db, PageRenderer pages, RentalService rentals, PlanService plans, DeviceService devices, ActivationService activation, GuessGuard guesses, TimeProvider clock)
{
    public const string Path = "/account/rentals";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequiresCustomer().ExcludeFromDescription();
        group.MapGet("", (HttpContext ctx, MyRentalPages own) => own.List(ctx, new FormValues { ["serial"] = ctx.Request.Query["serial"].ToString(), ["rental"] = ctx.Request.Query["rental"].ToString() })).RequireRateLimiting(RateLimits.Pages);
        // A serial that is typed may be a guess.
        group.MapPost("", (HttpContext ctx, MyRentalPages own) => own.Redeem(ctx)).RequireRateLimiting(RateLimits.Api);
        group.MapGet("/{id}", (HttpContext ctx, string id, MyRentalPages own) => own.Show(ctx, id, new FormValues())).RequireRateLimiting(RateLimits.Pages);
        group.MapPost("/{id}/devices", (HttpContext ctx, string id, MyRentalPages own) => own.AddDevice(ctx, id)).RequireRateLimiting(RateLimits.Api);
        group.MapPost("/{id}/devices/remove", (HttpContext ctx, string id, MyRentalPages own) => own.RemoveDevice(ctx, id)).RequireRateLimiting(RateLimits.Api);
        group.MapPost("/{id}/refused/hide", (HttpContext ctx, string id, MyRentalPages own) => own.Hide(ctx, id)).RequireRateLimiting(RateLimits.Api);
    }

    private async Task List(HttpContext ctx, FormValues form, Refusal? refusal = null, TurnChoice? turn = null)
    {
        var who = ctx.Caller();
        var (own, slots) = await db.Read(async s => (await RentalStore.OfAccount(s, who.TenantId, who.Id!), await SlotStore.OfAccount(s, who.TenantId, who.Id!)), ctx.RequestAborted);
        if (refusal?.RetryAfter is { } wait)
            ctx.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString();
        await pages.Render<RentalsPage, RentalsModel>(ctx, new(own, slots, form, refusal) { Work = await guesses.Work(who.Ip, form["challenge"]), Turn = turn }, refusal?.Status ?? 200);
    }

    private async Task Redeem(HttpContext ctx)
    {
        var (form, who) = (new FormValues(await RequestBody.Form(ctx)), ctx.Caller());
        License? key = null;
        try
        {
            var typed = new TypedKey(form["serial"], new SolvedChallenge(form["challenge"], form["nonce"]), OnPage: true);
            key = await activation.Look(who, typed, ctx.RequestAborted) ?? throw Refusal.Field("serial", "rentals.wrong.serial");
            var rental = await db.Write(s => rentals.Redeem(s, who, key, new(Given(form["rental"]), form["name"], Given(form["when"]))), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{rental.Id}", new Toast("ok", "rentals.redeemed", rental.Name));
        }
        catch (Refusal refusal) when (key is not null && refusal.Code == RentalErrors.OtherPlan.Code)
        {
            // Nothing is wrong: there is a choice to make, with numbers.
            await List(ctx, form, Refusal.Field("when", "rentals.begins_ask"), await Turn(who, key, form["rental"], ctx.RequestAborted));
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 404 or 409 or 422 or 429)
        {
            await List(ctx, form, Told(refusal, "serial", "rentals.wrong.serial"));
        }
    }

    private async Task<TurnChoice> Turn(Caller who, License key, string rental, CancellationToken ct) => await db.Read(async s =>
    {
        var ends = new Dictionary<string, long?>();
        foreach (var when in Rental.Turns)
            try
            {
                ends[when] = (await rentals.Preview(s, who.TenantId, who.Id!, key.PlanId, rental, when)).After.EndAt;
            }
            catch (Refusal)
            {
                // That way is none: it is not offered.
            }
        return new TurnChoice(key.PlanName, ends);
    }, ct);

    private async Task Show(HttpContext ctx, string id, FormValues form, Refusal? refusal = null, IReadOnlyList<TailnetMachine>? machines = null)
    {
        var who = ctx.Caller();
        var model = await db.Read(async s =>
        {
            if (await RentalStore.Find(s, who.TenantId, id) is not { } rental || rental.AccountId != who.Id)
                throw new Refusal(RentalErrors.NotFound);
            return new RentalModel(rental, await SlotStore.OfRental(s, who.TenantId, id), await DeviceService.List(s, who.TenantId, who.Id!, id), await RentalStore.Events(s, who.TenantId, who.Id!, id, null, 20), form, refusal)
            { Refused = await RefusedStore.All(s, id), Packs = await RentalExtras.Packs(s, id, clock.GetUtcNow().ToUnixTimeMilliseconds()), OnSale = rental is { SuspendedAt: null, Terms.Renewable: true } && await plans.Find(s, who.TenantId, rental.Terms.PlanId) is { OnSale: true, Enabled: true, RetiredAt: null, Trial: false } };
        }, ctx.RequestAborted);
        // What looks again by itself is on the page, not on the cards of other rooms.
        model = model with { Panels = ctx.Request.Query.ContainsKey("live") ? [] : await RentalPanel.All(ctx, model.Rental), Machines = machines ?? [] };
        await pages.Render<RentalPage, RentalModel>(ctx, model, refusal?.Status ?? 200);
    }

    private async Task AddDevice(HttpContext ctx, string id)
    {
        var (form, who) = (new FormValues(await RequestBody.Form(ctx)), ctx.Caller());
        try
        {
            if (form["status"].Length > 0)
            {
                await Show(ctx, id, form, machines: TailnetStatus.Read(form["status"]));
                return;
            }
            // All that were picked, or none.
            if (form.All("pick") is { Count: > 0 } picked)
            {
                await db.Write(async s =>
                {
                    foreach (var pick in picked.Take(1000))
                        await devices.Add(s, who.TenantId, who.Id!, pick.Split(' ')[0], pick.IndexOf(' ') is >= 0 and var at ? pick[(at + 1)..] : "", id);
                    return picked.Count;
                }, ctx.RequestAborted);
                PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("ok", "rentals.devices_added", picked.Count));
                return;
            }
            await db.Write(s => devices.Add(s, who.TenantId, who.Id!, form["node_key"], form["name"], id), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("ok", "rentals.device_added"));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            // Those that were picked are still there, to pick fewer of.
            await Show(ctx, id, form, Told(refusal, "node_key", ""), [.. form.All("pick").Select(p => new TailnetMachine(p.Split(' ')[0], p.IndexOf(' ') is >= 0 and var at ? p[(at + 1)..] : "", "", true, true, null))]);
        }
    }

    private async Task RemoveDevice(HttpContext ctx, string id)
    {
        var (key, who) = ((await RequestBody.Form(ctx))["node_key"].ToString(), ctx.Caller());
        await db.Write(s => devices.Remove(s, who.TenantId, who.Id!, key, id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("ok", "rentals.device_removed"));
    }

    private async Task Hide(HttpContext ctx, string id)
    {
        var (key, who) = ((await RequestBody.Form(ctx))["node_key"].ToString(), ctx.Caller());
        await db.Write(s => devices.Dismiss(s, who.TenantId, who.Id!, key, id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("ok", "rentals.refused.hidden_now"));
    }

    // At the field that it is about.
    private static Refusal Told(Refusal refusal, string field, string unknown) => refusal.Status is 404 && unknown.Length > 0 && refusal.Code != RentalErrors.NotFound.Code ? Refusal.Field(field, unknown)
        : refusal.Status is 404 or 409 ? Refusal.Field(field, "error." + refusal.Code)
        : refusal.Fields.TryGetValue("code", out var wrong) ? new Refusal(HttpErrors.ValidationFailed) { Fields = new Dictionary<string, Message> { [field] = wrong } } : refusal;

    private static string? Given(string text) => text.Length > 0 ? text : null;
}

/// <param name="Slots">Of all of them.</param>
public sealed record RentalsModel(IReadOnlyList<Rental> Rentals, IReadOnlyList<Slot> Slots, FormValues Form, Refusal? Refusal = null) : IFormModel
{
    /// <summary>Asked for before a serial is looked for; null where none is.</summary>
    public Challenge? Work { get; init; }

    /// <summary>What is to be decided about a serial of another plan; null where nothing is.</summary>
    public TurnChoice? Turn { get; init; }
}

/// <summary>When the plan of a serial may come in force in a rental that is on another.</summary>
/// <param name="Ends">The rental's end by each way that there is, see <see cref="Rental.Turns"/>; null: none.</param>
public sealed record TurnChoice(string Plan, IReadOnlyDictionary<string, long?> Ends);

/// <param name="Events">The newest.</param>
public sealed record RentalModel(Rental Rental, IReadOnlyList<Slot> Slots, IReadOnlyList<RentalDevice> Devices, IReadOnlyList<RentalEvent> Events, FormValues Form, Refusal? Refusal = null) : IFormModel
{
    /// <summary>Of a tailnet, to pick from.</summary>
    public IReadOnlyList<TailnetMachine> Machines { get; init; } = [];

    /// <summary>Machines that its relays did not let in.</summary>
    public IReadOnlyList<RefusedMachine> Refused { get; init; } = [];

    /// <summary>Bytes that are left in packs, beside the quota.</summary>
    public long Packs { get; init; }

    /// <summary>One more of its plan can be bought; else a serial is redeemed.</summary>
    public bool OnSale { get; init; }

    /// <summary>Cards of other rooms.</summary>
    public IReadOnlyList<RenderFragment> Panels { get; init; } = [];
}
