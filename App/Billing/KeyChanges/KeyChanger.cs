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

    private const string Select = "SELECT order_id, license_id, key, seconds, done_at, ends_at, taken_back, created_at, kind, plan_id, add_on, quantity, machines, for_good, undone_at FROM order_key_changes";

    public bool Delivers(string delivery) => delivery is Renewal or AddOn;

    /// <summary>What an order does; null when it is about no key.</summary>
    public static ValueTask<KeyChange?> Find(ReadTx s, string tenant, string order) => s.One(Select + " WHERE tenant_id = @tenant AND order_id = @order", Map, ("tenant", tenant), ("order", order));

    /// <summary>Notes what an order is to do once it is paid.</summary>
    public async ValueTask Begin(WriteTx s, string tenant, KeyChange change) => await s.Execute(
        """
        INSERT INTO order_key_changes (order_id, tenant_id, license_id, key, seconds, created_at, kind, plan_id, add_on, quantity, machines, for_good)
        VALUES (@order, @tenant, @license, @key, @seconds, @now, @kind, @plan, @add_on, @quantity, @machines, @good)
        """,
        ("order", change.OrderId), ("tenant", tenant), ("license", change.LicenseId), ("key", change.Key), ("seconds", change.Seconds), ("now", Now()), ("kind", change.Kind), ("plan", change.PlanId),
        ("add_on", change.AddOnId), ("quantity", change.Quantity), ("machines", change.Machines), ("good", change.ForGood ? 1L : 0L));

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
        if (change.PlanId is { } plan && plan != key.PlanId)
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
        if (back == 0)
            return;
        await time.Move(s, who, key, key.ExpireAt!.Value - back, now);
        (string, object?)[] of = [("back", back), ("tenant", tenant), ("license", change.LicenseId), ("end", change.EndsAt), ("order", order)];
        await s.Execute("UPDATE order_key_changes SET ends_at = ends_at - @back WHERE tenant_id = @tenant AND license_id = @license AND seconds > 0 AND (ends_at > @end OR order_id = @order)", of);
        await s.Execute("UPDATE order_key_changes SET taken_back = taken_back + @back WHERE tenant_id = @tenant AND order_id = @order", ("back", back), ("tenant", tenant), ("order", order));
    }

    /// <inheritdoc />
    public async ValueTask<Message?> Told(ReadTx s, string tenant, string order) => await Find(s, tenant, order) is { DoneAt: not null } change
        ? change.Machines == 0 ? new("keychange.told.days", change.Key, Day(tenant, change.EndsAt!.Value))
        : change.EndsAt is { } until ? new("keychange.told.machines", change.Key, change.Machines, Day(tenant, until))
        : new("keychange.told.machines_good", change.Key, change.Machines)
        : null;

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
    };

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
