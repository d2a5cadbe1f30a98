using System.Net;
using Gatehouse.Derp.Protocol;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Devices;

/// <summary>A relay did not let a device in, for not being on its list.</summary>
/// <param name="Address">Where the device tried from.</param>
/// <param name="Age">Milliseconds since then: the clock of who tells it may be wrong.</param>
public sealed record RefusedReading(string SlotId, string NodeKey, string Address, long Age)
{
    /// <summary>Can it be one? It may come from another machine.</summary>
    internal bool Makes() => Derp.Protocol.NodeKey.TryParse(NodeKey, out var key) && key.ToString() == NodeKey && IPAddress.TryParse(Address, out _) && Address.Length <= 64 && Age >= 0;
}

/// <summary>A machine that a rental's relays did not let in. Times in unix milliseconds.</summary>
/// <param name="Name">Of one that was let in once.</param>
/// <param name="Address">Where it tried from last; empty: it has not since it was removed.</param>
/// <param name="HiddenAt">Its owner has hidden it then; null: it waits for them to decide.</param>
public sealed record RefusedMachine(string RentalId, string NodeKey, string Name, string Address, long FirstAt, long At, long? HiddenAt);

/// <summary>Refused machines in the database. Those that wait are few, and those that are hidden are, however many keys are tried: the caller holds the rental's lock.</summary>
internal static class RefusedStore
{
    public const int MostWaiting = 20, MostHidden = 50;
    private const string Select = "SELECT rental_id, node_key, name, address, first_at, at, hidden_at FROM rental_refused";

    /// <summary>Of a rental, the last that tried first; those that are hidden too.</summary>
    public static ValueTask<List<RefusedMachine>> All(ReadTx s, string rental) => s.All(Select + " WHERE rental_id = @rental ORDER BY at DESC, node_key", Map, ("rental", rental));

    /// <summary>Of an account, those that wait, the last that tried first.</summary>
    /// <param name="rental">Null: of all of theirs.</param>
    public static ValueTask<List<RefusedMachine>> Waiting(ReadTx s, string tenant, string account, string? rental)
    {
        var filter = new SqlFilter("tenant_id = @tenant AND account_id = @account AND hidden_at IS NULL", ("tenant", tenant), ("account", account)).Is("rental_id", "rental", rental);
        return s.All($"{Select} WHERE {filter.Sql} ORDER BY at DESC, node_key LIMIT 1000", Map, filter.Args());
    }

    public static ValueTask<int> Add(WriteTx s, string tenant, string account, RefusedMachine m, long now) => s.Execute(
        """
        INSERT INTO rental_refused (rental_id, node_key, tenant_id, account_id, name, address, first_at, at, hidden_at, kept_at) VALUES (@rental, @key, @tenant, @account, @name, @address, @first, @at, @hidden, @now)
        ON CONFLICT (rental_id, node_key) DO UPDATE SET name = excluded.name, hidden_at = excluded.hidden_at, kept_at = excluded.kept_at
        """,
        ("rental", m.RentalId), ("key", m.NodeKey), ("tenant", tenant), ("account", account), ("name", m.Name), ("address", m.Address), ("first", m.FirstAt), ("at", m.At), ("hidden", m.HiddenAt), ("now", now));

    /// <summary>It has tried again.</summary>
    public static ValueTask<int> Tried(WriteTx s, RefusedMachine m, string address, long at) => s.Execute(
        "UPDATE rental_refused SET address = @address, at = @at, kept_at = @at WHERE rental_id = @rental AND node_key = @key", ("address", address), ("at", at), ("rental", m.RentalId), ("key", m.NodeKey));

    public static ValueTask<int> Forget(WriteTx s, string rental, string key) => s.Execute("DELETE FROM rental_refused WHERE rental_id = @rental AND node_key = @key", ("rental", rental), ("key", key));

    /// <summary>Its owner wants to see no more of it, and the oldest that are hidden make room. Was there one?</summary>
    public static async ValueTask<bool> Hide(WriteTx s, string rental, string key, long now)
    {
        var gone = await s.Execute("UPDATE rental_refused SET hidden_at = @now, kept_at = @now WHERE rental_id = @rental AND node_key = @key AND hidden_at IS NULL", ("now", now), ("rental", rental), ("key", key)) > 0;
        await s.Execute("DELETE FROM rental_refused WHERE rental_id = @rental AND hidden_at IS NOT NULL AND node_key NOT IN (SELECT node_key FROM rental_refused WHERE rental_id = @rental AND hidden_at IS NOT NULL ORDER BY hidden_at DESC, node_key LIMIT @most)",
            ("rental", rental), ("most", (long)MostHidden));
        return gone;
    }

    /// <summary>Those that waited for a week, and those that were hidden and have not tried for a month.</summary>
    public static ValueTask<int> Tidy(WriteTx s, long now, int limit) => s.Execute(
        "DELETE FROM rental_refused WHERE (rental_id, node_key) IN (SELECT rental_id, node_key FROM rental_refused WHERE kept_at < @week AND (hidden_at IS NULL OR kept_at < @month) ORDER BY kept_at LIMIT @limit)",
        ("week", now - 7 * 86_400_000L), ("month", now - 30 * 86_400_000L), ("limit", (long)limit));

    private static RefusedMachine Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4), r.GetInt64(5), r.LongOrNull(6));
}
