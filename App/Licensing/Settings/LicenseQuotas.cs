using Gatehouse.Accounts.Quotas;

namespace Gatehouse.Licensing.Settings;

/// <summary>What a tenant may have of keys.</summary>
public static class LicenseQuotas
{
    /// <summary>Keys that were activated and have time left; those that are suspended do not count.</summary>
    public static readonly Quota ActiveKeys = new("active_keys", "quota.active_keys", 20, (s, tenant, now) =>
        s.Number("SELECT COUNT(*) FROM licenses WHERE tenant_id = @tenant AND state = 'active' AND (expire_at IS NULL OR expire_at > @now)", ("tenant", tenant), ("now", now)));

    /// <summary>Machines that keys are bound to, whatever became of the keys; one that has two keys counts twice.</summary>
    public static readonly Quota Devices = new("devices", "quota.devices", 30, (s, tenant, _) => s.Number("SELECT COUNT(*) FROM bindings WHERE tenant_id = @tenant", ("tenant", tenant)));

    public static readonly IReadOnlyList<Quota> All = [ActiveKeys, Devices];
}
