using Gatehouse.Accounts.Logins;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Accounts.Tenants;

/// <summary>Tenants in the database. They are few: a page has them all.</summary>
internal static class TenantStore
{
    /// <summary>More than one appliance is meant for.</summary>
    public const int Most = 1000;

    private const string There = $"t.state <> '{TenantState.Removed}'";

    private const string Select =
        """
        SELECT t.id, t.name, t.languages, t.colour, t.logo, t.created_at, t.updated_at, t.state, t.closed_at,
          (SELECT v.value FROM settings v WHERE v.tenant_id = t.id AND v.name = @site), (SELECT v.value FROM settings v WHERE v.tenant_id = t.id AND v.name = @mode)
        FROM tenants t
        """;

    /// <summary>The appliance's own first, then by name.</summary>
    public static ValueTask<List<Tenant>> All(ReadTx s) => Read(s, There);

    /// <summary>Null for one that is not there, or no more.</summary>
    public static async ValueTask<Tenant?> Find(ReadTx s, string id) => (await Read(s, $"t.id = @id AND {There}", ("id", id))).FirstOrDefault();

    /// <summary>Adds it with its id and name; <see cref="Update"/> writes the rest.</summary>
    /// <returns>False when the id is taken.</returns>
    public static async ValueTask<bool> Insert(WriteTx s, Tenant t) => await s.Execute(
        "INSERT INTO tenants (id, name, created_at) VALUES (@id, @name, @now) ON CONFLICT DO NOTHING", ("id", t.Id), ("name", t.Name), ("now", t.CreatedAt)) == 1;

    public static ValueTask<int> Update(WriteTx s, Tenant t) => s.Execute(
        "UPDATE tenants SET name = @name, languages = @languages, colour = @colour, logo = @logo, updated_at = @now WHERE id = @id",
        ("id", t.Id), ("name", t.Name), ("languages", string.Join(' ', t.Languages)), ("colour", t.Colour), ("logo", t.Logo), ("now", t.UpdatedAt));

    public static ValueTask<int> SetState(WriteTx s, string id, string state, long? closedAt) =>
        s.Execute("UPDATE tenants SET state = @state, closed_at = @at WHERE id = @id", ("state", state), ("at", closedAt), ("id", id));

    /// <summary>Leaves of it that there was one of that id.</summary>
    public static ValueTask<int> Forget(WriteTx s, string id) =>
        s.Execute("UPDATE tenants SET state = @state, name = '', languages = '', colour = '', logo = '' WHERE id = @id", ("state", TenantState.Removed), ("id", id));

    /// <summary>Gives the tenant these host names in place of those it had.</summary>
    /// <returns>The first that another has: then nothing may be committed. Null when all are its own now.</returns>
    public static async ValueTask<string?> SetHosts(WriteTx s, string tenant, IReadOnlyList<string> hosts)
    {
        await s.Execute("DELETE FROM tenant_hosts WHERE tenant_id = @tenant", ("tenant", tenant));
        foreach (var (position, host) in hosts.Index())
            if (await s.Execute("INSERT INTO tenant_hosts (host, tenant_id, position) VALUES (@host, @tenant, @position) ON CONFLICT DO NOTHING", ("host", host), ("tenant", tenant), ("position", (long)position)) == 0)
                return host;
        return null;
    }

    private static async ValueTask<List<Tenant>> Read(ReadTx s, string where, params (string, object?)[] args)
    {
        var hosts = (await s.All("SELECT tenant_id, host FROM tenant_hosts ORDER BY tenant_id, position", r => (Tenant: r.GetString(0), Host: r.GetString(1)))).ToLookup(h => h.Tenant, h => h.Host);
        var limits = (await s.All("SELECT tenant_id, kind, most FROM tenant_quotas ORDER BY tenant_id, kind", r => (Tenant: r.GetString(0), Kind: r.GetString(1), Most: r.GetInt64(2)))).ToLookup(q => q.Tenant);
        return await s.All($"{Select} WHERE {where} ORDER BY CASE WHEN t.id = '{Caller.DefaultTenant}' THEN 0 ELSE 1 END, t.name, t.id LIMIT @limit",
            r => new Tenant(
                r.GetString(0), r.GetString(1), r.TextOrNull(9) ?? TenantSettings.SiteName.Default, [.. hosts[r.GetString(0)]], r.GetString(2).Split(' '), r.TextOrNull(10) ?? SignUpSettings.Mode.Default,
                r.GetString(3), r.GetString(4), limits[r.GetString(0)].ToDictionary(q => q.Kind, q => q.Most), r.GetInt64(5), r.GetInt64(6), r.GetString(7), r.LongOrNull(8)),
            [("site", TenantSettings.SiteName.Name), ("mode", SignUpSettings.Mode.Name), ("limit", (long)Most), .. args]);
    }
}
