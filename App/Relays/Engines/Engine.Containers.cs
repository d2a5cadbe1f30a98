using System.Formats.Tar;
using System.Globalization;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using Gatehouse.Relays.Faults;

namespace Gatehouse.Relays.Engines;

/// <summary>A container in a list.</summary>
/// <param name="State"><c>created</c>, <c>running</c>, <c>restarting</c>, <c>exited</c>, ...</param>
/// <param name="Spec">What it was made by (<see cref="RelayContainer.Spec"/>).</param>
public sealed record EngineContainer(string Id, string Name, string State, string Rental, string Slot, string Spec);

/// <summary>A container by itself.</summary>
/// <param name="Error">Why it did not start, in the engine's words.</param>
/// <param name="StartedAt">Counters begin anew with it; empty before its first start.</param>
/// <param name="Health"><c>starting</c>, <c>healthy</c>, <c>unhealthy</c>, or empty.</param>
public sealed record EngineContainerState(string Id, string Name, string State, long ExitCode, bool OutOfMemory, string Error, string StartedAt, long Restarts, string Health, IReadOnlyDictionary<string, string> Labels)
{
    public bool Runs => State == "running";
}

public sealed partial class Engine
{
    private const int FileOwner = 65532, NameTries = 50;
    private static readonly TimeSpan NameEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Makes the container, puts its files in and starts it. Again: the one that is there is taken, its files are put in anew if it stands still.</summary>
    /// <returns>Its id, and what the engine warns of, such as limits that it cannot hold.</returns>
    /// <exception cref="EngineException">What was made for nothing is gone again. <see cref="EngineFault.NameTaken"/>: one of ours has the name and is made otherwise; <see cref="EngineFault.Foreign"/>: somebody else's has it.</exception>
    public async Task<(string Id, IReadOnlyList<string> Warnings)> Run(RelayContainer relay, IReadOnlyList<RelayFile> files, CancellationToken ct)
    {
        var (id, warnings, made) = await Create(relay, ct);
        await FaultPoints.Passed(FaultPoint.ContainerMade);
        try
        {
            if (made || !(await Inspect(id, ct)).Runs)
            {
                await Put(id, files, ct);
                await FaultPoints.Passed(FaultPoint.FilesPut);
                await Ask(t => _client.Containers.StartContainerAsync(id, new ContainerStartParameters(), t), ct);
                await FaultPoints.Passed(FaultPoint.ContainerStarted);
            }
            return (id, warnings);
        }
        catch (EngineException) when (made)
        {
            // With a port that is taken it would be started again and again, and in its place nothing else.
            await Discard(id);
            throw;
        }
    }

    /// <summary>Already so: nothing happens.</summary>
    /// <exception cref="EngineException">It does not start; <see cref="EngineFault.Foreign"/>: it is not ours.</exception>
    public async Task Start(string id, CancellationToken ct)
    {
        await Ours(id, ct);
        await Ask(t => _client.Containers.StartContainerAsync(id, new ContainerStartParameters(), t), ct);
    }

    /// <summary>Already so: nothing happens.</summary>
    /// <exception cref="EngineException"><see cref="EngineFault.Foreign"/>: it is not ours.</exception>
    public async Task Stop(string id, CancellationToken ct)
    {
        await Ours(id, ct);
        await Ask(t => _client.Containers.StopContainerAsync(id, new ContainerStopParameters { WaitBeforeKillSeconds = (uint)StopAfter.TotalSeconds }, t), ct);
    }

    /// <exception cref="EngineException"><see cref="EngineFault.Foreign"/>: it is not ours.</exception>
    public async Task Restart(string id, CancellationToken ct)
    {
        await Ours(id, ct);
        await Ask(t => _client.Containers.RestartContainerAsync(id, new ContainerRestartParameters { WaitBeforeKillSeconds = (uint)StopAfter.TotalSeconds }, t), ct);
    }

    /// <summary>Takes it away, running or not; its volume stays. One that is gone is as good.</summary>
    /// <exception cref="EngineException"><see cref="EngineFault.Foreign"/>: it is not ours, and stays.</exception>
    public async Task Remove(string id, CancellationToken ct)
    {
        try
        {
            await Ours(id, ct);
            await Ask(t => _client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, t), ct);
        }
        catch (EngineException e) when (e.Fault == EngineFault.NotFound || e.Said.Contains("is already in progress", StringComparison.Ordinal))
        {
            // Gone, or about to be.
        }
    }

    /// <summary>Takes a slot's keys away, once no container has them. Gone is as good.</summary>
    /// <exception cref="EngineException"><see cref="EngineFault.Foreign"/>: it is not ours, and stays.</exception>
    public async Task RemoveVolume(string name, CancellationToken ct)
    {
        try
        {
            var volume = await Ask(t => _client.Volumes.InspectAsync(name, t), ct);
            if (volume.Labels?.TryGetValue(RelayContainer.Managed, out var owner) != true || owner != _owner)
                throw new EngineException(EngineFault.Foreign, name);
            await Ask(t => _client.Volumes.RemoveAsync(name, null, t), ct);
        }
        catch (EngineException e) when (e.Fault == EngineFault.NotFound)
        {
            // Nothing is left to do.
        }
    }

    /// <summary>The names of all volumes of ours, used or not.</summary>
    /// <exception cref="EngineException">The engine does not say.</exception>
    public async Task<IReadOnlyList<string>> Volumes(CancellationToken ct) =>
        [.. ((await Ask(t => _client.Volumes.ListAsync(new VolumesListParameters { Filters = Mine() }, t), ct)).Volumes ?? []).Select(v => v.Name)];

    /// <summary>All of ours, also those that stand still, by one call.</summary>
    /// <exception cref="EngineException">The engine does not say: what is there is unknown.</exception>
    public async Task<IReadOnlyList<EngineContainer>> List(CancellationToken ct)
    {
        var found = await Ask(t => _client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = Mine() }, t), ct);
        return [.. found.Select(c => new EngineContainer(c.ID, Plain(c.Names.FirstOrDefault()), c.State, Label(c.Labels, RelayContainer.RentalLabel), Label(c.Labels, RelayContainer.SlotLabel), Label(c.Labels, RelayContainer.SpecLabel)))];
    }

    /// <param name="id">Or its name. It may be anybody's.</param>
    /// <exception cref="EngineException"><see cref="EngineFault.NotFound"/>: there is none.</exception>
    public async Task<EngineContainerState> Inspect(string id, CancellationToken ct)
    {
        var c = await Ask(t => _client.Containers.InspectContainerAsync(id, t), ct);
        if (c.State is not { } state)
            throw new EngineException(EngineFault.NotAnEngine, $"{c.Name} has no state");
        var started = state.StartedAt is { } at && !at.StartsWith("0001", StringComparison.Ordinal) ? at : "";
        return new EngineContainerState(c.ID, Plain(c.Name), state.Status, state.ExitCode, state.OOMKilled, state.Error ?? "", started, c.RestartCount, state.Health?.Status ?? "", new Dictionary<string, string>(c.Config?.Labels ?? new Dictionary<string, string>()));
    }

    private async Task<(string Id, IReadOnlyList<string> Warnings, bool Made)> Create(RelayContainer relay, CancellationToken ct)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                var made = await Ask(t => _client.Containers.CreateContainerAsync(relay.Body(_owner, Info.Limits), t), ct);
                return (made.ID, [.. made.Warnings ?? []], true);
            }
            catch (EngineException e) when (e.Fault == EngineFault.NameTaken)
            {
                if (await Named(relay, e, tries, ct) is { } there)
                    return (there.Id, [], false);
            }
            await Task.Delay(NameEvery, ct);
        }
    }

    // A name is taken before its container is there to be seen, and a little longer than it is.
    private async Task<EngineContainerState?> Named(RelayContainer relay, EngineException taken, int tries, CancellationToken ct)
    {
        try
        {
            var there = await Ours(relay.Name, ct);
            return there.Labels.GetValueOrDefault(RelayContainer.SpecLabel) == relay.Spec ? there : throw new EngineException(EngineFault.NameTaken, $"{there.Name} ({there.State})", taken);
        }
        catch (EngineException e) when (e.Fault == EngineFault.NotFound && tries < NameTries)
        {
            return null;
        }
    }

    private async Task Put(string id, IReadOnlyList<RelayFile> files, CancellationToken ct)
    {
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
            foreach (var file in files)
                await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, file.Name)
                {
                    Uid = FileOwner, Gid = FileOwner, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite, DataStream = new MemoryStream(file.Content),
                }, ct);
        tar.Position = 0;
        await Ask(t => _client.Containers.ExtractArchiveToContainerAsync(id, new CopyToContainerParameters { Path = RelayContainer.Data }, tar, t), ct);
    }

    private async Task Discard(string id)
    {
        try
        {
            await Remove(id, CancellationToken.None);
            await FaultPoints.Passed(FaultPoint.ContainerDiscarded);
        }
        catch (EngineException)
        {
            // It carries our label: the next round finds it, and what went wrong first is what to tell.
        }
    }

    private async Task<EngineContainerState> Ours(string id, CancellationToken ct)
    {
        var there = await Inspect(id, ct);
        return there.Labels.GetValueOrDefault(RelayContainer.Managed) == _owner ? there : throw new EngineException(EngineFault.Foreign, there.Name);
    }

    private Dictionary<string, IDictionary<string, bool>> Mine() => new() { ["label"] = new Dictionary<string, bool> { [$"{RelayContainer.Managed}={_owner}"] = true } };

    private static string Label(IDictionary<string, string>? labels, string name) => labels?.TryGetValue(name, out var value) == true ? value : "";

    private static string Plain(string? name) => name?.TrimStart('/') ?? "";
}
