using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Extras;

/// <summary>Gives rentals what comes beside their plans, and takes it back as far as it is not used. The rental is locked in all that changes it.</summary>
public sealed class RentalExtras(SlotAllocator slots, RelaySignal signal, TimeProvider clock)
{
    private const string Select = "SELECT e.id, e.rental_id, e.order_id, e.kind, e.amount, e.days, e.quantity, e.done_at, e.undone_at, e.bytes, e.period_at, e.held_at, e.held FROM rental_extras e";

    /// <summary>What an order is to do to a rental, or did; null: it is about none that was there.</summary>
    public static ValueTask<RentalExtra?> OfOrder(ReadTx s, string tenant, string order) => s.One(Select + " WHERE e.tenant_id = @tenant AND e.order_id = @order", Map, ("tenant", tenant), ("order", order));

    /// <summary>How many of an add-on a rental has, with those that it waits for or that wait for the end of a dispute. Traffic that is used or gone does not count, nor what a reset did.</summary>
    public static ValueTask<long> Has(ReadTx s, string rental, string kind, long amount, long now) => s.Number(
        """
        SELECT CAST(COALESCE(SUM(e.quantity), 0) AS BIGINT) FROM rental_extras e LEFT JOIN orders o ON o.id = e.order_id
        WHERE e.rental_id = @rental AND e.kind = @kind AND e.amount = @amount AND (e.undone_at IS NULL OR e.held_at IS NOT NULL)
          AND ((e.held_at IS NOT NULL AND e.kind <> 'reset') OR (e.done_at IS NULL AND o.state IN ('pending', 'paid')) OR (e.done_at IS NOT NULL AND e.kind IN ('devices', 'servers'))
            OR (e.done_at IS NOT NULL AND e.kind = 'traffic' AND EXISTS (SELECT 1 FROM rental_packs p WHERE p.extra_id = e.id AND p.used < p.bytes AND (p.until IS NULL OR p.until > @now))))
        """, ("rental", rental), ("kind", kind), ("amount", amount), ("now", now));

    /// <summary>Bytes that are left in a rental's packs.</summary>
    public static ValueTask<long> Packs(ReadTx s, string rental, long now) => s.Number(
        "SELECT CAST(COALESCE(SUM(bytes - used), 0) AS BIGINT) FROM rental_packs WHERE rental_id = @rental AND used < bytes AND (until IS NULL OR until > @now)", ("rental", rental), ("now", now));

    /// <summary>Notes what is to come once it is paid.</summary>
    public async ValueTask Begin(WriteTx s, string tenant, RentalExtra extra) => await Insert(s, tenant, extra, Now());

    /// <summary>Gives what staff give, at once.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_RENTAL; 409 NO_RELAY_ROOM, REGIONS_FULL; 422 on <c>kind</c>: why it cannot be.</exception>
    public async ValueTask<Rental> Give(WriteTx s, string tenant, RentalExtra extra, string actor)
    {
        if (await RentalStore.FindLocked(s, tenant, extra.RentalId) is null)
            throw new Refusal(RentalErrors.NotFound);
        var made = extra with { Id = Ids.New() };
        await Insert(s, tenant, made, Now());
        return await Do(s, tenant, made, actor);
    }

    /// <summary>Does what was noted.</summary>
    /// <exception cref="Refusal">As <see cref="Give"/>.</exception>
    public async ValueTask<Rental> Do(WriteTx s, string tenant, RentalExtra extra, string actor)
    {
        var now = Now();
        var before = await RentalStore.FindLocked(s, tenant, extra.RentalId) ?? throw new Refusal(RentalErrors.NotFound);
        if (extra.Obstacle(before, now) is { } why)
            throw new Refusal(HttpErrors.ValidationFailed) { Fields = new Dictionary<string, Message> { ["kind"] = why } };
        var after = extra.Add(before, now);
        if (extra.Kind == Licensing.Plans.AddOns.Traffic)
            await s.Execute("INSERT INTO rental_packs (id, tenant_id, rental_id, bytes, until, created_at, extra_id) VALUES (@id, @tenant, @rental, @bytes, @until, @now, @extra)",
                ("id", Ids.New()), ("tenant", tenant), ("rental", before.Id), ("bytes", extra.Traffic), ("until", extra.Until(now)), ("now", now), ("extra", extra.Id));
        if (after.Terms.Servers != before.Terms.Servers)
        {
            await slots.Require(s, tenant, after.Place, now);
            await slots.Fit(s, tenant, after.Place, false, now);
        }
        await Done(s, extra, before.TrafficUsed - after.TrafficUsed, after.PeriodAt, now);
        await Store(s, tenant, after, "extra", actor, extra, now);
        return after;
    }

    /// <summary>It was done, and it freed so many bytes that were used.</summary>
    public static async ValueTask Done(WriteTx s, RentalExtra extra, long bytes, long? period, long now) =>
        await s.Execute("UPDATE rental_extras SET done_at = @now, bytes = @bytes, period_at = @period WHERE id = @id", ("now", now), ("bytes", bytes), ("period", period), ("id", extra.Id));

    /// <summary>Takes back what an order gave beside a plan. Of devices the last ones go, of relays too.</summary>
    public async ValueTask TakeBack(WriteTx s, string tenant, string order, string actor)
    {
        if (await Locked(s, tenant, order) is not var (extra, rental))
            return;
        // What was taken for a dispute stays so.
        if (extra.UndoneAt is null)
            await Take(s, tenant, extra, rental, actor, held: false);
        await Decided(s, tenant, order);
    }

    /// <summary>Takes back what an order gave beside a plan, as far as it is not used, until the dispute about its payment is decided. Null when nothing is left to take.</summary>
    public async ValueTask<bool?> Hold(WriteTx s, string tenant, string order, string actor)
    {
        if (await Locked(s, tenant, order) is not ({ UndoneAt: null, Kind: not RentalExtra.Renewal } extra, { ReleasedAt: null } rental))
            return null;
        var now = Now();
        var left = extra.Kind switch
        {
            Licensing.Plans.AddOns.Traffic => await s.Number("SELECT CAST(COALESCE(SUM(bytes - used), 0) AS BIGINT) FROM rental_packs WHERE extra_id = @extra AND (until IS NULL OR until > @now)", ("extra", extra.Id), ("now", now)),
            Licensing.Plans.AddOns.Reset => extra.TakeFrom(rental).TrafficUsed - rental.TrafficUsed,
            _ => extra.Count,
        };
        if (left == 0)
            return null;
        await Take(s, tenant, extra, rental, actor, held: true);
        await s.Execute("UPDATE rental_extras SET held_at = @now, held = @left WHERE id = @id", ("now", now), ("left", left), ("id", extra.Id));
        return true;
    }

    /// <summary>Gives again what <see cref="Hold"/> took: traffic with the time that it had left, devices as far as there is room for them, relays as there is room on servers. False: the rental is history; null: nothing was taken.</summary>
    public async ValueTask<bool?> GiveAgain(WriteTx s, string tenant, string order, string actor)
    {
        if (await Locked(s, tenant, order) is not ({ HeldAt: { } since } extra, var before))
            return null;
        var now = Now();
        var after = extra.GiveBackTo(before);
        if (before.ReleasedAt is null)
        {
            await s.Execute("UPDATE rental_extras SET undone_at = NULL WHERE id = @id", ("id", extra.Id));
            await s.Execute("UPDATE rental_packs SET bytes = bytes + @held, until = until + @while WHERE extra_id = @extra", ("held", extra.Held), ("while", now - since), ("extra", extra.Id));
            if (after.Terms.Servers != before.Terms.Servers && (await slots.Fit(s, tenant, after.Place, true, now)).Missing > 0)
                after = after with { ShortAt = now };
            if (after.CutAt is not null)
                await SlotStore.Want(s, after.Id, run: false);
            await HeldDevices.GiveBack(s, after, extra.Id);
            await Store(s, tenant, after, "extra_again", actor, extra, now);
        }
        await Decided(s, tenant, order);
        return before.ReleasedAt is null;
    }

    /// <summary>Nothing is given again any more: what was taken for a dispute stays so.</summary>
    public static async ValueTask Decided(WriteTx s, string tenant, string order)
    {
        await s.Execute("DELETE FROM rental_held_devices WHERE extra_id IN (SELECT id FROM rental_extras WHERE tenant_id = @tenant AND order_id = @order)", ("tenant", tenant), ("order", order));
        await s.Execute("UPDATE rental_extras SET held_at = NULL, held = 0 WHERE tenant_id = @tenant AND order_id = @order AND held_at IS NOT NULL", ("tenant", tenant), ("order", order));
    }

    // What an order did, and the rental that it did it to; null: nothing yet.
    private static async ValueTask<(RentalExtra Extra, Rental Rental)?> Locked(WriteTx s, string tenant, string order) =>
        await OfOrder(s, tenant, order) is { } seen && await RentalStore.FindLocked(s, tenant, seen.RentalId) is { } rental && await OfOrder(s, tenant, order) is { DoneAt: not null } extra ? (extra, rental) : null;

    private async ValueTask Take(WriteTx s, string tenant, RentalExtra extra, Rental before, string actor, bool held)
    {
        var now = Now();
        await s.Execute("UPDATE rental_extras SET undone_at = @now WHERE id = @id", ("now", now), ("id", extra.Id));
        await s.Execute("UPDATE rental_packs SET bytes = used WHERE extra_id = @extra", ("extra", extra.Id));
        if (before.ReleasedAt is not null || extra.Kind == RentalExtra.Renewal)
            return;
        var after = extra.TakeFrom(before);
        if (after.Terms.Servers != before.Terms.Servers)
            await slots.Fit(s, tenant, after.Place, true, now);
        if (after.Terms.DeviceLimit != before.Terms.DeviceLimit)
            await HeldDevices.Shorten(s, after, held ? extra.Id : null);
        await Store(s, tenant, after, held ? "extra_held" : "extra_back", actor, extra, now);
    }

    private async ValueTask Store(WriteTx s, string tenant, Rental after, string what, string actor, RentalExtra extra, long now)
    {
        // Where nothing is left its relays stop now, and not at their next reading.
        after = after with { SpentAt = after.TrafficLeft + await Packs(s, after.Id, now) == 0 ? after.SpentAt ?? now : null };
        await RentalStore.Update(s, tenant, after, now);
        await RentalStore.Traffic(s, tenant, after);
        // No piece of its time: a refund looks for it by itself.
        await RentalStore.Tell(s, tenant, after, what, actor, now, detail: $"{extra.Kind}-{extra.Count}");
        s.AfterCommit(signal.Wake);
    }

    private static async ValueTask Insert(WriteTx s, string tenant, RentalExtra extra, long now) => await s.Execute(
        "INSERT INTO rental_extras (id, tenant_id, rental_id, order_id, kind, amount, days, quantity, created_at) VALUES (@id, @tenant, @rental, @order, @kind, @amount, @days, @quantity, @now)",
        ("id", extra.Id), ("tenant", tenant), ("rental", extra.RentalId), ("order", extra.OrderId), ("kind", extra.Kind), ("amount", extra.Amount), ("days", extra.Days), ("quantity", extra.Quantity), ("now", now));

    private static RentalExtra Map(Row r) => new(r.GetString(0), r.GetString(1), r.TextOrNull(2), r.GetString(3), r.GetInt64(4), r.LongOrNull(5), r.GetInt64(6))
    { DoneAt = r.LongOrNull(7), UndoneAt = r.LongOrNull(8), Bytes = r.GetInt64(9), PeriodAt = r.LongOrNull(10), HeldAt = r.LongOrNull(11), Held = r.GetInt64(12) };

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
