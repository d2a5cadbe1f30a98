using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Containers;

/// <summary>The engine of a server that was removed, until nothing of ours is left on it.</summary>
/// <param name="Containers">Of ours, at the last look.</param>
/// <param name="Error">Why it cannot be cleared, as a stored message; null: it is being cleared.</param>
public sealed record LeftEngine(string Id, string Tenant, string Name, string Docker, string SealedSecrets, string EngineId, long Containers, string? Error, long LeftAt)
{
    /// <summary>As the server that it was.</summary>
    internal RelayServer Server => new() { Id = Id, Kind = RelayServer.Docker, Name = Name, Engine = Docker, SealedSecrets = SealedSecrets, EngineId = EngineId };
}

/// <summary>Engines that were left, in the database.</summary>
internal static class LeftEngineStore
{
    private const string Select = "SELECT id, tenant_id, name, docker, sealed_secrets, engine_id, containers, error, left_at FROM relay_left_engines";

    /// <summary>The server is about to be removed. One whose engine never answered left nothing there.</summary>
    public static async ValueTask Leave(WriteTx s, string tenant, RelayServer server, long now) => await s.Execute(
        """
        INSERT INTO relay_left_engines (id, tenant_id, name, docker, sealed_secrets, engine_id, containers, left_at)
        SELECT id, tenant_id, name, docker, sealed_secrets, engine_id, engine_containers, @now FROM relay_servers WHERE tenant_id = @tenant AND id = @id AND seen_at IS NOT NULL ON CONFLICT (id) DO NOTHING
        """, ("now", now), ("tenant", tenant), ("id", server.Id));

    public static ValueTask<List<LeftEngine>> OfTenant(ReadTx s, string tenant) => s.All(Select + " WHERE tenant_id = @tenant ORDER BY id LIMIT 1000", Map, ("tenant", tenant));

    public static ValueTask<LeftEngine?> Find(ReadTx s, string tenant, string id) => s.One(Select + " WHERE tenant_id = @tenant AND id = @id", Map, ("tenant", tenant), ("id", id));

    public static async ValueTask<bool> Any(ReadTx s) => await s.One("SELECT id FROM relay_left_engines LIMIT 1", r => r.GetString(0)) is not null;

    /// <summary>Those that the process holds.</summary>
    public static ValueTask<List<LeftEngine>> Held(ReadTx s, string process) => s.All(Select + " WHERE held_by = @me ORDER BY id", Map, ("me", process));

    /// <summary>So many of ours are on it, or why that is not known.</summary>
    public static ValueTask<int> Looked(WriteTx s, string id, long? containers, Message? error) => s.Execute(
        "UPDATE relay_left_engines SET containers = COALESCE(@containers, containers), error = @error WHERE id = @id", ("containers", containers), ("error", error?.ToStored()), ("id", id));

    public static ValueTask<int> Delete(WriteTx s, string id) => s.Execute("DELETE FROM relay_left_engines WHERE id = @id", ("id", id));

    private static LeftEngine Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetInt64(6), r.TextOrNull(7), r.GetInt64(8));
}

/// <summary>What staff do about engines that were left; inside the transaction it is given.</summary>
public sealed class LeftEngines(AuditWriter audit)
{
    /// <summary>It will never come back: what is on it stays there, and nobody looks for it any more.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_SERVER: it is cleared, or was given up.</exception>
    public async ValueTask<LeftEngine> GiveUp(WriteTx s, Caller who, string id)
    {
        if (await LeftEngineStore.Find(s, who.TenantId, id) is not { } left || await LeftEngineStore.Delete(s, id) == 0)
            throw new Refusal(ServerErrors.NotFound);
        await audit.Write(s, who, "server.given_up", new AuditTarget("server", id, left.Name));
        return left;
    }
}
