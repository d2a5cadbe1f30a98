using Gatehouse.Billing.Channels;
using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Billing.Shop;

/// <summary>What the shop shows: plans that are on sale, and orders as their buyers see them.</summary>
public sealed class ShopService(PlanService plans, PaymentChannelService channels, StockKeeper stock, ITenants tenants, IConfiguration config)
{
    /// <summary>All that is on sale, in the order of display.</summary>
    public async ValueTask<List<ShopPlan>> Plans(ReadTx s, Caller who, string language)
    {
        var ways = await channels.List(s, who.TenantId);
        return await Plans(s, who.TenantId, language, plan => ways.Where(c => Pays(c, plan, who)));
    }

    /// <summary>The same without the ways to pay.</summary>
    public ValueTask<List<ShopPlan>> Offers(ReadTx s, string tenant, string language) => Plans(s, tenant, language, _ => []);

    /// <summary>A text that is the same for as long as all of that is; nothing where nothing is on sale.</summary>
    public async ValueTask<string> OffersText(ReadTx s, string tenant)
    {
        var (text, counts) = await plans.OnSaleText(s, tenant);
        return counts ? text + string.Join(' ', (await stock.Left(s, tenant)).OrderBy(l => l.Key, StringComparer.Ordinal)) : text;
    }

    private async ValueTask<List<ShopPlan>> Plans(ReadTx s, string tenant, string language, Func<Plan, IEnumerable<PaymentChannel>> ways)
    {
        var offered = await plans.OnSale(s, tenant);
        var left = offered.Exists(StockKeeper.Counts) ? await stock.Left(s, tenant) : [];
        return offered.ConvertAll(plan => View(plan, StockKeeper.Counts(plan) ? left.GetValueOrDefault(plan.StockBatch!) : null, ways(plan), language));
    }

    /// <exception cref="Refusal">404 PLAN_NOT_FOUND: also for one that is not on sale.</exception>
    public async ValueTask<ShopPlan> Plan(ReadTx s, Caller who, string id, string language)
    {
        var plan = await plans.Get(s, who.TenantId, id);
        return plan is { OnSale: true, Enabled: true, RetiredAt: null } ? await Offer(s, who, plan, language) : throw new Refusal(PlanErrors.NotFound);
    }

    /// <summary>A plan as it would be offered, whether it is on sale or not.</summary>
    internal async ValueTask<ShopPlan> Offer(ReadTx s, Caller who, Plan plan, string language) =>
        View(plan, await stock.Left(s, who.TenantId, plan), (await channels.List(s, who.TenantId)).Where(c => Pays(c, plan, who)), language);

    /// <summary>An order as its buyer sees it, with its keys once they are delivered.</summary>
    public async ValueTask<ShopOrder> View(ReadTx s, string tenant, Order order)
    {
        var change = order.ChangesKey ? await KeyChanger.Find(s, tenant, order.Id) : null;
        return View(tenant, order, order.DeliveredAt is null || change is not null ? null : await OrderStore.Keys(s, tenant, order.Id)) with
        {
            Renews = order.Delivery == Order.ToKey ? change?.Key : null, RunsUntil = order.Delivery == Order.ToKey ? Time(change?.EndsAt) : null,
            Change = KeyChangeView.Of(change),
        };
    }

    private ShopOrder View(string tenant, Order order, IReadOnlyList<string>? keys) => new(
        OrderNumber.Shown(order.Number), order.State, order.Name, order.Quantity, order.Discount, order.Amount, order.Fee, order.Currency, Time(order.CreatedAt)!.Value, order.State == OrderState.Pending ? Time(order.ExpiresAt) : null,
        Time(order.PaidAt), Time(order.DeliveredAt), Address(tenant, order), OrderForm.Answers(order.Form), keys) { Kind = order.Kind, Content = order.HandedOver.Length > 0 ? order.HandedOver : null };

    /// <summary>The address of an order's page, for whoever may see it.</summary>
    public string Address(string tenant, Order order) => $"{SiteAddress.Base(config, tenants, tenant)}/orders/{order.Token}";

    private static bool Pays(PaymentChannel channel, Plan plan, Caller who) =>
        channel is { Enabled: true, Gateway: not null } && channel.IsFor(plan.Id) && channel.CurrencyCodes.Contains(plan.Currency) && (who.IsCustomer || channel.Kind != Gateways.GatewayKinds.Balance.Name);

    private static ShopPlan View(Plan plan, long? left, IEnumerable<PaymentChannel> ways, string language) => new(
        plan.Id, plan.Name, plan.ShopGroup, plan.Picture.Length > 0 ? "/pictures/" + plan.Picture : null, Description(plan, language), plan.DurationSeconds, plan.MachineLimit, plan.Price, plan.Currency, [.. PlanSelling.Tiers(plan.Tiers).Select(t => new ShopTier(t.From, t.Price))],
        left, Math.Min(PlanSelling.Most(plan), left ?? long.MaxValue), plan.Delivery, plan.Trial, [.. OrderForm.Of(plan.OrderForm).Select(f => new ShopQuestion(f.Key, f.Name(language), f.Kind, f.Required, f.Choices))], [.. ways.Select(ShopChannel.Of)]) { Recharge = plan.Recharge };

    internal static string Description(Plan plan, string language) =>
        (language == "zh" ? (plan.DescriptionZh, plan.DescriptionEn) : (plan.DescriptionEn, plan.DescriptionZh)) is var (own, other) && own.Length > 0 ? own : other;

    private static DateTime? Time(long? at) => at is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known).UtcDateTime : null;
}
