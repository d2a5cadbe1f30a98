using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.HostDesk;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Containers;

/// <summary>Servers of kind <c>docker</c> and what their engines are told, in the database.</summary>
internal static class DockerStore
{
    // By the database's clock, which all nodes share.
    private const long Lease = 30_000;
    private static readonly string Servers = $"SELECT {RelayServer.Fields.Columns}, v.tenant_id FROM relay_servers v WHERE v.kind = 'docker' AND v.held_by = @me ORDER BY v.id";

    /// <summary>Which appliance this is, for good.</summary>
    public static async ValueTask<string> Owner(Database db, CancellationToken ct)
    {
        if (await db.Read(s => Known(s), ct) is { Length: > 0 } known)
            return known;
        await db.Write(s => s.Execute("UPDATE relay_fleet SET owner = @owner WHERE id = 'fleet' AND owner = ''", ("owner", Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..12])), ct);
        return await db.Read(s => Known(s), ct) ?? throw new StorageException("The fleet has no row.");

        static ValueTask<string?> Known(ReadTx s) => s.One("SELECT owner FROM relay_fleet WHERE id = 'fleet'", r => r.GetString(0));
    }

    /// <summary>Takes or keeps those that no other process holds. A hold that ends later than any can was made before the clock was set back.</summary>
    /// <param name="alone">No other process can be there.</param>
    public static async ValueTask<int> Hold(WriteTx s, string process, bool alone)
    {
        // One after another: of one engine under two names, one process has both.
        await SlotStore.LockFleet(s);
        var now = await s.Now();
        (string, object?)[] args = [("me", process), ("until", now + Lease), ("now", now), ("alone", alone ? 1L : 0L)];
        await s.Execute("UPDATE relay_left_engines SET held_by = @me, held_until = @until WHERE held_by = @me OR held_by IS NULL OR held_until NOT BETWEEN @now AND @until OR @alone = 1", args);
        return await s.Execute(
            """
            UPDATE relay_servers SET held_by = @me, held_until = @until WHERE kind = 'docker' AND (held_by = @me OR held_by IS NULL OR held_until NOT BETWEEN @now AND @until OR @alone = 1)
              AND (@alone = 1 OR engine_id = '' OR NOT EXISTS (SELECT 1 FROM relay_servers o WHERE o.kind = 'docker' AND o.engine_id = relay_servers.engine_id AND o.id <> relay_servers.id AND o.held_by <> @me AND o.held_until BETWEEN @now AND @until))
            """, args);
    }

    /// <summary>Another node may have it: this one finds nothing of it behind its address.</summary>
    public static ValueTask<int> LetGo(WriteTx s, string process, string server) => s.Execute("UPDATE relay_servers SET held_by = NULL, held_until = 0 WHERE id = @id AND held_by = @me", ("id", server), ("me", process));

    /// <summary>Which engine the server's is, where that is not known.</summary>
    public static ValueTask<int> Bind(WriteTx s, string server, string engine) => s.Execute("UPDATE relay_servers SET engine_id = @engine WHERE id = @id AND engine_id = ''", ("engine", engine), ("id", server));

    public static async ValueTask<int> LetGo(WriteTx s, string process) =>
        await s.Execute("UPDATE relay_left_engines SET held_by = NULL, held_until = 0 WHERE held_by = @me", ("me", process))
        + await s.Execute("UPDATE relay_servers SET held_by = NULL, held_until = 0 WHERE kind = 'docker' AND held_by = @me", ("me", process));

    /// <summary>Those that the process holds, with their tenants.</summary>
    public static ValueTask<List<(RelayServer Server, string Tenant)>> Held(ReadTx s, string process) =>
        s.All(Servers, r => (RelayServer.Fields.FromRow(r), r.GetString(RelayServer.Fields.All.Count)), ("me", process));

    /// <summary>Its engine has answered, or why it cannot be used.</summary>
    /// <param name="containers">Of ours on it; null: it does not say.</param>
    public static ValueTask<int> Answered(WriteTx s, string server, Message? error, long? containers, long now) => s.Execute(
        "UPDATE relay_servers SET engine_error = @error, engine_containers = COALESCE(@containers, engine_containers), seen_at = CASE WHEN @well = 1 THEN @now ELSE seen_at END, health = CASE WHEN @well = 1 AND health = 'unknown' THEN 'healthy' ELSE health END WHERE id = @id",
        ("error", error?.ToStored()), ("containers", containers), ("well", error is null ? 1L : 0L), ("now", now), ("id", server));

    /// <summary>Is there such a container, on whatever server, or one on trial? Of a trial whose process was killed nothing ends it but its time.</summary>
    public static async ValueTask<bool> IsOwned(ReadTx s, string id, long now) =>
        await s.One("SELECT id FROM relay_containers WHERE id = @id UNION SELECT id FROM relay_container_links WHERE id = @id AND container_id IS NULL AND made_at BETWEEN @from AND @to", r => r.GetString(0),
            ("id", id), ("from", now - ContainerSeatStore.TrialsFor), ("to", now + ContainerSeatStore.TrialsFor)) is not null;

    /// <summary>It is about to be made or started.</summary>
    public static ValueTask<int> Begun(WriteTx s, string container, long now) => s.Execute("UPDATE relay_containers SET state = 'starting', state_at = @now, applied_version = 0 WHERE id = @id", ("now", now), ("id", container));

    /// <summary>What its engine calls it.</summary>
    public static ValueTask<int> Made(WriteTx s, string container, string engine) => s.Execute("UPDATE relay_containers SET engine_id = @engine WHERE id = @id", ("engine", engine), ("id", container));
}
