using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Coupons;

/// <summary>What coupons are asked about: an order that is being made.</summary>
/// <param name="Total">The listed price, in minor units.</param>
/// <param name="Email">Of who buys; empty: unknown.</param>
public sealed record CouponCase(string Plan, string Group, string Currency, long Total, string? Account, string Email);

/// <summary>A coupon that an order gets, by which code, and what it takes off.</summary>
public sealed record TakenCoupon(Coupon Coupon, string Code, long Discount);

/// <summary>Coupons of orders. Whether one is still good is decided and counted in the order's transaction, under the coupon's lock.</summary>
public sealed class CouponTaker(TimeProvider clock)
{
    private const int MaxAtOnce = 5;

    /// <summary>What the codes take off, each of what those before it left: percentages come first, then amounts. Nothing is counted.</summary>
    /// <exception cref="Refusal">One of <see cref="CouponErrors.Unfit"/>, or 422 on <c>coupon</c>: too many.</exception>
    public async ValueTask<List<TakenCoupon>> Price(ReadTx s, string tenant, IReadOnlyList<string> codes, CouponCase order)
    {
        var now = Now();
        var found = new List<(Coupon Coupon, string Code)>();
        foreach (var code in Distinct(codes))
        {
            var known = await CouponStore.ByCode(s, tenant, code) ?? throw new Refusal(CouponErrors.NotFound);
            if (known.Order is not null)
                throw new Refusal(CouponErrors.UsedUp);
            var coupon = (await CouponStore.Find(s, tenant, known.Coupon))!;
            if (found.Exists(f => f.Coupon.Id == coupon.Id))
                throw new Refusal(CouponErrors.Alone);
            await Check(s, tenant, coupon, order, now);
            found.Add((coupon, code));
        }
        if (found.Count > 1 && found.Exists(f => !f.Coupon.Stackable))
            throw new Refusal(CouponErrors.Alone);
        var taken = new List<TakenCoupon>();
        var left = order.Total;
        foreach (var (coupon, code) in found.OrderByDescending(f => f.Coupon.Percent).ThenBy(f => f.Coupon.Id, StringComparer.Ordinal))
        {
            var off = coupon.Off(left);
            if (off == 0)
                throw new Refusal(CouponErrors.NothingLeft);
            taken.Add(new(coupon, code, off));
            left -= off;
        }
        return taken;
    }

    /// <summary>The same, and the coupons stand still until the transaction ends; see <see cref="Use"/>.</summary>
    public async ValueTask<List<TakenCoupon>> Take(WriteTx s, string tenant, IReadOnlyList<string> codes, CouponCase order)
    {
        var ids = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var code in Distinct(codes))
            if (await CouponStore.ByCode(s, tenant, code) is { } known)
                ids.Add(known.Coupon);
        foreach (var id in ids)
            await CouponStore.Lock(s, tenant, id);
        return await Price(s, tenant, codes, order);
    }

    /// <summary>Counts what was taken for an order that is there now.</summary>
    public async ValueTask Use(WriteTx s, string tenant, string order, string currency, List<TakenCoupon> taken)
    {
        foreach (var one in taken)
            await CouponStore.Use(s, tenant, order, currency, one, Now());
    }

    /// <summary>An order was given up: its coupons are good for another. The order's row is locked.</summary>
    public async ValueTask Return(WriteTx s, string tenant, string order)
    {
        foreach (var (coupon, code) in await CouponStore.Of(s, tenant, order, returned: false))
        {
            await CouponStore.Lock(s, tenant, coupon);
            await CouponStore.Return(s, tenant, order, coupon, code, Now());
        }
    }

    /// <summary>An order that was given up is taken up again: its coupons count again. The order's row is locked.</summary>
    /// <param name="anyway">Staff want it so, whether another order has them by now or not.</param>
    /// <returns>Were they still free? If not, nothing has changed.</returns>
    public async ValueTask<bool> Again(WriteTx s, string tenant, string order, bool anyway)
    {
        var back = await CouponStore.Of(s, tenant, order, returned: true);
        foreach (var (coupon, code) in back)
        {
            await CouponStore.Lock(s, tenant, coupon);
            var known = (await CouponStore.Find(s, tenant, coupon))!;
            var other = (await CouponStore.ByCode(s, tenant, code))?.Order;
            if (!anyway && (other is not null || (known.TotalLimit > 0 && known.Uses >= known.TotalLimit)))
                return false;
        }
        foreach (var (coupon, code) in back)
            await CouponStore.Return(s, tenant, order, coupon, code, null);
        return true;
    }

    private static async ValueTask Check(ReadTx s, string tenant, Coupon coupon, CouponCase order, long now)
    {
        if (!coupon.Enabled || coupon.EndsAt <= now)
            throw new Refusal(CouponErrors.Ended);
        if (coupon.StartsAt > now)
            throw new Refusal(CouponErrors.NotYet);
        if (!coupon.Fits(order.Plan, order.Group) || (coupon.Currency != order.Currency && (coupon.Amount > 0 || coupon.Minimum > 0)))
            throw new Refusal(CouponErrors.NotForThis);
        if (order.Total < coupon.Minimum)
            throw new Refusal(CouponErrors.BelowMinimum, Money.Format(coupon.Minimum, coupon.Currency));
        if (coupon.TotalLimit > 0 && coupon.Uses >= coupon.TotalLimit)
            throw new Refusal(CouponErrors.UsedUp);
        if (coupon.PersonLimit > 0 && await CouponStore.UsesOf(s, tenant, coupon.Id, order.Account, order.Email) >= coupon.PersonLimit)
            throw new Refusal(CouponErrors.UsedByYou);
        if (coupon.FirstOrder && await CouponStore.HasBought(s, tenant, coupon.Id, order.Account, order.Email))
            throw new Refusal(CouponErrors.FirstOrder);
    }

    private static List<string> Distinct(IReadOnlyList<string> codes)
    {
        var typed = codes.Select(Coupon.Typed).Distinct().ToList();
        return typed.Count > MaxAtOnce ? throw Refusal.Field("coupon", "coupons.wrong.many", MaxAtOnce) : typed;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
