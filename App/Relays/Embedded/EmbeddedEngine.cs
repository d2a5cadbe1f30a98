using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Running;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Embedded;

/// <summary>
/// Runs the relays of embedded servers in this process, and makes what runs what should: it starts and stops them, starts again what failed with
/// a growing pause, gives another port where a stranger has the relay's, and tells each whom it admits. Nobody is admitted beyond a rental's
/// end, whether or not the database can be asked.
/// </summary>
public sealed partial class EmbeddedEngine(Database db, SlotAllocator slots, RelayOutcomes outcomes, TrafficBook book, RefusedBook refused, RelaySignal signal, ILoggerFactory logs, TimeProvider clock) : PollingService, IRelayCounters
{
    // What another node has changed is in force after that.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1), HoldEvery = TimeSpan.FromSeconds(10);
    private readonly string _process = Ids.New();
    private readonly WakeSignal _wake = signal.Listen();
    private readonly ILogger _log = logs.CreateLogger<EmbeddedEngine>();
    private readonly RelayFleet _fleet = new(logs);
    // As the last look found it: beyond an end nobody is let in, whatever the next one can see.
    private List<WantedRelay> _known = [];
    private long? _heldAt;

    protected override WakeSignal Signal => _wake;

    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        var now = Now();
        foreach (var over in _known.Where(r => !r.Lets(now)))
            _fleet.Close(over.ContainerId);
        if (!await db.Read(s => ContainerStore.Any(s, RelayServer.Embedded), ct) && _fleet.IsEmpty)
            return LongestWait;
        if (_heldAt is not { } held || clock.GetElapsedTime(held) >= HoldEvery)
        {
            var asked = clock.GetTimestamp();
            await db.Write(s => EmbeddedStore.Hold(s, _process, db.Engine == "SQLite"), ct);
            _heldAt = asked;
        }
        var wanted = _known = await db.Read(s => ContainerStore.Wanted(s, RelayServer.Embedded, _process), ct);
        var run = wanted.Where(w => w.Run).ToDictionary(w => w.ContainerId);
        await book.Count(await _fleet.StopOthers([.. run.Values.Select(w => w.Order(now))]), ct);
        foreach (var stopped in wanted.Where(w => !w.Run && w.State != "stopped"))
            await outcomes.Stopped(stopped, ct);
        foreach (var failed in await _fleet.Start(run.Values.Where(w => !w.Pauses(now)).Select(w => w.Order(now)), Identity, ct))
            await outcomes.Failed(run[failed.Order.Id], failed.Error, failed.Stranger, ct);
        foreach (var relay in run.Values.Where(w => _fleet.Runs(w.ContainerId)))
        {
            await _fleet.Apply(relay.Order(now), async () => await db.Read(s => ContainerStore.Keys(s, relay.Rental.Id), ct));
            await outcomes.Runs(relay, relay.Version, _fleet.Used(relay.ContainerId), ct);
        }
        await refused.Take(_fleet.Refused(), ct);
        return Look;

        async Task<Derp.Server.RelayIdentity?> Identity(RelayOrder order) => slots.Open(await db.Read(s => ContainerStore.Identity(s, order.SlotId), ct));
    }

    /// <summary>Stops all, telling the devices to come back, and lets go of the servers.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var last = await _fleet.StopAll();
        if (_heldAt is null)
            return;
        try
        {
            await book.Count(last, cancellationToken);
            await db.Write(s => EmbeddedStore.LetGo(s, _process), cancellationToken);
        }
        catch (StorageException e)
        {
            // The hold ends by itself, and what came after the last reading is lost.
            Trouble(e);
        }
    }

    public Task<IReadOnlyList<RelayReading>> Read(CancellationToken ct) => Task.FromResult(_fleet.Read());

    protected override void Trouble(Exception e) => NotLooked(_log, e);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(Level = LogLevel.Error, Message = "What relays should run could not be seen to; the next look follows")]
    private static partial void NotLooked(ILogger log, Exception e);
}
