using System.Security.Cryptography;
using Gatehouse.Derp.Server;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Links;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Running;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.HostDesk;

/// <summary>What a link stands on.</summary>
internal sealed record LinkGround(Database Db, SlotAllocator Slots, RelayOutcomes Outcomes, TrafficBook Book, RefusedBook Refused, int SampleSeconds, TimeProvider Clock)
{
    public long Now() => Clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>The appliance's end of one link: it tells the host what has changed, and takes down what the host tells.</summary>
internal sealed class HostLink : IDisposable
{
    // Beyond this the next relay goes into another message.
    private const int Full = 1 << 20, Room = 3000, RoomOfKey = 80;
    private static readonly TimeSpan HelloWithin = TimeSpan.FromSeconds(10);
    private readonly LinkSocket _socket;
    private readonly LinkGround _ground;
    private readonly CancellationTokenSource _cut;
    private readonly WakeSignal _wake = new();
    private readonly Dictionary<string, Told> _told = [];
    private readonly HashSet<string> _own = [];
    private readonly Lock _trying = new();
    private volatile IReadOnlyList<WantedRelay>? _wanted;
    private volatile IReadOnlyList<LinkRelay> _trial = [];
    private volatile LinkReport? _report;
    private long _seq, _counted;

    private readonly record struct Told(long Version, int Port, string CertName, bool Lets, long? Until, long? Rate)
    {
        public static Told Of(WantedRelay w, long now) => new(w.Version, w.Port, w.CertName, w.Lets(now), w.Until, w.Rate);
    }

    public HostLink(HostSeat seat, LinkSocket socket, LinkGround ground, CancellationToken stop)
    {
        (Seat, _socket, _ground) = (seat, socket, ground);
        _cut = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    public string Id { get; } = Ids.New();

    public HostSeat Seat { get; }

    public bool IsCut => _cut.IsCancellationRequested;

    /// <summary>Ends it.</summary>
    public void Cut()
    {
        try
        {
            _cut.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself meanwhile.
        }
    }

    /// <summary>What the host is to run, as the last look found it.</summary>
    public void Give(IReadOnlyList<WantedRelay> wanted)
    {
        _wanted = wanted;
        _wake.Wake();
    }

    /// <summary>The host runs this one beside, to be tried: it is none that anybody rents.</summary>
    public void Try(LinkRelay relay) => Trial(now => [.. now, relay]);

    /// <summary>The end of that.</summary>
    public void Tried(LinkRelay relay) => Trial(now => [.. now.Where(r => r.Id != relay.Id)]);

    private void Trial(Func<IReadOnlyList<LinkRelay>, IReadOnlyList<LinkRelay>> change)
    {
        lock (_trying)
            _trial = change(_trial);
        _wake.Wake();
    }

    /// <summary>How the host says that one does; null: it does not have it.</summary>
    public LinkState? StateOf(string id) => _report?.Relays?.FirstOrDefault(r => r.Id == id);

    /// <summary>The first report.</summary>
    /// <exception cref="LinkException">None comes.</exception>
    public async Task<(string Version, long ClockMs)> Hello()
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(_cut.Token);
        late.CancelAfter(HelloWithin);
        try
        {
            var first = await _socket.Receive(LinkJson.Default.LinkReport, late.Token) ?? throw new LinkException("it left at once");
            _report = first;
            return (first.Version is { Length: > 0 and <= 60 } version ? version : "?", first.Now - _ground.Now());
        }
        catch (OperationCanceledException e) when (!IsCut)
        {
            throw new LinkException("it says nothing", e);
        }
    }

    /// <summary>Serves it until it ends.</summary>
    public async Task Run()
    {
        var (tells, hears) = (Tell(), Hear());
        await Task.WhenAny(tells, hears);
        // Whichever ends first takes the other with it, and says why.
        var ended = tells.IsCompleted ? tells : hears;
        await _cut.CancelAsync();
        await Task.WhenAll(tells, hears).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended;
    }

    private async Task Tell()
    {
        var (saidAt, whole, told, counted) = (TimeProvider.System.GetTimestamp(), false, (IReadOnlyList<LinkRelay>)[], 0L);
        while (true)
        {
            await _wake.Wait(LinkSocket.Beat, _cut.Token);
            if (_wanted is not { } wanted)
                continue;
            var (now, trial, done) = (_ground.Now(), _trial, Interlocked.Read(ref _counted));
            var run = wanted.Where(w => w.Run).ToList();
            var fresh = run.Where(w => !_told.TryGetValue(w.ContainerId, out var before) || before != Told.Of(w, now)).ToList();
            var all = run.Select(w => w.ContainerId).Concat(trial.Select(t => t.Id)).ToHashSet();
            var gone = _told.Keys.Where(id => !all.Contains(id)).ToList();
            if (whole && fresh.Count + gone.Count == 0 && trial == told && done == counted && TimeProvider.System.GetElapsedTime(saidAt) < LinkSocket.Beat)
                continue;
            gone.ForEach(id => _told.Remove(id));
            var last = await TellMost(fresh, now, done);
            if (trial != told)
                last.AddRange(trial);
            // What it knew before, and is not told of any more, it learns by the list of all.
            await Send(last, whole && gone.Count == 0 && trial == told ? null : [.. all], done);
            (saidAt, whole, told, counted) = (TimeProvider.System.GetTimestamp(), true, trial, done);
        }
    }

    // Returns what there is room for in the message after.
    private async Task<List<LinkRelay>> TellMost(List<WantedRelay> fresh, long now, long counted)
    {
        var (part, size) = (new List<LinkRelay>(), 0);
        foreach (var wanted in fresh)
        {
            if (await Relay(wanted, now) is not { } relay)
                continue;
            part.Add(relay);
            if ((size += Room + RoomOfKey * relay.Keys.Count) < Full)
                continue;
            await Send(part, null, counted);
            (part, size) = ([], 0);
        }
        return part;
    }

    private async Task<LinkRelay?> Relay(WantedRelay w, long now)
    {
        var told = _told[w.ContainerId] = Told.Of(w, now);
        var (identity, keys) = await _ground.Db.Read(async s => (await ContainerStore.Identity(s, w.SlotId), told.Lets ? await ContainerStore.Keys(s, w.Rental.Id) : []), _cut.Token);
        if (Open(identity) is { } own)
            return new(w.ContainerId, w.SlotId, w.Host, w.Port, w.CertName, w.Version, told.Lets, told.Until, told.Rate, keys, own);
        await _ground.Outcomes.Failed(w, new Message("relays.fault.identity"), false, _cut.Token);
        return null;
    }

    private RelayIdentity? Open(string identity)
    {
        try
        {
            return _ground.Slots.Open(identity);
        }
        catch (Exception e) when (e is CryptographicException or InvalidDataException)
        {
            return null;
        }
    }

    private Task Send(IReadOnlyList<LinkRelay> relays, IReadOnlyList<string>? keep, long counted) =>
        _socket.Send(new(++_seq, _ground.Now(), _ground.SampleSeconds, relays, keep, counted), LinkJson.Default.LinkOrders, _cut.Token);

    private async Task Hear()
    {
        while (await _socket.Receive(LinkJson.Default.LinkReport, _cut.Token) is { } report)
        {
            _report = report = report with { Relays = report.Relays ?? _report?.Relays };
            if (_wanted is { } wanted)
                await Became(wanted, report);
            if (report.Refused is { } refused)
                await Refused(refused);
            if (report.Readings.Count == 0)
                continue;
            await _ground.Book.Count(await Own(report.Readings), _cut.Token);
            Interlocked.Exchange(ref _counted, report.Mark);
            _wake.Wake();
        }
    }

    private async Task Became(IReadOnlyList<WantedRelay> wanted, LinkReport report)
    {
        var states = (report.Relays ?? []).ToLookup(r => r.Id);
        foreach (var relay in wanted)
            switch (states[relay.ContainerId].FirstOrDefault())
            {
                case null when !relay.Run && relay.State != "stopped" && report.Seq > 0:
                    await _ground.Outcomes.Stopped(relay, _cut.Token);
                    break;
                case { Error: null } state when relay.Run && state.Port == relay.Port:
                    await _ground.Outcomes.Runs(relay, state.Version, state.Used, _cut.Token);
                    break;
                case { Error: { } error } state when relay.Run && state.Port == relay.Port && relay.State != "failed":
                    await _ground.Outcomes.Failed(relay, Message.TryParse(error, out var said) ? said : new Message("relays.fault.host"), state.Stranger, _cut.Token);
                    break;
            }
    }

    // A host speaks of its own slots alone, a container of its one. A relay on trial is nobody's.
    private async Task<List<RelayReading>> Own(IReadOnlyList<LinkReading> readings)
    {
        var own = new List<RelayReading>();
        foreach (var reading in readings)
            if (await Has(reading.SlotId))
                own.Add(reading.ToReading(Seat.ServerId, _ground.Now()));
        return own;
    }

    private async Task Refused(IReadOnlyList<RefusedReading> readings)
    {
        if (readings.Count > RefusedBook.MostAtOnce || !readings.All(r => r.Makes()))
            throw new LinkException("those that it refused are none");
        var own = new List<RefusedReading>();
        foreach (var reading in readings)
            if (await Has(reading.SlotId))
                own.Add(reading);
        await _ground.Refused.Take(own, _cut.Token);
    }

    private async Task<bool> Has(string slot) => slot.Length > 0 && (_own.Contains(slot) || await _ground.Db.Read(s => Seat.Container is { } one ? ContainerSeatStore.Has(s, one, slot) : HostStore.Has(s, Seat.ServerId, slot), _cut.Token) && _own.Add(slot));

    public void Dispose() => _cut.Dispose();
}
