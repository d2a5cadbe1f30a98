using System.Net;
using System.Net.Sockets;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Acls;

namespace Gatehouse.Relays.AclDesk;

/// <summary>Rentals and their slots as maps need them.</summary>
internal static class AclRentals
{
    private const string Select =
        """
        SELECT r.id, r.account_id, r.name, r.plan_name, r.device_limit, r.start_at, r.start_by, r.end_at, r.duration_ms, r.suspended_at, r.released_at, r.acl_version,
          (SELECT COALESCE(NULLIF(a.display_name, ''), a.email, a.phone, a.username) FROM accounts a WHERE a.id = r.account_id)
        FROM rentals r
        """;

    /// <summary>The name that is on a slot's certificate and no host's goes into the map beside the address: so its pin fits wherever it moves. A server with a name of its own is looked up by that.</summary>
    private const string SelectSlots = "SELECT s.id, v.name, s.region_id, s.region_code, s.region_name, s.node_name, s.host, v.address, v.ipv6, s.port, s.cert_name, s.rental_id FROM relay_slots s JOIN relay_servers v ON v.id = s.server_id";

    public static ValueTask<AclRental?> Find(ReadTx s, string tenant, string id, long now) =>
        s.One(Select + " WHERE r.tenant_id = @tenant AND r.id = @id", r => Map(r, now), ("tenant", tenant), ("id", id));

    /// <summary>The same, and nobody else makes a version of its map before the end of the transaction.</summary>
    public static async ValueTask<AclRental?> FindLocked(WriteTx s, string tenant, string id, long now) =>
        await s.Locked("SELECT id FROM rentals WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", id)) is null ? null : await Find(s, tenant, id, now);

    /// <summary>Of a person, those that are not history first, then the newest.</summary>
    public static ValueTask<List<AclRental>> OfAccount(ReadTx s, string tenant, string account, long now) => s.All(
        Select + " WHERE r.tenant_id = @tenant AND r.account_id = @account ORDER BY CASE WHEN r.released_at IS NULL THEN 0 ELSE 1 END, r.id DESC LIMIT 500", r => Map(r, now), ("tenant", tenant), ("account", account));

    /// <summary>Those with relays, by their ids.</summary>
    /// <param name="tenant">Null: of all.</param>
    /// <param name="server">Only those with a relay on it; null: any.</param>
    /// <param name="after">Those after that one.</param>
    public static ValueTask<List<(string Tenant, AclRental Rental)>> Running(ReadTx s, string? tenant, string? server, string after, int limit, long now)
    {
        var filter = new SqlFilter("r.released_at IS NULL AND r.id > @from", ("from", after)).Is("r.tenant_id", "tenant", tenant);
        filter = server is null ? filter.And("EXISTS (SELECT 1 FROM relay_slots x WHERE x.rental_id = r.id AND x.released_at IS NULL)")
            : filter.And("EXISTS (SELECT 1 FROM relay_slots x WHERE x.rental_id = r.id AND x.released_at IS NULL AND x.server_id = @server)", ("server", server));
        return s.All(Select.Replace("SELECT r.id", "SELECT r.tenant_id, r.id", StringComparison.Ordinal) + $" WHERE {filter.Sql} ORDER BY r.id LIMIT @limit", r => (r.GetString(0), Map(r, now, 1)), filter.Args(("limit", (long)limit)));
    }

    /// <summary>In their order.</summary>
    public static ValueTask<List<RentedSlot>> Slots(ReadTx s, string tenant, string rental) =>
        s.All(SelectSlots + " WHERE s.tenant_id = @tenant AND s.rental_id = @rental AND s.released_at IS NULL ORDER BY s.position", MapSlot, ("tenant", tenant), ("rental", rental));

    /// <summary>Of all rentals from one id to another, by rental.</summary>
    public static async ValueTask<ILookup<string, RentedSlot>> SlotsOfAll(ReadTx s, string from, string to) =>
        (await s.All(SelectSlots + " WHERE s.rental_id >= @from AND s.rental_id <= @to AND s.released_at IS NULL ORDER BY s.rental_id, s.position", r => (Rental: r.GetString(11), Slot: MapSlot(r)), ("from", from), ("to", to)))
        .ToLookup(v => v.Rental, v => v.Slot);

    /// <summary>Gives a rental's relays other region ids: from <paramref name="first"/> on, those that no other relay of the person has. False where there is no room.</summary>
    public static async ValueTask<bool> Renumber(WriteTx s, AclRental rental, int first)
    {
        await s.Locked("SELECT id FROM accounts WHERE id = @id", r => r.GetString(0), ("id", rental.Account));
        var taken = (await s.All("SELECT region_id FROM relay_slots WHERE account_id = @account AND rental_id <> @rental AND released_at IS NULL", r => r.GetInt64(0), ("account", rental.Account), ("rental", rental.Id))).ToHashSet();
        var slots = await s.All("SELECT id, region_code FROM relay_slots WHERE rental_id = @rental AND released_at IS NULL ORDER BY position", r => (Id: r.GetString(0), Code: r.GetString(1)), ("rental", rental.Id));
        var free = Enumerable.Range(first, Math.Max(0, RegionIds.Last - first)).Where(id => !taken.Contains(id)).Take(slots.Count).ToList();
        if (first < RegionIds.First || free.Count < slots.Count)
            return false;
        await s.Execute("UPDATE relay_slots SET region_id = -region_id WHERE rental_id = @rental AND released_at IS NULL", ("rental", rental.Id));
        foreach (var (slot, id) in slots.Zip(free))
            await s.Execute("UPDATE relay_slots SET region_id = @region, node_name = @node, region_code = @code WHERE id = @id",
                ("region", (long)id), ("node", $"{id}a"), ("code", $"r{id}-{slot.Code[(slot.Code.IndexOf('-') + 1)..]}"), ("id", slot.Id));
        await s.Execute("UPDATE rentals SET region_base = @first WHERE id = @id", ("first", (long)first), ("id", rental.Id));
        return true;
    }

    /// <summary>When a rental is over, by its columns; null when never, or while it waits.</summary>
    public static long? EndsAt(long? start, long? startBy, long? end, long? lasts, long now) => start is not null ? end : startBy <= now ? startBy + lasts : null;

    private static AclRental Map(Row r, long now, int at = 0)
    {
        var ends = EndsAt(r.LongOrNull(at + 5), r.LongOrNull(at + 6), r.LongOrNull(at + 7), r.LongOrNull(at + 8), now);
        return new(r.GetString(at), r.GetString(at + 1), r.GetString(at + 2), r.GetString(at + 3), r.TextOrNull(at + 12) ?? "", r.GetInt64(at + 4), ends, r.LongOrNull(at + 9) is not null, r.LongOrNull(at + 10) is not null, r.GetInt64(at + 11));
    }

    private static RentedSlot MapSlot(Row r)
    {
        var (address, ip6) = (r.GetString(7), r.TextOrNull(8));
        var ip = IPAddress.TryParse(address, out var parsed) ? parsed : null;
        var (id, port) = ((int)r.GetInt64(2), (int)r.GetInt64(9));
        return new(r.GetString(0), r.GetString(1), new AclSlot(
            id, r.GetString(3), r.GetString(4), r.GetString(5), ip is null ? address : r.GetString(6), ip?.AddressFamily == AddressFamily.InterNetwork ? address : null,
            ip is null ? null : ip.AddressFamily == AddressFamily.InterNetworkV6 ? address : ip6, port, port, r.GetString(10)));
    }
}
