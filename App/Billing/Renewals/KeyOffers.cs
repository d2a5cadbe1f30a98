using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.AccountKeys;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Billing.Renewals;

/// <summary>What customers may do about the time of their keys, beside each in their list.</summary>
public sealed class KeyOffers(PlanService plans, TimeProvider clock) : IKeyOffers
{
    public async ValueTask<IReadOnlyDictionary<string, RenderFragment>> Of(ReadTx s, HttpContext ctx, IReadOnlyList<License> keys)
    {
        var (now, known, found) = (clock.GetUtcNow().ToUnixTimeMilliseconds(), new Dictionary<string, Plan>(), new Dictionary<string, RenderFragment>());
        var own = (await AutoRenewalStore.OfAccount(s, ctx.Caller().TenantId, ctx.Caller().Id ?? "")).ToDictionary(a => a.LicenseId);
        foreach (var key in keys)
        {
            if (!known.TryGetValue(key.PlanId, out var plan))
                known[key.PlanId] = plan = await plans.Get(s, ctx.Caller().TenantId, key.PlanId);
            var (renews, changes) = (KeyOrders.Obstacle(key, plan, now) is null, key.UsedAt is not null && AddOns.Of(plan.AddOns).Count > 0);
            if (renews || changes)
                found[key.Id] = ComponentFragment.Of<KeyOffer>((nameof(KeyOffer.Key), key), (nameof(KeyOffer.Plan), plan), (nameof(KeyOffer.On), own.ContainsKey(key.Id)), (nameof(KeyOffer.Renews), renews), (nameof(KeyOffer.Changes), changes));
        }
        return found;
    }
}
