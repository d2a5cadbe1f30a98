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
public sealed class BuyDeals(Database db, ShopService shop, ActivationService activation, PlanService plans, KeyDealer dealer, TimeProvider clock)
{
    /// <summary>Null: something new is bought.</summary>
    public async Task<BuyRenewal?> Of(HttpContext ctx, string plan, BuyForm typed)
    {
        if (typed.Key.Length == 0)
            return null;
        var (key, wrong) = await KeyDealPages.Look(activation, ctx.Caller(), typed.Key, ctx.RequestAborted);
        return key is null ? new(null, 0, wrong) : key.PlanId != plan ? new(key, 0, new("renew.wrong.plan"))
            : typed.AddTo.Length > 0 ? await AddOn(ctx, key, typed) : await Renewal(ctx, key);
    }

    private async Task<BuyRenewal> Renewal(HttpContext ctx, License key)
    {
        var (plan, now) = (await db.Read(s => plans.Get(s, ctx.Caller().TenantId, key.PlanId), ctx.RequestAborted), clock.GetUtcNow().ToUnixTimeMilliseconds());
        return KeyOrders.Obstacle(key, plan, now) is { } obstacle ? new(key, 0, new("error." + obstacle.Code)) : new(key, LicenseAction.Extended(key.ExpireAt!.Value, plan.DurationSeconds!.Value, now), null);
    }

    private async Task<BuyRenewal> AddOn(HttpContext ctx, License key, BuyForm typed)
    {
        var (deal, view) = await db.Read(async s =>
        {
            var deal = await dealer.Of(s, ctx.Caller().TenantId, key);
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
