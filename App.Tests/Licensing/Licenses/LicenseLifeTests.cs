using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Imports;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Licensing.Statistics;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Licenses;

/// <summary>What staff do to one key: the key afterwards, its history and the audit log.</summary>
public sealed class LicenseLifeTests
{
    private static async Task<string> Refused(Task task) => (await Assert.ThrowsAsync<Refusal>(() => task)).Code;

    private static Task<long> Audited(Shop shop, string action) => shop.Count("SELECT COUNT(*) FROM audit_entries WHERE action = @action", ("action", action));

    // How many the job says it marked.
    private static async Task<string> Expired(Shop shop) => (await shop.Get<ExpiryJob>().Run(default)).Texts()[^1];

    [Theory, BothEngines]
    public async Task The_figures_of_every_tenant_follow_what_the_job_did(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        await shop.Db.Write(s => s.Execute("INSERT INTO tenants (id, name, created_at) VALUES ('other', 'other', 0)"));
        string[] tenants = [Caller.DefaultTenant, "other"];
        foreach (var tenant in tenants)
        {
            var staff = Shop.Staff with { TenantId = tenant };
            var plan = await shop.Db.Write(s => shop.Get<PlanService>().Create(s, staff, new Plan { Name = "VIP", DurationSeconds = 60, Prefix = "VIP" }));
            await shop.Db.Write(s => shop.Get<BatchService>().Generate(s, staff, new NewKeys(plan.Id, null, 3)));
        }
        // Each knows a count from before, when they had not run out.
        await shop.Db.Write(s => s.Execute("UPDATE licenses SET state = 'active', used_at = @now, expire_at = @now + 5", ("now", shop.Now)));
        foreach (var tenant in tenants)
            Assert.Equal(3, (await shop.Get<LicenseQueries>().Counts(tenant, default)).Of(LicenseState.Active));
        await shop.Db.Write(s => s.Execute("UPDATE licenses SET expire_at = @now - 1", ("now", shop.Now)));
        await shop.Get<ExpiryJob>().Run(default);
        foreach (var tenant in tenants)
            Assert.Equal(3, (await shop.Get<LicenseQueries>().Counts(tenant, default)).Of(LicenseState.Expired));
    }

    [Theory, BothEngines]
    public async Task Statistics_hold_while_plans_are_retired(Engine engine)
    {
        const int Plans = 40;
        await using var shop = await Shop.Open(engine);
        var plans = new List<Plan>();
        for (var i = 0; i < Plans; i++)
        {
            plans.Add(await shop.Plan("P" + i));
            await shop.Keys(plans[i], 1);
        }
        var retiring = Task.Run(async () =>
        {
            foreach (var plan in plans)
                await shop.Db.Command(Shop.Staff, s => shop.Get<PlanService>().Remove(s, Shop.Staff, plan.Id));
        });
        do
            Assert.Equal(Plans, (await shop.Get<LicenseStatistics>().Of(Caller.DefaultTenant, default)).ByPlan.Count);
        while (!retiring.IsCompleted);
        await retiring;
    }

    [Theory, BothEngines]
    public async Task Time_is_added_and_a_key_that_ran_out_lives_again(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Active(seconds: 3600);
        var start = shop.Now;
        await shop.Do(key, new LicenseAction(ActionName.Extend, Seconds: 60));
        Assert.Equal(start + 3_660_000, (await shop.Key(key)).ExpireAt);

        shop.Clock.Advance(TimeSpan.FromHours(2));
        await shop.Get<ExpiryJob>().Run(default);
        Assert.Equal(LicenseState.Expired, (await shop.Key(key)).Stored);
        await shop.Do(key, new LicenseAction(ActionName.Extend, Seconds: 60));
        Assert.Equal((LicenseState.Active, shop.Now + 60_000), ((await shop.Key(key)).Stored, (await shop.Key(key)).ExpireAt));
        Assert.True((await shop.Validate(key)).Valid);
        Assert.Equal(["activated", "extended", "expired", "extended"], await shop.History(key));
        Assert.Equal(2, await Audited(shop, "key.extend"));
    }

    [Theory, BothEngines]
    public async Task A_suspended_key_keeps_its_time_and_its_machine(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Active(seconds: 3600);
        var before = await shop.Key(key);
        await shop.Do(key, ActionName.Suspend, "complaint");
        Assert.Equal(Verdict.Suspended, (await shop.Validate(key)).Code);
        Assert.Equal("ALREADY_SUSPENDED", await Refused(shop.Do(key, ActionName.Suspend)));
        await shop.Do(key, ActionName.Reinstate);
        Assert.Equal(before, await shop.Key(key));
        Assert.Equal("NOT_SUSPENDED", await Refused(shop.Do(key, ActionName.Reinstate)));
        Assert.Equal(["activated", "suspended", "reinstated"], await shop.History(key));
        Assert.Equal(["complaint"], (await shop.Events(key))[1].Detail);
    }

    [Theory, BothEngines]
    public async Task An_unused_key_may_be_suspended_and_comes_back_unused(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Unused();
        await shop.Do(key, ActionName.Suspend);
        Assert.Equal(Verdict.Suspended, (await shop.Validate(key)).Code);
        await shop.Do(key, ActionName.Reinstate);
        Assert.Equal(LicenseState.Unused, await shop.State(key));
        Assert.True((await shop.Validate(key)).FirstActivation);
    }

    [Theory, BothEngines]
    public async Task A_key_that_ran_out_while_suspended_comes_back_expired(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Active(seconds: 60);
        await shop.Do(key, ActionName.Suspend);
        shop.Clock.Advance(TimeSpan.FromMinutes(2));
        await shop.Do(key, ActionName.Reinstate);
        Assert.Equal(LicenseState.Expired, await shop.State(key));
    }

    [Theory, BothEngines]
    public async Task A_revoked_key_is_for_ever_no_good_unless_it_is_reset(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Active();
        await shop.Do(key, ActionName.Revoke, "refunded");
        Assert.Equal(Verdict.Revoked, (await shop.Validate(key)).Code);
        Assert.Equal("ALREADY_REVOKED", await Refused(shop.Do(key, ActionName.Revoke)));
        Assert.Equal("NOT_SUSPENDED", await Refused(shop.Do(key, ActionName.Reinstate)));
        await shop.Do(key, ActionName.Reset, "a mistake");
        var license = await shop.Key(key);
        Assert.Equal((LicenseState.Unused, null, null, 0), (license.Stored, license.UsedAt, license.ExpireAt, license.Bindings));
        shop.Clock.Advance(TimeSpan.FromDays(1));
        Assert.True((await shop.Validate(key, "new machine")).FirstActivation);
        Assert.Equal(["activated", "revoked", "reset", "activated"], await shop.History(key));
    }

    [Theory, BothEngines]
    public async Task A_machine_is_unbound_and_another_takes_its_place(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Unused(machines: 2);
        await shop.Validate(key, "m1");
        await shop.Validate(key, "m2");
        await shop.Do(key, new LicenseAction(ActionName.Unbind, Machine: "m1", Reason: "new laptop"));
        Assert.Equal(["m2"], await shop.Machines(key));
        Assert.True((await shop.Validate(key, "m3")).Valid);
        await shop.Do(key, ActionName.Unbind);
        Assert.Empty(await shop.Machines(key));
        Assert.Equal("NOT_BOUND", await Refused(shop.Do(key, ActionName.Unbind)));
        Assert.Equal(["activated", "bound", "unbound", "bound", "unbound", "unbound"], await shop.History(key));
        Assert.Equal(["m1", "new laptop"], (await shop.Events(key))[2].Detail);
        // Its time went on all the while.
        Assert.Equal(FakeClock.Start.ToUnixTimeMilliseconds(), (await shop.Key(key)).UsedAt);
    }

    [Theory, BothEngines]
    public async Task Only_what_was_never_activated_is_deleted(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var keys = await shop.Keys(await shop.Plan(), 2);
        await shop.Validate(keys[0]);
        Assert.Equal("NOT_UNUSED", await Refused(shop.Do(keys[0], ActionName.Delete)));
        Assert.Null(await shop.Do(keys[1], ActionName.Delete));
        Assert.Equal("KEY_NOT_FOUND", await Refused(shop.Key(keys[1])));
        Assert.Equal("KEY_NOT_FOUND", await Refused(shop.Do(keys[1], ActionName.Delete)));
        Assert.Equal(Verdict.NotFound, (await shop.Validate(keys[1])).Code);
        Assert.Equal(1, await Audited(shop, "key.delete"));
    }

    [Theory, BothEngines]
    public async Task Plan_note_and_prefix_change_and_the_old_key_is_gone(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Active();
        await shop.Plan("Pro", seconds: 60);
        await shop.Do(key, new LicenseAction(ActionName.Plan, Plan: "Pro"));
        await shop.Do(key, new LicenseAction(ActionName.Note, Note: "for <b>Wei</b>"));
        var renamed = (await shop.Do(key, new LicenseAction(ActionName.Prefix, Prefix: "gold")))!;
        Assert.Equal(("GOLD-" + key[4..], "Pro", "for <b>Wei</b>"), (renamed.Key, renamed.PlanName, renamed.Note));
        Assert.Equal(Verdict.NotFound, (await shop.Validate(key)).Code);
        Assert.True((await shop.Validate(renamed.Key)).Valid);
        var bare = (await shop.Do(renamed.Key, new LicenseAction(ActionName.Prefix, Prefix: "")))!;
        Assert.Equal(key[4..], bare.Key);
        Assert.Equal(["activated", "plan", "note", "prefix", "prefix"], await shop.History(bare.Key));
        Assert.Equal([key, renamed.Key], (await shop.Events(bare.Key))[3].Detail);
    }

    [Theory, BothEngines]
    public async Task A_prefix_that_would_make_a_key_twice_is_refused(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var plan = await shop.Plan(prefix: "");
        await shop.Db.Write(s => shop.Get<BatchService>().Import(s, Shop.Staff, plan.Id, null, [new ImportLine(1, "A-12345678", ""), new ImportLine(2, "B-12345678", "")]));
        var refusal = await Assert.ThrowsAsync<Refusal>(() => shop.Do("A-12345678", new LicenseAction(ActionName.Prefix, Prefix: "B")));
        Assert.Equal(("field.key_taken", "B-12345678"), (refusal.Fields["prefix"].Key, refusal.Fields["prefix"].Args[0]));
        Assert.Equal(2, await shop.Count("SELECT COUNT(*) FROM licenses"));
    }

    [Theory, BothEngines]
    public async Task What_is_refused_leaves_no_trace(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Unused();
        var audits = await shop.Count("SELECT COUNT(*) FROM audit_entries");
        Assert.Equal("NOT_ACTIVATED", await Refused(shop.Do(key, new LicenseAction(ActionName.Extend, Seconds: 60))));
        Assert.Equal("VALIDATION_FAILED", await Refused(shop.Do(key, ActionName.Reset)));
        Assert.Equal("VALIDATION_FAILED", await Refused(shop.Do(key, new LicenseAction(ActionName.Plan, Plan: "no such plan"))));
        Assert.Equal("KEY_NOT_FOUND", await Refused(shop.Do("VIP-NOSUCHKEY", ActionName.Suspend)));
        Assert.Empty(await shop.History(key));
        Assert.Equal(audits, await shop.Count("SELECT COUNT(*) FROM audit_entries"));
    }

    [Theory, BothEngines]
    public async Task The_hourly_job_marks_what_ran_out_and_dates_it_right(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var plan = await shop.Plan(seconds: 60);
        var keys = await shop.Keys(plan, 2500);
        await shop.Db.Write(s => s.Execute("UPDATE licenses SET state = 'active', used_at = @now, expire_at = @now + 60000", ("now", shop.Now)));
        await shop.Do(keys[0], new LicenseAction(ActionName.Extend, Seconds: 86_400));
        await shop.Do(keys[1], ActionName.Suspend);
        shop.Clock.Advance(TimeSpan.FromMilliseconds(59_999));
        Assert.Equal("0", await Expired(shop));
        shop.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("2498", await Expired(shop));
        Assert.Equal("0", await Expired(shop));
        shop.Clock.Advance(TimeSpan.FromHours(1));
        var entry = Assert.Single(await shop.Events(keys[2]));
        Assert.Equal(("expired", FakeClock.Start.ToUnixTimeMilliseconds() + 60_000), (entry.Kind, entry.At));
        Assert.Equal((LicenseState.Active, LicenseState.Suspended), (await shop.State(keys[0]), await shop.State(keys[1])));
        Assert.Equal(2498, await shop.Count("SELECT COUNT(*) FROM licenses WHERE state = 'expired'"));
    }
}
