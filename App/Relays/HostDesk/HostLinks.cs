using System.Collections.Concurrent;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Links;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Running;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.HostDesk;

/// <summary>
/// The links of this process to relays' hosts. Each host has one in the whole appliance, the last that came; the database says which, so that a
/// new join token, a server that is removed, or a link to another node ends it.
/// </summary>
public sealed partial class HostLinks(Database db, SlotAllocator slots, RelayOutcomes outcomes, TrafficBook book, RefusedBook refused, RelaySignal signal, IConfiguration config, ILogger<HostLinks> log, TimeProvider clock) : PollingService
{
    // What another node has changed is in force after that.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1), HoldEvery = TimeSpan.FromSeconds(10);
    private readonly string _process = Ids.New();
    private readonly WakeSignal _wake = signal.Listen();
    private readonly ConcurrentDictionary<string, HostLink> _links = [];
    private readonly int _sampleSeconds = ConfigOptions.Number(config, "Relays:SampleSeconds");
    private long? _heldAt;

    protected override WakeSignal Signal => _wake;

    /// <summary>The link of a server or a container, where this process has it.</summary>
    internal HostLink? Of(string seat) => _links.GetValueOrDefault(seat);

    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        if (_links.IsEmpty && !await db.Read(async s => await ContainerStore.Any(s, RelayServer.RelayHost) || await ContainerStore.Any(s, RelayServer.Docker), ct))
            return LongestWait;
        // In the time of sockets, which is not the application's clock's.
        if (_heldAt is not { } held || TimeProvider.System.GetElapsedTime(held) >= HoldEvery)
        {
            var asked = TimeProvider.System.GetTimestamp();
            await db.Write(async s => await HostStore.Hold(s, _process, Now()) + await ContainerSeatStore.Hold(s, _process, Now()), ct);
            _heldAt = asked;
        }
        if (_links.IsEmpty)
            return HoldEvery;
        var mine = _links.Values.ToList();
        var (live, wanted, alone) = await db.Read(async s => (
            (await HostStore.Links(s, _process)).Concat(await ContainerSeatStore.Links(s, _process)).ToDictionary(),
            (await ContainerStore.Wanted(s, RelayServer.RelayHost, _process)).ToLookup(w => w.ServerId),
            (await ContainerStore.Linked(s, _process)).ToLookup(w => w.ContainerId)), ct);
        foreach (var link in mine)
            if (live.GetValueOrDefault(link.Seat.Key) == link.Id)
                link.Give([.. link.Seat.Container is { } container ? alone[container] : wanted[link.Seat.ServerId]]);
            else
                link.Cut();
        return Look;
    }

    /// <summary>Serves a host until its link ends, by either side.</summary>
    internal async Task Serve(HostSeat seat, LinkSocket socket, CancellationToken stop)
    {
        using var link = new HostLink(seat, socket, new(db, slots, outcomes, book, refused, _sampleSeconds, clock), stop);
        var claimed = false;
        try
        {
            var first = await link.Hello();
            claimed = await db.Write(s => seat.Container is null ? HostStore.Claim(s, seat, link.Id, _process, first.Version, first.ClockMs, Now()) : ContainerSeatStore.Claim(s, seat, link.Id, _process, first.Version, first.ClockMs, Now()), stop);
            if (!claimed)
                return;
            _links.AddOrUpdate(seat.Key, link, (_, before) =>
            {
                before.Cut();
                return link;
            });
            Joined(log, seat.Key, first.Version);
            _wake.Wake();
            await link.Run();
            Left(log, seat.Key, "it was ended");
        }
        catch (Exception e) when (e is LinkException || e is OperationCanceledException && link.IsCut)
        {
            Left(log, seat.Key, e is LinkException ? e.Message : "it was ended");
        }
        catch (StorageException e)
        {
            // The host comes again.
            Trouble(e);
        }
        finally
        {
            _links.TryRemove(KeyValuePair.Create(seat.Key, link));
            if (claimed)
                await Leave(seat, link.Id);
            await socket.Close("The link is over.");
        }
    }

    private async Task Leave(HostSeat seat, string link)
    {
        try
        {
            await db.Write(s => seat.Container is null ? HostStore.Leave(s, seat, link) : ContainerSeatStore.Leave(s, seat, link), CancellationToken.None);
        }
        catch (StorageException e)
        {
            // Its hold ends by itself.
            Trouble(e);
        }
    }

    protected override void Trouble(Exception e) => NotLooked(log, e);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(Level = LogLevel.Information, Message = "The host {Host} has joined, version {Version}")]
    private static partial void Joined(ILogger log, string host, string version);

    [LoggerMessage(Level = LogLevel.Information, Message = "The link with the host {Host} is over: {Why}")]
    private static partial void Left(ILogger log, string host, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "What relays' hosts should run could not be looked up; the next look follows")]
    private static partial void NotLooked(ILogger log, Exception e);
}
