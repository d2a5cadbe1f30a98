using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.KeyChanges;

/// <summary>
/// Does to keys what orders are about. Time that was sold adds up, each piece behind the other, and a refund takes back of its own piece what
/// is not used: what others paid for moves up and is never less. The order's row is locked, and then the key's.
/// </summary>
public sealed class KeyChanger(LicenseTime time, TimeProvider clock)
{
    private const string Select = "SELECT order_id, license_id, key, seconds, done_at, ends_at, taken_back, created_at FROM order_key_changes";

    /// <summary>What an order does; null when it is about no key.</summary>
    public static ValueTask<KeyChange?> Find(ReadTx s, string tenant, string order) => s.One(Select + " WHERE tenant_id = @tenant AND order_id = @order",
        r => new KeyChange(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3), r.LongOrNull(4), r.LongOrNull(5), r.GetInt64(6), r.GetInt64(7)), ("tenant", tenant), ("order", order));

    /// <summary>Notes what an order is to do once it is paid.</summary>
    public async ValueTask Begin(WriteTx s, string tenant, string order, License key, long seconds) => await s.Execute(
        "INSERT INTO order_key_changes (order_id, tenant_id, license_id, key, seconds, created_at) VALUES (@order, @tenant, @license, @key, @seconds, @now)",
        ("order", order), ("tenant", tenant), ("license", key.Id), ("key", key.Key), ("seconds", seconds), ("now", Now()));

    /// <summary>Does it: a key that runs goes on from its end, one that has run out from now.</summary>
    /// <returns>The key and its new end; null when it cannot be done any more: then staff decide.</returns>
    public async ValueTask<(License Key, long End)?> Apply(WriteTx s, string tenant, string order)
    {
        var now = Now();
        if (await Find(s, tenant, order) is not { DoneAt: null } change || await LicenseTime.Locked(s, tenant, change.LicenseId) is not { ExpireAt: { } was, Stored: not LicenseState.Revoked } key)
            return null;
        var end = LicenseAction.Extended(was, change.Seconds, now);
        if (end > License.Latest)
            return null;
        await time.Move(s, Caller.System with { TenantId = tenant }, key, end, now);
        await s.Execute("UPDATE order_key_changes SET done_at = @now, was_end = @was, ends_at = @end WHERE tenant_id = @tenant AND order_id = @order", ("now", now), ("was", was), ("end", end), ("tenant", tenant), ("order", order));
        return (key, end);
    }

    /// <summary>Takes back what is not used of the time that an order gave.</summary>
    public async ValueTask TakeBack(WriteTx s, Caller who, string order)
    {
        var (tenant, now) = (who.TenantId, Now());
        // What is not used is known once nobody else moves it.
        if (await Find(s, tenant, order) is not { DoneAt: not null } seen || await LicenseTime.Locked(s, tenant, seen.LicenseId) is not { ExpireAt: { } was } key)
            return;
        var change = (await Find(s, tenant, order))!;
        var back = Math.Min(change.Unused(now), Math.Max(0, was - now));
        if (back == 0)
            return;
        await time.Move(s, who, key, was - back, now);
        (string, object?)[] of = [("back", back), ("tenant", tenant), ("license", change.LicenseId), ("end", change.EndsAt), ("order", order)];
        await s.Execute("UPDATE order_key_changes SET ends_at = ends_at - @back WHERE tenant_id = @tenant AND license_id = @license AND (ends_at > @end OR order_id = @order)", of);
        await s.Execute("UPDATE order_key_changes SET taken_back = taken_back + @back WHERE tenant_id = @tenant AND order_id = @order", ("back", back), ("tenant", tenant), ("order", order));
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
