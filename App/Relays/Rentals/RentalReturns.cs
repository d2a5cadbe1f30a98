using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Rentals;

/// <summary>Takes back what serials and orders gave, as far as it is not used: what others gave moves up and is never less. A rental that has nothing left is cut at once.</summary>
public sealed class RentalReturns(RelaySignal signal, TimeProvider clock) : ILicenseObserver
{
    /// <inheritdoc />
    public async ValueTask Done(WriteTx s, Caller who, License before, string action)
    {
        if (action == ActionName.Revoke)
            await TakeBack(s, who.TenantId, before.Id, null, who.Name);
        else if (action is ActionName.Suspend or ActionName.Reinstate)
            foreach (var piece in await RentalPieces.Of(s, who.TenantId, before.Id, null))
                await SuspendOne(s, who, piece.RentalId, action == ActionName.Suspend);
    }

    /// <summary>Takes back what a serial or an order gave.</summary>
    public async ValueTask TakeBack(WriteTx s, string tenant, string? license, string? order, string actor)
    {
        foreach (var seen in await RentalPieces.Of(s, tenant, license, order))
        {
            // How much is not used is known once nobody else moves it.
            if (await RentalStore.FindLocked(s, tenant, seen.RentalId) is not { } rental || await RentalPieces.Find(s, seen.Id) is not { } piece)
                continue;
            var now = Now();
            await RentalPieces.Undo(s, piece.Id, now);
            if (rental.ReleasedAt is not null)
                continue;
            var (after, back) = rental.Without(piece, now);
            if (piece.End is { } end && back > 0)
                await RentalPieces.Move(s, rental.Id, end, -back);
            if (after.EndsAt(now) <= now && after.CutAt is null)
            {
                after = after with { CutAt = now };
                await SlotStore.Want(s, after.Id, after.Runs);
            }
            await RentalStore.Update(s, tenant, after, now);
            await RentalStore.Traffic(s, tenant, after);
            await RentalStore.Tell(s, tenant, after, "taken_back", actor, now);
            s.AfterCommit(signal.Wake);
        }
    }

    /// <summary>Suspends what one order alone gave while its payment is disputed, or resumes it if nobody has decided about it since.</summary>
    /// <returns>Null when there is nothing to do.</returns>
    internal async ValueTask<bool?> Suspend(WriteTx s, Caller who, string order, bool suspend)
    {
        bool? done = null;
        foreach (var id in (await RentalPieces.Of(s, who.TenantId, null, order)).Select(p => p.RentalId).Distinct())
            if (await RentalPieces.Only(s, id, order) && (suspend || await RentalPieces.SuspendedBy(s, id) == Caller.System.Name) && await SuspendOne(s, who, id, suspend))
                done = true;
        return done;
    }

    private async ValueTask<bool> SuspendOne(WriteTx s, Caller who, string id, bool suspend)
    {
        var now = Now();
        if (await RentalStore.FindLocked(s, who.TenantId, id) is not { ReleasedAt: null } rental || rental.SuspendedAt is not null == suspend)
            return false;
        var after = rental with { SuspendedAt = suspend ? now : null };
        await RentalStore.Update(s, who.TenantId, after, now);
        await SlotStore.Want(s, id, after.Runs);
        await RentalStore.Tell(s, who.TenantId, after, suspend ? "suspended" : "resumed", who.Name, now);
        s.AfterCommit(signal.Wake);
        return true;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
