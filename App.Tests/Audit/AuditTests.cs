using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Audit;

/// <summary>The audit log is one chain: whoever writes, however many at once.</summary>
public sealed class AuditTests
{
    private static readonly Caller Somebody = Caller.Cli with { Ip = "203.0.113.7", Name = "Zoë 卡" };

    private static Task<List<(AuditEntry Entry, string Hash)>> Rows(Database db) => db.Read(s => s.All(
        "SELECT seq, tenant_id, at, actor_kind, actor_id, actor_name, ip, action, target_kind, target_id, target_name, before_json, after_json, reason, hash FROM audit_entries ORDER BY seq",
        r => (new AuditEntry(r.GetInt64(0), r.GetString(1), r.GetInt64(2), r.GetString(3), r.TextOrNull(4), r.GetString(5), r.TextOrNull(6), r.GetString(7),
            new AuditTarget(r.GetString(8), r.GetString(9), r.GetString(10)), r.TextOrNull(11), r.TextOrNull(12), r.TextOrNull(13), ""), r.GetString(14))));

    private static Task<(long Seq, string Hash)> Head(Database db) => db.Read(s => s.One("SELECT seq, hash FROM audit_heads", r => (r.GetInt64(0), r.GetString(1))));

    [Theory, BothEngines]
    public async Task Fifty_writers_at_once_make_one_unbroken_chain(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var audit = test.Audit.Writer();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => test.Database.Write(async s =>
        {
            await audit.Write(s, Somebody, "plan.created", new AuditTarget("plan", $"id-{i}", $"Plan {i}"), after: $$"""{"n":{{i}}}""", reason: i % 2 == 0 ? null : "because");
            return true;
        }))));
        var rows = await Rows(test.Database);
        Assert.Equal(Enumerable.Range(1, 50).Select(n => (long)n), rows.Select(r => r.Entry.Seq));
        Assert.Equal(50, rows.Select(r => r.Entry.Target.Id).Distinct().Count());
        var secret = await test.Database.Write(async s => await test.Audit.Secrets.Current(s));
        var previous = "";
        foreach (var (entry, hash) in rows)
            Assert.Equal(previous = AuditEntry.Chain(previous, entry, secret), hash);
        Assert.Equal((50, previous), await Head(test.Database));
    }

    [Theory, BothEngines]
    public async Task A_change_that_was_undone_left_no_entry_and_no_gap(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var audit = test.Audit.Writer();
        for (var i = 0; i < 9; i++)
        {
            var undone = i % 3 == 1;
            await Record.ExceptionAsync(() => test.Database.Write(async s =>
            {
                await audit.Write(s, Somebody, "plan.created", new AuditTarget("plan", $"id-{i}", ""));
                return undone ? throw new Refusal(new(409, "NO")) : true;
            }));
        }
        Assert.Equal([1, 2, 3, 4, 5, 6], (await Rows(test.Database)).Select(r => r.Entry.Seq));
    }

    [Fact]
    public void Every_column_counts_and_none_runs_into_the_next()
    {
        var entry = new AuditEntry(7, "default", 1, "staff", "a", "b", "c", "d", new AuditTarget("e", "f", "g"), "h", "i", "j", "");
        AuditEntry[] others =
        [
            entry with { Seq = 8 }, entry with { TenantId = "x" }, entry with { At = 2 }, entry with { ActorKind = "token" }, entry with { ActorId = null },
            entry with { ActorId = "ab", ActorName = "" }, entry with { ActorName = "x" }, entry with { Ip = null }, entry with { Ip = "" }, entry with { Action = "x" },
            entry with { Target = new AuditTarget("x", "f", "g") }, entry with { Target = new AuditTarget("e", "x", "g") }, entry with { Target = new AuditTarget("e", "f", "x") },
            entry with { Target = new AuditTarget("ef", "", "g") }, entry with { Before = null }, entry with { Before = "hi", After = "" }, entry with { After = null }, entry with { Reason = null },
        ];
        var hashes = others.Append(entry).Select(e => AuditEntry.Chain("previous", e)).Append(AuditEntry.Chain("other", entry)).ToList();
        Assert.Equal(hashes.Count, hashes.Distinct().Count());
    }
}
