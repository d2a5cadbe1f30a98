using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.Devices;

/// <summary>Devices that are not let in while the payment of an add-on is disputed; they come in again with it. The rental is locked.</summary>
internal static class HeldDevices
{
    private const string Columns = "id, tenant_id, rental_id, node_key, name, node_id, seen_at, created_at";

    /// <summary>Lets in no more devices than the rental may have: the last ones go.</summary>
    /// <param name="extra">They are kept for that add-on; null: for none.</param>
    public static async ValueTask Shorten(WriteTx s, Rental rental, string? extra)
    {
        const string last = " FROM rental_devices WHERE rental_id = @rental AND id NOT IN (SELECT id FROM rental_devices WHERE rental_id = @rental ORDER BY id LIMIT @most)";
        (string, object?)[] args = [("rental", rental.Id), ("most", rental.Terms.DeviceLimit)];
        if (extra is not null)
            await s.Execute($"INSERT INTO rental_held_devices ({Columns}, extra_id) SELECT {Columns}, @extra{last}", [.. args, ("extra", extra)]);
        await s.Execute("DELETE" + last, args);
    }

    /// <summary>Lets those of an add-on in again, the oldest first, as far as there is room and they are not in already.</summary>
    public static async ValueTask GiveBack(WriteTx s, Rental rental, string extra)
    {
        var room = rental.Terms.DeviceLimit - await s.Number("SELECT COUNT(*) FROM rental_devices WHERE rental_id = @rental", ("rental", rental.Id));
        await s.Execute(
            $"""
            INSERT INTO rental_devices ({Columns}, account_id) SELECT {Columns}, @account FROM rental_held_devices h WHERE h.extra_id = @extra
              AND NOT EXISTS (SELECT 1 FROM rental_devices d WHERE d.rental_id = h.rental_id AND (d.node_key = h.node_key OR d.node_id = h.node_id)) ORDER BY h.id LIMIT @room
            """, ("account", rental.AccountId), ("extra", extra), ("room", Math.Max(0, room)));
        await s.Execute("DELETE FROM rental_refused WHERE rental_id = @rental AND node_key IN (SELECT node_key FROM rental_devices WHERE rental_id = @rental)", ("rental", rental.Id));
    }

    /// <summary>Of a rental, by what it was called and its key.</summary>
    public static ValueTask<List<(string NodeKey, string Name)>> Of(ReadTx s, string rental) =>
        s.All("SELECT node_key, name FROM rental_held_devices WHERE rental_id = @rental ORDER BY id", r => (r.GetString(0), r.GetString(1)), ("rental", rental));
}
