using Gatehouse.Billing.Coupons;
using Gatehouse.Billing.Previews;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Orders;

/// <summary>What is sold for a rental that is there already: known to the feature above that has rentals.</summary>
public interface IRentalSales
{
    /// <summary>What one more of a plan, or so many of an add-on of the rental's own plan, would make of a rental of the buyer's; null: they have no such rental.</summary>
    ValueTask<RentalDeal?> Of(ReadTx s, string tenant, string account, string rental, Plan plan, AddOn? addOn, long quantity);

    /// <summary>Notes what an order is to do once it is paid.</summary>
    ValueTask Begin(WriteTx s, string tenant, Order order, string rental, AddOn? addOn);
}

/// <param name="Name">The rental's.</param>
/// <param name="Obstacle">Why it cannot be; null: it can.</param>
/// <param name="Left">How many of the add-on it may have yet.</param>
public sealed record RentalDeal(string Name, Message? Obstacle, long Left, IReadOnlyList<PreviewRow> Rows);

/// <summary>Orders about rentals that are there already: made, paid and refunded like any other. Whether what is ordered can still be done is decided once more when it is paid.</summary>
public sealed class RentalPurchases(OrderService orders, PlanService plans, CouponTaker coupons, IEnumerable<IRentalSales> sales)
{
    /// <summary>Makes an order for the rental that it names; null: it names none.</summary>
    /// <exception cref="Refusal">401; 409 NOT_ON_SALE; 422 on <c>rental</c>, <c>add_on</c> or <c>quantity</c>; and as <see cref="OrderService.Place"/>.</exception>
    public async ValueTask<Order?> Place(WriteTx s, Caller who, Buyer buyer, NewOrder wanted)
    {
        if (wanted.Rental is not { } rental)
            return null;
        if (!who.IsCustomer)
            throw new Refusal(HttpErrors.Unauthorized);
        var tenant = who.TenantId;
        buyer = await orders.Checked(s, who, buyer);
        var plan = await plans.Named(s, tenant, wanted.Plan);
        var addOn = AddOnOf(plan, wanted.AddOn);
        if (!Sold(plan, addOn))
            throw new Refusal(OrderErrors.NotOnSale);
        if (sales.FirstOrDefault() is not { } desk || await desk.Of(s, tenant, buyer.AccountId!, rental, plan, addOn, wanted.Quantity) is not { } deal)
            throw Refusal.Field("rental", "buy.rental.unknown");
        if (deal.Obstacle is { } why)
            throw new Refusal(HttpErrors.ValidationFailed) { Fields = new Dictionary<string, Message> { ["rental"] = why } };
        if (wanted.Quantity < 1 || wanted.Quantity > deal.Left)
            throw Refusal.Field("quantity", "field.range", 1, deal.Left);
        var price = addOn?.Price ?? plan.Price;
        var taken = wanted.Coupons is { Count: > 0 } codes ? await coupons.Take(s, tenant, codes, new(plan.Id, plan.ShopGroup, plan.Currency, price * wanted.Quantity, buyer.AccountId, buyer.Email)) : [];
        var sold = plan with { Name = addOn is null ? plan.Name : $"{plan.Name} {Localizer.For(buyer.Language)[addOn.Name()]}", Delivery = Order.Rental, StockBatch = null };
        var order = await orders.Make(s, tenant, buyer, sold, wanted.Quantity, price, taken.Sum(t => t.Discount), wanted.Channel, true, kind: addOn is null ? Order.Renew : Order.AddOn);
        await desk.Begin(s, tenant, order, rental, addOn);
        return await orders.Start(s, tenant, order, taken, wanted.Sent);
    }

    /// <summary>An add-on of a plan by its id; null: none is asked for.</summary>
    /// <exception cref="Refusal">422 on <c>add_on</c>.</exception>
    internal static AddOn? AddOnOf(Plan plan, string? id) =>
        string.IsNullOrEmpty(id) ? null : AddOns.Of(plan.AddOns).FirstOrDefault(a => a.Id == id) ?? throw Refusal.Field("add_on", "addons.wrong.unknown");

    /// <summary>May it be had? Add-ons are, as long as there is the plan.</summary>
    internal static bool Sold(Plan plan, AddOn? addOn) => plan is { Enabled: true, RetiredAt: null } && (addOn is not null || plan.OnSale);
}
