using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Servers;

/// <summary>Servers in the database.</summary>
internal static class ServerStore
{
    private static readonly string Select = $"SELECT {RelayServer.Fields.Columns} FROM relay_servers v";
    private static readonly string InsertSql = RelayServer.Fields.Insert + " ON CONFLICT DO NOTHING";
    private static readonly string UpdateSql = RelayServer.Fields.Update;

    public static ValueTask<RelayServer?> Find(ReadTx s, string tenant, string id) =>
        s.One(Select + " WHERE v.tenant_id = @tenant AND v.id = @id", RelayServer.Fields.FromRow, ("tenant", tenant), ("id", id));

    public static ValueTask<RelayServer?> FindByName(ReadTx s, string tenant, string name) =>
        s.One(Select + " WHERE v.tenant_id = @tenant AND v.name = @name", RelayServer.Fields.FromRow, ("tenant", tenant), ("name", name));

    /// <summary>Newest first.</summary>
    public static ValueTask<List<RelayServer>> List(ReadTx s, string tenant, string? search, string? after, int limit)
    {
        var filter = new SqlFilter("v.tenant_id = @tenant", ("tenant", tenant)).Contains("q", search, "v.folded").After("v.id", after);
        return s.All($"{Select} WHERE {filter.Sql} ORDER BY v.id DESC LIMIT @limit", RelayServer.Fields.FromRow, filter.Args(("limit", (long)limit)));
    }

    /// <summary>All there are.</summary>
    public static ValueTask<List<RelayServer>> All(ReadTx s, string tenant) => s.All(Select + " WHERE v.tenant_id = @tenant ORDER BY v.id LIMIT 10000", RelayServer.Fields.FromRow, ("tenant", tenant));

    /// <summary>Those that may get a new relay.</summary>
    public static ValueTask<List<RelayServer>> Open(ReadTx s, string tenant) =>
        s.All(Select + " WHERE v.tenant_id = @tenant AND v.draining = 0 AND v.over_until IS NULL ORDER BY v.id LIMIT 10000", RelayServer.Fields.FromRow, ("tenant", tenant));

    public static ValueTask<int> Insert(WriteTx s, string tenant, RelayServer server) => s.Execute(InsertSql, RelayServer.Fields.Arguments(FieldUse.Inserted, tenant, server));

    public static ValueTask<int> Update(WriteTx s, string tenant, RelayServer server) => s.Execute(UpdateSql, RelayServer.Fields.Arguments(FieldUse.Updated, tenant, server));

    /// <summary>Until the end of the transaction nobody else changes it or places relays on it.</summary>
    public static async ValueTask<bool> Lock(WriteTx s, string tenant, string id) =>
        await s.Locked("SELECT id FROM relay_servers WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", id)) is not null;

    /// <summary>Its relays go to others, and why; empty: they stay.</summary>
    public static ValueTask<int> Leave(WriteTx s, string tenant, string id, string why, long now) => s.Execute(
        "UPDATE relay_servers SET leaving = @why, draining = CASE WHEN @why = '' THEN draining ELSE 1 END, updated_at = @now WHERE tenant_id = @tenant AND id = @id", ("why", why), ("now", now), ("tenant", tenant), ("id", id));

    public static async ValueTask Delete(WriteTx s, string tenant, string id)
    {
        (string, object?)[] args = [("tenant", tenant), ("id", id)];
        await s.Execute("DELETE FROM relay_containers WHERE tenant_id = @tenant AND server_id = @id", args);
        await s.Execute("DELETE FROM relay_busy_ports WHERE server_id = @id", ("id", id));
        await s.Execute("DELETE FROM relay_servers WHERE tenant_id = @tenant AND id = @id", args);
    }

    /// <summary>How many of its relays are in each state.</summary>
    public static async ValueTask<Dictionary<string, long>> States(ReadTx s, string id) =>
        (await s.All("SELECT state, COUNT(*) FROM relay_containers WHERE server_id = @id GROUP BY state", r => KeyValuePair.Create(r.GetString(0), r.GetInt64(1)), ("id", id))).ToDictionary();

    /// <summary>The last error of its relays, as it is stored; null where there is none.</summary>
    public static ValueTask<string?> LastError(ReadTx s, string id) =>
        s.One("SELECT error FROM relay_containers WHERE server_id = @id AND error IS NOT NULL ORDER BY state_at DESC, id LIMIT 1", r => r.GetString(0), ("id", id));
}
