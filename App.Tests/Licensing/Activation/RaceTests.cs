using System.Collections.Concurrent;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Activation;

/// <summary>What is true when everybody comes at once.</summary>
public sealed class RaceTests
{
    public static TheoryData<Engine, int> EnginesAndLimits() => new() { { Engine.Sqlite, 1 }, { Engine.Sqlite, 5 }, { Engine.Postgres, 1 }, { Engine.Postgres, 5 } };

    /// <summary>Runs all of them at the same moment.</summary>
    private static async Task<T[]> AtOnce<T>(int count, Func<int, Task<T>> work)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Enumerable.Range(0, count).Select(i => Task.Run(async () =>
        {
            await go.Task;
            return await work(i);
        })).ToList();
        go.SetResult();
        return await Task.WhenAll(all);
    }

    [Theory, MemberData(nameof(EnginesAndLimits))]
    public async Task Of_200_machines_at_once_exactly_the_limit_is_bound(Engine engine, int limit)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Unused(machines: limit);
        var answers = await AtOnce(200, i => shop.Validate(key, $"machine-{i:D3}"));

        Assert.Equal(limit, answers.Count(a => a.Valid));
        Assert.Single(answers, a => a.FirstActivation);
        Assert.All(answers.Where(a => !a.Valid), a => Assert.Equal(limit == 1 ? Verdict.MachineMismatch : Verdict.TooManyMachines, a.Code));
        Assert.Equal(answers.Where(a => a.Valid).Select(a => a.Machine).Order(), (await shop.Machines(key)).Order());
        var history = await shop.Events(key);
        Assert.Equal(limit, history.Count);
        Assert.Single(history, e => e.Kind == "activated");
        Assert.Equal(answers.Where(a => a.Valid).Select(a => a.Machine).Order(), history.Select(e => e.Detail[0]).Order());
        Assert.Equal(shop.Now + 30L * 86_400_000, (await shop.Key(key)).ExpireAt);
    }

    [Theory, BothEngines]
    public async Task One_machine_that_asks_200_times_at_once_is_bound_once(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Unused(machines: 5);
        var answers = await AtOnce(200, _ => shop.Validate(key));
        Assert.All(answers, a => Assert.True(a.Valid));
        Assert.Single(answers, a => a.FirstActivation);
        Assert.Equal([Shop.Machine], await shop.Machines(key));
        Assert.Equal(["activated"], await shop.History(key));
    }

    [Theory, BothEngines]
    public async Task Unbinding_while_machines_come_never_lets_one_too_many_in(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        const int limit = 2;
        var key = await shop.Unused(machines: limit);
        await shop.Validate(key, "first");
        var seen = new ConcurrentBag<long>();
        await AtOnce(60, async i =>
        {
            if (i % 3 == 0)
                try
                {
                    await shop.Do(key, ActionName.Unbind);
                }
                catch (Refusal refusal) when (refusal.Code == "NOT_BOUND")
                {
                    // There was nothing to unbind just then.
                }
            else if (i % 3 == 1)
                await shop.Validate(key, $"machine-{i}");
            else
                seen.Add((await shop.Key(key)).Bindings);
            return 0;
        });
        Assert.All(seen, n => Assert.InRange(n, 0, limit));
        // The history adds up to what is there now.
        var machines = new HashSet<string>();
        foreach (var entry in await shop.Events(key))
        {
            Assert.True(entry.Kind == "unbound" ? machines.Remove(entry.Detail[0]) : machines.Add(entry.Detail[0]));
            Assert.InRange(machines.Count, 0, limit);
        }
        Assert.Equal(machines.Order(), (await shop.Machines(key)).Order());
    }

    [Theory, BothEngines]
    public async Task An_activation_tells_the_plan_whose_time_it_starts(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var (before, after) = (await shop.Plan("Before", 100), await shop.Plan("After", 200));
        var keys = await shop.Keys(before, 60);
        var answers = await AtOnce(120, async i =>
        {
            if (i % 2 == 0)
                return await shop.Validate(keys[i / 2]);
            await shop.Do(keys[i / 2], new LicenseAction(ActionName.Plan, Plan: after.Id));
            return null;
        });
        Assert.All(answers.OfType<Validation>(), a => Assert.Equal((a.Key!.PlanName, a.Key.PlanName == "Before" ? 100L : 200L), (a.Key.PlanName, (a.Key.ExpireAt!.Value - shop.Now) / 1000)));
    }

    [Theory, BothEngines]
    public async Task Suspending_at_the_same_moment_leaves_one_truth(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var plan = await shop.Plan();
        var keys = await shop.Keys(plan, 20);
        await AtOnce(40, async i =>
        {
            if (i % 2 == 0)
                await shop.Validate(keys[i / 2]);
            else
                await shop.Do(keys[i / 2], ActionName.Suspend);
            return 0;
        });
        foreach (var key in keys)
        {
            var license = await shop.Key(key);
            Assert.Equal(LicenseState.Suspended, license.Stored);
            // Either it was activated before, wholly, or not at all.
            Assert.Equal(license.UsedAt is null ? 0 : 1, license.Bindings);
            Assert.Equal(license.UsedAt is null ? ["suspended"] : ["activated", "suspended"], (await shop.History(key)).Order());
        }
    }

    [Theory, BothEngines]
    public async Task A_key_is_extended_as_often_as_it_was_asked_for(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Active(seconds: 3600);
        var end = (await shop.Key(key)).ExpireAt;
        await AtOnce(30, async _ => await shop.Do(key, new LicenseAction(ActionName.Extend, Seconds: 60)));
        Assert.Equal(end + 30 * 60_000, (await shop.Key(key)).ExpireAt);
        Assert.Equal(31, (await shop.History(key)).Count);
    }

    [Theory, BothEngines]
    public async Task Two_bulk_actions_over_the_same_keys_both_end(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var keys = await shop.Keys(await shop.Plan(), 200);
        var results = await AtOnce(6, i => i % 2 == 0
            ? shop.DoMany(new LicenseAction(ActionName.Suspend), keys: [.. i == 0 ? keys : keys.Reverse()])
            : shop.DoMany(new LicenseAction(ActionName.Suspend), filter: new LicenseFilter(Prefix: "VIP")));
        Assert.All(results, r => Assert.Equal(200, r.Matched));
        Assert.Equal(200, results.Sum(r => r.Changed));
        Assert.Equal(200, await shop.Count("SELECT COUNT(*) FROM license_events"));
    }

    [Theory, BothEngines]
    public async Task Of_many_plans_of_one_name_at_once_one_is_made(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var made = await AtOnce(20, async _ =>
        {
            try
            {
                await shop.Plan("Same");
                return true;
            }
            catch (Refusal refusal)
            {
                Assert.Equal(["name"], refusal.Fields.Keys);
                return false;
            }
        });
        Assert.Single(made, m => m);
        Assert.Equal((1, 1), ((int)await shop.Count("SELECT COUNT(*) FROM plans"), (int)await shop.Count("SELECT COUNT(*) FROM products")));
    }
}
