using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Actions;

/// <summary>Time that is sold: a key gets it, or gives it back. What staff do by hand is <see cref="LicenseActions"/>.</summary>
public sealed class LicenseTime(LicenseQueries queries)
{
    /// <summary>The key, locked for the rest of the transaction; null when it is gone.</summary>
    public static async ValueTask<License?> Locked(WriteTx s, string tenant, string id) =>
        await s.Locked("SELECT id FROM licenses WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", id)) is null ? null : await LicenseStore.Get(s, tenant, id);

    /// <summary>Moves the end of a key whose clock runs, or ran. Its row is locked.</summary>
    public async ValueTask Move(WriteTx s, Caller who, License key, long end, long now)
    {
        var state = key.Stored == LicenseState.Expired && end > now ? LicenseState.Active : key.Stored;
        await s.Execute("UPDATE licenses SET state = @state, expire_at = @end WHERE id = @id AND tenant_id = @tenant", ("state", state), ("end", end), ("id", key.Id), ("tenant", who.TenantId));
        await s.Execute(LicenseStore.InsertEvent, LicenseStore.Event(who, key.Id, Ids.New(), now, end < key.ExpireAt ? "shortened" : "extended", Format.Iso(key.ExpireAt!.Value), Format.Iso(end)));
        queries.CountAgainAfter(s, who.TenantId);
    }
}
