using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Shop;

/// <summary>The way in for all who buy for themselves, over REST and on the pages.</summary>
public sealed class ShopDoor(OrderService orders, KeyOrders changes, RentalPurchases rentals, PaymentStarter payments, OrderGuard guard)
{
    /// <summary>Makes an order; see <see cref="OrderService.Place"/>.</summary>
    /// <exception cref="Refusal">As that; 403 CHALLENGE_REQUIRED of a guest.</exception>
    public async ValueTask<PlacedOrder> Place(WriteTx s, Caller who, Buyer buyer, NewOrder wanted, SolvedChallenge? solved)
    {
        await guard.Charge(s, who, solved);
        var order = await changes.Place(s, who, buyer, wanted) ?? await rentals.Place(s, who, buyer, wanted) ?? await orders.Place(s, who, buyer, wanted);
        await payments.Prepare(s, who.TenantId, order);
        guard.Count(s, who, order);
        return new PlacedOrder(order.Id);
    }
}
