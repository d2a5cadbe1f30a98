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
public sealed record KeyDeal(License Key, Plan Plan, long Machines, IReadOnlyList<AddOnDeal> AddOns, IReadOnlyList<SwitchDeal> Switches);

/// <summary>A switch of a key to another plan.</summary>
/// <param name="Obstacle">Why it cannot be; null: it can.</param>
public sealed record SwitchDeal(SwitchQuote Quote, Message? Obstacle);

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
    /// <param name="who">Whoever would buy.</param>
    public async ValueTask<KeyDeal> Of(ReadTx s, Caller who, License key)
    {
        var tenant = who.TenantId;
        Message? waits = await KeySwitcher.Waits(s, tenant, key.Id) ? new("error." + KeyChangeErrors.Switching.Code) : null;
        var (plan, now) = (await plans.Get(s, tenant, key.PlanId), clock.GetUtcNow().ToUnixTimeMilliseconds());
        var limit = await LicenseTime.MachineLimit(s, tenant, key.Id, now);
        var deals = new List<AddOnDeal>();
        foreach (var addOn in AddOns.Of(plan.AddOns))
        {
            var left = addOn.Most - await KeyChanger.Has(s, tenant, key.Id, addOn.Id, now, waiting: true);
            Message? obstacle = waits is not null ? waits : KeyOrders.Obstacle(key, plan, addOn, 1, now) is { } code ? new("error." + code.Code) : left <= 0 ? new("error." + KeyChangeErrors.AddOnLimit.Code, addOn.Most) : null;
            deals.Add(new(addOn, key, limit, left, obstacle, now));
        }
        var switches = new List<SwitchDeal>();
        foreach (var id in SwitchTargets.Of(plan.SwitchTo))
            if (await plans.Find(s, tenant, id) is { Enabled: true, RetiredAt: null } to)
                foreach (var atEnd in new[] { false, true })
                    if (await SwitchQuote.Of(s, tenant, key, plan, to, atEnd, now) is var quote)
                        switches.Add(new(quote, waits ?? (quote.Obstacle(who.IsCustomer ? who.Id : null) is var (error, args) ? new Message("error." + error.Code, args) : (Message?)null)));
        return new(key, plan, limit, deals, switches);
    }
}
