using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Containers;
using Gatehouse.Relays.Engines;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.ContainerDesk;

/// <summary>What an engine says of a container now.</summary>
/// <param name="Error">Why it says nothing; null: it does.</param>
/// <param name="Logs">Its last lines.</param>
public sealed record ContainerLook(EngineContainerState? State, IReadOnlyList<string> Logs, Message? Error)
{
    /// <summary>Nothing of Docker's runs it.</summary>
    public static readonly ContainerLook None = new(null, [], null);
}

/// <summary>Asks engines about single containers, for people who look at one.</summary>
public sealed class ContainerLooks(Database db, DockerKind kind)
{
    // Somebody waits for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="lines">Of its logs.</param>
    public async Task<ContainerLook> Look(string tenant, RelayContainerRow container, int lines, CancellationToken ct)
    {
        if (container.Kind != RelayServer.Docker || await db.Read(s => ServerStore.Find(s, tenant, container.ServerId), ct) is not { } server)
            return ContainerLook.None;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            var owner = await DockerStore.Owner(db, limit.Token);
            await using var engine = await Engine.Connect(kind.Address(server), owner, limit.Token);
            await engine.Require(server.EngineId, limit.Token);
            var state = await engine.Inspect(ContainerForms.NameOf(owner, container.Id), limit.Token);
            return new(state, lines > 0 ? await engine.Logs(state.Id, lines, limit.Token) : [], null);
        }
        catch (EngineException e)
        {
            return new(null, [], e.Reason);
        }
        catch (Refusal refusal) when (refusal.Fields?.Values.FirstOrDefault() is { Key: not null } wrong)
        {
            return new(null, [], wrong);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new(null, [], new EngineException(EngineFault.Unreachable, "no answer in time").Reason);
        }
    }
}
