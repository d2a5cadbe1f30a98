using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.KeyDeals;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Previews;
using Gatehouse.Billing.Shop;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.ShopFront;

/// <summary>What is bought for a key that is there already, as <c>/buy/{plan}</c> shows it: the key as it is and as it would be, or why not.</summary>
public sealed class BuyDeals(Database db, ShopService shop, ActivationService activation, PlanService plans, KeyDealer dealer, IEnumerable<IRentalSales> rentals, TimeProvider clock)
{
    /// <summary>Null: something new is bought.</summary>
    public async Task<BuyRenewal?> Of(HttpContext ctx, string plan, BuyForm typed)
    {
        if (typed.Rental.Length > 0)
            return await Rental(ctx, plan, typed);
        if (typed.Key.Length == 0)
            return null;
        var (key, wrong) = await KeyDealPages.Look(activation, ctx.Caller(), typed.Key, ctx.RequestAborted);
        return key is null ? new(null, 0, wrong) : typed.Switch.Length > 0 ? await Switch(ctx, key, plan, typed) : key.PlanId != plan ? new(key, 0, new("renew.wrong.plan"))
            : typed.AddTo.Length > 0 ? await AddOn(ctx, key, typed) : await Renewal(ctx, key);
    }

    private async Task<BuyRenewal> Renewal(HttpContext ctx, License key)
    {
        var ((plan, waits), now) = (await db.Read(async s => (await plans.Get(s, ctx.Caller().TenantId, key.PlanId), await KeySwitcher.Waits(s, ctx.Caller().TenantId, key.Id)), ctx.RequestAborted), clock.GetUtcNow().ToUnixTimeMilliseconds());
        if (waits)
            return new(key, 0, new("error." + KeyChangeErrors.Switching.Code));
        return KeyOrders.Obstacle(key, plan, now) is { } obstacle ? new(key, 0, new("error." + obstacle.Code)) : new(key, LicenseAction.Extended(key.ExpireAt!.Value, plan.DurationSeconds!.Value, now), null);
    }

    private async Task<BuyRenewal> Switch(HttpContext ctx, License key, string plan, BuyForm typed)
    {
        var who = ctx.Caller();
        var (deal, view) = await db.Read(async s =>
        {
            var deal = (await dealer.Of(s, who, key)).Switches.FirstOrDefault(d => d.Quote.To.Id == plan && d.Quote.AtEnd == (typed.When == BuyForm.AtEnd));
            return (deal, await shop.Offer(s, who, deal?.Quote.To ?? await plans.Get(s, who.TenantId, key.PlanId), ctx.Text().Language));
        }, ctx.RequestAborted);
        return deal is null ? new(key, 0, new("error." + KeyChangeErrors.NoSwitch.Code)) { Offer = view, Title = new("switch.title", key.Key) } : new(key, 0, deal.Obstacle)
        {
            Offer = view with { Price = deal.Quote.Pay, Tiers = [], Form = [], Left = null, Most = 1 }, Title = new(deal.Quote.AtEnd ? "switch.later_title" : "switch.title", key.Key), Does = "switch.do", Rows = deal.Obstacle is null ? deal.Quote.Rows() : [],
        };
    }

    // What is sold for a rental of the buyer's; who has none sees what is on sale to all.
    private async Task<BuyRenewal> Rental(HttpContext ctx, string id, BuyForm typed)
    {
        var (who, text) = (ctx.Caller(), ctx.Text());
        return await db.Read(async s =>
        {
            var plan = await plans.Get(s, who.TenantId, id);
            var addOn = typed.AddOn.Length == 0 ? null : AddOns.Of(plan.AddOns).FirstOrDefault(a => a.Id == typed.AddOn);
            var deal = who.IsCustomer && rentals.FirstOrDefault() is { } desk ? await desk.Of(s, who.TenantId, who.Id!, typed.Rental, plan, addOn, typed.Count ?? 1) : null;
            if (deal is null || addOn is null && typed.AddOn.Length > 0)
                return new BuyRenewal(null, 0, new(who.IsCustomer ? "buy.rental.unknown" : "buy.rental.sign_in")) { Offer = await shop.Plan(s, who, id, text.Language), Title = new("buy.rental.nothing") };
            var view = await shop.Offer(s, who, plan, text.Language);
            return new BuyRenewal(null, 0, RentalPurchases.Sold(plan, addOn) ? deal.Obstacle : new("error." + OrderErrors.NotOnSale.Code))
            {
                Offer = view with { Name = addOn is null ? view.Name : $"{view.Name} {text[addOn.Name()]}", Price = addOn?.Price ?? view.Price, Tiers = [], Form = [], Left = null, Most = Math.Max(1, deal.Left) },
                Title = new("buy.rental", deal.Name), Does = addOn is null ? "renew.do" : "buy.do", Rows = deal.Rows,
            };
        }, ctx.RequestAborted);
    }

    private async Task<BuyRenewal> AddOn(HttpContext ctx, License key, BuyForm typed)
    {
        var (deal, view) = await db.Read(async s =>
        {
            var deal = await dealer.Of(s, ctx.Caller(), key);
            return (deal, await shop.Offer(s, ctx.Caller(), deal.Plan, ctx.Text().Language));
        }, ctx.RequestAborted);
        if (deal.AddOns.FirstOrDefault(a => a.AddOn.Id == typed.AddOn) is not { } wanted)
            return new(key, 0, new("addons.wrong.unknown")) { Offer = view, Title = new("addons.for", key.Key) };
        var offer = view with { Name = $"{view.Name} {ctx.Text()[wanted.AddOn.Name()]}", Price = wanted.AddOn.Price, Tiers = [], Form = [], Left = null, Most = Math.Max(1, wanted.Left) };
        return new(key, 0, wanted.Obstacle)
        {
            Offer = offer, Title = new("addons.for", key.Key), Does = "buy.do", Rows = wanted.Obstacle is null ? wanted.Rows(Math.Clamp(typed.Count ?? 1, 1, offer.Most)) : [],
        };
    }
}

/// <summary>A key that is there, and what is bought for it.</summary>
/// <param name="Until">Its end when its time goes on, unix milliseconds.</param>
/// <param name="Wrong">Why it cannot be; null when it can.</param>
public sealed record BuyRenewal(License? Key, long Until, Message? Wrong)
{
    /// <summary>What is sold; null: its plan once more.</summary>
    public ShopPlan? Offer { get; init; }

    /// <summary>What it is, and what is on the button; null: a renewal.</summary>
    public Message? Title { get; init; }
    public string Does { get; init; } = "renew.do";

    /// <summary>What it would make different.</summary>
    public IReadOnlyList<PreviewRow> Rows { get; init; } = [];
}
