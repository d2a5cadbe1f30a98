using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Activation;

/// <summary>One machine by several forms of its code.</summary>
public sealed class MachineRuleTests
{
    private const string Uuid = "9f2c77b0-41aa-4c0e-9d53-0a1e53d0a1e1";

    private static readonly string[] Uuids = [Uuid, Uuid.ToUpperInvariant(), $"{{{Uuid.ToUpperInvariant()}}}", $"({Uuid})", Uuid.Replace("-", "", StringComparison.Ordinal), $" {Uuid}\r\n", $"\ufeff{Uuid}", "９f2c77b0-41aa-4c0e-9d53-0a1e53d0a1e1"];

    private static async Task<(Shop Shop, Plan Plan)> Open(Engine engine, string rule)
    {
        var shop = await Shop.Open(engine);
        var plan = await shop.Plan();
        return (shop, await shop.Db.Write(s => shop.Get<PlanService>().Update(s, Shop.Staff, plan.Id, p => p with { MachineCodeRule = rule })));
    }

    private static async Task<string> Verdict(Shop shop, Plan plan, string first, string then)
    {
        var key = (await shop.Keys(plan, 1))[0];
        Assert.True((await shop.Validate(key, first)).FirstActivation);
        var again = await shop.Validate(key, then);
        // A program is told its own code, whatever the first one was: its licence file is good for that.
        Assert.Equal(then.Trim('\ufeff', ' ', '\r', '\n'), again.Machine);
        Assert.Single(await shop.Machines(key));
        return again.Code;
    }

    [Theory, BothEngines]
    public async Task A_uuid_is_one_machine_in_every_form_and_other_codes_are_to_the_letter(Engine engine)
    {
        var (shop, plan) = await Open(engine, new Plan().MachineCodeRule);
        await using var _ = shop;
        Assert.Equal("uuid", plan.MachineCodeRule);
        foreach (var form in Uuids)
            Assert.Equal("VALID", await Verdict(shop, plan, Uuids[2], form));
        Assert.Equal("VALID", await Verdict(shop, plan, "ＰＣ－０１", "PC-01"));
        Assert.Equal("MACHINE_MISMATCH", await Verdict(shop, plan, "PC-01", "pc-01"));
        Assert.Equal("MACHINE_MISMATCH", await Verdict(shop, plan, "{PC-01}", "PC-01"));
        Assert.Equal("MACHINE_MISMATCH", await Verdict(shop, plan, Uuid, Uuid[..^1] + "2"));
    }

    [Theory, BothEngines]
    public async Task A_plan_may_compare_all_codes_so_or_none(Engine engine)
    {
        var (shop, exact) = await Open(engine, "exact");
        await using var _ = shop;
        Assert.Equal("MACHINE_MISMATCH", await Verdict(shop, exact, Uuid, Uuids[1]));
        Assert.Equal("VALID", await Verdict(shop, exact, "ＰＣ－０１", "PC-01"));
        var all = await shop.Db.Write(s => shop.Get<PlanService>().Update(s, Shop.Staff, exact.Id, p => p with { MachineCodeRule = "all" }));
        Assert.Equal("VALID", await Verdict(shop, all, "{PC-01}", "pc-01"));
        Assert.Equal("VALID", await Verdict(shop, all, Uuid, Uuids[2]));
        Assert.Equal("MACHINE_MISMATCH", await Verdict(shop, all, "PC-Ä", "PC-A"));
    }

    [Theory, BothEngines]
    public async Task It_is_found_and_unbound_by_any_form(Engine engine)
    {
        var (shop, plan) = await Open(engine, "uuid");
        await using var _ = shop;
        var key = (await shop.Keys(plan, 1))[0];
        foreach (var form in Uuids)
        {
            Assert.True((await shop.Validate(key, Uuids[2])).Valid);
            Assert.Single((await shop.Get<LicenseQueries>().List(Caller.DefaultTenant, new LicenseFilter(Query: "{9F2C77B0-41"), null, 10, default)).Items);
            Assert.Equal(key, Assert.Single((await shop.Get<LicenseQueries>().List(Caller.DefaultTenant, new LicenseFilter(Query: form), null, 10, default)).Items).Key);
            await shop.Do(key, new LicenseAction(ActionName.Unbind, Machine: form));
            Assert.Empty(await shop.Machines(key));
        }
        // A part of one is found with or without its dashes, and so is another code that begins alike.
        Assert.True((await shop.Validate(key, Uuids[4])).Valid);
        var longer = (await shop.Keys(plan, 1))[0];
        Assert.True((await shop.Validate(longer, Uuids[4] + "00ff")).Valid);
        foreach (var (part, found) in new[] { ("9f2c77b0-41AA", new[] { key }), ("{9f2c77b0-41aa-4c0e-9", [key]), ("9f2c", [key, longer]), ("9F2C77B041", [key, longer]), ("9f2c77b041aa4c0e9d530a1e53d0a1e", [key, longer]), ("9f2c77b041ab", []) })
            Assert.Equal(found, (await shop.Get<LicenseQueries>().List(Caller.DefaultTenant, new LicenseFilter(Query: part), null, 10, default)).Items.Select(l => l.Key).Reverse());
        // Where two differ in nothing else, the one that is meant goes.
        var two = (await shop.Keys(await shop.Plan("Two", machines: 2), 1))[0];
        Assert.True((await shop.Validate(two, "pc")).Valid && (await shop.Validate(two, "PC")).Valid);
        await shop.Do(two, new LicenseAction(ActionName.Unbind, Machine: "PC"));
        Assert.Equal(["pc"], await shop.Machines(two));
    }

    [Theory, BothEngines]
    public async Task It_is_unbound_by_what_the_plans_rule_takes_for_it(Engine engine)
    {
        var (shop, exact) = await Open(engine, "exact");
        await using var _ = shop;
        await shop.Db.Write(s => shop.Get<PlanService>().Update(s, Shop.Staff, exact.Id, p => p with { MachineLimit = 3 }));
        var key = (await shop.Keys(exact, 1))[0];
        foreach (var machine in new[] { "PC", "pc", "{pc}" })
            Assert.True((await shop.Validate(key, machine)).Valid);
        await shop.Do(key, new LicenseAction(ActionName.Unbind, Machine: " ＰＣ\u200b"));
        Assert.Equal(["pc", "{pc}"], (await shop.Machines(key)).Order(StringComparer.Ordinal));
        Assert.Equal("NOT_BOUND", (await Assert.ThrowsAsync<Refusal>(() => shop.Do(key, new LicenseAction(ActionName.Unbind, Machine: "Pc")))).Code);
        await shop.Db.Write(s => shop.Get<PlanService>().Update(s, Shop.Staff, exact.Id, p => p with { MachineCodeRule = "all" }));
        await shop.Do(key, new LicenseAction(ActionName.Unbind, Machine: "Pc"));
        Assert.Empty(await shop.Machines(key));
    }

    [Theory, BothEngines]
    public async Task A_machine_that_was_bound_before_is_still_the_same(Engine engine)
    {
        string[] before = ["{9F2C77B0-41AA-4C0E-9D53-0A1E53D0A1E1}", "WEI'S PC", "书房电脑①", "Ｗ１"];
        await using var old = await OldDatabase.Make(engine, async s =>
        {
            await s.Execute("INSERT INTO products (id, tenant_id, name, kind, created_at) VALUES ('p', 'default', 'P', 'software', 1)");
            await s.Execute("INSERT INTO plans (id, tenant_id, product_id, name, price, currency, machine_limit, prefix, offline_grace_seconds, entitlements, notes, enabled, created_at, updated_at) VALUES ('p', 'default', 'p', 'P', 0, 'CNY', 1, '', 0, '{}', '', 1, 1, 1)");
            await s.Execute("INSERT INTO batches (id, tenant_id, plan_id, name, source, prefix, key_count, created_by, created_at) VALUES ('b', 'default', 'p', 'b', 'generated', '', 4, 'x', 1)");
            for (var i = 0; i < before.Length; i++)
            {
                await s.Execute("INSERT INTO licenses (id, tenant_id, key, prefix, code, plan_id, batch_id, state, created_at, used_at) VALUES (@id, 'default', @id, '', @id, 'p', 'b', 'active', 1, 2)", ("id", $"OLD{i}"));
                await s.Execute("INSERT INTO bindings (license_id, machine_code, tenant_id, created_at) VALUES (@id, @machine, 'default', 2)", ("id", $"OLD{i}"), ("machine", before[i]));
            }
        });
        async Task<bool> Here(int i, string machine) => (await old.Db.Read(s => LicenseStore.Candidate(s, Caller.DefaultTenant, LicenseKey.Parse($"OLD{i}")!.Value, Gatehouse.Devices.Fingerprints.MachineCode.Parse("m", machine), 0)))!.BoundHere;
        for (var i = 0; i < before.Length; i++)
            Assert.True(await Here(i, before[i]), before[i]);
        Assert.True(await Here(0, Uuid));
        Assert.False(await Here(1, "Wei's PC"));
        Assert.False(await Here(0, before[1]));
    }
}
