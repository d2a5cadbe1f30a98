using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Imports;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Licensing.Settings;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Batches;

/// <summary>How keys come about: drawn, unique, whole batches only.</summary>
public sealed class GenerateTests
{
    private static async Task<IReadOnlyDictionary<string, Message>> Wrong(Shop shop, NewKeys wanted) =>
        (await Assert.ThrowsAsync<Refusal>(() => shop.Db.Write(s => shop.Get<BatchService>().Generate(s, Shop.Staff, wanted)))).Fields;

    [Theory, BothEngines]
    public async Task A_batch_of_10000_is_unique_and_kept(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var plan = await shop.Plan();
        var progress = new List<int>();
        var made = await shop.Db.Write(s => shop.Get<BatchService>().Generate(s, Shop.Staff, new NewKeys(plan.Name, null, 10_000, 12, " March "), new Heard(progress)));
        Assert.Equal(10_000, made.Keys.Distinct().Count());
        Assert.All(made.Keys, k => Assert.Matches("^VIP-[23456789ABCDEFGHJKMNPQRSTUVWXYZ]{12}$", k));
        Assert.Equal(10_000, await shop.Count("SELECT COUNT(*) FROM licenses WHERE batch_id = @batch AND state = 'unused'", ("batch", made.Batch.Id)));
        Assert.Equal(Enumerable.Range(1, 10).Select(i => i * 1000), progress);
        var batch = Assert.Single((await shop.Get<BatchQueries>().List(Caller.DefaultTenant, null, 10, default)).Items);
        Assert.Equal(("March", "generated", "VIP", 10_000, "Wei", plan.Id), (batch.Name, batch.Source, batch.Prefix, batch.Count, batch.CreatedBy, batch.PlanId));
        Assert.Equal(1, await shop.Count("SELECT COUNT(*) FROM audit_entries WHERE action = 'keys.generated' AND target_id = @batch", ("batch", batch.Id)));
    }

    private sealed class Heard(List<int> told) : IProgress<int>
    {
        public void Report(int value) => told.Add(value);
    }

    private sealed class Meanwhile(Action work) : IProgress<int>
    {
        public void Report(int value) => work();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_key_is_made_under_a_plan_that_was_retired_or_switched_off_meanwhile(bool retired)
    {
        await using var shop = await Shop.Open(Engine.Postgres);
        var plan = await shop.Plan();
        await shop.Keys(plan, 1);
        // Another's change, while this one's transaction is open.
        var meanwhile = new Meanwhile(() =>
        {
            using (ExecutionContext.SuppressFlow())
                Task.Run(() => shop.Db.Command(Shop.Staff, async s =>
                {
                    if (retired)
                        await shop.Get<PlanService>().Remove(s, Shop.Staff, plan.Id);
                    else
                        await shop.Get<PlanService>().Update(s, Shop.Staff, plan.Id, p => p with { Enabled = false });
                })).Wait();
        });
        var refusal = await Assert.ThrowsAsync<Refusal>(() => shop.Db.Write(s => shop.Get<BatchService>().Generate(s, Shop.Staff, new NewKeys(plan.Id, null, 10), meanwhile)));
        Assert.Equal("field.plan_off", refusal.Fields["plan"].Key);
        Assert.Equal((1, 1), (await shop.Count("SELECT COUNT(*) FROM licenses"), await shop.Count("SELECT COUNT(*) FROM batches")));
    }

    [Theory, BothEngines]
    public async Task A_code_that_is_taken_is_drawn_again(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        await shop.Db.Write(async s =>
        {
            await shop.Get<TenantSettings>().Set(s, Caller.DefaultTenant, LicenseSettings.KeyAlphabet, "AB");
            return true;
        });
        await shop.Get<TenantSettings>().Refresh(Caller.DefaultTenant, now: true);
        var plan = await shop.Plan(prefix: "T");
        // All 1,024 codes of ten letters, but the last 32.
        var codes = Enumerable.Range(0, 1024).Select(i => "T-" + string.Concat(Enumerable.Range(0, 10).Select(b => (i >> b & 1) == 0 ? 'A' : 'B'))).ToList();
        await Import(codes[..992]);
        var made = new HashSet<string>();
        for (var i = 0; i < 8; i++)
            made.UnionWith((await shop.Db.Write(s => shop.Get<BatchService>().Generate(s, Shop.Staff, new NewKeys(plan.Id, null, 1, 10)))).Keys);
        Assert.Equal(8, made.Count);
        Assert.Subset(codes[992..].ToHashSet(), made);
        // Now none is left: it says so instead of drawing for ever, and leaves no empty batch.
        await Import([.. codes[992..].Except(made)]);
        Assert.Equal("field.length_too_short_for_count", (await Wrong(shop, new NewKeys(plan.Id, null, 1, 10)))["length"].Key);
        Assert.Equal(10, await shop.Count("SELECT COUNT(*) FROM batches"));

        Task Import(List<string> keys) => shop.Db.Write(s => shop.Get<BatchService>().Import(s, Shop.Staff, plan.Id, null, [.. keys.Select((k, i) => new ImportLine(i + 1, k, ""))]));
    }

    [Theory]
    [InlineData(0, 12, "count")]
    [InlineData(-1, 12, "count")]
    [InlineData(10_001, 12, "count")]
    [InlineData(long.MaxValue, 12, "count")]
    [InlineData(1, 5, "length")]
    [InlineData(1, 33, "length")]
    public async Task Count_and_length_have_their_bounds(long count, long length, string field)
    {
        await using var shop = await Shop.Open();
        Assert.Equal([field], (await Wrong(shop, new NewKeys((await shop.Plan()).Id, null, count, length))).Keys);
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once_and_nothing_is_made()
    {
        await using var shop = await Shop.Open();
        var plan = await shop.Plan();
        Assert.Equal(["count", "length", "note", "prefix"], (await Wrong(shop, new NewKeys(plan.Id, "-", 0, 99, "\u0000"))).Keys.Order());
        Assert.Equal(["plan"], (await Wrong(shop, new NewKeys("no such", null, 1))).Keys);
        Assert.Equal(["plan"], (await Wrong(shop, new NewKeys(null, null, 1))).Keys);
        Assert.Equal(0, await shop.Count("SELECT COUNT(*) FROM batches"));
    }

    [Fact]
    public async Task Under_a_plan_that_is_off_or_retired_none_are_made()
    {
        await using var shop = await Shop.Open();
        var plan = await shop.Plan();
        await shop.Keys(plan, 1);
        await shop.Db.Write(s => shop.Get<PlanService>().Update(s, Shop.Staff, plan.Id, p => p with { Enabled = false }));
        Assert.Equal("field.plan_off", (await Wrong(shop, new NewKeys(plan.Id, null, 1)))["plan"].Key);
        await shop.Db.Write(s => shop.Get<PlanService>().Remove(s, Shop.Staff, plan.Id));
        Assert.Equal("field.plan_off", (await Wrong(shop, new NewKeys(plan.Id, null, 1)))["plan"].Key);
    }

    [Theory]
    [InlineData(null, "VIP-")]
    [InlineData("gold", "GOLD-")]
    [InlineData("", "")]
    public async Task The_prefix_is_the_plans_unless_another_is_given(string? prefix, string begin)
    {
        await using var shop = await Shop.Open();
        Assert.Matches($"^{begin}[A-Z0-9]{{12}}$", (await shop.Keys(await shop.Plan(), 1, prefix))[0]);
    }

    [Theory, BothEngines]
    public async Task A_file_is_taken_whole_or_not_at_all(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var plan = await shop.Plan();
        var taken = (await shop.Keys(plan, 1))[0];
        var lines = Enumerable.Range(1, 2500).Select(i => new ImportLine(i, $"OLD-{i:D6}", i == 7 ? "seven" : "")).ToList();
        var faults = await shop.Db.Read(s => LicenseImport.Check(s, Caller.DefaultTenant, [.. lines, new ImportLine(2501, taken, "")], []));
        Assert.Equal((2501, "import.exists"), (Assert.Single(faults).Line, faults[0].Reason.Key));
        var refusal = await Assert.ThrowsAsync<Refusal>(() => shop.Db.Write(s => shop.Get<BatchService>().Import(s, Shop.Staff, plan.Id, "old", [.. lines, new ImportLine(2501, taken, "")])));
        Assert.Equal("field.import_taken", refusal.Fields["content"].Key);
        Assert.Equal(1, await shop.Count("SELECT COUNT(*) FROM licenses"));
        await shop.Db.Write(s => shop.Get<BatchService>().Import(s, Shop.Staff, plan.Id, "old", lines));
        var seven = await shop.Key("old-000007");
        Assert.Equal(("OLD", "seven", "old", LicenseState.Unused), (seven.Prefix, seven.Note, seven.BatchName, seven.Stored));
        Assert.Equal(2501, await shop.Count("SELECT COUNT(*) FROM licenses"));
    }
}
