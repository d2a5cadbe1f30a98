using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Faults;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Rentals;

/// <summary>Sees to rentals whose time has come: those that begin, end, and are history. Each in its own transaction, and under its row's lock as renewing is: of the two at once, the second sees what the first did.</summary>
public sealed class RentalKeeper(Database db, RentalService rentals, SlotAllocator slots, RelaySignal signal, TimeProvider clock)
{
    public const string JobName = "rentals.end";
    private const int AtOnce = 200;
    private const long TryAgain = 60_000;

    public async Task<Message> Run(CancellationToken ct)
    {
        var done = 0;
        for (var more = true; more && !ct.IsCancellationRequested;)
        {
            var due = await db.Read(s => RentalStore.Due(s, Now(), AtOnce), ct);
            var changed = 0;
            foreach (var (tenant, id) in due)
            {
                changed += await db.Write(s => See(s, tenant, id), ct) ? 1 : 0;
                await FaultPoints.Passed(FaultPoint.RentalSeenTo);
            }
            done += changed;
            more = due.Count == AtOnce && changed > 0;
        }
        return new("job.rentals.end.done", done);
    }

    /// <summary>Brings one to what its times say. Was there anything to do?</summary>
    internal async ValueTask<bool> See(WriteTx s, string tenant, string id)
    {
        var now = Now();
        if (await RentalStore.FindLocked(s, tenant, id) is not { ReleasedAt: null } rental)
            return false;
        var before = rental;
        if (rental.StartAt is null && rental.StartsAt(now) is { } start)
        {
            rental = rental with { StartAt = start, EndAt = start + rental.DurationMs };
            await RentalPieces.Lay(s, id, start);
            await RentalStore.Tell(s, tenant, rental, "started", "", now);
        }
        if (rental.NextAt <= now)
        {
            rental = rental.Turned().WithExtras() with { AclVersion = rental.AclVersion + 1 };
            await RentalStore.Tell(s, tenant, rental, "turned", "", now, plan: rental.Terms.PlanId);
        }
        if (rental.Status(now) is Rental.Grace or Rental.Ended && rental.CutAt is null)
        {
            rental = rental with { CutAt = now };
            await SlotStore.Want(s, id, rental.Runs);
            await RentalStore.Tell(s, tenant, rental, "cut", "", now);
        }
        if (rental.Status(now) == Rental.Ended)
        {
            rental = rental with { ReleasedAt = now };
            await SlotStore.Release(s, id, now);
            await RentalStore.Tell(s, tenant, rental, "released", "", now);
        }
        if (rental.ReleasedAt is null && (rental.Terms.PlanId != before.Terms.PlanId || before.ShortAt <= now - TryAgain))
            rental = await Fit(s, tenant, rental, rental.Terms.PlanId != before.Terms.PlanId, now);
        if (rental == before)
            return false;
        await RentalStore.Update(s, tenant, rental, now);
        s.AfterCommit(signal.Wake);
        return true;
    }

    // What was paid for is given as far as there is room, and the rest when there is.
    private async ValueTask<Rental> Fit(WriteTx s, string tenant, Rental rental, bool turned, long now)
    {
        if (turned)
            return rental with { ShortAt = await rentals.Turn(s, tenant, rental, true, now) > 0 ? now : null };
        var (changed, missing) = await slots.Fit(s, tenant, rental.Place, true, now);
        return rental with { ShortAt = missing > 0 ? now : null, AclVersion = rental.AclVersion + (changed ? 1 : 0) };
    }

    /// <summary>A device has connected: the time of one that waits for that begins.</summary>
    internal async ValueTask<bool> Begin(WriteTx s, string tenant, string id)
    {
        var now = Now();
        if (await RentalStore.FindLocked(s, tenant, id) is not { StartAt: null, ReleasedAt: null } rental || rental.Status(now) != Rental.Waiting)
            return false;
        var begun = rental with { StartAt = now, EndAt = now + rental.DurationMs };
        await RentalStore.Update(s, tenant, begun, now);
        await RentalPieces.Lay(s, id, now);
        await RentalStore.Tell(s, tenant, begun, "started", "", now);
        return true;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
