using Gatehouse.Licensing.AccountKeys;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Billing.Renewals;

/// <summary>What customers may do about the time of their keys, beside each in their list.</summary>
public sealed class KeyOffers(AutoRenewalService renewals) : IKeyOffers
{
    public async ValueTask<IReadOnlyDictionary<string, RenderFragment>> Of(ReadTx s, HttpContext ctx, IReadOnlyList<License> keys)
    {
        var (who, shown) = (ctx.Caller(), keys.Select(k => k.Id).ToHashSet());
        var found = new Dictionary<string, RenderFragment>();
        foreach (var l in (await renewals.List(s, who.TenantId, who.Id ?? "")).Where(l => shown.Contains(l.Key.Id)))
        {
            var (renews, changes) = (l.Obstacle is null, l.Key.UsedAt is not null && AddOns.Of(l.Plan.AddOns).Count > 0);
            if (renews || changes)
                found[l.Key.Id] = ComponentFragment.Of<KeyOffer>((nameof(KeyOffer.Key), l.Key), (nameof(KeyOffer.Plan), l.Plan), (nameof(KeyOffer.On), l.On), (nameof(KeyOffer.Renews), renews), (nameof(KeyOffer.Changes), changes));
        }
        return found;
    }
}
