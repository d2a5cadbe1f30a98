using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Imports;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Actions;

/// <summary>One thing done to many keys: those it fits change, the others are told, and a mistake changes nothing.</summary>
public sealed class BulkTests
{
    [Theory, BothEngines]
    public async Task Named_keys_change_and_what_does_not_fit_is_told(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var keys = await shop.Keys(await shop.Plan(), 5);
        await shop.Validate(keys[0]);
        await shop.Do(keys[1], ActionName.Suspend);
        var result = await shop.DoMany(new LicenseAction(ActionName.Suspend, Reason: "chargeback"), keys: [keys[0].ToLowerInvariant(), keys[1], keys[2], keys[2]]);
        Assert.Equal((3, 2), (result.Matched, result.Changed));
        Assert.Equal([(keys[1], "ALREADY_SUSPENDED")], result.Skipped.Select(k => (k.Key, k.Obstacle.Code)));
        Assert.Equal(["suspended", "suspended", "suspended", "unused", "unused"], await Task.WhenAll(keys.Select(shop.State)));
        Assert.Equal(["activated", "suspended"], await shop.History(keys[0]));
        Assert.Equal(1, await shop.Count("SELECT COUNT(*) FROM audit_entries WHERE action = 'keys.suspend' AND reason = 'chargeback'"));
    }

    [Theory, BothEngines]
    public async Task One_key_that_does_not_exist_and_nothing_changes(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var keys = await shop.Keys(await shop.Plan(), 3);
        var refusal = await Assert.ThrowsAsync<Refusal>(() => shop.DoMany(new LicenseAction(ActionName.Revoke), keys: [.. keys, "ZZZ-NOSUCH"]));
        Assert.Equal(["keys"], refusal.Fields.Keys);
        Assert.Equal(3, await shop.Count("SELECT COUNT(*) FROM licenses WHERE state = 'unused'"));
        Assert.Equal(0, await shop.Count("SELECT COUNT(*) FROM license_events"));
    }

    [Theory, BothEngines]
    public async Task A_filter_reaches_all_it_finds_in_many_steps(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var plan = await shop.Plan();
        var keys = await shop.Keys(plan, 2600);
        await shop.Keys(plan, 5, "OTHER");
        foreach (var key in keys.Take(3))
            await shop.Validate(key);
        var result = await shop.DoMany(new LicenseAction(ActionName.Delete), filter: new LicenseFilter(Prefix: "VIP"));
        Assert.Equal((2600, 2597, 3), (result.Matched, result.Changed, result.Skipped.Count));
        Assert.All(result.Skipped, k => Assert.Equal("NOT_UNUSED", k.Obstacle.Code));
        Assert.Equal(8, await shop.Count("SELECT COUNT(*) FROM licenses"));
    }

    [Theory, BothEngines]
    public async Task An_action_that_changes_what_its_filter_finds_still_reaches_each_key_once(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        await shop.Keys(await shop.Plan(), 2500);
        var result = await shop.DoMany(new LicenseAction(ActionName.Suspend), filter: new LicenseFilter(LicenseState.Unused));
        Assert.Equal((2500, 2500), (result.Matched, result.Changed));
        Assert.Equal(2500, await shop.Count("SELECT COUNT(*) FROM license_events WHERE kind = 'suspended'"));
    }

    [Theory, BothEngines]
    public async Task Time_plan_and_prefix_change_for_many(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var keys = await shop.Keys(await shop.Plan(seconds: 3600), 3);
        await shop.Plan("Pro");
        await shop.Validate(keys[0]);
        var extended = await shop.DoMany(new LicenseAction(ActionName.Extend, Seconds: 60), keys: keys);
        Assert.Equal((1, 2), (extended.Changed, extended.Skipped.Count));
        Assert.Equal(shop.Now + 3_660_000, (await shop.Key(keys[0])).ExpireAt);
        await shop.DoMany(new LicenseAction(ActionName.Plan, Plan: "Pro"), keys: keys);
        await shop.DoMany(new LicenseAction(ActionName.Prefix, Prefix: "X"), keys: keys);
        foreach (var key in keys)
            Assert.Equal("Pro", (await shop.Key("X-" + key[4..])).PlanName);
    }

    [Theory, BothEngines]
    public async Task Two_keys_that_a_prefix_would_make_one_are_told_and_stay(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var plan = await shop.Plan(prefix: "");
        await shop.Db.Write(s => shop.Get<BatchService>().Import(s, Shop.Staff, plan.Id, null,
            [new ImportLine(1, "A-SAME23456", ""), new ImportLine(2, "B-SAME23456", ""), new ImportLine(3, "C-OTHER2345", "")]));
        foreach (var many in new[] { false, true })
        {
            // The second time more than a step of keys lies between the two.
            if (many)
                await shop.Keys(plan, 1100, "AA");
            var keys = many ? await shop.Db.Read(s => s.All("SELECT key FROM licenses", r => r.GetString(0))) : ["A-SAME23456", "B-SAME23456"];
            var refusal = await Assert.ThrowsAsync<Refusal>(() => shop.DoMany(new LicenseAction(ActionName.Prefix, Prefix: "X"), keys: keys));
            Assert.Equal((409, "KEYS_COLLIDE"), (refusal.Status, refusal.Code));
            Assert.Equal(0, await shop.Count("SELECT COUNT(*) FROM licenses WHERE prefix = 'X'"));
        }
        Assert.Equal(2, (await shop.DoMany(new LicenseAction(ActionName.Prefix, Prefix: "X"), keys: ["A-SAME23456", "C-OTHER2345"])).Changed);
        // One that is there already is named by the field.
        Assert.Equal(["prefix"], (await Assert.ThrowsAsync<Refusal>(() => shop.DoMany(new LicenseAction(ActionName.Prefix, Prefix: "X"), keys: ["B-SAME23456"]))).Fields.Keys);
    }

    [Theory, BothEngines]
    public async Task A_key_that_is_named_in_several_ways_is_one(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Active(seconds: 3600);
        string[] ways = [key, key.ToLowerInvariant(), " " + key, key + " "];
        var end = (await shop.Key(key)).ExpireAt;
        Assert.Equal((1, 1), await Counts(new LicenseAction(ActionName.Extend, Seconds: 60)));
        Assert.Equal(end + 60_000, (await shop.Key(key)).ExpireAt);
        Assert.Equal(1, (await shop.History(key)).Count(e => e == "extended"));
        Assert.Equal(1, await shop.Count("SELECT COUNT(*) FROM audit_entries WHERE target_id = 'bulk' AND target_name = @one", ("one", new Message("keys.count", 1L).ToStored())));
        Assert.Equal(key, Assert.Single(await shop.Get<LicenseLists>().Named(Caller.DefaultTenant, ways, default)).Key);

        async Task<(long, long)> Counts(LicenseAction action)
        {
            var done = await shop.DoMany(action, keys: ways);
            return (done.Matched, done.Changed);
        }
    }

    [Fact]
    public async Task Another_tenants_keys_are_out_of_reach()
    {
        await using var shop = await Shop.Open();
        var keys = await shop.Keys(await shop.Plan(), 3);
        await shop.Db.Write(s => s.Execute("INSERT INTO tenants (id, name, created_at) VALUES ('other', 'other', 0)"));
        var stranger = Shop.Staff with { TenantId = "other" };
        var life = shop.Get<LicenseActions>();
        Assert.Equal(0, (await shop.Db.Write(s => life.ApplyMany(s, stranger, null, new LicenseFilter(), new LicenseAction(ActionName.Revoke)))).Matched);
        await Assert.ThrowsAsync<Refusal>(() => shop.Db.Write(s => life.ApplyMany(s, stranger, keys, null, new LicenseAction(ActionName.Revoke))));
        Assert.Empty((await shop.Get<LicenseQueries>().List("other", new LicenseFilter(), null, 10, default)).Items);
        Assert.Equal(0, (await shop.Get<LicenseQueries>().Counts("other", default)).Total);
    }

    [Fact]
    public async Task Only_the_first_hundred_that_do_not_fit_are_named()
    {
        await using var shop = await Shop.Open();
        await shop.Keys(await shop.Plan(), 150);
        var result = await shop.DoMany(new LicenseAction(ActionName.Reinstate), filter: new LicenseFilter());
        Assert.Equal((150, 0, 100), (result.Matched, result.Changed, result.Skipped.Count));
    }
}
