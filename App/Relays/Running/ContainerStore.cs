using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Running;

/// <summary>A relay that belongs on a server, and how.</summary>
/// <param name="CertName">The pin of its identity.</param>
/// <param name="Barred">Its owner may not come in any more: it lets nobody in.</param>
internal sealed record WantedRelay(string Tenant, string ContainerId, string SlotId, string ServerId, string Host, int Port, string CertName, bool Run, long Failures, long? RetryAt, string State, long Applied, bool Barred, Rental Rental)
{
    /// <summary>No pause before it is tried again is longer, in milliseconds.</summary>
    public const long LongestPause = 300_000;

    /// <summary>Has it failed, and is not tried yet? A clock that was set back makes no pause longer.</summary>
    public bool Pauses(long now) => RetryAt > now && RetryAt <= now + LongestPause;

    /// <summary>Of its rental: what it has to learn.</summary>
    public long Version => Rental.Version;

    /// <summary>Are the rental's devices let in?</summary>
    public bool Lets(long now) => !Barred && Rental.Admits(now) && !(Rental.SpentAt is not null && Rental.Terms.AtQuota == "stop") && Rental.Held != "stop";

    /// <summary>Until when nothing else ends it; null: for ever. Of one that waits for its first device, the latest that its end may be.</summary>
    public long? Until => Rental.StartAt is not null ? Rental.EndAt : Rental.StartBy + Rental.DurationMs;

    /// <summary>How fast each of its devices may be, in bytes a second; null: as fast as can be.</summary>
    public long? Rate => Rental.SpentAt is not null || Rental.Held == "slow" ? Rental.Terms.SlowRate : Rental.Terms.RateLimit;

    public RelayOrder Order(long now) => new(ContainerId, SlotId, ServerId, Host, Port, CertName, Version, Lets(now), Rate);
}

/// <summary>What servers should run.</summary>
internal static class ContainerStore
{
    private static readonly string Select =
        $"""
        SELECT {Rental.Columns}, c.tenant_id, c.id, s.id, c.server_id, s.host, c.port, s.cert_name, c.wanted, c.failures, c.retry_at, c.state, c.applied_version, a.disabled_at
        FROM relay_containers c JOIN relay_servers v ON v.id = c.server_id JOIN relay_slots s ON s.id = c.slot_id JOIN rentals r ON r.id = s.rental_id JOIN accounts a ON a.id = r.account_id
        """;

    /// <summary>Are there servers of a kind?</summary>
    public static async ValueTask<bool> Any(ReadTx s, string kind) => await s.One("SELECT id FROM relay_servers WHERE kind = @kind LIMIT 1", r => r.GetString(0), ("kind", kind)) is not null;

    /// <summary>All that belongs on the servers of a kind that the process holds.</summary>
    public static ValueTask<List<WantedRelay>> Wanted(ReadTx s, string kind, string process) => s.All(Select + " WHERE v.kind = @kind AND v.held_by = @me ORDER BY c.id", Map, ("kind", kind), ("me", process));

    /// <summary>All whose container is linked with the process.</summary>
    public static ValueTask<List<WantedRelay>> Linked(ReadTx s, string process) =>
        s.All(Select + " JOIN relay_container_links l ON l.container_id = c.id WHERE l.held_by = @me AND l.link_id IS NOT NULL ORDER BY c.id", Map, ("me", process));

    private static WantedRelay Map(Row r)
    {
        const int at = Rental.Width;
        return new(r.GetString(at), r.GetString(at + 1), r.GetString(at + 2), r.GetString(at + 3), r.GetString(at + 4), (int)r.GetInt64(at + 5), r.GetString(at + 6), r.GetString(at + 7) == "run", r.GetInt64(at + 8), r.LongOrNull(at + 9),
            r.GetString(at + 10), r.GetInt64(at + 11), r.LongOrNull(at + 12) is not null, Rental.FromRow(r));
    }

    /// <summary>What the relay of a slot is known by, sealed.</summary>
    public static async ValueTask<string> Identity(ReadTx s, string slot) => await s.One("SELECT sealed_identity FROM relay_slots WHERE id = @id", r => r.GetString(0), ("id", slot)) ?? "";

    public static ValueTask<List<string>> Keys(ReadTx s, string rental) => s.All("SELECT node_key FROM rental_devices WHERE rental_id = @rental ORDER BY id", r => r.GetString(0), ("rental", rental));

    public static ValueTask<int> Became(WriteTx s, WantedRelay relay, string state, long version, long now, Message? error = null, long? retryAt = null) => s.Execute(
        "UPDATE relay_containers SET state = @state, state_at = @now, applied_version = @version, error = @error, failures = @failures, retry_at = @retry WHERE id = @id",
        ("state", state), ("now", now), ("version", version), ("error", error?.ToStored()), ("failures", error is null ? 0L : relay.Failures + 1), ("retry", retryAt), ("id", relay.ContainerId));

    /// <summary>
    /// Something else has the relay's port there: it gets another one, and where its map names that one, the map another version. Once, however
    /// often it is told. One that only waits for its devices to find its successor gets none: nobody would look for it there.
    /// </summary>
    public static async ValueTask Another(WriteTx s, WantedRelay relay, long now)
    {
        await s.Locked("SELECT id FROM rentals WHERE id = @id", r => r.GetString(0), ("id", relay.Rental.Id));
        await SlotStore.LockFleet(s);
        await s.Execute("INSERT INTO relay_busy_ports (tenant_id, server_id, port, until) VALUES (@tenant, @server, @port, @until) ON CONFLICT (server_id, port) DO UPDATE SET until = @until", ("tenant", relay.Tenant), ("server", relay.ServerId), ("port", (long)relay.Port), ("until", now + 86_400_000));
        if (await SlotStore.Find(s, relay.Tenant, relay.SlotId) is not { } slot || await ServerStore.Find(s, relay.Tenant, relay.ServerId) is not { } server || await SlotAllocator.Port(s, server, now) is not { } port)
            return;
        var named = slot.ServerId == relay.ServerId;
        if (!named && await s.One("SELECT id FROM relay_moves WHERE container_id = @id AND ended_at IS NULL", r => r.GetString(0), ("id", relay.ContainerId)) is null)
            return;
        if (await s.Execute("UPDATE relay_containers SET port = @port WHERE id = @id AND port = @before", ("port", port), ("id", relay.ContainerId), ("before", (long)relay.Port)) == 0 || !named)
            return;
        await s.Execute("UPDATE relay_slots SET port = @port WHERE id = @id", ("port", port), ("id", relay.SlotId));
        await s.Execute("UPDATE rentals SET acl_version = acl_version + 1, version = version + 1 WHERE id = @id", ("id", relay.Rental.Id));
    }
}
