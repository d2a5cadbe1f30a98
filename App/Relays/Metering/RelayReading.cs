using Gatehouse.Derp.Hub;
using Gatehouse.Relays.Traffic;

namespace Gatehouse.Relays.Metering;

/// <summary>What the counters of one relay say: all since its start, bytes and packets.</summary>
/// <param name="ServerId">Where it runs.</param>
/// <param name="Epoch">Names the start: another one has counters of its own.</param>
/// <param name="StartedAt">Unix milliseconds, by the relay's clock.</param>
/// <param name="Total">Of all connections, also of those that were refused.</param>
/// <param name="Devices">By node key, with those that have left.</param>
public sealed record RelayReading(string SlotId, string ServerId, string Epoch, long StartedAt, Volume Total, IReadOnlyDictionary<string, Volume> Devices)
{
    internal static RelayReading Of(string slot, string server, DerpState state) => new(
        slot, server, state.Epoch, DateTimeOffset.Parse(state.StartedAt, null).ToUnixTimeMilliseconds(),
        new(state.Total.BytesIn, state.Total.BytesOut, state.Total.PacketsIn, state.Total.PacketsOut),
        state.Devices.ToDictionary(d => d.Key, d => new Volume(d.BytesIn, d.BytesOut, d.PacketsIn, d.PacketsOut)));
}

/// <summary>Relays whose counters can be read: those of this process, or of servers that it is connected with.</summary>
public interface IRelayCounters
{
    /// <summary>Of each relay that runs.</summary>
    Task<IReadOnlyList<RelayReading>> Read(CancellationToken ct);
}
