using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.KeyDeals;
using Gatehouse.Billing.OrderDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.OrderForms;

/// <summary>What staff may order for a key that is there, as one choice of a form.</summary>
/// <param name="Value">What is sent: <c>renew</c>, <c>add:ADD-ON</c>, <c>now:PLAN</c> or <c>end:PLAN</c>.</param>
/// <param name="Price">Of one, in minor units.</param>
public sealed record StaffDeal(string Value, Message Name, long Price, string Currency)
{
    private const string Renew = "renew", Add = "add", Now = "now", AtEnd = "end";

    /// <summary>All that is sold for the key now.</summary>
    /// <param name="who">Of staff: whether it is the buyer's own is asked when it is ordered.</param>
    public static async ValueTask<IReadOnlyList<StaffDeal>> Of(ReadTx s, KeyDealer dealer, Caller who, License key, long now)
    {
        var (deal, found) = (await dealer.Of(s, who, key), new List<StaffDeal>());
        if (KeyOrders.Obstacle(key, deal.Plan, now) is null && !await KeySwitcher.Waits(s, who.TenantId, key.Id))
            found.Add(new(Renew, new("renew.do"), deal.Plan.Price, deal.Plan.Currency));
        foreach (var one in deal.Switches.Where(d => d.Obstacle is null || d.Obstacle.Value.Key == "error." + KeyChangeErrors.NotYours.Code))
            found.Add(new($"{(one.Quote.AtEnd ? AtEnd : Now)}:{one.Quote.To.Id}", new(one.Quote.AtEnd ? "orders.new.switch_end" : "orders.new.switch_now", one.Quote.To.Name), one.Quote.Pay, one.Quote.To.Currency));
        found.AddRange(deal.AddOns.Where(a => a.Obstacle is null).Select(a => new StaffDeal($"{Add}:{a.AddOn.Id}", a.AddOn.Name(), a.AddOn.Price, deal.Plan.Currency)));
        return found;
    }

    /// <summary>The order with what was chosen for the key.</summary>
    /// <exception cref="Refusal">422 on <c>deal</c>: nothing was.</exception>
    public static StaffOrder For(StaffOrder order, string key, string chosen) => chosen.Split(':', 2) switch
    {
        [Renew] => order with { Renew = key },
        [Add, var addOn] => order with { AddTo = key, AddOn = addOn },
        [(Now or AtEnd) and var when, var plan] => order with { Plan = plan, Switch = key, AtEnd = when == AtEnd },
        _ => throw Refusal.Field("deal", "orders.new.choose"),
    };
}
