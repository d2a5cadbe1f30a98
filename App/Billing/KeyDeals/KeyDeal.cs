using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Previews;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.KeyDeals;

/// <summary>A key and what is sold on top of it, as it is now. Whether it still is, is decided when it is ordered.</summary>
/// <param name="Machines">How many it may have.</param>
public sealed record KeyDeal(License Key, Plan Plan, long Machines, IReadOnlyList<AddOnDeal> AddOns)
{
    /// <summary>Is anything of it for sale?</summary>
    public bool Any => AddOns.Any(a => a.Obstacle is null);
}

/// <summary>An add-on for a key.</summary>
/// <param name="Left">How many more of it the key may have.</param>
/// <param name="Obstacle">Why it may have none; null: it may.</param>
public sealed record AddOnDeal(AddOn AddOn, License Key, long Machines, long Left, Message? Obstacle, long Now)
{
    /// <summary>When so many of it go again; null: never.</summary>
    public long? Until(long quantity) => AddOn.Kind == Licensing.Plans.AddOns.Days ? LicenseAction.Extended(Key.ExpireAt!.Value, AddOn.Amount * quantity * 86400, Now) : AddOn.ForGood ? null : Key.ExpireAt;

    /// <summary>What so many of it would make different.</summary>
    public IReadOnlyList<PreviewRow> Rows(long quantity) => AddOn.Kind == Licensing.Plans.AddOns.Days
        ? [new(new("keychange.row.end"), Day(Key.ExpireAt), Day(Until(quantity)))]
        : [new(new("keychange.row.machines"), new("preview.text", Machines), new("preview.text", Machines + AddOn.Amount * quantity)), new(new("keychange.row.until"), new("preview.text", "—"), Day(Until(quantity)))];

    internal static Message Day(long? at) => at is { } known ? new("preview.text", DateTimeOffset.FromUnixTimeMilliseconds(known)) : new("keychange.never");
}

/// <summary>Tells what is sold on top of keys.</summary>
public sealed class KeyDealer(PlanService plans, TimeProvider clock)
{
    /// <summary>All that there is for a key.</summary>
    public async ValueTask<KeyDeal> Of(ReadTx s, string tenant, License key)
    {
        var (plan, now) = (await plans.Get(s, tenant, key.PlanId), clock.GetUtcNow().ToUnixTimeMilliseconds());
        var limit = await LicenseTime.MachineLimit(s, tenant, key.Id, now);
        var deals = new List<AddOnDeal>();
        foreach (var addOn in AddOns.Of(plan.AddOns))
        {
            var left = addOn.Most - await KeyChanger.Has(s, tenant, key.Id, addOn.Id, now, waiting: true);
            Message? obstacle = KeyOrders.Obstacle(key, plan, addOn, 1, now) is { } code ? new("error." + code.Code) : left <= 0 ? new("error." + KeyChangeErrors.AddOnLimit.Code, addOn.Most) : null;
            deals.Add(new(addOn, key, limit, left, obstacle, now));
        }
        return new(key, plan, limit, deals);
    }
}
