using Gatehouse.Billing.Refunds;
using Gatehouse.Billing.Statistics;
using Gatehouse.Licensing.Actions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>How many keys that ended were renewed.</summary>
public sealed class RenewalRateTests
{
    private const long Day = 86_400_000;

    [Theory, BothEngines]
    public async Task Of_the_keys_that_ended_in_a_month_it_is_told_how_many_were_renewed(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var keys = new List<string>();
        for (var i = 0; i < 6; i++)
            keys.Add(await RenewalTests.Active(till));
        var start = till.Shop.Now;
        // Before its end; after it; taken back again; twice; by staff, who count for nothing; and not at all.
        await RenewalTests.Paid(till, keys[0]);
        await RenewalTests.Refund(till, await RenewalTests.Paid(till, keys[2]), RefundWanted.Revoke);
        await RenewalTests.Paid(till, keys[3]);
        await RenewalTests.Paid(till, keys[3]);
        await till.Shop.Do(keys[4], new LicenseAction(ActionName.Extend, 90 * 86400));
        Task<List<RenewalRate>> Rate(long from, long to) => till.Db.Read(s => RenewalRate.Of(s, Caller.DefaultTenant, from, to, till.Shop.Now));
        // What has not ended yet is not lost.
        Assert.Equal([new(till.Plan.Id, 2, 2)], await Rate(start + 20 * Day, start + 40 * Day));
        till.Shop.Clock.Advance(TimeSpan.FromDays(35));
        await RenewalTests.Paid(till, keys[1]);
        Assert.Equal([new(till.Plan.Id, 5, 3)], await Rate(start + 20 * Day, start + 40 * Day));
        Assert.Equal([new(till.Plan.Id, 1, 1)], await Rate(start + 55 * Day, start + 62 * Day));
        Assert.Empty(await Rate(start - 20 * Day, start));
    }
}
