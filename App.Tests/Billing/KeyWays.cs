using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Renewals;
using Gatehouse.Licensing.AccountKeys;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Errors;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Billing;

/// <summary>The ways of what is sold for keys that are there already.</summary>
internal static class KeyWays
{
    public static readonly IReadOnlyDictionary<ErrorCode, Func<ErrorSite, Task<Refused>>> Of = new Dictionary<ErrorCode, Func<ErrorSite, Task<Refused>>>
    {
        [KeyChangeErrors.Suspended] = async site =>
        {
            var key = await site.Active();
            await site.Do(key, new { action = "suspend" });
            return await Renew(site, key);
        },
        [KeyChangeErrors.Trial] = async site =>
        {
            var plan = (string)(await site.Owner.PostApi("/api/plans", new { name = site.Unique("trial"), trial = true, duration_seconds = 3600 }))["plan"]!["id"]!;
            var key = (await site.Owner.Keys(plan, 1))[0];
            await site.Server.Http.Validate(key, "machine-1");
            return await Renew(site, key);
        },
        [AutoRenewalErrors.Taken] = async site =>
        {
            var plan = (string)(await site.Owner.PostApi("/api/plans", new { name = site.Unique("month"), on_sale = true, duration_seconds = 30 * 86400 }))["plan"]!["id"]!;
            var key = (await site.Owner.Keys(plan, 1))[0];
            await site.Server.Http.Validate(key, "machine-1");
            var refused = await Assert.ThrowsAsync<Refusal>(async () =>
            {
                foreach (var _ in Enumerable.Range(0, 2))
                {
                    var who = Helpdesk.As(await site.Server.Staff.Customer());
                    await site.Server.Db.Write(async s =>
                    {
                        var license = (await LicenseStore.Find(s, Caller.DefaultTenant, LicenseKey.Parse(key)!.Value))!;
                        await site.Server.Service<AccountKeyService>().Add(s, who, license);
                        return await site.Server.Service<AutoRenewalService>().Switch(s, who, license.Id, true);
                    });
                }
            });
            return new Refused(refused.Status, refused.Code);
        },
        [KeyChangeErrors.Ended] = async site =>
        {
            var key = await Extendable(site);
            await site.Server.Db.Write(s => s.Execute("UPDATE licenses SET expire_at = @now WHERE key = @key", ("now", site.Server.Clock.Now), ("key", key)));
            return await Add(site, key);
        },
        [KeyChangeErrors.AddOnLimit] = async site =>
        {
            var key = await Extendable(site);
            await site.Server.Http.PostApi("/api/shop/orders", new { add_to = key, add_on = "machines-1", email = "guest@example.com", channel = await BillingWays.Channel(site) });
            return await Add(site, key);
        },
    };

    private static async Task<string> Extendable(ErrorSite site)
    {
        var plan = (string)(await site.Owner.PostApi("/api/plans", new { name = site.Unique("add-on"), price = 100, on_sale = true, add_ons = new[] { new { kind = "machines", amount = 1, price = 50 } } }))["plan"]!["id"]!;
        var key = (await site.Owner.Keys(plan, 1))[0];
        await site.Server.Http.Validate(key, "machine-1");
        return key;
    }

    private static async Task<Refused> Add(ErrorSite site, string key) => await site.Server.Http.PostApi("/api/shop/orders", new { add_to = key, add_on = "machines-1", email = "guest@example.com", channel = await BillingWays.Channel(site) }).Refused();

    private static async Task<Refused> Renew(ErrorSite site, string renew) => await site.Server.Http.PostApi("/api/shop/orders", new { renew, email = "guest@example.com", channel = await BillingWays.Channel(site) }).Refused();
}
