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

    /// <returns>How many containers of ours it has found there.</returns>
    /// <exception cref="EngineException">The engine cannot be used, or is another than before; what is on it is unknown, and nothing is touched.</exception>
    /// <exception cref="IOException">The way of its containers to the appliance cannot be opened.</exception>
    internal async Task<long> Make(EnginePlace place, RelayServer server, IReadOnlyList<WantedRelay> wanted, string owner, DockerKind kind, CancellationToken ct)
    {
        var engine = await place.Connect(server, kind.Address(server), owner, ct);
        await engine.Require(server.EngineId, ct);
        if (server.EngineId.Length == 0 && engine.Info.Id.Length > 0)
            await db.Write(s => DockerStore.Bind(s, server.Id, engine.Info.Id), ct);
        var home = await kind.Home(server, ct);
        var there = await engine.List(ct);
        var seats = await Seats(server, wanted, ct);
        // One that is there stays of the image that it was made from: a new program is no reason to cut anybody off.
        var (specs, image) = (new Dictionary<string, RelayContainer>(), wanted.Any(w => w.Run) ? (await images.Get(ct)).Tag : "");
        foreach (var w in wanted.Where(w => w.Run))
            specs[w.ContainerId] = Form(seats[w.ContainerId], w, there.Any(c => c.Name == ContainerForms.NameOf(owner, w.ContainerId)) && seats[w.ContainerId].Image is { Length: > 0 } made ? made : image);
        var plan = RoundPlan.Of(owner, wanted, specs, there, Now(), await Changes(engine, owner, specs, seats, there, ct));
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
        return there.Count;

        RelayContainer Form(ContainerSeat seat, WantedRelay w, string tag) =>
            ContainerForms.Of(owner, w.ContainerId, w.Rental.Id, w.SlotId, w.Port, tag, seat.Hash, home, server.Ipv6 is null && server.Ip is not { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } ? "0.0.0.0" : "");

        async Task Do(PlannedDeed deed)
        {
            var (w, seat) = (deed.Wanted, seats[deed.Wanted.ContainerId]);
            try
            {
                if (deed is { There: { } changed, Changed.Length: > 0 })
                {
                    Changed(log, changed.Name, deed.Changed);
                    await db.Write(s => ContainerSeatStore.Mended(s, w.ContainerId, deed.Changed, Now()), ct);
                }
                var what = deed.Deed == Deed.Mend && !await Amended(engine, deed, seat, specs[w.ContainerId], ct) ? Deed.Renew : deed.Deed;
                if (deed is { There: { } before } && what is Deed.Renew or Deed.Restart or Deed.Stop)
                {
                    await (what == Deed.Renew ? engine.Remove(before.Id, ct) : what == Deed.Restart ? engine.Restart(before.Id, ct) : engine.Stop(before.Id, ct));
                    await FaultPoints.Passed(what == Deed.Renew ? FaultPoint.ContainerRemoved : what == Deed.Restart ? FaultPoint.ContainerRestarted : FaultPoint.ContainerStopped);
                }
                if (what is Deed.Run or Deed.Renew)
                    await Run(place, engine, w, seat, what == Deed.Run && deed.There is not null ? specs[w.ContainerId] : Form(seat, w, image), what == Deed.Renew || deed.There is null, home, ct);
                if (deed.Deed is Deed.Stop or Deed.Note)
                    await outcomes.Stopped(w, ct);
            }
            catch (EngineException e) when (!IsOfAll(e.Fault))
            {
                await outcomes.Failed(w, e.Reason, e.Fault is EngineFault.PortTaken or EngineFault.PortForeign, ct);
            }
        }
    }

    /// <summary>Clears the engine of a server that is not there any more of what is ours and nobody's: containers and volumes. The image stays: it may be another appliance's too.</summary>
    /// <returns>How many containers of ours are left to clear; null: nothing at all is.</returns>
    /// <exception cref="EngineException">As <see cref="Make"/>.</exception>
    internal async Task<long?> Clear(EnginePlace place, LeftEngine left, string owner, DockerKind kind, CancellationToken ct)
    {
        var engine = await place.Connect(left.Server, kind.Address(left.Server), owner, ct);
        await engine.Require(left.EngineId, ct);
        foreach (var some in (await engine.List(ct)).Chunk(AtOnce))
            await Task.WhenAll(some.Select(c => Clear(engine, owner, c, ct)));
        await Volumes(engine, owner, ct);
        var (ours, volumes) = (0L, 0L);
        foreach (var name in (await engine.List(ct)).Select(c => c.Name))
            ours += await IsOwned(owner, name, ct) ? 0 : 1;
        foreach (var name in await engine.Volumes(ct))
            volumes += ContainerForms.IdOf(owner, name) is null || await IsOwned(owner, name, ct) ? 0 : 1;
        return ours + volumes > 0 ? ours : null;
    }

    private async Task<bool> IsOwned(string owner, string name, CancellationToken ct) => ContainerForms.IdOf(owner, name) is { } id && await db.Read(s => DockerStore.IsOwned(s, id, Now()), ct);

    private async Task Run(EnginePlace place, Engine engine, WantedRelay w, ContainerSeat seat, RelayContainer form, bool anew, Home home, CancellationToken ct)
    {
        if (!place.HasImage)
        {
            await images.Ship(engine, _ => null, ct);
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
            if (anew)
                await Learn(w.ContainerId, await engine.Differences(id, form, ct), ct);
        }
        catch (EngineException e) when (e.Fault == EngineFault.NoImage)
        {
            // Somebody took it away: the next look sends it again.
            place.HasImage = false;
            throw;
        }
    }

    // By container, what somebody changed of it since it was made.
    private async Task<Dictionary<string, IReadOnlyList<Difference>>> Changes(Engine engine, string owner, Dictionary<string, RelayContainer> specs, Dictionary<string, ContainerSeat> seats, IReadOnlyList<EngineContainer> there, CancellationToken ct)
    {
        var found = new Dictionary<string, IReadOnlyList<Difference>>();
        var known = there.Where(c => c.State != "removing").Select(c => (Container: c, Id: ContainerForms.IdOf(owner, c.Name))).Where(c => c.Id is not null && specs.GetValueOrDefault(c.Id)?.Spec == c.Container.Spec);
        foreach (var some in known.Chunk(AtOnce))
            foreach (var (id, changes) in await Task.WhenAll(some.Select(async c => (c.Id!, await Of(c.Container, c.Id!)))))
                if (changes.Count > 0)
                    found[id] = changes;
        return found;

        async Task<IReadOnlyList<Difference>> Of(EngineContainer container, string id)
        {
            try
            {
                var ways = seats[id].Ways.Split('\n');
                return [.. (await engine.Differences(container.Id, specs[id], ct)).Where(d => !ways.Contains($"{d}"))];
            }
            catch (EngineException e) when (e.Fault == EngineFault.NotFound)
            {
                // Somebody takes it away just now: the next look makes it anew.
                return [];
            }
        }
    }

    // What differs right after an engine was told is its own way: it would be put right for ever.
    private Task Learn(string container, IEnumerable<Difference> differences, CancellationToken ct)
    {
        var ways = string.Join('\n', differences);
        return db.Write(s => ContainerSeatStore.MadeSo(s, container, ways), ct);
    }

    // False: the engine does not do it while it runs.
    private async Task<bool> Amended(Engine engine, PlannedDeed deed, ContainerSeat seat, RelayContainer form, CancellationToken ct)
    {
        try
        {
            await engine.Amend(deed.There!.Id, form, ct);
            // What stays as it was, of what was put right, is no change of anybody's.
            var ways = seat.Ways.Split('\n');
            await Learn(deed.Wanted.ContainerId, (await engine.Differences(deed.There.Id, form, ct)).Where(d => ways.Contains($"{d}") || deed.Changes!.Contains(d)), ct);
            return true;
        }
        catch (EngineException e) when (!IsOfAll(e.Fault))
        {
            NotAmended(log, deed.There!.Name, e.Said);
            return false;
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
        if (await IsOwned(owner, stray.Name, ct))
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
            if (ContainerForms.IdOf(owner, name) is not null && !await IsOwned(owner, name, ct))
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
        or EngineFault.NotAnEngine or EngineFault.OtherEngine or EngineFault.TooOld or EngineFault.TooNew or EngineFault.OtherMachine or EngineFault.NoSpace or EngineFault.ImageWrong;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name}, which nobody owns, could not be taken away: {Reason}")]
    private static partial void NotCleared(ILogger log, string name, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name} was changed by hand ({Fields}): it is put right")]
    private static partial void Changed(ILogger log, string name, string fields);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Name} cannot be put right while it runs, and is made anew: {Reason}")]
    private static partial void NotAmended(ILogger log, string name, string reason);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
