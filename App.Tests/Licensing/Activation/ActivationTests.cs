using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Activation;

/// <summary>What the first call, the next ones and other machines get, on both engines.</summary>
public sealed class ActivationTests
{
    [Theory, BothEngines]
    public async Task The_first_call_binds_the_machine_and_starts_the_clock(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Unused(seconds: 10_800);
        shop.Clock.Advance(TimeSpan.FromMilliseconds(86_400_123));

        var first = await shop.Validate(" " + key.ToLowerInvariant() + " ");
        Assert.Equal((Verdict.Valid, true, Shop.Machine), (first.Code, first.FirstActivation, first.Machine));
        Assert.Equal((LicenseState.Active, shop.Now, shop.Now + 10_800_000), (first.Key!.Stored, first.Key.UsedAt, first.Key.ExpireAt));

        var stored = await shop.Key(key);
        Assert.Equal((LicenseState.Active, shop.Now, shop.Now + 10_800_000, 1, Shop.Machine), (stored.Stored, stored.UsedAt, stored.ExpireAt, stored.Bindings, stored.Machine));
        var entry = Assert.Single(await shop.Events(key));
        Assert.Equal(("activated", shop.Now, "public", Shop.Customer.Ip, Shop.Machine), (entry.Kind, entry.At, entry.Actor, entry.Ip, Assert.Single(entry.Detail)));
    }

    [Theory, BothEngines]
    public async Task The_next_calls_change_nothing(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Active();
        var before = await shop.Key(key);
        shop.Clock.Advance(TimeSpan.FromHours(1));
        var again = await shop.Validate(key);
        Assert.Equal((Verdict.Valid, false), (again.Code, again.FirstActivation));
        Assert.Equal(before, await shop.Key(key));
        Assert.Equal(["activated"], await shop.History(key));
    }

    [Theory, BothEngines]
    public async Task A_key_for_one_machine_turns_others_away(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Active();
        Assert.Equal(Verdict.MachineMismatch, (await shop.Validate(key, "other")).Code);
        Assert.Equal([Shop.Machine], await shop.Machines(key));
        Assert.True((await shop.Validate(key)).Valid);
    }

    [Theory, BothEngines]
    public async Task A_key_for_several_machines_takes_that_many(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Unused(machines: 3);
        var codes = new List<(string, bool)>();
        for (var i = 1; i <= 4; i++)
        {
            var validation = await shop.Validate(key, $"m{i}");
            codes.Add((validation.Code, validation.FirstActivation));
            shop.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal([(Verdict.Valid, true), (Verdict.Valid, false), (Verdict.Valid, false), (Verdict.TooManyMachines, false)], codes);
        Assert.Equal(["m1", "m2", "m3"], await shop.Machines(key));
        Assert.Equal(["activated", "bound", "bound"], await shop.History(key));
        // The clock runs from the first one.
        Assert.Equal(FakeClock.Start.ToUnixTimeMilliseconds(), (await shop.Key(key)).UsedAt);
    }

    [Theory, BothEngines]
    public async Task A_key_runs_out_to_the_millisecond_without_any_job(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Active(seconds: 3);
        shop.Clock.Advance(TimeSpan.FromMilliseconds(2999));
        var last = await shop.Validate(key);
        Assert.Equal((Verdict.Valid, 1L), (last.Code, License.Remaining(last.Key!.UsedAt, last.Key.ExpireAt, last.Now)));
        shop.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Verdict.Expired, (await shop.Validate(key)).Code);
        Assert.Equal(Verdict.Expired, (await shop.Validate(key, "other")).Code);
        Assert.Equal(LicenseState.Expired, await shop.State(key));
    }

    [Theory, BothEngines]
    public async Task A_perpetual_key_does_not_run_out(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Active(seconds: null);
        shop.Clock.Advance(TimeSpan.FromDays(400 * 365));
        Assert.True((await shop.Validate(key)).Valid);
        Assert.Null((await shop.Key(key)).ExpireAt);
    }

    [Theory, BothEngines]
    public async Task The_duration_is_the_plans_when_it_is_activated(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var plan = await shop.Plan(seconds: 3600);
        var keys = await shop.Keys(plan, 2);
        await shop.Validate(keys[0]);
        await shop.Db.Write(s => shop.Get<PlanService>().Update(s, Shop.Staff, plan.Id, p => p with { DurationSeconds = 7200 }));
        await shop.Validate(keys[1]);
        Assert.Equal(shop.Now + 3_600_000, (await shop.Key(keys[0])).ExpireAt);
        Assert.Equal(shop.Now + 7_200_000, (await shop.Key(keys[1])).ExpireAt);
    }

    [Theory, BothEngines]
    public async Task Keys_work_on_when_their_plan_is_switched_off_or_retired(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var plan = await shop.Plan();
        var keys = await shop.Keys(plan, 2);
        await shop.Validate(keys[0]);
        Assert.False(await shop.Db.Write(s => shop.Get<PlanService>().Remove(s, Shop.Staff, plan.Id)));
        Assert.True((await shop.Validate(keys[0])).Valid);
        Assert.True((await shop.Validate(keys[1])).FirstActivation);
    }

    [Theory, BothEngines]
    public async Task What_is_no_key_is_not_found_and_what_is_no_request_is_told(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        await shop.Unused();
        foreach (var code in new[] { "VIP-NOSUCHKEY", "'; DROP TABLE licenses; --", "%", "_______", "卡密" })
        {
            var answer = await shop.Validate(code);
            Assert.Equal((Verdict.NotFound, null, false), (answer.Code, answer.Key, answer.FirstActivation));
        }
        foreach (var (code, machine, field) in new[] { ("", "m", "code"), (" ", "m", "code"), ("a\0b", "m", "code"), (new string('x', 201), "m", "code"), ("VIP-1", "", "machine_code"), ("VIP-1", "a\nb", "machine_code") })
            Assert.Equal([field], (await Assert.ThrowsAsync<Refusal>(() => shop.Validate(code, machine))).Fields.Keys);
    }

    [Theory, BothEngines]
    public async Task Another_tenants_key_is_not_found(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Unused();
        await shop.Db.Write(s => s.Execute("INSERT INTO tenants (id, name, created_at) VALUES ('other', 'other', 0)"));
        var stranger = Shop.Customer with { TenantId = "other" };
        Assert.Equal(Verdict.NotFound, (await shop.Activation.Validate(stranger, key, "m", default)).Code);
        Assert.Null(await shop.Activation.Look(stranger, key, default));
        Assert.Null(await shop.Activation.Offer(stranger, key, default));
        await Assert.ThrowsAsync<Refusal>(() => shop.Db.Write(s => shop.Get<LicenseActions>().Apply(s, Shop.Staff with { TenantId = "other" }, key, new LicenseAction(ActionName.Suspend))));
        Assert.Equal(LicenseState.Unused, await shop.State(key));
    }

    [Theory, BothEngines]
    public async Task Looking_at_a_key_does_not_activate_it(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Unused(machines: 5);
        Assert.Equal(key, (await shop.Activation.Look(Shop.Customer, " " + key.ToLowerInvariant(), default))!.Key);
        var offer = await shop.Activation.Offer(Shop.Customer, key, default);
        Assert.Equal((5, 0, 30 * 86400L, false), (offer!.MachineLimit, offer.Bindings, offer.DurationSeconds, offer.BoundHere));
        await shop.Validate(key);
        Assert.Equal(1, (await shop.Activation.Offer(Shop.Customer, key, default))!.Bindings);
        Assert.Equal(["activated"], await shop.History(key));
    }
}
