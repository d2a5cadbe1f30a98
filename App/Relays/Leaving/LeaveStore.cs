using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Moves;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.Leaving;

/// <summary>A server that its relays go from.</summary>
/// <param name="Cause">One of <see cref="RelayMove.Causes"/>.</param>
/// <param name="Since">Names the occasion.</param>
internal sealed record LeavingServer(string Tenant, string Id, string Name, string Cause, long Since);

/// <summary>How a server stands with those who leave it.</summary>
/// <param name="Leaving"><c>drained</c> or <c>removed</c>: they go; empty: they stay, unless it is down or over its allowance.</param>
/// <param name="OverUntil">Its allowance is used up as far as it may be, until then.</param>
/// <param name="Going">Moves from it that are going on.</param>
internal sealed record LeavingState(string Leaving, long? OverUntil, long Going);

/// <summary>Servers that relays leave, in the database.</summary>
internal static class LeaveStore
{
    /// <summary>Servers that their relays may have to go from, each with every cause that there is, the weightiest first.</summary>
    /// <param name="asked">That it is down has to be seen since then: whoever was away knows nothing.</param>
    public static ValueTask<List<IReadOnlyList<LeavingServer>>> Due(ReadTx s, long asked) => s.All(
        """
        SELECT v.tenant_id, v.id, v.name, COALESCE(v.health_since, 0), CAST(CASE WHEN v.health = 'down' AND v.health_since IS NOT NULL AND v.probed_at >= @asked THEN 1 ELSE 0 END AS BIGINT), v.leaving, v.over_until FROM relay_servers v
        WHERE v.leaving <> '' OR v.over_until IS NOT NULL OR (v.health = 'down' AND v.health_since IS NOT NULL AND v.probed_at >= @asked) ORDER BY v.id LIMIT 10000
        """,
        r =>
        {
            LeavingServer Of(string cause, long since) => new(r.GetString(0), r.GetString(1), r.GetString(2), cause, since);
            List<LeavingServer> causes = [];
            if (r.GetInt64(4) == 1)
                causes.Add(Of(RelayMove.Down, r.GetInt64(3)));
            if (r.GetString(5) is { Length: > 0 } leaving)
                causes.Add(Of(leaving, r.GetInt64(3)));
            if (r.LongOrNull(6) is { } until)
                causes.Add(Of(RelayMove.Allowance, until));
            return (IReadOnlyList<LeavingServer>)causes;
        }, ("asked", asked));

    /// <summary>Relays on it that no move takes away yet, each with the one that is ending.</summary>
    /// <param name="hurry">Also those whose former relay still runs: it is of no use where the new one is dead.</param>
    public static ValueTask<List<(string Slot, string? Ending)>> Relays(ReadTx s, string server, bool hurry, string after, int limit) => s.All(
        """
        SELECT s.id, m.id FROM relay_slots s LEFT JOIN relay_moves m ON m.slot_id = s.id AND m.ended_at IS NULL
        WHERE s.server_id = @server AND s.released_at IS NULL AND s.id > @after AND (m.id IS NULL OR (m.state = 'overlap' AND @hurry = 1)) ORDER BY s.id LIMIT @limit
        """,
        r => (r.GetString(0), r.TextOrNull(1)), ("server", server), ("after", after), ("hurry", hurry ? 1L : 0L), ("limit", (long)limit));

    /// <summary>Those with an allowance, or that were over one.</summary>
    public static ValueTask<List<(string Tenant, string Id, long? OverUntil)>> Allowed(ReadTx s) => s.All(
        "SELECT tenant_id, id, over_until FROM relay_servers WHERE traffic_allowance IS NOT NULL OR over_until IS NOT NULL ORDER BY id LIMIT 10000", r => (r.GetString(0), r.GetString(1), r.LongOrNull(2)));

    /// <summary>Has that changed it?</summary>
    public static async ValueTask<bool> Over(WriteTx s, string id, long? until) => await s.Execute(
        "UPDATE relay_servers SET over_until = @until WHERE id = @id AND COALESCE(over_until, 0) <> COALESCE(@until, 0)", ("until", until), ("id", id)) > 0;

    public static async ValueTask<LeavingState> State(ReadTx s, string id) => await s.One(
        "SELECT leaving, over_until, (SELECT COUNT(*) FROM relay_moves m WHERE m.from_server = relay_servers.id AND m.ended_at IS NULL) FROM relay_servers WHERE id = @id",
        r => new LeavingState(r.GetString(0), r.LongOrNull(1), r.GetInt64(2)), ("id", id)) ?? new("", null, 0);

    /// <summary>Those that a removal waits for.</summary>
    public static ValueTask<List<(string Tenant, string Id)>> Removed(ReadTx s) => s.All("SELECT tenant_id, id FROM relay_servers WHERE leaving = 'removed' ORDER BY id LIMIT 1000", r => (r.GetString(0), r.GetString(1)));

    /// <summary>All relays of a business, and where they may be: what a plan is made of. Those that move are where they go.</summary>
    public static ValueTask<List<PlacedRelay>> All(ReadTx s, string tenant) => s.All(
        $"""
        SELECT {Rental.Columns}, s.id, CASE WHEN m.state = 'starting' THEN m.to_server ELSE s.server_id END, m.id FROM relay_slots s JOIN rentals r ON r.id = s.rental_id LEFT JOIN relay_moves m ON m.slot_id = s.id AND m.ended_at IS NULL WHERE s.tenant_id = @tenant AND s.released_at IS NULL ORDER BY s.id
        """,
        r => Rental.FromRow(r) is var rental ? new PlacedRelay(r.GetString(Rental.Width), rental.Id, rental.AccountId, r.GetString(Rental.Width + 1), rental.Terms.RegionCodes, r.TextOrNull(Rental.Width + 2) is not null) : null!, ("tenant", tenant));
}
