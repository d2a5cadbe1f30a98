using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.HostDesk;

/// <summary>How a server's host and the appliance are connected.</summary>
/// <param name="LinkId">Null: they are not.</param>
/// <param name="ConnectedAt">When the last link began; null: there was none.</param>
/// <param name="ClockMs">How far the host's clock is ahead of the appliance's.</param>
/// <param name="HeldBy">The process that has the link.</param>
public sealed record HostState(string ServerId, string? LinkId, long? ConnectedAt, string Version, long? ClockMs, string? HeldBy, long MadeAt);

/// <summary>A host that has shown a valid secret: a server's, or one container's.</summary>
/// <param name="Container">Its own link's (<see cref="ContainerSeatStore"/>); null: it is the server's host.</param>
internal sealed record HostSeat(string Tenant, string ServerId, string SecretHash, string? Container = null)
{
    /// <summary>There is one link of it.</summary>
    public string Key => Container ?? ServerId;
}

/// <summary>Hosts in the database.</summary>
internal static class HostStore
{
    // By the database's clock, which all nodes share.
    private const long Lease = 30_000;

    /// <summary>Another secret takes the place of the one before; the link that came in by that is dead.</summary>
    public static ValueTask<int> Secret(WriteTx s, string tenant, string server, string hash, long now) => s.Execute(
        """
        INSERT INTO relay_hosts (server_id, tenant_id, secret_hash, made_at) VALUES (@server, @tenant, @hash, @now)
        ON CONFLICT (server_id) DO UPDATE SET secret_hash = @hash, made_at = @now, link_id = NULL
        """, ("server", server), ("tenant", tenant), ("hash", hash), ("now", now));

    public static async ValueTask<HostSeat?> Seat(ReadTx s, string hash) =>
        await ContainerSeatStore.Seat(s, hash) ?? await s.One("SELECT tenant_id, server_id FROM relay_hosts WHERE secret_hash = @hash", r => new HostSeat(r.GetString(0), r.GetString(1), hash), ("hash", hash));

    /// <summary>The link is the server's one from now on, unless its secret is not valid any more.</summary>
    public static async ValueTask<bool> Claim(WriteTx s, HostSeat seat, string link, string process, string version, long clockMs, long now)
    {
        if (!await ServerStore.Lock(s, seat.Tenant, seat.ServerId))
            return false;
        if (await s.Execute("UPDATE relay_hosts SET link_id = @link, connected_at = @now, version = @version, clock_ms = @clock WHERE server_id = @id AND secret_hash = @hash",
                ("link", link), ("now", now), ("version", version), ("clock", clockMs), ("id", seat.ServerId), ("hash", seat.SecretHash)) == 0)
            return false;
        var at = await s.Now();
        await s.Execute("UPDATE relay_servers SET held_by = @me, held_until = @until, seen_at = @now, health = CASE WHEN health = 'unknown' THEN 'healthy' ELSE health END WHERE id = @id",
            ("me", process), ("until", at + Lease), ("now", now), ("id", seat.ServerId));
        return true;
    }

    /// <summary>Keeps what the process has, and ends the links of processes that are gone.</summary>
    public static async ValueTask<int> Hold(WriteTx s, string process, long seenAt)
    {
        var now = await s.Now();
        await s.Execute("UPDATE relay_servers SET held_until = @until, seen_at = @seen WHERE kind = 'relay_host' AND held_by = @me", ("until", now + Lease), ("seen", seenAt), ("me", process));
        return await s.Execute("UPDATE relay_hosts SET link_id = NULL WHERE link_id IS NOT NULL AND server_id IN (SELECT id FROM relay_servers WHERE kind = 'relay_host' AND held_until < @now)", ("now", now));
    }

    /// <summary>The link has ended; where another has taken its place, that stays.</summary>
    public static async ValueTask<bool> Leave(WriteTx s, HostSeat seat, string link)
    {
        await ServerStore.Lock(s, seat.Tenant, seat.ServerId);
        if (await s.Execute("UPDATE relay_hosts SET link_id = NULL WHERE server_id = @id AND link_id = @link", ("id", seat.ServerId), ("link", link)) == 0)
            return false;
        await s.Execute("UPDATE relay_servers SET held_by = NULL, held_until = 0 WHERE id = @id", ("id", seat.ServerId));
        return true;
    }

    /// <summary>The links that the process should have, by server.</summary>
    public static async ValueTask<Dictionary<string, string>> Links(ReadTx s, string process) => (await s.All(
        "SELECT h.server_id, h.link_id FROM relay_hosts h JOIN relay_servers v ON v.id = h.server_id WHERE v.held_by = @me AND h.link_id IS NOT NULL", r => KeyValuePair.Create(r.GetString(0), r.GetString(1)), ("me", process))).ToDictionary();

    public static ValueTask<HostState?> State(ReadTx s, string server) => s.One(
        "SELECT h.server_id, h.link_id, h.connected_at, h.version, h.clock_ms, v.held_by, h.made_at FROM relay_hosts h JOIN relay_servers v ON v.id = h.server_id WHERE h.server_id = @id",
        r => new HostState(r.GetString(0), r.TextOrNull(1), r.LongOrNull(2), r.GetString(3), r.LongOrNull(4), r.TextOrNull(5), r.GetInt64(6)), ("id", server));

    /// <summary>Is the slot one that the server has, or had?</summary>
    public static async ValueTask<bool> Has(ReadTx s, string server, string slot) =>
        await s.One("SELECT id FROM relay_slots WHERE id = @slot AND server_id = @server UNION ALL SELECT id FROM relay_containers WHERE slot_id = @slot AND server_id = @server UNION ALL SELECT id FROM relay_moves WHERE slot_id = @slot AND @server IN (from_server, to_server) LIMIT 1",
            r => r.GetString(0), ("slot", slot), ("server", server)) is not null;
}
