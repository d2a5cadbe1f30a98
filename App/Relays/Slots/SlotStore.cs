using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Slots;

/// <summary>Slots and their containers in the database.</summary>
internal static class SlotStore
{
    public const int FirstRegion = 900, LastRegion = 999;

    private const string Select =
        """
        SELECT s.id, s.rental_id, s.position, s.region_id, s.region_code, s.region_name, s.node_name, s.host, v.address, v.ipv6, s.port, s.cert_name, s.server_id, v.name, COALESCE(c.state, 'stopped'), c.error
        FROM relay_slots s JOIN relay_servers v ON v.id = s.server_id LEFT JOIN relay_containers c ON c.slot_id = s.id AND c.server_id = s.server_id
        """;

    /// <summary>Of a rental, in their order; none of one that is history.</summary>
    public static ValueTask<List<Slot>> OfRental(ReadTx s, string tenant, string rental) =>
        s.All(Select + " WHERE s.tenant_id = @tenant AND s.rental_id = @rental AND s.released_at IS NULL ORDER BY s.position", Map, ("tenant", tenant), ("rental", rental));

    /// <summary>Of all rentals of a person.</summary>
    public static ValueTask<List<Slot>> OfAccount(ReadTx s, string tenant, string account) =>
        s.All(Select + " WHERE s.tenant_id = @tenant AND s.account_id = @account AND s.released_at IS NULL ORDER BY s.rental_id, s.position", Map, ("tenant", tenant), ("account", account));

    /// <summary>One that is no history.</summary>
    public static ValueTask<Slot?> Find(ReadTx s, string tenant, string id) =>
        s.One(Select + " WHERE s.tenant_id = @tenant AND s.id = @id AND s.released_at IS NULL", Map, ("tenant", tenant), ("id", id));

    /// <summary>Until the end of the transaction nobody else gives out ports or places, here or for another tenant.</summary>
    public static async ValueTask LockFleet(WriteTx s) => await s.Locked("SELECT id FROM relay_fleet WHERE id = 'fleet'", r => r.GetString(0));

    /// <summary>The ports of a span that are not to be had: a relay's, also one's that only comes or goes, or a stranger's on that server.</summary>
    public static async ValueTask<HashSet<long>> Taken(ReadTx s, string server, long from, long to, long now) =>
    [
        .. await s.All("SELECT port FROM relay_slots WHERE released_at IS NULL AND port >= @from AND port <= @to", r => r.GetInt64(0), ("from", from), ("to", to)),
        .. await s.All("SELECT port FROM relay_containers WHERE port >= @from AND port <= @to", r => r.GetInt64(0), ("from", from), ("to", to)),
        .. await s.All("SELECT port FROM relay_busy_ports WHERE server_id = @server AND until > @now", r => r.GetInt64(0), ("server", server), ("now", now)),
    ];

    /// <summary>The region ids that a person's relays have.</summary>
    public static async ValueTask<HashSet<long>> RegionIds(ReadTx s, string account) =>
        [.. await s.All("SELECT region_id FROM relay_slots WHERE account_id = @account AND released_at IS NULL", r => r.GetInt64(0), ("account", account))];

    public static ValueTask<int> Insert(WriteTx s, string tenant, string account, Slot slot, string publicKey, long certUntil, string identity, long now) => s.Execute(
        """
        INSERT INTO relay_slots (id, tenant_id, rental_id, account_id, server_id, position, region_id, region_code, region_name, node_name, host, port, public_key, cert_name, cert_until, sealed_identity, created_at)
        VALUES (@id, @tenant, @rental, @account, @server, @position, @region, @code, @name, @node, @host, @port, @key, @cert, @until, @identity, @now)
        """,
        ("id", slot.Id), ("tenant", tenant), ("rental", slot.RentalId), ("account", account), ("server", slot.ServerId), ("position", (long)slot.Position), ("region", (long)slot.RegionId), ("code", slot.RegionCode),
        ("name", slot.RegionName), ("node", slot.NodeName), ("host", slot.Host), ("port", (long)slot.Port), ("key", publicKey), ("cert", slot.CertName), ("until", certUntil), ("identity", identity), ("now", now));

    public static ValueTask<int> Want(WriteTx s, string tenant, string id, string slot, string server, long port, bool run, long now) => s.Execute(
        "INSERT INTO relay_containers (id, tenant_id, slot_id, server_id, port, wanted, state, state_at, created_at) VALUES (@id, @tenant, @slot, @server, @port, @wanted, 'waiting', @now, @now)",
        ("id", id), ("tenant", tenant), ("slot", slot), ("server", server), ("port", port), ("wanted", run ? "run" : "stop"), ("now", now));

    /// <summary>Should a rental's relays run?</summary>
    public static ValueTask<int> Want(WriteTx s, string rental, bool run) => s.Execute(
        "UPDATE relay_containers SET wanted = @wanted, failures = 0, retry_at = NULL WHERE slot_id IN (SELECT id FROM relay_slots WHERE rental_id = @rental AND released_at IS NULL)", ("wanted", run ? "run" : "stop"), ("rental", rental));

    /// <summary>Its ports, places and region ids are free again.</summary>
    public static async ValueTask Release(WriteTx s, string rental, long now)
    {
        await s.Execute("DELETE FROM relay_containers WHERE slot_id IN (SELECT id FROM relay_slots WHERE rental_id = @rental)", ("rental", rental));
        await s.Execute("UPDATE relay_slots SET released_at = @now WHERE rental_id = @rental AND released_at IS NULL", ("now", now), ("rental", rental));
    }

    /// <summary>The same of one of them.</summary>
    public static async ValueTask ReleaseOne(WriteTx s, string slot, long now)
    {
        await s.Execute("DELETE FROM relay_containers WHERE slot_id = @slot", ("slot", slot));
        await s.Execute("UPDATE relay_slots SET released_at = @now WHERE id = @slot", ("now", now), ("slot", slot));
    }

    private static Slot Map(Row r) => new(r.GetString(0), r.GetString(1), (int)r.GetInt64(2), (int)r.GetInt64(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7), r.GetString(8), r.TextOrNull(9), (int)r.GetInt64(10),
        r.GetString(11), r.GetString(12), r.GetString(13), r.GetString(14), r.TextOrNull(15));
}
