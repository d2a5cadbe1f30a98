using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Scheduling;

namespace Gatehouse.Relays.Metering;

/// <summary>Reads the counters of all relays that this process can ask, each <c>Relays:SampleSeconds</c>.</summary>
public sealed partial class TrafficSampler(IEnumerable<IRelayCounters> relays, TrafficBook book, IConfiguration config, ILogger<TrafficSampler> log) : PollingService
{
    private readonly TimeSpan _period = TimeSpan.FromSeconds(ConfigOptions.Number(config, "Relays:SampleSeconds"));

    protected override WakeSignal Signal { get; } = new();

    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        await book.BeginPeriods(ct);
        foreach (var some in relays)
            await book.Count(await some.Read(ct), ct);
        return _period;
    }

    protected override void Trouble(Exception e) => NotRead(log, e);

    [LoggerMessage(Level = LogLevel.Error, Message = "What relays carried could not be counted; the next reading has it too")]
    private static partial void NotRead(ILogger log, Exception e);
}
