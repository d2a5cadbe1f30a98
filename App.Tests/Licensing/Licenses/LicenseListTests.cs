using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Statistics;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Licenses;

/// <summary>Lists, search, counts and exports against the same question asked of plain objects in memory.</summary>
public sealed class LicenseListTests
{
    private const int Count = 4000;
    private static readonly string[] Prefixes = ["VIP", "PRO", ""];
    private static readonly string?[] Searches = [null, "VIP-", "v", "nv", "PC-1", "PC-17", "urgent", "URG", "first", "batch", "100%", "_", "'", "zzz", " vip-2 ", "23"];

    /// <summary>What few keys match must not cost a walk past all of the tenant's: with a million of them it takes a second.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(LicenseState.Unused)]
    [InlineData(LicenseState.Active)]
    [InlineData(LicenseState.Expired)]
    public async Task A_search_that_finds_few_looks_them_up(string? state)
    {
        await using var shop = await Shop.Open(Engine.Sqlite);
        var plan = await shop.Plan("VIP");
        var keys = await shop.Keys(plan, 20, "VIP", "first");
        var steps = await shop.Db.Read(async s =>
        {
            var where = await LicenseWhere.Build(s, Caller.DefaultTenant, new LicenseFilter(State: state, Plan: plan.Id, Query: keys[0]), shop.Now);
            var all = new List<string>();
            foreach (var branch in where.Branches)
                all.AddRange(await s.All($"EXPLAIN QUERY PLAN SELECT l.note FROM licenses l WHERE {branch.Where} ORDER BY l.id DESC LIMIT 51", r => r.GetString(3), where.Args()));
            return all;
        });
        var walks = steps.Where(d => d.StartsWith("SCAN l", StringComparison.Ordinal) || d.StartsWith("SEARCH l ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(walks);
        Assert.All(walks, d => Assert.EndsWith("(id=?)", d));
        Assert.DoesNotContain(steps, d => d.Contains("licenses_all", StringComparison.Ordinal));
    }

    /// <summary>A few thousand keys of three plans and six batches in all states.</summary>
    private static async Task<List<(License Key, string[] Machines)>> Fill(Shop shop)
    {
        var fake = Fake.Data();
        var plans = new[] { await shop.Plan("VIP"), await shop.Plan("Pro", prefix: "PRO"), await shop.Plan("Trial", seconds: null, machines: 3, prefix: "") };
        for (var i = 0; i < 6; i++)
            await shop.Keys(plans[i % 3], i == 0 ? Count - 2500 : 500, Prefixes[(i + i / 3) % 3], i % 2 == 0 ? $"First batch {i}" : "second_one");
        var keys = await All(shop);
        Assert.Equal(Count, keys.Count);
        var rows = keys.ConvertAll(k =>
        {
            var state = fake.PickRandom(LicenseState.All.ToArray());
            var note = fake.PickRandom("", "", "urgent", "Urgent: " + fake.Random.Word(), "100% _off_", "O'Neil");
            long? used = state == LicenseState.Unused || (state is LicenseState.Suspended or LicenseState.Revoked && fake.Random.Bool()) ? null : shop.Now - fake.Random.Long(1, 86_400_000);
            long? end = used is null || fake.Random.Bool(.2f) ? null : state == LicenseState.Expired ? shop.Now - fake.Random.Long(0, 1000) : shop.Now + fake.Random.Long(-1000, 1000);
            return new (string, object?)[] { ("state", state == LicenseState.Expired && end is null ? LicenseState.Active : state), ("used", used), ("end", end), ("note", note), ("folded", SearchText.Of(note)), ("id", k.Id) };
        });
        await shop.Db.Write(s => s.ExecuteMany("UPDATE licenses SET state = @state, used_at = @used, expire_at = @end, note = @note, note_folded = @folded WHERE id = @id", rows));
        var bound = keys.Zip(rows).Where(p => p.Second[1].Item2 is not null).Select((p, i) => new (string, object?)[] { ("id", p.First.Id), ("machine", $"PC-{i % 40}"), ("now", shop.Now) }).ToList();
        await shop.Db.Write(s => s.ExecuteMany("INSERT INTO bindings (license_id, machine_code, machine_folded, tenant_id, created_at) VALUES (@id, @machine, LOWER(@machine), 'default', @now)", bound));
        await Settle(shop);
        var machines = (await shop.Db.Read(s => s.All("SELECT license_id, machine_code FROM bindings", r => (Id: r.GetString(0), Machine: r.GetString(1))))).ToLookup(b => b.Id, b => b.Machine);
        return (await All(shop)).ConvertAll(k => (k, machines[k.Id].ToArray()));
    }

    // What the planner of PostgreSQL knows of its tables, as it comes to know it by itself in time.
    private static async Task Settle(Shop shop)
    {
        if (shop.Db.Engine == "PostgreSQL")
            await shop.Db.Write(s => s.Execute("ANALYZE"));
    }

    private static async Task<List<License>> All(Shop shop, LicenseFilter? filter = null, int limit = 500)
    {
        var all = new List<License>();
        string? after = null;
        do
        {
            var page = await shop.Get<LicenseQueries>().List(Caller.DefaultTenant, filter ?? new(), after, limit, default);
            Assert.True(page.Items.Count <= limit && (page.Next is null || page.Items.Count == limit));
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    // The same question, asked simply.
    private static bool Matches((License Key, string[] Machines) row, LicenseFilter filter, long now)
    {
        var (key, q) = (row.Key, filter.Query?.Trim());
        var code = key.Prefix.Length == 0 ? key.Key : key.Key[(key.Prefix.Length + 1)..];
        var typed = q?.Replace(" ", "").ToUpperInvariant();
        return (filter.State is null || key.StateAt(now) == filter.State) && (filter.Prefix is null || key.Prefix == filter.Prefix)
            && (filter.Plan is null || key.PlanId == filter.Plan) && (filter.Batch is null || key.BatchId == filter.Batch)
            && (q is null || key.Key.StartsWith(typed!, StringComparison.Ordinal) || code.StartsWith(typed!, StringComparison.Ordinal)
                || row.Machines.Any(m => m.StartsWith(q, StringComparison.OrdinalIgnoreCase))
                || key.Note.Contains(q, StringComparison.OrdinalIgnoreCase) || key.BatchName.Contains(q, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<LicenseFilter> Filters(List<(License Key, string[] Machines)> rows)
    {
        var some = rows[Count / 2].Key;
        foreach (var state in LicenseState.All.Prepend(null!))
            foreach (var query in Searches)
            {
                yield return new LicenseFilter(state, Query: query);
                yield return new LicenseFilter(state, Prefix: "PRO", Query: query);
                yield return new LicenseFilter(state, Plan: some.PlanId, Query: query);
                yield return new LicenseFilter(state, Batch: some.BatchId, Query: query);
                yield return new LicenseFilter(state, some.Prefix.Length == 0 ? null : some.Prefix, some.PlanId, some.BatchId, query);
            }
    }

    [Theory, BothEngines]
    public async Task Every_filter_finds_what_a_plain_look_through_all_finds(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var rows = await Fill(shop);
        var found = 0;
        foreach (var filter in Filters(rows))
        {
            var expected = rows.Where(r => Matches(r, filter, shop.Now)).Select(r => r.Key.Key).ToList();
            Assert.True(expected.SequenceEqual((await All(shop, filter)).Select(k => k.Key)), filter.ToString());
            found += expected.Count > 0 ? 1 : 0;
        }
        Assert.True(found > 200, "Too few filters find anything for this test to mean much.");
    }

    [Theory, BothEngines]
    public async Task Bulk_and_export_walk_over_the_same_keys(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var rows = await Fill(shop);
        var some = rows[7].Key;
        foreach (var filter in Searches.Select((q, i) => new LicenseFilter(i % 2 == 0 ? null : LicenseState.All[i / 2 % 5], Plan: i % 3 == 0 ? some.PlanId : null, Query: q)).Append(new LicenseFilter()))
        {
            var expected = rows.Where(r => Matches(r, filter, shop.Now)).Select(r => r.Key.Key).Reverse().ToList();
            var walked = new List<string>();
            await foreach (var step in shop.Get<LicenseQueries>().Stream(Caller.DefaultTenant, filter, default))
                walked.AddRange(step.Select(k => k.Key));
            Assert.True(expected.SequenceEqual(walked), filter.ToString());
            Assert.Equal(expected.Count, (await shop.DoMany(new LicenseAction(ActionName.Unbind), filter: filter)).Matched);
            await shop.Db.Write(s => s.ExecuteMany("INSERT INTO bindings (license_id, machine_code, machine_folded, tenant_id, created_at) VALUES (@id, @machine, LOWER(@machine), 'default', 0) ON CONFLICT DO NOTHING",
                [.. rows.SelectMany(r => r.Machines.Select(m => new (string, object?)[] { ("id", r.Key.Id), ("machine", m) }))]));
        }
    }

    [Theory, BothEngines]
    public async Task Pages_have_no_gap_and_no_double_while_keys_are_made(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var plan = await shop.Plan();
        var there = (await shop.Keys(plan, 300)).ToHashSet();
        using var stop = new CancellationTokenSource();
        var making = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await shop.Keys(plan, 3);
        });
        for (var round = 0; round < 3; round++)
        {
            var seen = (await All(shop, new LicenseFilter(Plan: plan.Id), limit: 7)).ConvertAll(k => k.Key);
            Assert.Equal(seen.Count, seen.Distinct().Count());
            Assert.Empty(there.Except(seen));
        }
        await stop.CancelAsync();
        await making;
    }

    [Theory, BothEngines]
    public async Task Counts_and_statistics_are_those_of_a_plain_count(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var rows = await Fill(shop);
        var statistics = await shop.Get<LicenseStatistics>().Of(Caller.DefaultTenant, default);
        Assert.Equal(Count, statistics.Total);
        foreach (var state in LicenseState.All)
        {
            Assert.Equal(rows.Count(r => r.Key.StateAt(shop.Now) == state), statistics.ByStatus[state]);
            foreach (var plan in statistics.ByPlan)
                Assert.Equal(rows.Count(r => r.Key.PlanId == plan.PlanId && r.Key.StateAt(shop.Now) == state), plan.ByStatus[state]);
        }
        var hour = shop.Now / 3_600_000;
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (long)rows.Count(r => r.Key.UsedAt / 3_600_000 == hour - 23 + i)), statistics.ActivationsByHour);
        Assert.Equal(rows.Count(r => r.Key.UsedAt is not null && r.Key.UsedAt / 86_400_000 > shop.Now / 86_400_000 - 30), statistics.Activations30d);
        Assert.Equal(rows.Count(r => r.Key.Stored == LicenseState.Active && r.Key.ExpireAt > shop.Now), statistics.ExpiringSoon);
        var soon = await shop.Db.Read(s => shop.Get<LicenseQueries>().ExpiringSoon(s, Caller.DefaultTenant, TimeSpan.FromDays(7), 10));
        Assert.Equal(rows.Where(r => r.Key.Stored == LicenseState.Active && r.Key.ExpireAt > shop.Now).Select(r => r.Key.ExpireAt).Order().Take(10), soon.Select(k => k.ExpireAt));
    }

    [Theory, BothEngines]
    public async Task Exports_hold_every_key_in_each_format(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var rows = await Fill(shop);
        var expected = rows.Select(r => r.Key).Reverse().ToList();

        Assert.Equal(expected.Select(k => k.Key), (await Export(shop, "txt")).TrimEnd('\n').Split('\n'));

        var csv = await Export(shop, "csv");
        Assert.StartsWith("\uFEFFkey,status,plan,batch,note,created_at,used_at,expire_at,machines\r\n", csv);
        var lines = csv.TrimEnd().Split("\r\n").Skip(1).ToList();
        Assert.Equal(expected.Select(k => $"{k.Key},{k.StateAt(shop.Now)},{k.PlanName},{k.BatchName},{(k.Note.Contains(',') ? $"\"{k.Note}\"" : k.Note)},{Format.Iso(k.CreatedAt)},{Format.Iso(k.UsedAt)},{Format.Iso(k.ExpireAt)},{k.Bindings}"), lines);

        var json = (await Export(shop, "jsonl")).TrimEnd('\n').Split('\n').Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(expected.Select(k => (k.Key, k.StateAt(shop.Now), k.Note)), json.Select(j => ((string)j["key"]!, (string)j["status"]!, (string)j["note"]!)));
        Assert.Equal("format", Assert.Single(Assert.Throws<Refusal>(() => LicenseExport.Checked("xlsx")).Fields).Key);
    }

    private static async Task<string> Export(Shop shop, string format)
    {
        using var memory = new MemoryStream();
        var writer = PipeWriter.Create(memory);
        await shop.Get<LicenseExport>().Write(writer, Caller.DefaultTenant, new LicenseFilter(), format, default);
        await writer.CompleteAsync();
        return Encoding.UTF8.GetString(memory.ToArray());
    }
}
