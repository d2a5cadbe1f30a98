using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.KeyChanges;

/// <summary>What is left of what was paid for a key: of one order. Money in minor units, times in milliseconds.</summary>
/// <param name="AccountId">Who paid it; null: a guest.</param>
/// <param name="Left">The time of it that nobody has used, in whole days; null: it has no end.</param>
/// <param name="Amount">What that is worth at the price that was paid.</param>
public sealed record KeyWorth(string OrderId, string? AccountId, long? Left, long Amount)
{
    private const long Day = 86_400_000;

    // What was paid for the thing itself, less what is back or on its way.
    private const string Net = "o.amount - o.fee - COALESCE((SELECT SUM(r.amount) FROM refunds r WHERE r.order_id = o.id AND r.origin = 'sale' AND r.state IN ('asked', 'failed', 'done')), 0)";

    private const string Unspent = "NOT EXISTS (SELECT 1 FROM order_key_credits x WHERE x.of_order = o.id AND x.license_id = @license AND x.undone_at IS NULL)";

    /// <summary>
    /// By the orders that a key has its time from, at a moment. Time is valued by the whole day at what its order cost; what staff gave, and what
    /// was credited before, is worth nothing. Exact under the key's lock.
    /// </summary>
    /// <param name="seconds">The duration of the key's plan; null: it has no end.</param>
    public static async ValueTask<List<KeyWorth>> Of(ReadTx s, string tenant, License key, long? seconds, long at)
    {
        (string, object?)[] of = [("tenant", tenant), ("license", key.Id)];
        // Each piece of time that was sold to the key later; what a switch carried over counts as paid.
        var pieces = await s.All($"SELECT o.id, o.account_id, CAST({Net} + c.credit - c.rest AS BIGINT), c.seconds * 1000 - c.taken_back, c.ends_at FROM order_key_changes c JOIN orders o ON o.id = c.order_id WHERE c.tenant_id = @tenant AND c.license_id = @license AND c.machines = 0 AND c.done_at IS NOT NULL AND c.undone_at IS NULL AND {Unspent} ORDER BY o.id",
            r => (Id: r.GetString(0), Account: r.TextOrNull(1), Paid: r.GetInt64(2), Length: r.GetInt64(3), End: r.LongOrNull(4)), of);
        var found = new List<KeyWorth>();
        long later = 0;
        foreach (var (id, account, paid, length, end) in pieces)
        {
            var left = end is { } known ? Math.Clamp(known - at, 0, length) : (long?)null;
            later += left ?? 0;
            if (left is not 0)
                found.Add(Valued(id, account, paid, length, left));
        }
        var first = await s.One($"SELECT o.id, o.account_id, CAST({Net} AS BIGINT) / o.quantity FROM order_keys k JOIN orders o ON o.id = k.order_id WHERE k.tenant_id = @tenant AND k.license_id = @license AND k.delivered_at IS NOT NULL AND {Unspent}",
            r => (Id: r.GetString(0), Account: r.TextOrNull(1), Paid: r.GetInt64(2)), of);
        if (first.Id is null || key.UsedAt is not { } used)
            return found;
        // Of the time that it came with no more is left than the key has, less what was sold later, nor than there would be without what staff gave.
        long? rest = key.ExpireAt is not { } ends ? null : seconds is { } whole ? Math.Max(0, Math.Min(ends - at - later, used + whole * 1000 - at)) : 0;
        if (rest is not 0)
            found.Insert(0, Valued(first.Id, first.Account, first.Paid, (seconds ?? 0) * 1000, rest));
        return found;
    }

    /// <summary>How much of what was paid for an order switches have credited.</summary>
    public static ValueTask<long> Credited(ReadTx s, string tenant, string order) =>
        s.Number("SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM order_key_credits WHERE tenant_id = @tenant AND of_order = @order AND undone_at IS NULL", ("tenant", tenant), ("order", order));

    private static KeyWorth Valued(string order, string? account, long paid, long length, long? left)
    {
        var days = left / Day * Day;
        var worth = days is not { } time ? paid : length <= 0 ? 0 : (long)((Int128)paid * Math.Min(time, length) / length);
        return new(order, account, days, Math.Max(0, worth));
    }
}
