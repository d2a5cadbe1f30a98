using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Faults;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Running;

/// <summary>What became of relays that should run, taken down: whoever runs them tells it.</summary>
public sealed partial class RelayOutcomes(Database db, RentalKeeper keeper, RelaySignal signal, ILogger<RelayOutcomes> log, TimeProvider clock)
{
    /// <summary>It runs, with its rental's version in force.</summary>
    /// <param name="used">A device has been connected: the time of a rental that waits for that begins.</param>
    internal async Task Runs(WantedRelay relay, long version, bool used, CancellationToken ct)
    {
        var now = Now();
        if (relay.State != "running" || relay.Applied != version)
            await db.Write(s => ContainerStore.Became(s, relay, "running", version, now), ct);
        if (used && relay.Rental.Status(now) == Rental.Waiting)
            await db.Write(s => keeper.Begin(s, relay.Tenant, relay.Rental.Id), ct);
    }

    internal async Task Stopped(WantedRelay relay, CancellationToken ct)
    {
        await db.Write(s => ContainerStore.Became(s, relay, "stopped", relay.Version, Now()), ct);
        await FaultPoints.Passed(FaultPoint.StopNoted);
    }

    /// <summary>It cannot run: it is tried again with a growing pause, or on another port where a stranger has its own.</summary>
    internal async Task Failed(WantedRelay relay, Message error, bool stranger, CancellationToken ct)
    {
        var now = Now();
        NotStarted(log, relay.SlotId, relay.Port, Localizer.For("en")[error]);
        var pause = Math.Min(WantedRelay.LongestPause, 1000L << (int)Math.Min(relay.Failures, 20));
        await db.Write(async s =>
        {
            if (stranger)
                await ContainerStore.Another(s, relay, now);
            return await ContainerStore.Became(s, relay, "failed", 0, now, error, stranger ? null : now + pause);
        }, ct);
        await FaultPoints.Passed(FaultPoint.FailureNoted);
        if (stranger)
            signal.Wake();
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The relay of slot {Slot} cannot run on port {Port}: {Reason}")]
    private static partial void NotStarted(ILogger log, string slot, int port, string reason);
}
