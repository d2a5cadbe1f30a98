using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Orders;

/// <summary>Who sent a buyer.</summary>
/// <param name="Link">The code of the link that was followed.</param>
/// <param name="At">When, in unix milliseconds.</param>
public sealed record Referral(string Link, long At);

/// <summary>Who follows orders, in the transactions that decide about them.</summary>
public interface IOrderObserver
{
    /// <summary>A buyer has made an order; it is not paid yet.</summary>
    /// <param name="sent">What the buyer's browser says of who sent them.</param>
    ValueTask Placed(WriteTx s, string tenant, Order order, Referral? sent);

    /// <summary>Something that was bought is paid and waits for staff, or is delivered. The order's row is locked.</summary>
    ValueTask Moved(WriteTx s, string tenant, Order order);
}
