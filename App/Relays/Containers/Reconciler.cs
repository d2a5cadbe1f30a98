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
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1), HoldEvery = TimeSpan.FromSeconds(10);
    private readonly string _process = Ids.New();
    private readonly WakeSignal _wake = signal.Listen();
    private readonly Dictionary<string, EnginePlace> _places = [];
    private readonly ConcurrentQueue<Exception> _troubles = [];
    private string? _owner;
    private long? _heldAt;

    protected override WakeSignal Signal => _wake;

    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        TellTroubles();
        if (_places.Count == 0 && !await db.Read(s => ContainerStore.Any(s, RelayServer.Docker), ct))
            return LongestWait;
        if (_heldAt is not { } held || TimeProvider.System.GetElapsedTime(held) >= HoldEvery)
        {
            var asked = TimeProvider.System.GetTimestamp();
            await db.Write(s => DockerStore.Hold(s, _process, db.Engine == "SQLite"), ct);
            _heldAt = asked;
            await FaultPoints.Passed(FaultPoint.EnginesHeld);
        }
        _owner ??= await DockerStore.Owner(db, ct);
        var (servers, wanted) = await db.Read(async s => (await DockerStore.Held(s, _process), (await ContainerStore.Wanted(s, RelayServer.Docker, _process)).ToLookup(w => w.ServerId)), ct);
        foreach (var (id, place) in _places.Where(p => servers.TrueForAll(v => v.Server.Id != p.Key) && p.Value.Round.IsCompleted).ToList())
        {
            _places.Remove(id);
            await place.DisposeAsync();
        }
        foreach (var (server, _) in servers)
        {
            if (!_places.TryGetValue(server.Id, out var place))
                _places[server.Id] = place = new();
            IReadOnlyList<WantedRelay> there = [.. wanted[server.Id]];
            if (place.Round.IsCompleted && place.IsDue(server, there, Now()))
                place.Round = Round(place, server, there, _owner, ct);
        }
        return Look;
    }

    // An engine that is slow holds up no other.
    private async Task Round(EnginePlace place, RelayServer server, IReadOnlyList<WantedRelay> wanted, string owner, CancellationToken ct)
    {
        Message? error;
        try
        {
            await Task.Yield();
            await rounds.Make(place, server, wanted, owner, kind, ct);
            error = null;
        }
        catch (EngineException e)
        {
            error = e.Reason;
        }
        catch (IOException e)
        {
            error = new Message("relays.fault.home", e.Message);
        }
        catch (Refusal refusal) when (refusal.Fields?.Values.FirstOrDefault() is { Key: not null } wrong)
        {
            // What was secret of its address is lost.
            error = wrong;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            _troubles.Enqueue(e);
            await place.Looked(false);
            return;
        }
        if (ct.IsCancellationRequested)
            return;
        try
        {
            await place.Looked(error is null);
            if (error is { } said && server.EngineError is null)
                Away(log, server.Name, Localizer.For("en")[said]);
            await db.Write(s => DockerStore.Answered(s, server.Id, error, Now()), ct);
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
