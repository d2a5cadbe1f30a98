using Gatehouse.Audit.Log;
using Gatehouse.Billing.Previews;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Extras;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.RentalDesk;

/// <summary><c>/admin/rentals/{id}/extras</c>: staff give a rental what else is sold as an add-on.</summary>
public static class RentalExtraPages
{
    private const long Most = 3660;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(RentalDeskPages.Path + "/{id}/extras").Requires(RelayPermissions.RentalsWrite).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        group.MapGet("", (HttpContext ctx, string id, PageRenderer pages, Database db, TimeProvider clock) =>
            Show(ctx, id, pages, db, clock, new FormValues { ["kind"] = Given(ctx, "kind", AddOns.Traffic), ["amount"] = Given(ctx, "amount", "1"), ["days"] = Given(ctx, "days", "") }, null));
        group.MapPost("", Give);
    }

    private static async Task Show(HttpContext ctx, string id, PageRenderer pages, Database db, TimeProvider clock, FormValues form, Refusal? refused)
    {
        var (tenant, now) = (ctx.Caller().TenantId, clock.GetUtcNow().ToUnixTimeMilliseconds());
        var model = await db.Read(async s =>
        {
            var rental = await RentalDeskService.Get(s, tenant, id);
            var extra = Read(form, id, new FieldChecks());
            return new ExtraModel(rental, form, extra is null || extra.Obstacle(rental, now) is not null ? [] : extra.Rows(rental, await RentalExtras.Packs(s, id, now), now), refused);
        }, ctx.RequestAborted);
        await pages.Render<ExtraPage, ExtraModel>(ctx, model, refused?.Status ?? 200);
    }

    private static async Task Give(HttpContext ctx, string id, PageRenderer pages, Database db, RentalExtras extras, AuditWriter audit, TimeProvider clock)
    {
        var (form, who) = (new FormValues(await RequestBody.Form(ctx)), ctx.Caller());
        try
        {
            var given = await db.Command(who, async s =>
            {
                var check = new FieldChecks();
                var extra = Read(form, id, check);
                check.ThrowIfAny();
                var rental = await extras.Give(s, who.TenantId, extra!, who.Name);
                await audit.Write(s, who, "rental.extra", new AuditTarget("rental", rental.Id, rental.Terms.PlanName), after: $$"""{"kind":"{{extra!.Kind}}","amount":{{extra.Amount}},"days":{{extra.Days?.ToString() ?? "null"}}}""");
                return rental;
            }, ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{RentalDeskPages.Path}/{id}", new Toast("ok", "rentals.changed", given.Name));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            await Show(ctx, id, pages, db, clock, form, refusal);
        }
    }

    // Null where something is wrong.
    private static RentalExtra? Read(FormValues form, string rental, FieldChecks check)
    {
        var (kind, wrong) = (form["kind"], false);
        if (!AddOns.RelayKinds.Contains(kind))
            (_, wrong) = (Wrong("kind", "field.one_of", string.Join(", ", AddOns.RelayKinds)), true);
        var amount = kind == AddOns.Reset ? 1 : long.TryParse(form["amount"].Trim(), out var typed) && typed is >= 1 and <= Most ? typed : Wrong("amount", "field.range", 1, Most);
        long? days = kind != AddOns.Traffic || form["days"].Trim().Length == 0 ? null : long.TryParse(form["days"].Trim(), out var lasts) && lasts is >= 1 and <= Most ? lasts : Wrong("days", "field.range", 1, Most);
        return wrong || amount == 0 || days == 0 ? null : new("", rental, null, kind, amount, days, 1);

        long Wrong(string field, string key, params object[] args)
        {
            check.Wrong(field, key, args);
            return 0;
        }
    }

    private static string Given(HttpContext ctx, string name, string usual) => ctx.Request.Query.TryGetValue(name, out var given) ? given.ToString() : usual;
}

/// <param name="Rows">What it would make different.</param>
public sealed record ExtraModel(Rental Rental, FormValues Form, IReadOnlyList<PreviewRow> Rows, Refusal? Refusal) : IFormModel;
