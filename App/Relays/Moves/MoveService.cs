using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Running;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Moves;

/// <summary>
/// The steps of a relay's way to another server; each is one transaction under its rental's lock, and nothing when it was taken before. The new
/// container is wanted first; when it is reached, maps name it; when the new map was fetched, the old one goes.
/// </summary>
public sealed class MoveService(SlotAllocator slots, AclService maps, INotices notices, AuditWriter audit, RelaySignal signal, TimeProvider clock)
{
    /// <summary>One of a customer's relays is somewhere else, and their map another.</summary>
    public static readonly NoticeKind Moved = new("rentals.moved", NoticeKind.Warn, 149) { ForCustomers = true };

    /// <summary>Relays could not be moved.</summary>
    public static readonly NoticeKind Stuck = new("servers.moves", NoticeKind.Warn, 71);

    private static readonly long Lately = (long)TimeSpan.FromHours(1).TotalMilliseconds, Subscribed = (long)TimeSpan.FromDays(2).TotalMilliseconds;

    /// <summary>Staff move one.</summary>
    /// <param name="to">The server, by id; null: the best.</param>
    /// <exception cref="Refusal">404 NO_SUCH_RELAY; 409 RELAY_MOVING, NO_RELAY_ROOM; 422 on <c>server</c>.</exception>
    public async ValueTask<RelayMove> Ask(WriteTx s, Caller who, string slot, string? to)
    {
        var move = await Begin(s, who.TenantId, slot, to, RelayMove.Asked);
        await audit.Write(s, who, "relay.moved", new AuditTarget("rental", move.RentalId, move.RentalId), after: $$"""{"slot":"{{move.SlotId}}","from":"{{move.FromServer}}","to":"{{move.ToServer}}"}""");
        return move;
    }

    /// <summary>Begins one.</summary>
    /// <param name="cause">One of <see cref="RelayMove.Causes"/>.</param>
    /// <exception cref="Refusal">As <see cref="Ask"/>.</exception>
    public async ValueTask<RelayMove> Begin(WriteTx s, string tenant, string slotId, string? to, string cause)
    {
        if (await SlotStore.Find(s, tenant, slotId) is not { } seen || await RentalStore.FindLocked(s, tenant, seen.RentalId) is not { ReleasedAt: null } rental)
            throw new Refusal(MoveErrors.NotFound);
        await SlotStore.LockFleet(s);
        if (await SlotStore.Find(s, tenant, slotId) is not { } slot)
            throw new Refusal(MoveErrors.NotFound);
        if (await MoveStore.Open(s, slotId) is not null)
            throw new Refusal(MoveErrors.Going);
        var now = Now();
        var run = await MoveStore.Wanted(s, slot.Id, slot.ServerId) is { } wanted ? wanted == "run" : rental.Runs;
        var (target, port) = await Choose(s, tenant, rental, slot, to, run, now) ?? throw new Refusal(SlotErrors.NoRoom);
        var (id, container) = (Ids.New(), Ids.New());
        await SlotStore.Want(s, tenant, container, slot.Id, target.Id, port, run, now);
        await MoveStore.Insert(s, tenant, id, slot.Id, slot.ServerId, target.Id, container, cause, now);
        // What does not run has nobody to wait for.
        if (!run && await MoveStore.Find(s, tenant, id) is { } still)
            await Leave(s, tenant, still, rental, slot, target, port, now);
        s.AfterCommit(signal.Wake);
        return (await MoveStore.Find(s, tenant, id))!;
    }

    /// <summary>Its new relay is reached: maps name that one from now on, and its person is told where that makes a difference for them.</summary>
    /// <exception cref="Refusal">Its map would break a rule.</exception>
    public async ValueTask<bool> Switch(WriteTx s, string tenant, string id)
    {
        if (await Locked(s, tenant, id) is not ({ State: RelayMove.Starting } move, { ReleasedAt: null } rental))
            return false;
        await SlotStore.LockFleet(s);
        if (await SlotStore.Find(s, tenant, move.SlotId) is not { } slot || await ServerStore.Find(s, tenant, move.ToServer) is not { } target
            || await s.One("SELECT port FROM relay_containers WHERE id = @id AND state = 'running'", r => r.GetInt64(0), ("id", move.ContainerId)) is not (> 0 and var port))
            return false;
        await Leave(s, tenant, move, rental, slot, target, port, Now());
        return true;
    }

    /// <summary>The old relay has done its part.</summary>
    public async ValueTask<bool> Finish(WriteTx s, string tenant, string id)
    {
        if (await Locked(s, tenant, id) is not ({ State: RelayMove.Overlap } move, _))
            return false;
        await End(s, move, Now());
        return true;
    }

    /// <summary>It does not come about: the new relay goes, and all stays as it was.</summary>
    /// <param name="error">Why the new relay could not be reached; null: it is not wanted any more.</param>
    public async ValueTask<bool> Drop(WriteTx s, string tenant, string id, Message? error)
    {
        if (await Locked(s, tenant, id) is not ({ State: RelayMove.Starting } move, var rental))
            return await Finish(s, tenant, id);
        await s.Execute("DELETE FROM relay_containers WHERE id = @id", ("id", move.ContainerId));
        await MoveStore.End(s, id, RelayMove.Dropped, Now(), error);
        if (error is not null)
            await notices.Tell(s, tenant, Stuck, new Message("moves.told.dropped", rental.Name, move.From ?? "", move.To ?? ""), $"{move.ToServer}-{Now() / Lately}");
        s.AfterCommit(signal.Wake);
        return true;
    }

    private async ValueTask Leave(WriteTx s, string tenant, RelayMove move, Rental rental, Slot slot, RelayServer target, long port, long now)
    {
        var from = await ServerStore.Find(s, tenant, move.FromServer);
        var same = from?.RegionCode == target.RegionCode;
        await MoveStore.Switch(s, move, port, same ? slot.RegionCode : $"r{slot.RegionId}-{target.RegionCode}", same ? slot.RegionName : target.RegionName, now);
        await RentalStore.Tell(s, tenant, rental, "moved", Caller.System.Name, now, detail: $"{slot.RegionId}: {move.From} → {target.Name}");
        s.AfterCommit(signal.Wake);
        // A rental that is stopped gets its map when it goes on; one whose map leaves the relay out notices nothing.
        if (rental.Admits(now) && await maps.Current(s, Caller.System with { TenantId = tenant }, rental.Id) is { Version: var map } && map.Slots.Any(v => v.RegionId == slot.RegionId))
        {
            await MoveStore.Named(s, move.Id, map.Version);
            var linked = await MoveStore.IsLinked(s, rental.Id, now - Subscribed);
            await notices.TellCustomer(s, tenant, rental.AccountId, Moved, new Message("moves.told." + (linked ? "linked" : move.Cause == RelayMove.Down ? "paste_now" : "paste"), rental.Name, slot.RegionId, target.RegionName, (long)RelayMove.Patience.TotalHours));
        }
        else
        {
            await End(s, move, now);
        }
    }

    private async ValueTask End(WriteTx s, RelayMove move, long now)
    {
        await MoveStore.Remove(s, move.SlotId, move.FromServer);
        await MoveStore.End(s, move.Id, RelayMove.Done, now);
        s.AfterCommit(signal.Wake);
    }

    private async ValueTask<(RelayServer Server, long Port)?> Choose(WriteTx s, string tenant, Rental rental, Slot slot, string? to, bool run, long now)
    {
        var all = await ServerStore.All(s, tenant);
        var from = all.FirstOrDefault(v => v.Id == slot.ServerId);
        var beside = (await SlotStore.OfRental(s, tenant, rental.Id)).Where(o => o.Id != slot.Id).Select(o => all.FirstOrDefault(v => v.Id == o.ServerId)).OfType<RelayServer>().ToList();
        var failed = to is null ? await MoveStore.Failed(s, slot.Id, now - Lately) : [];
        var regions = rental.Terms.RegionCodes;
        var open = (await ServerStore.Open(s, tenant)).Where(v => v.IsThere && v.Id != slot.ServerId && !failed.Contains(v.Id) && (regions.Count == 0 || regions.Contains(v.RegionCode))).ToList();
        if (to is not null && open.All(v => v.Id != to))
            throw Refusal.Field("server", "moves.wrong.server", string.Join(", ", open.Select(v => v.Name).Order(StringComparer.Ordinal).Take(20)));
        foreach (var server in Placement.Of(open.Where(v => to is null || v.Id == to), beside, _ => 0, from?.RegionCode))
            if (await ServerStore.Lock(s, tenant, server.Id) && await IsKnown(s, slot, server) && await Port(s, slot, run ? from : null, server, now) is { } port)
                return (server, port);
        return null;
    }

    // By an address devices find it wherever it is; a name has to be on its certificate, which stays as its pin does.
    private async ValueTask<bool> IsKnown(WriteTx s, Slot slot, RelayServer server) =>
        server.Ip is not null || slots.Open(await ContainerStore.Identity(s, slot.Id)) is { } identity && identity.IsFor(server.Address);

    // Its own, where that can be had; both run for a while, so on one machine it needs another.
    private static async ValueTask<long?> Port(WriteTx s, Slot slot, RelayServer? from, RelayServer to, long now)
    {
        var together = from is not null && (from.Address == to.Address || from.Kind == RelayServer.Embedded && to.Kind == RelayServer.Embedded);
        return !together && slot.Port >= to.PortFrom && slot.Port <= to.PortTo && !await MoveStore.IsTaken(s, to.Id, slot.Port, now) ? slot.Port : await SlotAllocator.Port(s, to, now);
    }

    private static async ValueTask<(RelayMove Move, Rental Rental)?> Locked(WriteTx s, string tenant, string id) =>
        await MoveStore.Find(s, tenant, id) is { } seen && await RentalStore.FindLocked(s, tenant, seen.RentalId) is { } rental && await MoveStore.Find(s, tenant, id) is { EndedAt: null } move ? (move, rental) : null;

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>Why a relay does not move.</summary>
public static class MoveErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_RELAY");
    public static readonly ErrorCode Going = new(409, "RELAY_MOVING");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, Going];
}
