using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Servers;

/// <summary>The use cases of servers; each runs inside the transaction it is given.</summary>
public sealed class ServerService(AuditWriter audit, IEnumerable<ServerKind> kinds, TimeProvider clock)
{
    private readonly IReadOnlyList<ServerKind> _kinds = [.. kinds];

    /// <summary>The kinds that can be added.</summary>
    public IReadOnlyList<string> Kinds => [.. _kinds.Select(k => k.Name)];

    /// <exception cref="Refusal">404 NO_SUCH_SERVER.</exception>
    public async ValueTask<RelayServer> Get(ReadTx s, string tenant, string id) => await ServerStore.Find(s, tenant, id) ?? throw new Refusal(ServerErrors.NotFound);

    /// <summary>Newest first.</summary>
    public async ValueTask<Slice<RelayServer>> List(ReadTx s, string tenant, string? search, string? after, int limit) =>
        Slice<RelayServer>.Of(await ServerStore.List(s, tenant, search, Cursor.Decode(after), limit + 1), limit, v => v.Id);

    /// <summary>Tries a server as it is to be added, outside any transaction.</summary>
    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public Task<IReadOnlyList<ServerCheck>> Try(RelayServer wanted, CancellationToken ct, IProgress<TryProgress>? progress = null)
    {
        var server = Kept(Checked(wanted), null);
        return _kinds.First(k => k.Name == server.Kind).Try(server, progress, ct);
    }

    /// <summary>Tries one that is there, as it is now.</summary>
    public Task<IReadOnlyList<ServerCheck>> TryAgain(RelayServer server, CancellationToken ct, IProgress<TryProgress>? progress = null) => _kinds.FirstOrDefault(k => k.Name == server.Kind)?.Try(server, progress, ct) ?? Task.FromResult<IReadOnlyList<ServerCheck>>([]);

    /// <summary>What lets the host of a server in that has just been added; null where it needs nothing.</summary>
    /// <exception cref="Refusal">422: the appliance is not reached in a safe way.</exception>
    public async ValueTask<ServerJoin?> Join(WriteTx s, Caller who, RelayServer server, string site) => _kinds.First(k => k.Name == server.Kind).Join is { } join ? await join(s, who, server, site) : null;

    /// <summary>Another one, in place of the one before.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_SERVER, or 422: it is of a kind that needs none, or the appliance is not reached in a safe way.</exception>
    public async ValueTask<(RelayServer Server, ServerJoin Join)> JoinAnew(WriteTx s, Caller who, string id, string site)
    {
        await ServerStore.Lock(s, who.TenantId, id);
        var server = await Get(s, who.TenantId, id);
        if (await Join(s, who, server, site) is not { } join)
            throw Refusal.Field("kind", "servers.wrong.no_host");
        await audit.Write(s, who, "server.join_token", Target(server));
        return (server, join);
    }

    /// <summary>Adds one.</summary>
    /// <param name="tried">What trying it has found: with a failure in it nothing is added.</param>
    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public async ValueTask<RelayServer> Create(WriteTx s, Caller who, RelayServer wanted, IReadOnlyList<ServerCheck> tried)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (tried.FirstOrDefault(c => !c.Ok) is { } failed)
            throw new Refusal(HttpErrors.ValidationFailed) { Fields = new Dictionary<string, Platform.Localization.Message> { [failed.Field] = failed.Detail } };
        var server = Kept(Checked(wanted), null) with { Id = Ids.New(), CreatedAt = now, UpdatedAt = now, EngineId = tried.Select(c => c.EngineId).FirstOrDefault(e => e.Length > 0) ?? "" };
        if (await ServerStore.Insert(s, who.TenantId, server) == 0)
            throw Refusal.Field("name", "servers.wrong.name_taken");
        await audit.Write(s, who, "server.added", Target(server), after: RelayServer.Fields.Json(server));
        return server;
    }

    /// <exception cref="Refusal">404 NO_SUCH_SERVER, or 422 with all that is wrong, by field.</exception>
    public async ValueTask<RelayServer> Update(WriteTx s, Caller who, string id, Func<RelayServer, RelayServer> change)
    {
        await ServerStore.Lock(s, who.TenantId, id);
        var before = await Get(s, who.TenantId, id);
        var wanted = Checked(change(before));
        if (wanted.Kind != before.Kind)
            throw Refusal.Field("kind", "servers.wrong.kind_fixed");
        var server = Kept(wanted, before) with { UpdatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds() };
        // What devices know a relay by is in their maps: they would not find it any more.
        if (before.Slots > 0 && (server.Address != before.Address || server.Ipv6 != before.Ipv6))
            throw Refusal.Field(server.Address != before.Address ? "address" : "ipv6", "servers.wrong.in_use", before.Slots);
        if (await ServerStore.FindByName(s, who.TenantId, server.Name) is { } other && other.Id != id)
            throw Refusal.Field("name", "servers.wrong.name_taken");
        await ServerStore.Update(s, who.TenantId, server);
        // Who opens it again wants those that are on it to stay.
        if (before.Draining && !server.Draining)
            await ServerStore.Leave(s, who.TenantId, id, "", server.UpdatedAt);
        await audit.Write(s, who, "server.changed", Target(server), RelayServer.Fields.Json(before), RelayServer.Fields.Json(server));
        return server;
    }

    /// <summary>The engine that stands behind its address now is its own from now on.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_SERVER.</exception>
    public async ValueTask<RelayServer> TakeEngine(WriteTx s, Caller who, string id)
    {
        await ServerStore.Lock(s, who.TenantId, id);
        var server = await Get(s, who.TenantId, id) with { EngineId = "", UpdatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds() };
        await ServerStore.Update(s, who.TenantId, server);
        await audit.Write(s, who, "server.engine_taken", Target(server));
        return server;
    }

    /// <summary>Returns what there was.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_SERVER, or 409 SERVER_IN_USE: relays are on it.</exception>
    public async ValueTask<RelayServer> Remove(WriteTx s, Caller who, string id)
    {
        await ServerStore.Lock(s, who.TenantId, id);
        var gone = await Get(s, who.TenantId, id);
        if (gone.Slots > 0)
            throw new Refusal(ServerErrors.InUse);
        if (_kinds.FirstOrDefault(k => k.Name == gone.Kind)?.Left is { } left)
            await left(s, who.TenantId, gone);
        await ServerStore.Delete(s, who.TenantId, id);
        await audit.Write(s, who, "server.removed", Target(gone), before: RelayServer.Fields.Json(gone));
        return gone;
    }

    private RelayServer Checked(RelayServer wanted)
    {
        if (!Kinds.Contains(wanted.Kind))
            throw Refusal.Field("kind", "servers.wrong.kind", string.Join(", ", Kinds));
        var server = RelayServer.Fields.Checked(wanted);
        if (server.PortTo < server.PortFrom)
            throw Refusal.Field("port_to", "servers.wrong.port_to");
        return server.RegionName.Length > 0 ? server : server with { RegionName = server.RegionCode.ToUpperInvariant() };
    }

    private RelayServer Kept(RelayServer wanted, RelayServer? before) => _kinds.FirstOrDefault(k => k.Name == wanted.Kind)?.Keep is { } keep ? keep(wanted, before)
        : wanted.Engine == RelayServer.NoEngine ? wanted : throw Refusal.Field("docker", "servers.docker.wrong.kind");

    private static AuditTarget Target(RelayServer server) => new("server", server.Id, server.Name);
}

/// <summary>What requests about servers are refused with.</summary>
public static class ServerErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_SERVER");
    public static readonly ErrorCode InUse = new(409, "SERVER_IN_USE");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, InUse];
}
