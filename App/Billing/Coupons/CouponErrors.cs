using Gatehouse.Platform.Http;

namespace Gatehouse.Billing.Coupons;

/// <summary>Why a coupon is not taken, and what requests about coupons are refused with.</summary>
public static class CouponErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_COUPON");
    public static readonly ErrorCode InUse = new(409, "COUPON_IN_USE");
    public static readonly ErrorCode NotYet = new(409, "COUPON_NOT_YET");
    public static readonly ErrorCode Ended = new(409, "COUPON_ENDED");
    public static readonly ErrorCode UsedUp = new(409, "COUPON_USED_UP");
    public static readonly ErrorCode UsedByYou = new(409, "COUPON_USED_BY_YOU");
    public static readonly ErrorCode NotForThis = new(409, "COUPON_NOT_FOR_THIS");
    public static readonly ErrorCode BelowMinimum = new(409, "COUPON_MINIMUM");
    public static readonly ErrorCode FirstOrder = new(409, "COUPON_FIRST_ORDER");
    public static readonly ErrorCode Alone = new(409, "COUPON_ALONE");
    public static readonly ErrorCode NothingLeft = new(409, "COUPON_NOTHING_LEFT");

    /// <summary>Why an order does not get a coupon.</summary>
    public static readonly ErrorCode[] Unfit = [NotFound, NotYet, Ended, UsedUp, UsedByYou, NotForThis, BelowMinimum, FirstOrder, Alone, NothingLeft];

    public static readonly IReadOnlyList<ErrorCode> All = [.. Unfit, InUse];
}
