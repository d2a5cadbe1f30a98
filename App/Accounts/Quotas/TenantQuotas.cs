using System.Collections.Frozen;
using Gatehouse.Audit.Security;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Quotas;

/// <summary>A limit of a tenant and how much of it is used.</summary>
public sealed record QuotaUse(Quota Quota, long? Most, long Used);

/// <summary>
/// What tenants may have. Where a tenant has no limit, which memory knows, nothing is asked and nothing locked; one that was set on another
/// node holds here within seconds. Where there is one, it is decided inside the transaction, under the lock of the limit's row.
/// </summary>
public sealed class TenantQuotas(QuotaCatalogue catalogue, SecurityEvents events, TimeProvider clock)
{
    private volatile FrozenDictionary<(string Tenant, string Quota), long> _limits = FrozenDictionary<(string, string), long>.Empty;

    /// <summary>The limit in force here; null for none.</summary>
    public long? Limit(string tenant, Quota quota) => _limits.TryGetValue((tenant, quota.Name), out var most) ? most : null;

    /// <summary>Has the tenant any limit?</summary>
    public bool Limits(string tenant) => catalogue.All.Any(q => Limit(tenant, q) is not null);

    /// <summary>Does work that may add to what a quota counts; where it has added too much, all of it is undone.</summary>
    /// <exception cref="Refusal">403 QUOTA_EXCEEDED.</exception>
    public async ValueTask<T> Within<T>(WriteTx s, Caller who, Quota quota, Func<ValueTask<T>> work)
    {
        if (Limit(who.TenantId, quota) is null || await Locked(s, who.TenantId, quota) is not { } limit)
            return await work();
        var now = Now();
        var before = await quota.Count(s, who.TenantId, now);
        var result = await work();
        var after = await quota.Count(s, who.TenantId, now);
        if (after > before && after > limit.Most)
            throw Exceeded(quota, limit.Most);
        await Warn(s, who, quota, limit, after, now);
        return result;
    }

    /// <summary>Refuses where nothing more fits in already: before work whose answer would tell something else.</summary>
    /// <exception cref="Refusal">403 QUOTA_EXCEEDED.</exception>
    public async ValueTask Room(ReadTx s, string tenant, Quota quota)
    {
        if (Limit(tenant, quota) is { } most && await quota.Count(s, tenant, Now()) >= most)
            throw Exceeded(quota, most);
    }

    /// <summary>All quotas of a tenant with what is used of them.</summary>
    public async ValueTask<IReadOnlyList<QuotaUse>> Uses(ReadTx s, string tenant)
    {
        var limits = await Of(s, tenant);
        var uses = new List<QuotaUse>();
        foreach (var quota in catalogue.All)
            uses.Add(new(quota, limits.TryGetValue(quota.Name, out var most) ? most : null, await quota.Count(s, tenant, Now())));
        return uses;
    }

    /// <summary>The limits of a tenant by the quotas' names.</summary>
    public static async ValueTask<Dictionary<string, long>> Of(ReadTx s, string tenant) => (await s.All("SELECT kind, most FROM tenant_quotas WHERE tenant_id = @tenant ORDER BY kind",
        r => KeyValuePair.Create(r.GetString(0), r.GetInt64(1)), ("tenant", tenant))).ToDictionary();

    /// <summary>Sets a limit, or none for null. Whoever sees that it is near is warned anew.</summary>
    public static ValueTask<int> Set(WriteTx s, string tenant, Quota quota, long? most) => most is null
        ? s.Execute("DELETE FROM tenant_quotas WHERE tenant_id = @tenant AND kind = @kind", ("tenant", tenant), ("kind", quota.Name))
        : s.Execute("INSERT INTO tenant_quotas (tenant_id, kind, most) VALUES (@tenant, @kind, @most) ON CONFLICT (tenant_id, kind) DO UPDATE SET most = excluded.most, warned_at = NULL",
            ("tenant", tenant), ("kind", quota.Name), ("most", most));

    /// <summary>The limits of all tenants.</summary>
    internal static ValueTask<List<KeyValuePair<(string Tenant, string Quota), long>>> All(ReadTx s) => s.All("SELECT tenant_id, kind, most FROM tenant_quotas ORDER BY tenant_id, kind",
        r => KeyValuePair.Create((r.GetString(0), r.GetString(1)), r.GetInt64(2)));

    /// <summary>These are in force from here on.</summary>
    internal void Use(IEnumerable<KeyValuePair<(string Tenant, string Quota), long>> limits) => _limits = limits.ToFrozenDictionary();

    internal static Refusal Exceeded(Quota quota, long most) => new(QuotaErrors.Exceeded, new Message(quota.Words), most)
    {
        Fields = new Dictionary<string, Message> { [quota.Name] = new("quota.reached", most) },
    };

    internal static ValueTask<Limited?> Locked(WriteTx s, string tenant, Quota quota) => s.Locked("SELECT most, warned_at FROM tenant_quotas WHERE tenant_id = @tenant AND kind = @kind",
        r => new Limited(r.GetInt64(0), r.LongOrNull(1)), ("tenant", tenant), ("kind", quota.Name));

    // Once, until there is room again.
    internal async ValueTask Warn(WriteTx s, Caller who, Quota quota, Limited limit, long used, long now)
    {
        var near = used * 100 >= limit.Most * Quota.WarnAt;
        if (near == limit.WarnedAt is not null)
            return;
        await s.Execute("UPDATE tenant_quotas SET warned_at = @at WHERE tenant_id = @tenant AND kind = @kind", ("at", near ? now : null), ("tenant", who.TenantId), ("kind", quota.Name));
        if (near)
            await events.Record(s, who with { Ip = null }, quota.Words, "warn", quota.Name, $"{used} / {limit.Most}");
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>A limit's row, locked.</summary>
internal sealed record Limited(long Most, long? WarnedAt);
