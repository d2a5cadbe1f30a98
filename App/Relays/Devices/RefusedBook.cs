using System.Net;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.Devices;

/// <summary>
/// Takes down which machines relays did not let in, and tells their owner once. Anybody may try any number of keys: a rental keeps the last few,
/// of each address fewer, and its owner hears of more only after having looked at what there was, or a day later.
/// </summary>
public sealed class RefusedBook(Database db, INotices notices, IEnumerable<RefusedWatch> watches, TimeProvider clock)
{
    public const string TidyJob = "rentals.refused";

    /// <summary>In one report of a host.</summary>
    internal const int MostAtOnce = 500;

    /// <summary>A machine was refused that may be the customer's own.</summary>
    public static readonly NoticeKind Told = new("rentals.refused", NoticeKind.Warn, 149) { ForCustomers = true };

    private const int MostOfOne = 8, Slots = 50, Bite = 1000, MostRecent = 10_000;
    private const long WriteEvery = 30_000, TellEvery = 600_000, TellAnyway = 86_400_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Slot, string Key), long> _recent = [];

    /// <summary>Takes down what relays say. Of the same machine again and again it is written twice a minute.</summary>
    public async Task Take(IReadOnlyList<RefusedReading> readings, CancellationToken ct)
    {
        foreach (var some in readings.Where(IsNews).GroupBy(r => r.SlotId).Chunk(Slots))
            await db.Write(async s =>
            {
                var owned = new List<(string Tenant, string Rental, RefusedReading Reading)>();
                foreach (var slot in some)
                    if (await s.One("SELECT tenant_id, rental_id FROM relay_slots WHERE id = @id AND released_at IS NULL", r => (Tenant: r.GetString(0), Rental: r.GetString(1)), ("id", slot.Key)) is { Rental: not null } of)
                        owned.AddRange(slot.Select(r => (of.Tenant, of.Rental, r)));
                var added = 0;
                // Rentals are locked in one order everywhere.
                foreach (var rental in owned.GroupBy(o => (o.Tenant, o.Rental)).OrderBy(g => g.Key.Rental, StringComparer.Ordinal))
                    if (await RentalStore.FindLocked(s, rental.Key.Tenant, rental.Key.Rental) is { } found && found.Admits(Now()))
                        added += await Take(s, rental.Key.Tenant, found, [.. rental.Select(r => r.Reading).OrderByDescending(r => r.Age)]);
                return added;
            }, ct);
    }

    public async Task<Message> Tidy(CancellationToken ct)
    {
        var total = 0;
        for (var gone = Bite; gone >= Bite && !ct.IsCancellationRequested; total += gone)
            gone = await db.Write(s => RefusedStore.Tidy(s, Now(), Bite), ct);
        return new("job.rentals.refused.done", total);
    }

    // Each machine asks at every relay, and every few seconds.
    private bool IsNews(RefusedReading reading)
    {
        var now = Environment.TickCount64;
        lock (_gate)
        {
            if (_recent.TryGetValue((reading.SlotId, reading.NodeKey), out var at) && now - at < WriteEvery)
                return false;
            if (_recent.Count >= MostRecent)
                _recent.Clear();
            _recent[(reading.SlotId, reading.NodeKey)] = now;
            return true;
        }
    }

    private async ValueTask<int> Take(WriteTx s, string tenant, Rental rental, IReadOnlyList<RefusedReading> readings)
    {
        var (now, known) = (Now(), await RefusedStore.All(s, rental.Id));
        var (waited, added) = (known.Any(m => m.HiddenAt is null), new List<RefusedMachine>());
        foreach (var reading in readings)
        {
            // It was let in meanwhile.
            if (await s.One("SELECT id FROM rental_devices WHERE rental_id = @rental AND node_key = @key", r => r.GetString(0), ("rental", rental.Id), ("key", reading.NodeKey)) is not null)
                continue;
            var at = now - Math.Min(reading.Age, now);
            if (known.Find(m => m.NodeKey == reading.NodeKey) is { } before)
            {
                await RefusedStore.Tried(s, before, reading.Address, Math.Max(at, before.At));
                continue;
            }
            if (Leaves(known, reading.Address) is { } last)
            {
                await RefusedStore.Forget(s, rental.Id, last.NodeKey);
                known.Remove(last);
            }
            var machine = new RefusedMachine(rental.Id, reading.NodeKey, "", reading.Address, at, at, null);
            await RefusedStore.Add(s, tenant, rental.AccountId, machine, now);
            known.Add(machine);
            added.Add(machine);
        }
        var seen = false;
        foreach (var watch in added.Count > 0 ? watches : [])
            seen |= await watch.Heard(s, tenant, rental.Id, now);
        if (added.Count > 0 && !seen)
            await Tell(s, tenant, rental, added[^1], waited, now);
        return added.Count;
    }

    // Which of those that wait makes room for one from there; null: there is room.
    private static RefusedMachine? Leaves(List<RefusedMachine> known, string address)
    {
        var waiting = known.Where(m => m.HiddenAt is null).ToList();
        var near = waiting.Where(m => Place(m.Address) == Place(address)).ToList();
        return near.Count >= MostOfOne ? near.MinBy(m => m.At) : waiting.Count >= RefusedStore.MostWaiting ? waiting.MinBy(m => m.At) : null;
    }

    // Of IPv6 each customer is given a /64.
    private static string Place(string address) => IPAddress.TryParse(address, out var ip) && ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? Convert.ToHexString(ip.GetAddressBytes().AsSpan(0, 8)) : address;

    private async ValueTask Tell(WriteTx s, string tenant, Rental rental, RefusedMachine machine, bool waited, long now)
    {
        var told = await s.One("SELECT refused_told_at FROM rentals WHERE id = @id AND refused_told_at IS NOT NULL", r => (long?)r.GetInt64(0), ("id", rental.Id));
        if (told is { } at && now - at < (waited ? TellAnyway : TellEvery))
            return;
        await s.Execute("UPDATE rentals SET refused_told_at = @now WHERE id = @id", ("now", now), ("id", rental.Id));
        await notices.TellCustomer(s, tenant, rental.AccountId, Told, new Message("rentals.refused.told", rental.Name, machine.Address), $"{rental.Id}-{now}");
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
