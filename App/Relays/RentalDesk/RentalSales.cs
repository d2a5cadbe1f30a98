using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Previews;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Extras;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.RentalDesk;

/// <summary>What the shop sells for rentals: one more of their plan, and add-ons of it.</summary>
public sealed class RentalSales(RentalExtras extras, TimeProvider clock) : IRentalSales
{
    /// <inheritdoc />
    public async ValueTask<RentalDeal?> Of(ReadTx s, string tenant, string account, string rental, Plan plan, AddOn? addOn, long quantity)
    {
        if (await RentalStore.Find(s, tenant, rental) is not { } own || own.AccountId != account)
            return null;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var packs = await RentalExtras.Packs(s, rental, now);
        return addOn is null ? Renewal(own, plan, packs, now) : await For(s, own, plan, addOn, packs, quantity, now);
    }

    /// <inheritdoc />
    public ValueTask Begin(WriteTx s, string tenant, Order order, string rental, AddOn? addOn) =>
        extras.Begin(s, tenant, new(Ids.New(), rental, order.Id, addOn?.Kind ?? RentalExtra.Renewal, addOn?.Amount ?? 1, addOn?.Days, order.Quantity));

    /// <summary>An add-on for a rental, as it is now.</summary>
    internal static async ValueTask<RentalDeal> For(ReadTx s, Rental rental, Plan plan, AddOn addOn, long packs, long quantity, long now)
    {
        var left = addOn.Most - await RentalExtras.Has(s, rental.Id, addOn.Kind, addOn.Amount, now);
        var extra = new RentalExtra("", rental.Id, null, addOn.Kind, addOn.Amount, addOn.Days, Math.Clamp(quantity, 1, Math.Max(1, left)));
        Message? obstacle = rental.Terms.PlanId != plan.Id ? new("rentals.extra.other_plan") : extra.Obstacle(rental, now) is { } why ? why : left <= 0 ? new Message("rentals.extra.limit", addOn.Most) : null;
        return new(rental.Name, obstacle, Math.Max(0, left), obstacle is null ? extra.Rows(rental, packs, now) : []);
    }

    private static RentalDeal Renewal(Rental rental, Plan plan, long packs, long now)
    {
        var same = rental.Terms.PlanId == plan.Id;
        if (rental.ReleasedAt is not null || rental.SuspendedAt is not null || plan.Trial || same && !rental.Terms.Renewable || !same && rental.Next?.PlanId != plan.Id)
            return No(rental.ReleasedAt is not null ? RentalErrors.Ended : rental.SuspendedAt is not null ? RentalErrors.Suspended : same || plan.Trial ? RentalErrors.NotRenewable : RentalErrors.OtherPlan);
        try
        {
            var after = rental.With(RentalTerms.Of(plan), null, now);
            List<PreviewRow> rows = [new(new("keychange.row.end"), Day(rental.EndsAt(now)), Day(after.EndsAt(now)))];
            // Its length is all that is known of one that has not begun.
            if (rental.StartsAt(now) is null)
                rows = [new(new("rentals.extra.row.days"), new("preview.text", (rental.DurationMs ?? 0) / 86_400_000), after.DurationMs is { } length ? new("preview.text", length / 86_400_000) : new("rentals.forever"))];
            if (after.TrafficLeft != rental.TrafficLeft)
                rows.Add(new(new("rentals.traffic_left"), new("preview.text", RentalExtra.Left(rental, packs)), new("preview.text", RentalExtra.Left(after, packs))));
            return new(rental.Name, null, 1, rows);
        }
        catch (Refusal refusal) when (refusal.Status == 409)
        {
            return No(refusal.Error);
        }

        RentalDeal No(ErrorCode code) => new(rental.Name, new("error." + code.Code), 1, []);
    }

    private static Message Day(long? at) => at is { } known ? new("preview.text", DateTimeOffset.FromUnixTimeMilliseconds(known)) : new("rentals.forever");
}
