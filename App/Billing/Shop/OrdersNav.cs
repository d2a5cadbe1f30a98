namespace Gatehouse.Billing.Shop;

/// <summary>The pages of orders in the customers' navigation.</summary>
public static class OrdersNav
{
    /// <summary>What they give as <c>Nav</c>.</summary>
    public const string Id = "find-order";
}
