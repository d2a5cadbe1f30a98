using Docker.DotNet.Models;

namespace Gatehouse.Relays.Engines;

public sealed partial class Engine
{
    /// <summary>What of a container is otherwise than it was asked for: somebody changed it, or the engine has a way of its own.</summary>
    /// <exception cref="EngineException"><see cref="EngineFault.NotFound"/>: there is none.</exception>
    public async Task<IReadOnlyList<Difference>> Differences(string id, RelayContainer asked, CancellationToken ct)
    {
        var there = await Ask(t => _client.Containers.InspectContainerAsync(id, t), ct);
        // One that does not say how it has it has nothing to be compared.
        return there.Config is null || there.HostConfig is null ? [] : ContainerField.Differences(ContainerShape.Of(asked.Body(_owner, Info.Limits), Info.Podman), ContainerShape.Of(there, Info.Podman), Info.Limits);
    }

    /// <summary>Puts right what can be while it runs: its limits, and that it is started again.</summary>
    /// <exception cref="EngineException"><see cref="EngineFault.Foreign"/>: it is not ours. Whatever else: the engine does not do it.</exception>
    public async Task Amend(string id, RelayContainer asked, CancellationToken ct)
    {
        await Ours(id, ct);
        var host = asked.Body(_owner, Info.Limits).HostConfig!;
        await Ask(t => _client.Containers.UpdateContainerAsync(id, new ContainerUpdateParameters { Memory = host.Memory, MemorySwap = host.MemorySwap, PidsLimit = host.PidsLimit, RestartPolicy = host.RestartPolicy }, t), ct);
    }
}
