using Gatehouse.Platform.Http;

namespace Gatehouse.Billing.Orders;

/// <summary>What requests about orders are refused with.</summary>
public static class OrderErrors
{
    public static readonly ErrorCode NotOnSale = new(409, "NOT_ON_SALE");
    public static readonly ErrorCode SoldOut = new(409, "SOLD_OUT");
    public static readonly ErrorCode LimitReached = new(409, "PURCHASE_LIMIT_REACHED");
    public static readonly ErrorCode TrialUsed = new(409, "TRIAL_USED");
    public static readonly ErrorCode OrderNotFound = new(404, "ORDER_NOT_FOUND");
    public static readonly ErrorCode OrderState = new(409, "ORDER_STATE");

    public static readonly IReadOnlyList<ErrorCode> All = [NotOnSale, SoldOut, LimitReached, TrialUsed, OrderNotFound, OrderState];
}
