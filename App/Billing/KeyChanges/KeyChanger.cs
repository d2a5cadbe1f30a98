using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.KeyChanges;

/// <summary>
/// Does to keys what orders are about. Time that was sold adds up, each piece behind the other, and a refund takes back of its own piece what
/// is not used: what others paid for moves up and is never less. The order's row is locked, and then the key's.
/// </summary>
public sealed class KeyChanger(LicenseTime time, TenantSettings settings, TimeProvider clock) : IOrderDelivery
{
    /// <summary>How orders that renew a key, or add to it, are delivered.</summary>
    public const string Renewal = "renewal", AddOn = "add_on";

    private const string Select = "SELECT order_id, license_id, key, seconds, done_at, ends_at, taken_back, created_at, kind, plan_id, add_on, quantity, machines, for_good, undone_at, to_plan, from_name, to_name, at_end, price, credit, rest, was_end, switched_at, held_at, held FROM order_key_changes";

    // An order's piece of a key's time, and those that lie behind it; what a switch has credited lies nowhere.
    private const string Behind =
        """
         WHERE tenant_id = @tenant AND license_id = @license AND seconds > 0 AND (ends_at > @end OR order_id = @order)
          AND NOT EXISTS (SELECT 1 FROM order_key_credits x WHERE x.of_order = order_key_changes.order_id AND x.license_id = @license AND x.undone_at IS NULL)
        """;

    public bool Delivers(string delivery) => delivery is Renewal or AddOn;

    /// <summary>What an order does; null when it is about no key.</summary>
    public static ValueTask<KeyChange?> Find(ReadTx s, string tenant, string order) => s.One(Select + " WHERE tenant_id = @tenant AND order_id = @order", Map, ("tenant", tenant), ("order", order));

    /// <summary>Notes what an order is to do once it is paid.</summary>
    public static async ValueTask Begin(WriteTx s, string tenant, KeyChange change) => await s.Execute(
        """
        INSERT INTO order_key_changes (order_id, tenant_id, license_id, key, seconds, created_at, kind, plan_id, add_on, quantity, machines, for_good, to_plan, from_name, to_name, at_end, price, credit)
        VALUES (@order, @tenant, @license, @key, @seconds, @now, @kind, @plan, @add_on, @quantity, @machines, @good, @to, @from_name, @to_name, @at_end, @price, @credit)
        """,
        ("order", change.OrderId), ("tenant", tenant), ("license", change.LicenseId), ("key", change.Key), ("seconds", change.Seconds), ("now", change.CreatedAt), ("kind", change.Kind), ("plan", change.PlanId),
        ("add_on", change.AddOnId), ("quantity", change.Quantity), ("machines", change.Machines), ("good", change.ForGood ? 1L : 0L),
        ("to", change.ToPlan), ("from_name", change.FromName), ("to_name", change.ToName), ("at_end", change.AtEnd ? 1L : 0L), ("price", change.Price), ("credit", change.Credit));

    /// <summary>How many of an add-on a key has now; those that are over do not count.</summary>
    /// <param name="waiting">Those as well that it waits for.</param>
    public static ValueTask<long> Has(ReadTx s, string tenant, string license, string addOn, long now, bool waiting) => s.Number(
        $"""
        SELECT CAST(COALESCE(SUM(c.quantity), 0) AS BIGINT) FROM order_key_changes c JOIN orders o ON o.id = c.order_id
        WHERE c.tenant_id = @tenant AND c.license_id = @license AND c.add_on = @add_on AND c.undone_at IS NULL
          AND ((c.done_at IS NOT NULL AND (c.ends_at IS NULL OR c.ends_at > @now)){(waiting ? " OR (c.done_at IS NULL AND o.state IN ('pending', 'paid'))" : "")})
        """, ("tenant", tenant), ("license", license), ("add_on", addOn), ("now", now));

    /// <inheritdoc />
    /// <remarks>A key that runs goes on from its end, one that has run out from now.</remarks>
    public async ValueTask<bool> Deliver(WriteTx s, string tenant, string order)
    {
        var now = Now();
        if (await Find(s, tenant, order) is not { DoneAt: null } change || await LicenseTime.Locked(s, tenant, change.LicenseId) is not { UsedAt: not null, Stored: not LicenseState.Revoked } key)
            return false;
        // What was sold for a plan's keys is worth another price on another's.
        if (change.PlanId is { } plan && plan != key.PlanId || await KeySwitcher.Waits(s, tenant, key.Id))
            return false;
        if (change.Kind == KeyChange.AddOn && await Has(s, tenant, key.Id, change.AddOnId, now, waiting: false) + change.Quantity > await Most(s, tenant, key.PlanId, change))
            return false;
        return change.Machines > 0 ? await AddMachines(s, tenant, change, key, now) : await Prolong(s, tenant, change, key, now);
    }

    /// <inheritdoc />
    public async ValueTask TakeBack(WriteTx s, Caller who, string order)
    {
        var (tenant, now) = (who.TenantId, Now());
        // What is not used is known once nobody else moves it.
        if (await Find(s, tenant, order) is not { DoneAt: not null } seen || await LicenseTime.Locked(s, tenant, seen.LicenseId) is not { } key || await Find(s, tenant, order) is not { UndoneAt: null } change)
            return;
        if (change.Machines > 0)
        {
            await LicenseTime.TakeMachines(s, who, key, order, change.Machines, now);
            await s.Execute("UPDATE order_key_changes SET undone_at = @now WHERE tenant_id = @tenant AND order_id = @order", ("now", now), ("tenant", tenant), ("order", order));
            return;
        }
        var back = key.ExpireAt is { } was ? Math.Min(change.Unused(now), Math.Max(0, was - now)) : 0;
        // What a switch has credited is not the order's any more.
        if (back == 0 || await IsCredited(s, tenant, change))
            return;
        await time.Move(s, who, key, key.ExpireAt!.Value - back, now);
        (string, object?)[] of = [("back", back), ("tenant", tenant), ("license", change.LicenseId), ("end", change.EndsAt), ("order", order)];
        await s.Execute("UPDATE order_key_changes SET ends_at = ends_at - @back" + Behind, of);
        // A switch that waits for the key's end waits for the new one.
        await s.Execute($"UPDATE order_key_changes SET was_end = was_end - @back WHERE tenant_id = @tenant AND license_id = @license AND {KeySwitcher.Waiting}", of[..3]);
        await s.Execute("UPDATE order_key_changes SET taken_back = taken_back + @back WHERE tenant_id = @tenant AND order_id = @order", ("back", back), ("tenant", tenant), ("order", order));
    }

    /// <inheritdoc />
    public async ValueTask<bool?> Hold(WriteTx s, Caller who, string order)
    {
        if (await Find(s, who.TenantId, order) is not { DoneAt: not null } seen || await LicenseTime.Locked(s, who.TenantId, seen.LicenseId) is null || await Find(s, who.TenantId, order) is not { UndoneAt: null, HeldAt: null } before)
            return null;
        if (before.Machines == 0 && await IsCredited(s, who.TenantId, before))
            return false;
        await TakeBack(s, who, order);
        var after = (await Find(s, who.TenantId, order))!;
        if (after.UndoneAt is null && after.TakenBack == before.TakenBack)
            return null;
        await Note(s, who.TenantId, order, Now(), after.TakenBack - before.TakenBack);
        return true;
    }

    /// <inheritdoc />
    /// <remarks>As if it had never been taken back: a key that ran on meanwhile ends so much later, one that ran out goes on from now. Machines are over when they would have been.</remarks>
    public async ValueTask<bool?> GiveAgain(WriteTx s, Caller who, string order)
    {
        var (tenant, now) = (who.TenantId, Now());
        if (await Find(s, tenant, order) is not { HeldAt: not null } change)
            return null;
        await Decided(s, tenant, order);
        if (await LicenseTime.Locked(s, tenant, change.LicenseId) is not { Stored: not LicenseState.Revoked } key)
            return false;
        (string, object?)[] of = [("tenant", tenant), ("order", order), ("license", key.Id), ("back", change.Held), ("end", change.EndsAt), ("own", now + change.Held)];
        if (change.Machines > 0)
        {
            await LicenseTime.AddMachines(s, who, key, order, change.Machines, change.EndsAt, now);
            await s.Execute("UPDATE order_key_changes SET undone_at = NULL WHERE tenant_id = @tenant AND order_id = @order", of[..2]);
            return true;
        }
        // What was sold for a plan's keys is worth another price on another's.
        if (key.ExpireAt is not { } was || change.PlanId is { } plan && plan != key.PlanId || Math.Max(was, now) + change.Held is var end && end > License.Latest)
            return false;
        await time.Move(s, who, key, end, now);
        await s.Execute(
            was <= now ? "UPDATE order_key_changes SET ends_at = @own WHERE tenant_id = @tenant AND order_id = @order"
            : "UPDATE order_key_changes SET ends_at = ends_at + @back" + Behind, of);
        await s.Execute($"UPDATE order_key_changes SET was_end = was_end + @back WHERE tenant_id = @tenant AND license_id = @license AND {KeySwitcher.Waiting}", of);
        await s.Execute("UPDATE order_key_changes SET taken_back = taken_back - @back WHERE tenant_id = @tenant AND order_id = @order", of);
        return true;
    }

    /// <summary>Notes that what an order did is taken back for a dispute. Its row is locked.</summary>
    internal static async ValueTask Note(WriteTx s, string tenant, string order, long now, long held) =>
        await s.Execute("UPDATE order_key_changes SET held_at = @now, held = @held WHERE tenant_id = @tenant AND order_id = @order", ("now", now), ("held", held), ("tenant", tenant), ("order", order));

    /// <summary>Nothing is given again any more: what was taken back for a dispute stays so.</summary>
    internal static async ValueTask Decided(WriteTx s, string tenant, string order) =>
        await s.Execute("UPDATE order_key_changes SET held_at = NULL, held = 0 WHERE tenant_id = @tenant AND order_id = @order", ("tenant", tenant), ("order", order));

    ValueTask IOrderDelivery.Decided(WriteTx s, string tenant, string order) => Decided(s, tenant, order);

    /// <inheritdoc />
    public async ValueTask<Message?> Told(ReadTx s, string tenant, string order) => await Find(s, tenant, order) is { DoneAt: not null } change
        ? change.Machines == 0 ? new("keychange.told.days", change.Key, Day(tenant, change.EndsAt!.Value))
        : change.EndsAt is { } until ? new("keychange.told.machines", change.Key, change.Machines, Day(tenant, until))
        : new("keychange.told.machines_good", change.Key, change.Machines)
        : null;

    private static async ValueTask<bool> IsCredited(ReadTx s, string tenant, KeyChange change) => await s.Number(
        "SELECT COUNT(*) FROM order_key_credits WHERE tenant_id = @tenant AND of_order = @order AND license_id = @license AND undone_at IS NULL", ("tenant", tenant), ("order", change.OrderId), ("license", change.LicenseId)) > 0;

    private async ValueTask<bool> Prolong(WriteTx s, string tenant, KeyChange change, License key, long now)
    {
        if (key.ExpireAt is not { } was || LicenseAction.Extended(was, change.Seconds, now) is var end && end > License.Latest)
            return false;
        await time.Move(s, Caller.System with { TenantId = tenant }, key, end, now);
        await Done(s, tenant, change, now, was, end);
        return true;
    }

    private static async ValueTask<bool> AddMachines(WriteTx s, string tenant, KeyChange change, License key, long now)
    {
        // What goes with the key's end is nothing where that is over.
        if (!change.ForGood && key.ExpireAt <= now)
            return false;
        var until = change.ForGood ? null : key.ExpireAt;
        await LicenseTime.AddMachines(s, Caller.System with { TenantId = tenant }, key, change.OrderId, change.Machines, until, now);
        await Done(s, tenant, change, now, null, until);
        return true;
    }

    private static async ValueTask Done(WriteTx s, string tenant, KeyChange change, long now, long? was, long? end) => await s.Execute(
        "UPDATE order_key_changes SET done_at = @now, was_end = @was, ends_at = @end WHERE tenant_id = @tenant AND order_id = @order", ("now", now), ("was", was), ("end", end), ("tenant", tenant), ("order", change.OrderId));

    // As it is now; what is not sold any more was sold when there was room for it.
    private static async ValueTask<long> Most(ReadTx s, string tenant, string plan, KeyChange change) =>
        AddOns.Of(await s.One("SELECT add_ons FROM plans WHERE tenant_id = @tenant AND id = @plan", r => r.GetString(0), ("tenant", tenant), ("plan", plan)) ?? "[]").FirstOrDefault(a => a.Id == change.AddOnId)?.Most ?? AddOns.MaxOfKey;

    private string Day(string tenant, long at) => Format.Exact(at, settings.Zone(tenant));

    private static KeyChange Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3), r.LongOrNull(4), r.LongOrNull(5), r.GetInt64(6), r.GetInt64(7))
    {
        Kind = r.GetString(8), PlanId = r.TextOrNull(9), AddOnId = r.GetString(10), Quantity = r.GetInt64(11), Machines = r.GetInt64(12), ForGood = r.GetInt64(13) != 0, UndoneAt = r.LongOrNull(14),
        ToPlan = r.TextOrNull(15), FromName = r.GetString(16), ToName = r.GetString(17), AtEnd = r.GetInt64(18) != 0, Price = r.GetInt64(19), Credit = r.GetInt64(20), Rest = r.GetInt64(21), WasEnd = r.LongOrNull(22), SwitchedAt = r.LongOrNull(23), HeldAt = r.LongOrNull(24), Held = r.GetInt64(25),
    };

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
