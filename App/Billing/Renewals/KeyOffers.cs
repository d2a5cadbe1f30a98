using Gatehouse.Licensing.AccountKeys;
using Gatehouse.Licensing.Licenses;
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
        return (await renewals.List(s, who.TenantId, who.Id ?? "")).Where(l => l.Obstacle is null && shown.Contains(l.Key.Id))
            .ToDictionary(l => l.Key.Id, l => ComponentFragment.Of<KeyOffer>((nameof(KeyOffer.Key), l.Key), (nameof(KeyOffer.Plan), l.Plan), (nameof(KeyOffer.On), l.On)));
    }
}
