using Gatehouse.Platform.Scheduling;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Links;
using Gatehouse.Relays.Running;

namespace Gatehouse.Relays.Hosts;

/// <summary>
/// A relays' host: it runs what the appliance told it, lets in whom it was told, and goes on with that while the appliance is away, until the
/// <see cref="Lease"/> ends; then it admits nobody. What it knows survives its process.
/// </summary>
public sealed partial class RelayHost
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1), KeepEvery = TimeSpan.FromSeconds(60);
    private const long FirstPause = 1000, LongestPause = 300_000;
    private readonly Lock _gate = new();
    private readonly HostMemory _memory;
    private readonly JoinToken _join;
    private readonly RelayFleet _fleet;
    private readonly Lease _lease;
    private readonly ILogger _log;
    private readonly WakeSignal _wake = new();
    private readonly Dictionary<string, LinkRelay> _known;
    private readonly Dictionary<string, Fault> _faults = [];
    private readonly List<Ended> _ended;
    private long _seq, _mark;
    private bool _changed;
    private volatile HostStates _states = new(0, []);

    private sealed record Fault(int Port, string Error, bool Stranger, long Pause, long RetryAt);

    /// <summary>A start that is over.</summary>
    private sealed class Ended(LastReading last)
    {
        public LastReading Last => last;

        /// <summary>Of the report that told it last.</summary>
        public long Mark { get; set; } = long.MaxValue;
    }

    /// <summary>How its relays do, with orders up to that number in force.</summary>
    internal sealed record HostStates(long Seq, IReadOnlyList<LinkState> Relays);

    /// <exception cref="InvalidDataException">What the folder holds cannot be read.</exception>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public RelayHost(JoinToken join, HostMemory memory, ILoggerFactory logs, TimeProvider clock)
    {
        (_join, _memory, _fleet, _log) = (join, memory, new(logs), logs.CreateLogger<RelayHost>());
        // What another server was told is not this one's.
        var (known, kept) = memory.Known() is { } before && before.Join.Server == join.Server ? (before, memory.Kept()) : (null, null);
        _lease = new(clock, kept?.Lease);
        _known = known?.Relays.ToDictionary(r => r.Id) ?? [];
        _ended = [.. kept?.Readings.Select(r => new Ended(r)) ?? []];
        _memory.Write(new KnownRelays(join, [.. _known.Values]));
    }

    public JoinToken Join => _join;

    public Lease Lease => _lease;

    internal HostStates States => _states;

    /// <summary>Changed whenever <see cref="States"/> is another.</summary>
    internal WakeSignal Told { get; } = new();

    /// <summary>Takes orders: they are in force when <see cref="States"/> has their number.</summary>
    internal void Take(LinkOrders orders)
    {
        _lease.Heard(orders.Now);
        lock (_gate)
        {
            foreach (var relay in orders.Relays)
                _known[relay.Id] = relay;
            var gone = orders.Keep is { } keep ? _known.Keys.Except(keep).ToList() : [];
            gone.ForEach(id => _known.Remove(id));
            _changed |= orders.Relays.Count + gone.Count > 0;
            _ended.RemoveAll(e => e.Mark <= orders.Counted);
            _seq = orders.Seq;
        }
        _wake.Wake();
    }

    /// <summary>A link begins: its numbers begin anew.</summary>
    internal void Begin()
    {
        lock (_gate)
            (_seq, _states) = (0, _states with { Seq = 0 });
    }

    /// <summary>Are there starts that are over, and that no report has told of yet, or that the appliance has not counted?</summary>
    internal (bool Untold, bool Uncounted) Last
    {
        get
        {
            lock (_gate)
                return (_ended.Any(e => e.Mark == long.MaxValue), _ended.Count > 0);
        }
    }

    /// <summary>What the counters say, of all starts that the appliance may not have counted yet, and the mark of it.</summary>
    internal (IReadOnlyList<LinkReading> Readings, long Mark) Readings()
    {
        var (now, running) = (_lease.Now(), _fleet.Read());
        lock (_gate)
        {
            _mark++;
            foreach (var one in _ended)
                one.Mark = _mark;
            return ([.. running.Select(r => LinkReading.Of(r, now)), .. _ended.Select(e => e.Last.Reading with { Age = e.Last.Reading.Age + Math.Max(0, now - e.Last.EndedAt) })], _mark);
        }
    }

    /// <inheritdoc cref="RelayFleet.Refused"/>
    internal IReadOnlyList<RefusedReading> Refused() => _fleet.Refused();

    /// <summary>Runs its relays until it is told to stop; then stops them and keeps what they counted.</summary>
    public async Task Run(CancellationToken stop)
    {
        var keptAt = TimeProvider.System.GetTimestamp();
        try
        {
            while (true)
            {
                try
                {
                    await Tend(stop);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    NotTended(_log, e);
                    lock (_gate)
                        _changed = true;
                }
                if (TimeProvider.System.GetElapsedTime(keptAt) >= KeepEvery)
                {
                    Keep();
                    keptAt = TimeProvider.System.GetTimestamp();
                }
                await _wake.Wait(Look, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Over(await _fleet.StopAll());
            Keep();
        }
    }

    /// <summary>Makes what runs what should.</summary>
    internal async Task Tend(CancellationToken ct)
    {
        List<LinkRelay> known;
        (long Seq, bool Changed) to;
        lock (_gate)
            (known, to, _changed) = ([.. _known.Values], (_seq, _changed), false);
        var now = _lease.Now();
        var orders = known.ToDictionary(r => r.Id, r => (Relay: r, Order: r.Order(_join.Server, _lease.Lets(r))));
        foreach (var over in orders.Values.Where(o => !o.Order.Lets))
            _fleet.Close(over.Order.Id);
        Over(await _fleet.StopOthers([.. orders.Values.Select(o => o.Order)]));
        foreach (var id in _faults.Where(f => !orders.TryGetValue(f.Key, out var o) || o.Order.Port != f.Value.Port).Select(f => f.Key).ToList())
            _faults.Remove(id);
        var due = orders.Values.Where(o => !(_faults.GetValueOrDefault(o.Order.Id)?.RetryAt > now)).Select(o => o.Order).ToList();
        var failed = await _fleet.Start(due, o => Task.FromResult<Derp.Server.RelayIdentity?>(orders[o.Id].Relay.Identity), ct);
        foreach (var (order, error, stranger) in failed)
        {
            var pause = Math.Min(LongestPause, _faults.GetValueOrDefault(order.Id) is { } before ? before.Pause * 2 : FirstPause);
            _faults[order.Id] = new(order.Port, error.ToStored(), stranger, pause, now + pause);
            NotStarted(_log, order.SlotId, order.Port, Platform.Localization.Localizer.For("en")[error]);
        }
        foreach (var (relay, order) in orders.Values)
        {
            if (_fleet.Runs(order.Id))
                _faults.Remove(order.Id);
            await _fleet.Apply(order, () => Task.FromResult(relay.Keys));
        }
        // Kept before it is told that it is in force.
        if (to.Changed && !Kept(() => _memory.Write(new KnownRelays(_join, known))))
            lock (_gate)
                _changed = true;
        Tell(to.Seq, [.. orders.Values.Select(o => o.Order).Where(o => _fleet.Runs(o.Id) || _faults.ContainsKey(o.Id)).Select(State)]);
    }

    private LinkState State(RelayOrder o) => _faults.TryGetValue(o.Id, out var fault) ? new(o.Id, o.Port, o.Version, false, false, fault.Error, fault.Stranger) : new(o.Id, o.Port, o.Version, o.Lets, _fleet.Used(o.Id), null, false);

    private void Tell(long seq, IReadOnlyList<LinkState> relays)
    {
        lock (_gate)
        {
            // A new link has begun since.
            seq = Math.Min(seq, _seq);
            if (seq == _states.Seq && relays.SequenceEqual(_states.Relays))
                return;
            _states = new(seq, relays);
        }
        Told.Wake();
    }

    private void Over(IReadOnlyList<Metering.RelayReading> last)
    {
        var now = _lease.Now();
        lock (_gate)
            _ended.AddRange(last.Where(r => r.SlotId.Length > 0).Select(r => new Ended(new(LinkReading.Of(r, now), now))));
        if (last.Count == 0)
            return;
        Keep();
        Told.Wake();
    }

    // What runs is kept too: a process that is killed loses what came after.
    private void Keep()
    {
        var now = _lease.Now();
        var running = _fleet.Read().Where(r => r.SlotId.Length > 0).Select(r => new LastReading(LinkReading.Of(r, now), now));
        KeptCounts kept;
        lock (_gate)
            kept = new(_lease.State(), [.. _ended.Select(e => e.Last), .. running]);
        Kept(() => _memory.Write(kept));
    }

    // A full disk ends no relay: it is tried again.
    private bool Kept(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotKept(_log, e.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What this host knows cannot be kept, and is lost when it ends: {Reason}")]
    private static partial void NotKept(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The relays could not be seen to; the next look follows")]
    private static partial void NotTended(ILogger log, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The relay of slot {Slot} cannot run on port {Port}: {Reason}")]
    private static partial void NotStarted(ILogger log, string slot, int port, string reason);
}
