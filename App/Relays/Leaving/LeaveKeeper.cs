using System.Globalization;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Faults;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Moves;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;
using Gatehouse.Relays.Traffic;

namespace Gatehouse.Relays.Leaving;

/// <summary>
/// Begins the moves from servers that are drained or removed, down for as long as <see cref="LeaveSettings"/> say, or over their traffic allowance, and removes
/// those that nobody is on any more. Why is in the database or seen from it: what is not done now is done the next time.
/// </summary>
public sealed class LeaveKeeper(Database db, MoveService moves, ServerService servers, TenantSettings settings, INotices notices, TimeProvider clock)
{
    public const string JobName = "relays.leave";
    private const int AtOnce = 100;
    private const long TryAgain = 60_000, Lately = 300_000, Day = 86_400_000;
    // For whom there was no room: looked at again a minute later.
    private readonly Dictionary<string, long> _refused = [];

    public async Task<Message> Run(CancellationToken ct)
    {
        await Allowances(ct);
        var (now, begun) = (Now(), 0);
        // A clock that was set back makes nobody wait for longer.
        foreach (var old in _refused.Where(r => r.Value <= now || r.Value > now + TryAgain).Select(r => r.Key).ToList())
            _refused.Remove(old);
        foreach (var causes in await db.Read(s => LeaveStore.Due(s, now - Lately), ct))
        {
            await settings.Refresh(causes[0].Tenant);
            var downFor = 60_000 * long.Parse(settings.Get(causes[0].Tenant, LeaveSettings.DownMinutes), CultureInfo.InvariantCulture);
            if (causes.FirstOrDefault(c => c.Cause != RelayMove.Down || (downFor > 0 && c.Since <= now - downFor)) is { } server)
                begun += await Leave(server, ct);
        }
        foreach (var (tenant, id) in await db.Read(LeaveStore.Removed, ct))
            await Remove(tenant, id, ct);
        return new("job.relays.leave.done", begun);
    }

    private async Task<int> Leave(LeavingServer server, CancellationToken ct)
    {
        var (begun, stuck) = (0, 0);
        for (var after = ""; !ct.IsCancellationRequested;)
        {
            var relays = await db.Read(s => LeaveStore.Relays(s, server.Id, server.Cause == RelayMove.Down, after, AtOnce), ct);
            foreach (var (slot, ending) in relays)
                if (_refused.ContainsKey(slot))
                    stuck++;
                else if (await Begin(server, slot, ending, ct) is { } done)
                    begun += done ? 1 : 0;
                else
                {
                    _refused[slot] = Now() + TryAgain;
                    stuck++;
                }
            if (relays.Count < AtOnce)
                break;
            after = relays[^1].Slot;
        }
        if (stuck > 0)
            await db.Write(async s => await notices.Tell(s, server.Tenant, MoveService.Stuck, new Message("moves.told.no_room", stuck, server.Name), $"{server.Id}-room-{Now() / Day}"), ct);
        return begun;
    }

    // Null: there is no room.
    private async Task<bool?> Begin(LeavingServer server, string slot, string? ending, CancellationToken ct)
    {
        try
        {
            await db.Write(async s =>
            {
                if (ending is not null)
                    await moves.Finish(s, server.Tenant, ending);
                await moves.Begin(s, server.Tenant, slot, null, server.Cause);
                if (server.Cause == RelayMove.Down)
                    await notices.Tell(s, server.Tenant, MoveService.Stuck, new Message("moves.told.down", server.Name), $"{server.Id}-down-{server.Since}");
            }, ct);
            await FaultPoints.Passed(FaultPoint.MoveBegun);
            return true;
        }
        catch (Refusal refusal)
        {
            // Where it is not room that lacks, it ended or moves meanwhile.
            return refusal.Error == SlotErrors.NoRoom ? null : false;
        }
    }

    private async Task Allowances(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        foreach (var (tenant, id, before) in await db.Read(LeaveStore.Allowed, ct))
        {
            if (await db.Read(s => ServerStore.Find(s, tenant, id), ct) is not { } server)
                continue;
            var period = server.Allowance.Period(now, settings.Zone(tenant));
            var carried = await db.Read(s => TrafficStore.OfServers(s, tenant, id, period.From.ToUnixTimeMilliseconds()), ct);
            var until = server.Allowance.Over(carried.Aggregate(default(Volume), (sum, day) => sum + day.Volume)) ? period.Until?.ToUnixTimeMilliseconds() : null;
            if (until != before)
                await db.Write(async s =>
                {
                    if (await LeaveStore.Over(s, id, until) && until is not null)
                        await notices.Tell(s, tenant, MoveService.Stuck, new Message("moves.told.allowance", server.Name, server.TrafficStopPercent), $"{id}-over-{until}");
                }, ct);
        }
    }

    private async Task Remove(string tenant, string id, CancellationToken ct)
    {
        var who = Caller.System with { TenantId = tenant };
        if (await db.Read(s => ServerStore.Find(s, tenant, id), ct) is not { Slots: 0 })
            return;
        try
        {
            await db.Command(who, s => servers.Remove(s, who, id), ct);
            await FaultPoints.Passed(FaultPoint.ServerRemoved);
        }
        catch (Refusal)
        {
            // Somebody else has removed it, or a relay came: the next time it is looked at again.
        }
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
