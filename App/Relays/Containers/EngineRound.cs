using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Engines;
using Gatehouse.Relays.Faults;
using Gatehouse.Relays.HostDesk;
using Gatehouse.Relays.Running;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Containers;

/// <summary>One look at one engine: what differs from what should be is made so, a few containers at a time.</summary>
public sealed partial class EngineRound(Database db, ContainerForms forms, RelayImages images, RelayOutcomes outcomes, ILogger<EngineRound> log, TimeProvider clock)
{
    private const int AtOnce = 4;

    /// <exception cref="EngineException">The engine cannot be used; what is on it is unknown.</exception>
    /// <exception cref="IOException">The way of its containers to the appliance cannot be opened.</exception>
    internal async Task Make(EnginePlace place, RelayServer server, IReadOnlyList<WantedRelay> wanted, string owner, DockerKind kind, CancellationToken ct)
    {
        var engine = await place.Connect(server, kind.Address(server), owner, ct);
        var home = await kind.Home(server, ct);
        var there = await engine.List(ct);
        var seats = await Seats(server, wanted, ct);
        // One that is there stays of the image that it was made from: a new program is no reason to cut anybody off.
        var (specs, image) = (new Dictionary<string, RelayContainer>(), wanted.Any(w => w.Run) ? (await images.Get(ct)).Tag : "");
        foreach (var w in wanted.Where(w => w.Run))
            specs[w.ContainerId] = Form(seats[w.ContainerId], w, there.Any(c => c.Name == ContainerForms.NameOf(owner, w.ContainerId)) && seats[w.ContainerId].Image is { Length: > 0 } made ? made : image);
        var plan = RoundPlan.Of(owner, wanted, specs, there, clock.GetUtcNow().ToUnixTimeMilliseconds());
        // First what may be in the way of the others.
        foreach (var some in plan.Strays.Chunk(AtOnce))
            await Task.WhenAll(some.Select(c => Clear(engine, owner, c, ct)));
        foreach (var some in plan.Deeds.OrderByDescending(d => d.Deed is Deed.Stop or Deed.Note).Chunk(AtOnce))
            await Task.WhenAll(some.Select(d => Do(d)));
        if (place.IsToClear)
        {
            await Volumes(engine, owner, ct);
            place.Cleared();
        }

        RelayContainer Form(ContainerSeat seat, WantedRelay w, string tag) =>
            ContainerForms.Of(owner, w.ContainerId, w.Rental.Id, w.SlotId, w.Port, tag, seat.Hash, home, server.Ipv6 is null && server.Ip is not { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } ? "0.0.0.0" : "");

        async Task Do(PlannedDeed deed)
        {
            var (w, seat) = (deed.Wanted, seats[deed.Wanted.ContainerId]);
            try
            {
                if (deed is { There: { } before } && deed.Deed is Deed.Renew or Deed.Restart or Deed.Stop)
                {
                    await (deed.Deed == Deed.Renew ? engine.Remove(before.Id, ct) : deed.Deed == Deed.Restart ? engine.Restart(before.Id, ct) : engine.Stop(before.Id, ct));
                    await FaultPoints.Passed(deed.Deed == Deed.Renew ? FaultPoint.ContainerRemoved : deed.Deed == Deed.Restart ? FaultPoint.ContainerRestarted : FaultPoint.ContainerStopped);
                }
                if (deed.Deed is Deed.Run or Deed.Renew)
                    await Run(place, engine, w, seat, deed is { Deed: Deed.Run, There: not null } ? specs[w.ContainerId] : Form(seat, w, image), home, ct);
                if (deed.Deed is Deed.Stop or Deed.Note)
                    await outcomes.Stopped(w, ct);
            }
            catch (EngineException e) when (!IsOfAll(e.Fault))
            {
                await outcomes.Failed(w, e.Reason, e.Fault is EngineFault.PortTaken or EngineFault.PortForeign, ct);
            }
        }
    }

    private async Task Run(EnginePlace place, Engine engine, WantedRelay w, ContainerSeat seat, RelayContainer form, Home home, CancellationToken ct)
    {
        if (!place.HasImage)
        {
            await images.Ship(engine, ct);
            place.HasImage = true;
        }
        if (forms.Open(seat) is not { } secret)
            return;
        await db.Write(async s => await DockerStore.Begun(s, w.ContainerId, Now()) + await ContainerSeatStore.MadeFrom(s, w.ContainerId, form.Image), ct);
        await FaultPoints.Passed(FaultPoint.BeginningNoted);
        try
        {
            var (id, _) = await engine.Run(form, [forms.Join(w.ContainerId, secret, home)], ct);
            await db.Write(s => DockerStore.Made(s, w.ContainerId, id), ct);
            await FaultPoints.Passed(FaultPoint.EngineIdNoted);
        }
        catch (EngineException e) when (e.Fault == EngineFault.NoImage)
        {
            // Somebody took it away: the next look sends it again.
            place.HasImage = false;
            throw;
        }
    }

    // Each container has a secret before it is made. One that is lost, it gets another, and is made anew.
    private async Task<Dictionary<string, ContainerSeat>> Seats(RelayServer server, IReadOnlyList<WantedRelay> wanted, CancellationToken ct)
    {
        var seats = await db.Read(s => ContainerSeatStore.OfServer(s, server.Id), ct);
        var without = wanted.Where(w => seats.GetValueOrDefault(w.ContainerId) is not { } seat || forms.Open(seat) is null).ToList();
        foreach (var w in without)
        {
            var (_, hash, kept) = forms.Secret();
            await db.Write(s => ContainerSeatStore.Make(s, w.Tenant, server.Id, w.ContainerId, hash, kept, Now()), ct);
            await FaultPoints.Passed(FaultPoint.SeatNoted);
            seats[w.ContainerId] = new(w.ContainerId, kept, hash, seats.GetValueOrDefault(w.ContainerId)?.Image ?? "", null, null, "", null, null);
        }
        return seats;
    }

    // Two servers may be one engine, and a server's last look be older than a container.
    private async Task Clear(Engine engine, string owner, EngineContainer stray, CancellationToken ct)
    {
        if (ContainerForms.IdOf(owner, stray.Name) is { } id && await db.Read(s => DockerStore.IsOwned(s, id, Now()), ct))
            return;
        try
        {
            await engine.Remove(stray.Id, ct);
            await FaultPoints.Passed(FaultPoint.StrayRemoved);
            if (ContainerForms.IdOf(owner, stray.Name) is null)
                return;
            await engine.RemoveVolume(stray.Name, ct);
            await FaultPoints.Passed(FaultPoint.StrayVolumeRemoved);
        }
        catch (EngineException e) when (!IsOfAll(e.Fault))
        {
            // It is tried again at the next look.
            NotCleared(log, stray.Name, e.Said);
        }
    }

    private async Task Volumes(Engine engine, string owner, CancellationToken ct)
    {
        foreach (var name in await engine.Volumes(ct))
            if (ContainerForms.IdOf(owner, name) is { } id && !await db.Read(s => DockerStore.IsOwned(s, id, Now()), ct))
                try
                {
                    await engine.RemoveVolume(name, ct);
                    await FaultPoints.Passed(FaultPoint.LostVolumeRemoved);
                }
                catch (EngineException e) when (!IsOfAll(e.Fault))
                {
                    NotCleared(log, name, e.Said);
                }
    }

    // Nothing can be done there, whatever container it is.
    private static bool IsOfAll(EngineFault fault) => fault is EngineFault.Unreachable or EngineFault.NotAllowed or EngineFault.HostKeyChanged or EngineFault.LoginRefused or EngineFault.NoSocket or EngineFault.NoSsh or EngineFault.Tls
        or EngineFault.NotAnEngine or EngineFault.TooOld or EngineFault.TooNew or EngineFault.OtherMachine or EngineFault.NoSpace or EngineFault.ImageWrong;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name}, which nobody owns, could not be taken away: {Reason}")]
    private static partial void NotCleared(ILogger log, string name, string reason);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
