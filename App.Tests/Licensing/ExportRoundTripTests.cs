using System.IO.Pipelines;
using System.Text.Json;
using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Imports;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing;

/// <summary>What every export writes is read back as it was.</summary>
public sealed class ExportRoundTripTests
{
    private static readonly string[] Notes = ["", "a;b", "=1+1", "'=1+1", "-5", "＝1", "\"quoted\", and more", "给王小明，已付款", "it's", "'", "#1", "tab\there", new('n', License.MaxNote)];

    private static async Task Fill(Shop shop)
    {
        var fake = Fake.Data();
        var plans = new[] { await shop.Plan("VIP"), await shop.Plan("-Pro, \"big\"", prefix: "PRO"), await shop.Plan("永久", seconds: null, prefix: "") };
        foreach (var plan in plans)
            await shop.Keys(plan, 60);
        await shop.Db.Write(s => shop.Get<BatchService>().Import(s, Shop.Staff, plans[0].Id, null, [new ImportLine(1, "-DASH-0001", "-1"), new ImportLine(2, "_UNDER", "@x"), new ImportLine(3, "1E5-2", "+1")]));
        var ids = await shop.Db.Read(s => s.All("SELECT id FROM licenses ORDER BY id", r => r.GetString(0)));
        await shop.Db.Write(s => s.ExecuteMany("UPDATE licenses SET state = @state, created_at = @created, used_at = @used, expire_at = @end, note = @note WHERE id = @id", ids.ConvertAll(id =>
        {
            var state = fake.PickRandom(LicenseState.All.ToArray());
            long? used = state == LicenseState.Unused || (state is LicenseState.Suspended or LicenseState.Revoked && fake.Random.Bool()) ? null : shop.Now - fake.Random.Long(1, 86_400_000);
            long? end = used is null ? null : state == LicenseState.Expired ? used + (shop.Now - used) / 2 : fake.Random.Bool(.3f) ? null : shop.Now + fake.Random.Long(1, 86_400_000);
            return new (string, object?)[] { ("state", state), ("created", shop.Now - fake.Random.Long(86_400_001, 1_000_000_000)), ("used", used), ("end", end), ("note", fake.PickRandom(Notes).Trim().Replace('\t', ' ')), ("id", id) };
        })));
    }

    private static async Task<string> Export(Shop shop, string format)
    {
        using var memory = new MemoryStream();
        var writer = PipeWriter.Create(memory);
        await shop.Get<LicenseExport>().Write(writer, Caller.DefaultTenant, new LicenseFilter(), format, default);
        await writer.CompleteAsync();
        return FileText.Decode(memory.ToArray());
    }

    private static async Task Import(Shop shop, string content, bool csv, string? plan)
    {
        var file = LicenseImport.Parse(content, csv, shop.Now, TimeZoneInfo.Utc);
        Assert.Empty(await shop.Db.Read(s => shop.Get<BatchService>().Check(s, Caller.DefaultTenant, plan, file)));
        await shop.Db.Write(s => shop.Get<BatchService>().Import(s, Shop.Staff, plan, null, file.Lines));
    }

    private static Task<List<string>> Stored(Shop shop) => shop.Db.Read(s => s.All(
        "SELECT l.key, l.note, p.name, l.state, l.created_at, l.used_at, l.expire_at FROM licenses l JOIN plans p ON p.id = l.plan_id ORDER BY l.key",
        r => string.Join('|', Enumerable.Range(0, 7).Select(i => r.IsDBNull(i) ? "-" : r.GetValue(i).ToString()))));

    [Theory, BothEngines]
    public async Task Keys_come_back_from_csv_with_note_plan_state_and_times(Engine engine)
    {
        await using var from = await Shop.Open(engine);
        await Fill(from);
        await using var to = await Shop.Open(engine);
        foreach (var plan in (string[])["VIP", "-Pro, \"big\"", "永久"])
            await to.Plan(plan);
        var csv = await Export(from, "csv");
        await Import(to, csv, csv: true, plan: null);
        var expected = await Stored(from);
        Assert.Equal(183, expected.Count);
        Assert.Equal(expected, await Stored(to));
        Assert.Equal(3, await to.Count("SELECT COUNT(*) FROM batches"));
        Assert.Equal(183, await to.Count("SELECT SUM(key_count) FROM batches"));
        Assert.Equal(["imported"], await to.History((await to.Db.Read(s => s.One("SELECT key FROM licenses WHERE state = 'active'", r => r.GetString(0))))!));
        Assert.Empty((await to.Db.Read(LicenseConsistency.Check)).Errors);
        // Twice is told, line by line.
        var again = LicenseImport.Parse(csv, csv: true, to.Now, TimeZoneInfo.Utc);
        Assert.Equal(183, (await to.Db.Read(s => to.Get<BatchService>().Check(s, Caller.DefaultTenant, null, again))).Count(f => f.Reason.Key == "import.exists"));
    }

    [Theory, BothEngines]
    public async Task Keys_come_back_from_txt(Engine engine)
    {
        await using var from = await Shop.Open(engine);
        await Fill(from);
        await using var to = await Shop.Open(engine);
        var plan = await to.Plan();
        await Import(to, await Export(from, "txt"), csv: false, plan.Id);
        Assert.Equal((await Stored(from)).ConvertAll(l => l.Split('|')[0]), (await Stored(to)).ConvertAll(l => l.Split('|')[0]));
    }

    [Theory, BothEngines]
    public async Task Jsonl_and_csv_say_the_same(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        await Fill(shop);
        var (heading, rows) = Table(await Export(shop, "csv"));
        var objects = (await Export(shop, "jsonl")).TrimEnd('\n').Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(rows.Count, objects.Count);
        foreach (var (column, member) in heading.Select(h => (h, h == "machines" ? "machine_count" : h)))
            Assert.Equal(objects.Select(o => o.GetProperty(member) is { ValueKind: JsonValueKind.Null } ? "" : o.GetProperty(member).ToString()), rows.Select(r => r[heading.IndexOf(column)]));
    }

    [Theory, BothEngines]
    public async Task The_audit_log_comes_back_from_its_files(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await server.Db.Write(async s =>
        {
            foreach (var note in Notes.Append("two\nlines").Append("two\r\nlines"))
                await server.Service<AuditWriter>().Write(s, Caller.System with { Name = note }, "plan.created", new AuditTarget("plan", note, note), before: null, after: JsonSerializer.Serialize(new { note }), reason: note);
            return true;
        });
        var http = await server.As(Role.Analyst);
        var entries = await server.Db.Read(s => AuditStore.Before(s, Caller.DefaultTenant, new(), null, 100));
        var (heading, rows) = Table((await http.GetApi("/api/audit/export?format=csv")).Text);
        Assert.Equal(["seq", "time", "actor_kind", "actor", "ip", "action", "target_kind", "target_id", "target", "before", "after", "reason", "hash"], heading);
        Assert.Equal(entries.Select(e => new[] { $"{e.Seq}", Format.Iso(e.At), e.ActorKind, e.ActorName, e.Ip ?? "", e.Action, e.Target.Kind, e.Target.Id, e.Target.Name, e.Before ?? "", e.After ?? "", e.Reason ?? "", e.Hash }),
            rows.Select(r => r.ToArray()));
        var lines = (await http.GetApi("/api/audit/export")).Text.TrimEnd('\n').Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(entries.Select(e => (e.Seq, e.ActorName, e.Reason, e.Hash)), lines.Select(l => (l.GetProperty("seq").GetInt64(), l.GetProperty("actor").GetString()!, l.GetProperty("reason").GetString(), l.GetProperty("hash").GetString()!)));
    }

    private static (List<string> Heading, List<IReadOnlyList<string>> Rows) Table(string text)
    {
        var reader = new CsvReader(new StringReader(text));
        var heading = reader.Read()!.Cells.ToList();
        var rows = new List<IReadOnlyList<string>>();
        while (reader.Read() is { } row)
            rows.Add(row.Cells);
        return (heading, rows);
    }
}
