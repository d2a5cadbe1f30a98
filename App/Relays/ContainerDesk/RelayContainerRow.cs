using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.ContainerDesk;

/// <summary>One relay's process on a server: how it should be and how it is. Of servers that use no Docker it is a relay in a program there. Times in unix milliseconds.</summary>
/// <param name="Wanted">run or stop.</param>
/// <param name="State">waiting, starting, running, stopped or failed.</param>
/// <param name="Error">The last one, as a stored message.</param>
/// <param name="Failures">In turn.</param>
/// <param name="RetryAt">When it is tried again; null: at once, or it is well.</param>
/// <param name="Version">Of the program in it, where it has a link of its own; empty: it has none, or was never connected.</param>
/// <param name="Mended">What of it somebody had changed by hand on its engine when it was put right last: fields' names; empty: nothing.</param>
/// <param name="ConnectedAt">When its last link began; null: it has none of its own, or is not connected.</param>
public sealed record RelayContainerRow(
    string Id, string SlotId, string RentalId, string RentalName, string AccountId, string ServerId, string Server, string Kind, long RegionId, string Host, long Port, string Wanted, string State, long StateAt, string? Error, long Failures,
    long? RetryAt, string Version, long? ConnectedAt, long CreatedAt, string Mended, long? MendedAt)
{
    /// <summary>Is it as it should be?</summary>
    public bool IsWell => State == (Wanted == "run" ? "running" : "stopped");
}

/// <summary>A relay that has no container on the server that its map names: it stands still until it is given one.</summary>
public sealed record BareRelay(string RentalId, string RentalName, long RegionId, long Port, string ServerId, string Server);

/// <summary>What a list of containers is narrowed by; null asks for nothing.</summary>
public sealed record ContainerFilter(string? Server = null, string? Rental = null, string? State = null, string? Search = null);

/// <summary>Containers as staff see them, in the database.</summary>
internal static class RelayContainerStore
{
    private const string Select =
        """
        SELECT c.id, c.slot_id, s.rental_id, r.name, s.account_id, c.server_id, v.name, v.kind, s.region_id, s.host, c.port, c.wanted, c.state, c.state_at, c.error, c.failures, c.retry_at, COALESCE(l.version, ''),
          CASE WHEN l.link_id IS NULL THEN NULL ELSE l.connected_at END, c.created_at, COALESCE(l.mended, ''), l.mended_at
        FROM relay_containers c JOIN relay_slots s ON s.id = c.slot_id JOIN rentals r ON r.id = s.rental_id JOIN relay_servers v ON v.id = c.server_id LEFT JOIN relay_container_links l ON l.container_id = c.id
        """;

    /// <summary>What <see cref="ContainerFilter.State"/> may be.</summary>
    public static readonly IReadOnlyList<string> States = ["running", "starting", "waiting", "failed", "stopped"];

    public static ValueTask<RelayContainerRow?> Find(ReadTx s, string tenant, string id) => s.One(Select + " WHERE c.tenant_id = @tenant AND c.id = @id", Map, ("tenant", tenant), ("id", id));

    /// <summary>Newest first.</summary>
    public static ValueTask<List<RelayContainerRow>> List(ReadTx s, string tenant, ContainerFilter wanted, string? after, int limit)
    {
        var filter = new SqlFilter("c.tenant_id = @tenant", ("tenant", tenant)).Is("c.server_id", "server", wanted.Server).Is("s.rental_id", "rental", wanted.Rental).Is("c.state", "state", wanted.State).After("c.id", after);
        if (wanted.Search is { } typed)
        {
            var (people, names) = (Like.Contains("q", typed, "f.folded"), Like.Contains("q", typed, "v.folded", "r.folded"));
            filter = filter.And($"({names.Sql} OR c.id = @typed OR s.account_id IN (SELECT f.account_id FROM customer_search f WHERE f.tenant_id = @tenant AND {people.Sql}))", [("typed", typed), .. people.Args]);
        }
        return s.All($"{Select} WHERE {filter.Sql} ORDER BY c.id DESC LIMIT @limit", Map, filter.Args(("limit", (long)limit)));
    }

    /// <summary>A rental's relays, by position, and which container each has on the server that its map names; null: none.</summary>
    public static ValueTask<List<(string Slot, string Server, long RegionId, long Port, string? Container)>> Slots(ReadTx s, string tenant, string rental) => s.All(
        "SELECT s.id, s.server_id, s.region_id, s.port, c.id FROM relay_slots s LEFT JOIN relay_containers c ON c.slot_id = s.id AND c.server_id = s.server_id WHERE s.tenant_id = @tenant AND s.rental_id = @rental AND s.released_at IS NULL ORDER BY s.position",
        r => (r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3), r.TextOrNull(4)), ("tenant", tenant), ("rental", rental));

    /// <summary>Relays without a container, the newest first.</summary>
    public static ValueTask<List<BareRelay>> Bare(ReadTx s, string tenant, ContainerFilter wanted, int limit)
    {
        var filter = new SqlFilter("s.tenant_id = @tenant AND s.released_at IS NULL AND NOT EXISTS (SELECT 1 FROM relay_containers c WHERE c.slot_id = s.id AND c.server_id = s.server_id)", ("tenant", tenant)).Is("s.server_id", "server", wanted.Server).Is("s.rental_id", "rental", wanted.Rental);
        return s.All($"SELECT s.rental_id, r.name, s.region_id, s.port, v.id, v.name FROM relay_slots s JOIN rentals r ON r.id = s.rental_id JOIN relay_servers v ON v.id = s.server_id WHERE {filter.Sql} ORDER BY s.id DESC LIMIT @limit",
            r => new BareRelay(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3), r.GetString(4), r.GetString(5)), filter.Args(("limit", (long)limit)));
    }

    public static ValueTask<int> Delete(WriteTx s, string tenant, string id) => s.Execute("DELETE FROM relay_containers WHERE tenant_id = @tenant AND id = @id", ("tenant", tenant), ("id", id));

    private static RelayContainerRow Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7), r.GetInt64(8), r.GetString(9), r.GetInt64(10),
        r.GetString(11), r.GetString(12), r.GetInt64(13), r.TextOrNull(14), r.GetInt64(15), r.LongOrNull(16), r.GetString(17), r.LongOrNull(18), r.GetInt64(19), r.GetString(20), r.LongOrNull(21));
}
