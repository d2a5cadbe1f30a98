using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Rentals;

/// <summary>The time that one serial or order gave a rental. Times in unix milliseconds.</summary>
/// <param name="Added">How much; null: for ever.</param>
/// <param name="End">Its end, behind what was there before; null: the rental has not begun, or has no end.</param>
/// <param name="Bytes">The traffic that it gave, where the quota is given once; null: none.</param>
internal sealed record RentalPiece(string Id, string RentalId, string PlanId, long? Added, long? End, long? Bytes = null);

/// <summary>The pieces that a rental's time is made of, one behind the other, in its history. The rental is locked in all that changes them.</summary>
internal static class RentalPieces
{
    private const string Select = "SELECT e.id, e.rental_id, COALESCE(e.plan_id, ''), e.added_ms, e.piece_end, e.added_bytes FROM rental_events e WHERE";

    /// <summary>What a serial or an order gave and nobody took back, by rental.</summary>
    public static ValueTask<List<RentalPiece>> Of(ReadTx s, string tenant, string? license, string? order) => s.All(
        $"{Select} e.tenant_id = @tenant AND {(license is null ? "e.order_id" : "e.license_id")} = @id AND e.undone_at IS NULL ORDER BY e.rental_id, e.id", Map, ("tenant", tenant), ("id", license ?? order));

    public static ValueTask<RentalPiece?> Find(ReadTx s, string id) => s.One($"{Select} e.id = @id AND e.undone_at IS NULL", Map, ("id", id));

    /// <summary>Did nothing but that order give the rental any of its time?</summary>
    public static async ValueTask<bool> Only(ReadTx s, string rental, string order) =>
        await s.Number("SELECT COUNT(*) FROM rental_events e WHERE e.rental_id = @rental AND e.kind IN ('granted', 'redeemed', 'bought', 'extended') AND e.undone_at IS NULL AND (e.order_id IS NULL OR e.order_id <> @order)", ("rental", rental), ("order", order)) == 0;

    /// <summary>Who suspended it last; null: nobody, or it was resumed.</summary>
    public static ValueTask<string?> SuspendedBy(ReadTx s, string rental) =>
        s.One("SELECT e.actor FROM rental_events e WHERE e.rental_id = @rental AND e.kind = 'suspended' AND NOT EXISTS (SELECT 1 FROM rental_events r WHERE r.rental_id = e.rental_id AND r.kind = 'resumed' AND r.id > e.id) ORDER BY e.id DESC LIMIT 1", r => r.GetString(0), ("rental", rental));

    /// <summary>What is behind that time moves.</summary>
    public static async ValueTask Move(WriteTx s, string rental, long behind, long by) =>
        await s.Execute("UPDATE rental_events SET piece_end = piece_end + @by WHERE rental_id = @rental AND piece_end > @behind", ("by", by), ("rental", rental), ("behind", behind));

    /// <summary>Nothing is left of any of them: it is in what takes their place.</summary>
    public static async ValueTask EndAll(WriteTx s, string rental, long now) =>
        await s.Execute("UPDATE rental_events SET piece_end = @now WHERE rental_id = @rental AND piece_end > @now", ("now", now), ("rental", rental));

    /// <summary>The traffic of other plans is gone with them.</summary>
    public static async ValueTask Forget(WriteTx s, string rental, string plan) =>
        await s.Execute("UPDATE rental_events SET added_bytes = NULL WHERE rental_id = @rental AND plan_id <> @plan AND added_bytes IS NOT NULL", ("rental", rental), ("plan", plan));

    public static async ValueTask Undo(WriteTx s, string id, long now) => await s.Execute("UPDATE rental_events SET undone_at = @now WHERE id = @id", ("now", now), ("id", id));

    /// <summary>The rental begins: one piece behind the other from then on.</summary>
    public static async ValueTask Lay(WriteTx s, string rental, long start)
    {
        foreach (var piece in await s.All($"{Select} e.rental_id = @rental AND e.added_ms IS NOT NULL AND e.undone_at IS NULL AND e.piece_end IS NULL ORDER BY e.id", Map, ("rental", rental)))
        {
            start += piece.Added!.Value;
            await s.Execute("UPDATE rental_events SET piece_end = @end WHERE id = @id", ("end", start), ("id", piece.Id));
        }
    }

    private static RentalPiece Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.LongOrNull(3), r.LongOrNull(4), r.LongOrNull(5));
}
