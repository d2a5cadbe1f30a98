using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Docker.DotNet.Models;

namespace Gatehouse.Relays.Engines;

/// <summary>What a container has used since its start. Bytes and packets as the container sees them: in is what came to it.</summary>
/// <param name="Memory">In bytes.</param>
/// <param name="Cpu">In nanoseconds.</param>
public sealed record EngineStats(ulong BytesIn, ulong BytesOut, ulong PacketsIn, ulong PacketsOut, ulong Memory, ulong Cpu);

/// <summary>Something happened to a container of ours.</summary>
/// <param name="Action"><c>start</c>, <c>die</c>, <c>destroy</c>, <c>oom</c>, <c>health_status: healthy</c>, ...</param>
/// <param name="At">Unix nanoseconds: to go on from.</param>
public sealed record EngineEvent(string Action, string Id, string Name, string Slot, long At);

public sealed partial class Engine
{
    // Not every one: each health check makes three.
    private static readonly string[] Watched = ["create", "start", "die", "stop", "destroy", "oom", "health_status"];

    /// <summary>Null while it stands still, or shares its host's network: then there is nothing to count.</summary>
    /// <exception cref="EngineException">The engine does not say.</exception>
    public async Task<EngineStats?> Stats(string id, CancellationToken ct)
    {
        ContainerStatsResponse? read = null;
        await Ask(t => _client.Containers.GetContainerStatsAsync(id, new ContainerStatsParameters { Stream = false, OneShot = true }, new Each<ContainerStatsResponse>(s => read = s), t), ct);
        if (read?.Networks is not { Count: > 0 } networks)
            return null;
        var all = networks.Values;
        return new EngineStats(Sum(n => n.RxBytes), Sum(n => n.TxBytes), Sum(n => n.RxPackets), Sum(n => n.TxPackets), read.MemoryStats?.Usage ?? 0, read.CPUStats?.CPUUsage?.TotalUsage ?? 0);

        ulong Sum(Func<NetworkStats, ulong> of) => all.Aggregate(0UL, (sum, n) => sum + of(n));
    }

    /// <summary>The last lines of both its outputs, by time, which each begins with.</summary>
    /// <param name="lines">1000 at most.</param>
    /// <exception cref="EngineException">The engine does not say.</exception>
    public async Task<IReadOnlyList<string>> Logs(string id, int lines, CancellationToken ct)
    {
        lines = Math.Min(lines, 1000);
        var (output, errors) = await Ask(async t =>
        {
            using var stream = await _client.Containers.GetContainerLogsAsync(id, new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Timestamps = true, Tail = lines.ToString(CultureInfo.InvariantCulture) }, t);
            return await stream.ReadOutputToEndAsync(t);
        }, ct);
        // The engine mixes the two as they come; a sort that is stable keeps each one's own order.
        return [.. (output + errors).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimEnd('\r')).OrderBy(l => l.Split(' ')[0], StringComparer.Ordinal).TakeLast(lines)];
    }

    /// <summary>What happens to ours, for as long as the connection holds. After it broke: list, and go on from the last one's time, since some may be lost.</summary>
    /// <param name="since">Unix nanoseconds; null: from now on.</param>
    /// <exception cref="EngineException">It broke.</exception>
    public async IAsyncEnumerable<EngineEvent> Events(long? since, [EnumeratorCancellation] CancellationToken ct)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var channel = Channel.CreateBounded<EngineEvent>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var watching = Watch(since, channel.Writer, ends.Token);
        try
        {
            await foreach (var e in channel.Reader.ReadAllAsync(ct))
                yield return e;
        }
        finally
        {
            await ends.CancelAsync();
            await watching;
        }
    }

    private async Task Watch(long? since, ChannelWriter<EngineEvent> found, CancellationToken ct)
    {
        var filters = Mine();
        filters["type"] = new Dictionary<string, bool> { ["container"] = true };
        filters["event"] = Watched.ToDictionary(w => w, _ => true);
        var asked = new ContainerEventsParameters { Filters = filters, Since = since is { } from ? string.Create(CultureInfo.InvariantCulture, $"{from / 1_000_000_000}.{from % 1_000_000_000:000000000}") : null };
        try
        {
            await _client.System.MonitorEventsAsync(asked, new Each<Message>(m => found.TryWrite(new EngineEvent(m.Action, m.Actor?.ID ?? "", Label(m.Actor?.Attributes, "name"), Label(m.Actor?.Attributes, RelayContainer.SlotLabel), m.TimeNano ?? 0))), ct);
            found.Complete(new EngineException(EngineFault.Unreachable, "the engine ended the events"));
        }
        catch (Exception e) when (ct.IsCancellationRequested || EngineFaults.Of(e) is not null)
        {
            found.Complete(ct.IsCancellationRequested ? null : await Fault(_line, e));
        }
    }

    // As it comes, in its order: the framework's own Progress hands on by other threads.
    private sealed class Each<T>(Action<T> each) : IProgress<T>
    {
        public void Report(T value) => each(value);
    }
}
