using Gatehouse.Platform.Http;

namespace Gatehouse.Billing.Orders;

/// <summary>What requests about money are refused with.</summary>
public static class BillingErrors
{
    public static readonly ErrorCode InsufficientBalance = new(409, "INSUFFICIENT_BALANCE");
    public static readonly ErrorCode NotOnSale = new(409, "NOT_ON_SALE");
    public static readonly ErrorCode SoldOut = new(409, "SOLD_OUT");
    public static readonly ErrorCode LimitReached = new(409, "PURCHASE_LIMIT_REACHED");
    public static readonly ErrorCode OrderNotFound = new(404, "ORDER_NOT_FOUND");
    public static readonly ErrorCode OrderState = new(409, "ORDER_STATE");

    public static readonly IReadOnlyList<ErrorCode> All = [InsufficientBalance, NotOnSale, SoldOut, LimitReached, OrderNotFound, OrderState];
}
