using System.Collections.Concurrent;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Engines;
using Gatehouse.Relays.Faults;
using Gatehouse.Relays.Running;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Containers;

/// <summary>
/// Makes Docker engines have the containers that the database says, and no other of ours. Of many nodes one looks after an engine. What it does it can
/// do again: killed between any two steps, it goes on from what engine and database say. An engine that does not answer is left as it is: what is on it
/// is unknown, not gone.
/// </summary>
public sealed partial class Reconciler(Database db, EngineRound rounds, DockerKind kind, RelaySignal signal, ILogger<Reconciler> log, TimeProvider clock) : PollingService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1), HoldEvery = TimeSpan.FromSeconds(10), LeaveItFor = TimeSpan.FromSeconds(20), LongestHere = TimeSpan.FromSeconds(60), LongestLeft = TimeSpan.FromMinutes(10);
    private readonly string _process = Ids.New();
    private readonly WakeSignal _wake = signal.Listen();
    private readonly Dictionary<string, EnginePlace> _places = [];
    private readonly ConcurrentQueue<Exception> _troubles = [];

    // Engines by socket that are not this node's, and since when that is known.
    private readonly ConcurrentDictionary<string, long> _elsewhere = [];
    private string? _owner;
    private long? _heldAt;

    protected override WakeSignal Signal => _wake;

    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        TellTroubles();
        if (_places.Count == 0 && !await db.Read(async s => await ContainerStore.Any(s, RelayServer.Docker) || await LeftEngineStore.Any(s), ct))
            return LongestWait;
        if (_heldAt is not { } held || TimeProvider.System.GetElapsedTime(held) >= HoldEvery)
        {
            var (asked, alone, elsewhere) = (TimeProvider.System.GetTimestamp(), db.Engine == "SQLite", _elsewhere.Where(e => TimeProvider.System.GetElapsedTime(e.Value) < LeaveItFor).Select(e => e.Key).ToList());
            await db.Write(async s =>
            {
                await DockerStore.Hold(s, _process, alone);
                foreach (var server in elsewhere)
                    await DockerStore.LetGo(s, _process, server);
            }, ct);
            _heldAt = asked;
            await FaultPoints.Passed(FaultPoint.EnginesHeld);
        }
        _owner ??= await DockerStore.Owner(db, ct);
        var (servers, wanted, left) = await db.Read(async s => (await DockerStore.Held(s, _process), (await ContainerStore.Wanted(s, RelayServer.Docker, _process)).ToLookup(w => w.ServerId), await LeftEngineStore.Held(s, _process)), ct);
        foreach (var (key, place) in _places.Where(p => servers.TrueForAll(v => v.Server.Id != p.Key) && left.TrueForAll(l => Key(l) != p.Key)).ToList())
        {
            // Somebody else looks after it, or it is gone: what goes on there ends.
            await place.End();
            if (!place.Round.IsCompleted)
                continue;
            _places.Remove(key);
            await place.DisposeAsync();
        }
        foreach (var (server, _) in servers)
        {
            var place = Place(server.Id);
            IReadOnlyList<WantedRelay> there = [.. wanted[server.Id]];
            if (place.Round.IsCompleted && place.IsDue(server, there, Now()))
                place.Round = Round(place, server, there, _owner, place.Until(ct));
        }
        foreach (var one in left)
        {
            var place = Place(Key(one));
            if (place.Round.IsCompleted && place.IsDue(one.Server, [], Now()))
                place.Round = Clear(place, one, _owner, place.Until(ct));
        }
        return Look;

        EnginePlace Place(string key) => _places.TryGetValue(key, out var known) ? known : _places[key] = new() { Longest = key[0] == '-' ? LongestLeft : LongestHere };
        static string Key(LeftEngine one) => "-" + one.Id;
    }

    // An engine that is slow holds up no other.
    private async Task Round(EnginePlace place, RelayServer server, IReadOnlyList<WantedRelay> wanted, string owner, CancellationToken ct)
    {
        long? containers = null;
        var (looked, error, fault) = await Tried(place, async () => containers = await rounds.Make(place, server, wanted, owner, kind, ct), ct);
        if (!looked)
            return;
        if (error is { } said && server.EngineError is null)
            Away(log, server.Name, Localizer.For("en")[said]);
        // A socket is its own node's: another may have the engine that is meant.
        if (db.Engine != "SQLite" && fault is EngineFault.OtherEngine or EngineFault.Unreachable && DockerSettings.Parse(server.Engine).IsHere)
            _elsewhere[server.Id] = TimeProvider.System.GetTimestamp();
        await Told(s => DockerStore.Answered(s, server.Id, error, containers, Now()), ct);
    }

    private async Task Clear(EnginePlace place, LeftEngine left, string owner, CancellationToken ct)
    {
        long? containers = null;
        var (looked, error, _) = await Tried(place, async () => containers = await rounds.Clear(place, left, owner, kind, ct), ct);
        if (looked)
            await Told(s => error is null && containers is null ? LeftEngineStore.Delete(s, left.Id) : LeftEngineStore.Looked(s, left.Id, containers, error), ct);
    }

    // False: it was not seen to the end.
    private async Task<(bool Looked, Message? Error, EngineFault? Fault)> Tried(EnginePlace place, Func<Task> look, CancellationToken ct)
    {
        (bool, Message?, EngineFault?) found = (true, null, null);
        try
        {
            await Task.Yield();
            await look();
        }
        catch (EngineException e)
        {
            found = (true, e.Reason, e.Fault);
        }
        catch (IOException e)
        {
            found = (true, new Message("relays.fault.home", e.Message), null);
        }
        catch (Refusal refusal) when (refusal.Fields?.Values.FirstOrDefault() is { Key: not null } wrong)
        {
            // What was secret of its address is lost.
            found = (true, wrong, null);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            _troubles.Enqueue(e);
            await place.Looked(false);
            return (false, null, null);
        }
        if (ct.IsCancellationRequested)
            return (false, null, null);
        await place.Looked(found.Item2 is null);
        return found;
    }

    private async Task Told(Func<WriteTx, ValueTask<int>> what, CancellationToken ct)
    {
        try
        {
            await db.Write(what, ct);
            await FaultPoints.Passed(FaultPoint.AnswerNoted);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            _troubles.Enqueue(e);
        }
    }

    /// <summary>Lets go of the engines; what runs on them runs on.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var place in _places.Values)
            await place.DisposeAsync();
        _places.Clear();
        TellTroubles();
        if (_heldAt is null)
            return;
        try
        {
            await db.Write(s => DockerStore.LetGo(s, _process), cancellationToken);
        }
        catch (StorageException e)
        {
            // The hold ends by itself.
            Trouble(e);
        }
    }

    protected override void Trouble(Exception e) => NotLooked(log, e);

    private void TellTroubles()
    {
        while (_troubles.TryDequeue(out var trouble))
            Trouble(trouble);
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The engine of server {Server} cannot be used: {Reason}")]
    private static partial void Away(ILogger log, string server, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "What containers should run could not be seen to; the next look follows")]
    private static partial void NotLooked(ILogger log, Exception e);
}
