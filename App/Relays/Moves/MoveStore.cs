using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Moves;

/// <summary>Moves in the database.</summary>
internal static class MoveStore
{
    private const string Columns =
        """
        m.id, m.tenant_id, m.slot_id, s.rental_id, s.region_id, m.from_server, (SELECT v.name FROM relay_servers v WHERE v.id = m.from_server), m.to_server, (SELECT v.name FROM relay_servers v WHERE v.id = m.to_server),
          m.container_id, m.cause, m.state, m.acl_version, m.error, m.begun_at, m.switched_at, m.ended_at
        """;

    private const int Width = 17;

    public static ValueTask<RelayMove?> Find(ReadTx s, string tenant, string id) =>
        s.One($"SELECT {Columns} FROM relay_moves m JOIN relay_slots s ON s.id = m.slot_id WHERE m.tenant_id = @tenant AND m.id = @id", Map, ("tenant", tenant), ("id", id));

    /// <summary>The one of a slot that is going on.</summary>
    public static ValueTask<RelayMove?> Open(ReadTx s, string slot) =>
        s.One($"SELECT {Columns} FROM relay_moves m JOIN relay_slots s ON s.id = m.slot_id WHERE m.slot_id = @slot AND m.ended_at IS NULL", Map, ("slot", slot));

    /// <summary>Newest first.</summary>
    /// <param name="server">Only those to it or from it.</param>
    public static ValueTask<List<RelayMove>> List(ReadTx s, string tenant, string? server, string? rental, bool open, string? after, int limit)
    {
        var filter = new SqlFilter("m.tenant_id = @tenant", ("tenant", tenant)).Is("s.rental_id", "rental", rental).After("m.id", after);
        if (server is not null)
            filter = filter.And("(m.from_server = @server OR m.to_server = @server)", ("server", server));
        if (open)
            filter = filter.And("m.ended_at IS NULL");
        return s.All($"SELECT {Columns} FROM relay_moves m JOIN relay_slots s ON s.id = m.slot_id WHERE {filter.Sql} ORDER BY m.id DESC LIMIT @limit", Map, filter.Args(("limit", (long)limit)));
    }

    /// <summary>All that are going on, the oldest first, with what has become of them.</summary>
    public static async ValueTask<List<MoveNow>> Going(ReadTx s, string after, int limit)
    {
        var found = await s.All(
            $"""
            SELECT {Columns}, s.released_at, s.server_id, s.cert_name, c.state, COALESCE(c.port, 0) FROM relay_moves m JOIN relay_slots s ON s.id = m.slot_id LEFT JOIN relay_containers c ON c.id = m.container_id
            WHERE m.ended_at IS NULL AND m.id > @after ORDER BY m.id LIMIT @limit
            """,
            r => new MoveNow(Map(r), r.LongOrNull(Width) is not null, r.GetString(Width + 1), r.GetString(Width + 2), r.TextOrNull(Width + 3), (int)r.GetInt64(Width + 4), null), ("after", after), ("limit", (long)limit));
        var servers = new Dictionary<string, MoveTarget?>();
        foreach (var (tenant, id) in found.Select(f => (f.Move.Tenant, f.Move.ToServer)).Distinct())
            servers[id] = await ServerStore.Find(s, tenant, id) is { } server ? MoveTarget.Of(server) : null;
        return found.ConvertAll(f => f with { Target = servers[f.Move.ToServer] });
    }

    /// <summary>Servers where a slot's relay could not be reached lately.</summary>
    public static async ValueTask<HashSet<string>> Failed(ReadTx s, string slot, long since) => [.. await s.All(
        "SELECT to_server FROM relay_moves WHERE slot_id = @slot AND state = 'dropped' AND error IS NOT NULL AND ended_at >= @since", r => r.GetString(0), ("slot", slot), ("since", since))];

    public static ValueTask<int> Insert(WriteTx s, string tenant, string id, string slot, string from, string to, string container, string cause, long now) => s.Execute(
        "INSERT INTO relay_moves (id, tenant_id, slot_id, from_server, to_server, container_id, cause, state, begun_at) VALUES (@id, @tenant, @slot, @from, @to, @container, @cause, 'starting', @now)",
        ("id", id), ("tenant", tenant), ("slot", slot), ("from", from), ("to", to), ("container", container), ("cause", cause), ("now", now));

    /// <summary>The slot is where the move goes, as far as maps and pages know.</summary>
    public static async ValueTask Switch(WriteTx s, RelayMove move, long port, string regionCode, string regionName, long now)
    {
        await s.Execute("UPDATE relay_slots SET server_id = @server, port = @port, region_code = @code, region_name = @name WHERE id = @id", ("server", move.ToServer), ("port", port), ("code", regionCode), ("name", regionName), ("id", move.SlotId));
        await s.Execute("UPDATE relay_moves SET state = 'overlap', switched_at = @now, error = NULL WHERE id = @id", ("now", now), ("id", move.Id));
    }

    public static ValueTask<int> Named(WriteTx s, string id, long version) => s.Execute("UPDATE relay_moves SET acl_version = @version WHERE id = @id", ("version", version), ("id", id));

    public static ValueTask<int> Failing(WriteTx s, string id, Message error) => s.Execute("UPDATE relay_moves SET error = @error WHERE id = @id AND state = 'starting' AND (error IS NULL OR error <> @error)", ("error", error.ToStored()), ("id", id));

    public static ValueTask<int> End(WriteTx s, string id, string state, long now, Message? error = null) =>
        s.Execute("UPDATE relay_moves SET state = @state, ended_at = @now, error = @error WHERE id = @id", ("state", state), ("now", now), ("error", error?.ToStored()), ("id", id));

    /// <summary>How one of a slot's relays should be, by the server that it is on; null: it has none there.</summary>
    public static ValueTask<string?> Wanted(ReadTx s, string slot, string server) => s.One("SELECT wanted FROM relay_containers WHERE slot_id = @slot AND server_id = @server", r => r.GetString(0), ("slot", slot), ("server", server));

    public static ValueTask<int> Remove(WriteTx s, string slot, string server) => s.Execute("DELETE FROM relay_containers WHERE slot_id = @slot AND server_id = @server", ("slot", slot), ("server", server));

    /// <summary>Does something have a port there: a stranger, or another relay?</summary>
    public static async ValueTask<bool> IsTaken(ReadTx s, string server, long port, long now) => await s.One(
        "SELECT port FROM relay_busy_ports WHERE server_id = @server AND port = @port AND until > @now UNION ALL SELECT port FROM relay_containers WHERE server_id = @server AND port = @port LIMIT 1",
        r => r.GetInt64(0), ("server", server), ("port", port), ("now", now)) != 0;

    /// <summary>When somebody first fetched a version of a rental's map, or a newer one, by its link, or their tailnet took it; null: nobody yet.</summary>
    public static ValueTask<long?> Fetched(ReadTx s, string rental, long version) => s.One(
        "SELECT MIN(at) FROM acl_log WHERE rental_id = @rental AND action IN ('fetched', 'delivered') AND version >= @version", r => r.LongOrNull(0), ("rental", rental), ("version", version));

    /// <summary>Does a rental's map get to its person by itself: by a link that is fetched, or into their tailnet?</summary>
    public static async ValueTask<bool> IsLinked(ReadTx s, string rental, long since) =>
        await s.One("SELECT id FROM acl_links WHERE rental_id = @rental AND fetched_at >= @since UNION ALL SELECT rental_id FROM tailnets WHERE rental_id = @rental AND delivered_at IS NOT NULL AND read_only = 0 AND error IS NULL LIMIT 1", r => r.GetString(0), ("rental", rental), ("since", since)) is not null;

    private static RelayMove Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4), r.GetString(5), r.TextOrNull(6), r.GetString(7), r.TextOrNull(8), r.GetString(9), r.GetString(10), r.GetString(11),
        r.LongOrNull(12), r.TextOrNull(13), r.GetInt64(14), r.LongOrNull(15), r.LongOrNull(16));
}
