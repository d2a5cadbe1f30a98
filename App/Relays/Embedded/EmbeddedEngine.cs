using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gatehouse.Derp.Server;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Embedded;

/// <summary>
/// Runs the relays of embedded servers in this process, and makes what runs what should: it starts and stops them, starts again what failed with
/// a growing pause, gives another port where a stranger has the relay's, and tells each whom it admits. Nobody is admitted beyond a rental's
/// end, whether or not the database can be asked.
/// </summary>
public sealed partial class EmbeddedEngine(Database db, SlotAllocator slots, RentalKeeper keeper, TrafficBook book, RelaySignal signal, ILoggerFactory logs, TimeProvider clock) : PollingService, IRelayCounters
{
    // What another node has changed is in force after that.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1), HoldEvery = TimeSpan.FromSeconds(10);
    private const int AtOnce = 4;
    private const long LongestPause = 300_000;
    private readonly string _process = Ids.New();
    private readonly ILogger _log = logs.CreateLogger<EmbeddedEngine>();
    // Changed by the look alone; read also by who counts.
    private readonly ConcurrentDictionary<string, Running> _running = [];
    private long? _heldAt;

    private sealed class Running(DerpServer server, WantedRelay wanted)
    {
        public DerpServer Server => server;
        public WantedRelay Wanted { get; set; } = wanted;
        public bool Open { get; set; }

        public RelayReading Reading() => RelayReading.Of(Wanted.SlotId, Wanted.ServerId, Server.State());
    }

    protected override WakeSignal Signal => signal.Signal;

    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        var now = Now();
        foreach (var over in _running.Values.Where(r => r.Open && !r.Wanted.Lets(now)))
            Close(over);
        if (!await db.Read(EmbeddedStore.Any, ct) && _running.Count == 0)
            return LongestWait;
        if (_heldAt is not { } held || clock.GetElapsedTime(held) >= HoldEvery)
        {
            var asked = clock.GetTimestamp();
            await db.Write(s => EmbeddedStore.Hold(s, _process, db.Engine == "SQLite"), ct);
            _heldAt = asked;
        }
        var wanted = await db.Read(s => EmbeddedStore.Wanted(s, _process), ct);
        await StopOthers(wanted, now, ct);
        var missing = wanted.Where(w => w.Run && !_running.ContainsKey(w.ContainerId) && !(w.RetryAt > now)).ToList();
        foreach (var some in missing.Chunk(AtOnce))
            foreach (var (relay, server, error) in await Task.WhenAll(some.Select(w => Start(w, ct))))
                if (server is not null)
                    _running[relay.ContainerId] = new Running(server, relay with { Rental = relay.Rental with { Version = -1 } });
                else
                    await Failed(relay, error!.Value, now, ct);
        foreach (var relay in wanted)
            if (_running.TryGetValue(relay.ContainerId, out var running))
                await Apply(running, relay, now, ct);
        return Look;
    }

    /// <summary>Stops all, telling the devices to come back, and lets go of the servers.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_running.Values.Select(r => r.Server.DisposeAsync().AsTask()));
        if (_heldAt is not null)
            try
            {
                await book.Count(await Read(cancellationToken), cancellationToken);
                await db.Write(s => EmbeddedStore.LetGo(s, _process), cancellationToken);
            }
            catch (StorageException e)
            {
                // The hold ends by itself, and what came after the last reading is lost.
                Trouble(e);
            }
        _running.Clear();
    }

    public Task<IReadOnlyList<RelayReading>> Read(CancellationToken ct) => Task.FromResult<IReadOnlyList<RelayReading>>([.. _running.Values.Select(r => r.Reading())]);

    protected override void Trouble(Exception e) => NotLooked(_log, e);

    private async Task StopOthers(List<WantedRelay> wanted, long now, CancellationToken ct)
    {
        var known = wanted.ToDictionary(w => w.ContainerId);
        foreach (var (id, running) in _running.ToList())
        {
            var should = known.GetValueOrDefault(id);
            if (should is { Run: true } && should.Port == running.Wanted.Port && should.CertName == running.Wanted.CertName)
                continue;
            _running.TryRemove(id, out _);
            await running.Server.DisposeAsync();
            await book.Count([running.Reading()], ct);
        }
        foreach (var stopped in wanted.Where(w => !w.Run && w.State != "stopped"))
            await db.Write(s => EmbeddedStore.Became(s, stopped, "stopped", stopped.Version, now), ct);
    }

    private async Task<(WantedRelay Relay, DerpServer? Server, Message? Error)> Start(WantedRelay relay, CancellationToken ct)
    {
        if (slots.Open(await db.Read(s => EmbeddedStore.Identity(s, relay.SlotId), ct)) is not { } identity)
            return (relay, null, new Message("relays.fault.identity"));
        try
        {
            return (relay, await DerpServer.Start(EmbeddedRelay.Options(identity, relay.Host, relay.Port), logs, ct), null);
        }
        catch (ListenException e)
        {
            return (relay, null, new Message("relays.fault.listen", relay.Port, e.Message));
        }
        catch (Exception e) when (e is InvalidDataException or CryptographicException)
        {
            return (relay, null, new Message("relays.fault.identity"));
        }
    }

    private async Task Failed(WantedRelay relay, Message error, long now, CancellationToken ct)
    {
        NotStarted(_log, relay.SlotId, relay.Port, Localizer.For("en")[error]);
        var stranger = error.Key == "relays.fault.listen" && !ServerChecks.IsFree(relay.Port);
        var pause = Math.Min(LongestPause, 1000L << (int)Math.Min(relay.Failures, 20));
        await db.Write(async s =>
        {
            if (stranger)
                await EmbeddedStore.Another(s, relay, now);
            return await EmbeddedStore.Became(s, relay, "failed", 0, now, error, stranger ? null : now + pause);
        }, ct);
        if (stranger)
            signal.Wake();
    }

    private async Task Apply(Running running, WantedRelay relay, long now, CancellationToken ct)
    {
        var (rental, lets) = (relay.Rental, relay.Lets(now));
        if (relay.Version != running.Wanted.Version || lets != running.Open)
        {
            running.Server.Allow(lets ? await db.Read(s => EmbeddedStore.Keys(s, rental.Id), ct) : []);
            running.Open = lets;
        }
        if (relay.Version != running.Wanted.Version || relay.Rate != running.Wanted.Rate)
            running.Server.Limit(limits => limits with { Rate = relay.Rate });
        running.Wanted = relay;
        if (relay.State != "running" || relay.Applied != relay.Version)
            await db.Write(s => EmbeddedStore.Became(s, relay, "running", relay.Version, now), ct);
        if (rental.Status(now) == Rental.Waiting && running.Server.State().Total.Connects > 0)
            await db.Write(s => keeper.Begin(s, relay.Tenant, rental.Id), ct);
    }

    private static void Close(Running running)
    {
        running.Server.Allow([]);
        running.Open = false;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The relay of slot {Slot} cannot run on port {Port}: {Reason}")]
    private static partial void NotStarted(ILogger log, string slot, int port, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "What relays should run could not be seen to; the next look follows")]
    private static partial void NotLooked(ILogger log, Exception e);
}
