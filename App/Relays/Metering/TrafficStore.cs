using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Traffic;

namespace Gatehouse.Relays.Metering;

/// <summary>What was last read of a relay, or of a device of it.</summary>
internal sealed record Baseline(string Device, Volume Kept, bool Moving, long ReadAt);

/// <summary>Whose traffic a slot's is.</summary>
/// <param name="Multiplier">Percent: what the customer's traffic on that server counts.</param>
internal sealed record SlotOwner(string Tenant, string RentalId, long Multiplier);

/// <summary>What relays carried, and what was last read of their counters.</summary>
internal static class TrafficStore
{
    public const long Minute = 60, Hour = 3600, Day = 86_400;

    public static ValueTask<SlotOwner?> Owner(ReadTx s, RelayReading reading) => s.One(
        "SELECT s.tenant_id, s.rental_id, COALESCE((SELECT v.multiplier FROM relay_servers v WHERE v.id = @server), 100) FROM relay_slots s WHERE s.id = @slot",
        r => new SlotOwner(r.GetString(0), r.GetString(1), r.GetInt64(2)), ("server", reading.ServerId), ("slot", reading.SlotId));

    public static ValueTask<List<Baseline>> Baselines(ReadTx s, RelayReading reading) => s.All(
        "SELECT device, bytes_in, bytes_out, packets_in, packets_out, rate_in + rate_out, read_at FROM relay_baselines WHERE slot_id = @slot AND epoch = @epoch",
        r => new Baseline(r.GetString(0), new(r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4)), r.GetInt64(5) > 0, r.GetInt64(6)), ("slot", reading.SlotId), ("epoch", reading.Epoch));

    public static ValueTask<int[]> Keep(WriteTx s, RelayReading reading, SlotOwner owner, long now, IEnumerable<(string Device, Volume Kept, Volume Rate)> said) => s.ExecuteMany(
        """
        INSERT INTO relay_baselines (tenant_id, slot_id, epoch, device, bytes_in, bytes_out, packets_in, packets_out, rate_in, rate_out, read_at)
        VALUES (@tenant, @slot, @epoch, @device, @bytes_in, @bytes_out, @packets_in, @packets_out, @rate_in, @rate_out, @now)
        ON CONFLICT (slot_id, epoch, device) DO UPDATE SET bytes_in = @bytes_in, bytes_out = @bytes_out, packets_in = @packets_in, packets_out = @packets_out, rate_in = @rate_in, rate_out = @rate_out, read_at = @now
        """,
        [.. said.Select(b => ((string, object?)[])[("tenant", owner.Tenant), ("slot", reading.SlotId), ("epoch", reading.Epoch), ("device", b.Device), .. Volumes(b.Kept), ("rate_in", b.Rate.BytesIn), ("rate_out", b.Rate.BytesOut), ("now", now)])]);

    /// <summary>Adds to the minute, the hour and the day.</summary>
    /// <param name="spans">Seconds, and when each began.</param>
    public static ValueTask<int[]> Add(WriteTx s, RelayReading reading, SlotOwner owner, IReadOnlyList<(string Device, Volume New)> carried, IReadOnlyList<(long Span, long At)> spans) => s.ExecuteMany(
        """
        INSERT INTO relay_traffic (slot_id, server_id, device, span, at, tenant_id, rental_id, bytes_in, bytes_out, packets_in, packets_out)
        VALUES (@slot, @server, @device, @span, @at, @tenant, @rental, @bytes_in, @bytes_out, @packets_in, @packets_out)
        ON CONFLICT (slot_id, server_id, device, span, at) DO UPDATE SET bytes_in = relay_traffic.bytes_in + @bytes_in, bytes_out = relay_traffic.bytes_out + @bytes_out,
          packets_in = relay_traffic.packets_in + @packets_in, packets_out = relay_traffic.packets_out + @packets_out
        """,
        [
            .. from c in carried
               from span in spans
               select ((string, object?)[])[("slot", reading.SlotId), ("server", reading.ServerId), ("device", c.Device), ("span", span.Span), ("at", span.At), ("tenant", owner.Tenant), ("rental", owner.RentalId), .. Volumes(c.New)],
        ]);

    /// <summary>Adds to what servers carried on a day. They are locked in one order everywhere.</summary>
    public static ValueTask<int[]> AddToServers(WriteTx s, IEnumerable<(string Server, string Tenant, long At, Volume New)> carried) => s.ExecuteMany(
        """
        INSERT INTO relay_server_traffic (server_id, at, tenant_id, bytes_in, bytes_out) VALUES (@server, @at, @tenant, @in, @out)
        ON CONFLICT (server_id, at) DO UPDATE SET bytes_in = relay_server_traffic.bytes_in + @in, bytes_out = relay_server_traffic.bytes_out + @out
        """,
        [.. carried.OrderBy(c => c.Server, StringComparer.Ordinal).ThenBy(c => c.At).Select(c => ((string, object?)[])[("server", c.Server), ("at", c.At), ("tenant", c.Tenant), ("in", c.New.BytesIn), ("out", c.New.BytesOut)])]);

    /// <summary>What servers carried on each day since a moment, one server's or all.</summary>
    public static ValueTask<List<(string Server, long At, Volume Volume)>> OfServers(ReadTx s, string tenant, string? server, long since)
    {
        var filter = new SqlFilter("tenant_id = @tenant AND at >= @since", ("tenant", tenant), ("since", since)).Is("server_id", "server", server);
        return s.All($"SELECT server_id, at, bytes_in, bytes_out FROM relay_server_traffic WHERE {filter.Sql} ORDER BY at", r => (r.GetString(0), r.GetInt64(1), new Volume(r.GetInt64(2), r.GetInt64(3), 0, 0)), filter.Args());
    }

    /// <summary>Devices that something came from or went to.</summary>
    public static ValueTask<int[]> Seen(WriteTx s, SlotOwner owner, long now, IReadOnlyList<string> devices) => s.ExecuteMany(
        "UPDATE rental_devices SET seen_at = @now WHERE rental_id = @rental AND node_key = @device", [.. devices.Select(d => ((string, object?)[])[("now", now), ("rental", owner.RentalId), ("device", d)])]);

    public static ValueTask<List<TrafficPack>> Packs(ReadTx s, string rental, long now) => s.All(
        "SELECT id, bytes, used, until FROM rental_packs WHERE rental_id = @rental AND used < bytes AND (until IS NULL OR until > @now) ORDER BY id",
        r => new TrafficPack(r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.LongOrNull(3) is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null), ("rental", rental), ("now", now));

    public static ValueTask<int> Used(WriteTx s, TrafficPack pack) => s.Execute("UPDATE rental_packs SET used = @used WHERE id = @id", ("used", pack.Used), ("id", pack.Id));

    /// <summary>Rentals whose period is over.</summary>
    public static ValueTask<List<(string Tenant, string Id)>> PeriodsOver(ReadTx s, long now, int limit) => s.All(
        "SELECT tenant_id, id FROM rentals WHERE released_at IS NULL AND period_until IS NOT NULL AND period_until <= @now ORDER BY period_until LIMIT @limit", r => (r.GetString(0), r.GetString(1)), ("now", now), ("limit", (long)limit));

    /// <summary>What is older than it is kept for goes, so many rows at once.</summary>
    public static async ValueTask<int> Tidy(WriteTx s, long now, int limit) =>
        await Old(s, Minute, now - 48 * Hour * 1000, limit) + await Old(s, Hour, now - 90 * Day * 1000, limit)
        + await s.Execute("DELETE FROM relay_baselines WHERE (slot_id, epoch) IN (SELECT slot_id, epoch FROM relay_baselines WHERE device = '' AND read_at < @before ORDER BY read_at LIMIT @limit)", ("before", now - TrafficBook.KeptFor), ("limit", (long)limit));

    private static ValueTask<int> Old(WriteTx s, long span, long before, int limit) => s.Execute(
        "DELETE FROM relay_traffic WHERE (slot_id, server_id, device, span, at) IN (SELECT slot_id, server_id, device, span, at FROM relay_traffic WHERE span = @span AND at < @before ORDER BY at LIMIT @limit)",
        ("span", span), ("before", before), ("limit", (long)limit));

    private static (string, object?)[] Volumes(Volume v) => [("bytes_in", v.BytesIn), ("bytes_out", v.BytesOut), ("packets_in", v.PacketsIn), ("packets_out", v.PacketsOut)];
}
