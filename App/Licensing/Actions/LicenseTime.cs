using System.Globalization;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Actions;

/// <summary>What is sold to keys that are there already: time and machines, which they get or give back. What staff do by hand is <see cref="LicenseActions"/>.</summary>
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

    /// <summary>A key may have more machines. Its row is locked.</summary>
    /// <param name="source">What gave them: once each.</param>
    /// <param name="until">Null: for good.</param>
    public static async ValueTask AddMachines(WriteTx s, Caller who, License key, string source, long machines, long? until, long now)
    {
        await s.Execute("INSERT INTO license_extras (license_id, source, tenant_id, machines, until_at) VALUES (@id, @source, @tenant, @machines, @until)",
            ("id", key.Id), ("source", source), ("tenant", who.TenantId), ("machines", machines), ("until", until));
        await s.Execute(LicenseStore.InsertEvent, LicenseStore.Event(who, key.Id, Ids.New(), now, "machines_added", machines.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>It may not any more; those that are bound beyond that stay until they are unbound. Its row is locked.</summary>
    public static async ValueTask TakeMachines(WriteTx s, Caller who, License key, string source, long machines, long now)
    {
        if (await s.Execute("DELETE FROM license_extras WHERE tenant_id = @tenant AND license_id = @id AND source = @source", ("tenant", who.TenantId), ("id", key.Id), ("source", source)) == 1)
            await s.Execute(LicenseStore.InsertEvent, LicenseStore.Event(who, key.Id, Ids.New(), now, "machines_taken", machines.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>The machines that a key may have now.</summary>
    public static ValueTask<long> MachineLimit(ReadTx s, string tenant, string id, long now) => LicenseStore.MachineLimit(s, tenant, id, now);
}
