using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Audit;

/// <summary>
/// Somebody who may do anything to the database, and knows how the log is made, and has neither the key file nor the folder it lies in.
/// What they did shows, also after the product has gone on writing and after a restart.
/// </summary>
public sealed class AuditTamperTests
{
    private const int Entries = 20;

    private static Task Add(TestAudit audit, int count = 1) => audit.Db.Write(async s =>
    {
        for (var i = 0; i < count; i++)
            await audit.Writer().Write(s, Caller.Cli, "plan.changed", new AuditTarget("plan", Guid.NewGuid().ToString(), "Plan"), reason: "because");
    });

    private static readonly Dictionary<string, Func<WriteTx, ValueTask>> Attacks = new()
    {
        ["a row numbered 0"] = s => Run(s, Insert(0)),
        ["rows numbered below it"] = s => Run(s, Insert(-1), Insert(-2)),
        ["the log emptied, its heads set back"] = s => Run(s, "DELETE FROM audit_entries", "UPDATE audit_heads SET seq = 0, hash = '', mark = NULL"),
        ["the log emptied, its heads too"] = s => Run(s, "DELETE FROM audit_entries", "DELETE FROM audit_heads"),
        ["all of it emptied"] = s => Run(s, "DELETE FROM audit_entries", "DELETE FROM audit_heads", "DELETE FROM audit_secrets"),
        ["a second head row"] = s => Run(s, "INSERT INTO audit_head (id, seq, hash) VALUES (2, 0, '')"),
        ["the head row gone"] = s => Run(s, "DELETE FROM audit_head"),
        ["the end cut off"] = s => Run(s, "DELETE FROM audit_entries WHERE seq > 15", "UPDATE audit_heads SET seq = 15, hash = (SELECT hash FROM audit_entries WHERE seq = 15)"),
        ["the head's mark taken off"] = s => Run(s, "UPDATE audit_heads SET mark = NULL"),
        ["the chain reckoned anew, with plain hashes"] = s => Reckon(s, false),
        ["the chain reckoned anew, without secrets"] = async s =>
        {
            await Reckon(s, false);
            await Run(s, "DELETE FROM audit_secrets", "UPDATE audit_heads SET mark = NULL");
        },
        ["the chain reckoned anew, the secrets said to be lost"] = async s =>
        {
            await Reckon(s, true);
            await Run(s, "UPDATE audit_secrets SET sealed_secret = '', lost_at = 1", "UPDATE audit_heads SET mark = NULL");
        },
        ["the secret replaced by another sealed text"] = s => Run(s, "UPDATE audit_secrets SET sealed_secret = 'v1.00000000.AAAA'"),
    };

    public static TheoryData<Engine, string> Rows()
    {
        var rows = new TheoryData<Engine, string>();
        foreach (var name in Attacks.Keys)
        {
            rows.Add(Engine.Sqlite, name);
            rows.Add(Engine.Postgres, name);
        }
        return rows;
    }

    [Theory, MemberData(nameof(Rows))]
    public async Task It_shows(Engine engine, string attack)
    {
        await using var test = await TestDatabase.Open(engine);
        await Add(test.Audit, Entries);
        await test.Audit.File.Settled();
        Assert.Empty(await test.Audit.Verify());
        await test.Database.Write(s => Attacks[attack](s));
        Assert.NotEmpty(await test.Audit.Verify());
        // A restart and what is written then cover nothing up. Some of it makes writing impossible.
        await Record.ExceptionAsync(() => test.Audit.Heads.StartAsync(default));
        await Record.ExceptionAsync(() => Add(test.Audit, Entries + 5));
        await test.Audit.File.Settled();
        Assert.NotEmpty(await test.Audit.Verify());
    }

    [Theory, BothEngines]
    public async Task An_end_cut_off_shows_also_where_the_head_of_then_was_kept(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await Add(test.Audit, 15);
        var (hash, mark) = await test.Database.Read(s => s.One("SELECT hash, mark FROM audit_heads", r => (r.GetString(0), r.GetString(1))));
        await Add(test.Audit, 5);
        await test.Audit.File.Settled();
        await test.Database.Write(async s =>
        {
            await s.Execute("DELETE FROM audit_entries WHERE seq > 15");
            await s.Execute("UPDATE audit_heads SET seq = 15, hash = @hash, mark = @mark", ("hash", hash), ("mark", mark));
        });
        Assert.Contains("ends at entry 15, and gatehouse.audit beside the key file remembers entry 20", Assert.Single(await test.Audit.Verify()));
        // It is as long as it was, and longer: another.
        await Add(test.Audit, 5);
        await test.Audit.File.Settled();
        Assert.Contains("another than the one that gatehouse.audit", Assert.Single(await test.Audit.Verify()));
        await Add(test.Audit, 5);
        await test.Audit.File.Settled();
        Assert.Contains("another than the one that gatehouse.audit", Assert.Single(await test.Audit.Verify()));
    }

    [Fact]
    public async Task An_entry_that_is_there_twice_shows()
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        await Add(test.Audit, Entries);
        await test.Database.Write(s => Run(s, "CREATE TABLE copied AS SELECT * FROM audit_entries", "DROP TABLE audit_entries", "ALTER TABLE copied RENAME TO audit_entries",
            "INSERT INTO audit_entries SELECT * FROM audit_entries WHERE seq IN (7, 20)"));
        Assert.Equal(["Audit entry 7 is there twice.", "Audit entry 20 is there twice."], await test.Audit.Verify());
    }

    [Theory, BothEngines]
    public async Task A_log_of_before_is_taken_over_once_and_cannot_be_reckoned_anew_after(Engine engine)
    {
        await using var old = await OldDatabase.Make(engine, async s =>
        {
            var hash = "";
            for (var seq = 1L; seq <= Entries; seq++)
                hash = await OldDatabase.Audit(s, new AuditEntry(seq, Caller.DefaultTenant, seq, "cli", null, "cli", null, "plan.changed", new AuditTarget("plan", "id", "Plan"), null, null, null, ""), hash);
        });
        Assert.Empty(await old.Log.Verify());
        await old.Log.Heads.StartAsync(default);
        await old.Log.File.Settled();
        Assert.Empty(await old.Log.Verify());
        Assert.Equal(Entries, old.Log.File.Read()![Caller.DefaultTenant].Seq);
        await Add(old.Log, 3);
        await old.Log.Heads.StartAsync(default);
        await old.Log.File.Settled();
        Assert.Empty(await old.Log.Verify());
        await old.Db.Write(s => Reckon(s, false, Entries));
        Assert.NotEmpty(await old.Log.Verify());
    }

    private static async ValueTask Run(WriteTx s, params string[] statements)
    {
        foreach (var sql in statements)
            await s.Execute(sql);
    }

    private static string Insert(int seq) =>
        $"INSERT INTO audit_entries (seq, tenant_id, at, actor_kind, actor_name, action, target_kind, target_id, target_name, hash) VALUES ({seq}, 'default', 1, 'cli', 'nobody', 'plan.created', 'plan', 'id', 'Plan', 'x')";

    // As the log was made before there were secrets; or with marks that only look like such.
    private static async ValueTask Reckon(WriteTx s, bool marked, long upTo = long.MaxValue)
    {
        await s.Execute("UPDATE audit_entries SET reason = 'nothing to see' WHERE seq = 10");
        var entries = await s.All(
            "SELECT seq, tenant_id, at, actor_kind, actor_id, actor_name, ip, action, target_kind, target_id, target_name, before_json, after_json, reason, hash FROM audit_entries ORDER BY seq",
            r => new AuditEntry(r.GetInt64(0), r.GetString(1), r.GetInt64(2), r.GetString(3), r.TextOrNull(4), r.GetString(5), r.TextOrNull(6), r.GetString(7),
                new AuditTarget(r.GetString(8), r.GetString(9), r.GetString(10)), r.TextOrNull(11), r.TextOrNull(12), r.TextOrNull(13), r.GetString(14)));
        var hash = "";
        foreach (var entry in entries.Where(e => e.Seq <= upTo))
        {
            hash = (marked ? entry.Hash.Split('.')[0] + "." : "") + AuditEntry.Chain(hash, entry);
            await s.Execute("UPDATE audit_entries SET hash = @hash WHERE seq = @seq", ("hash", hash), ("seq", entry.Seq));
        }
        await s.Execute(upTo == long.MaxValue ? "UPDATE audit_heads SET hash = @hash" : "UPDATE audit_head SET hash = @hash", ("hash", hash));
    }
}
